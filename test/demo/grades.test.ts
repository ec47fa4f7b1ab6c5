// The gradebook services of the demo LMS as a tool uses them: line items, scores, results.
import { expect } from 'chai';
import request from 'supertest';
import { AGS_SCOPES, getAccessToken, signIn, startDemo, type RunningDemo } from './start-demo.js';

const LINE_ITEM = 'application/vnd.ims.lis.v2.lineitem+json';
const LINE_ITEMS = 'application/vnd.ims.lis.v2.lineitemcontainer+json';
const SCORE = 'application/vnd.ims.lis.v1.score+json';
const RESULTS = 'application/vnd.ims.lis.v2.resultcontainer+json';
const CONTAINER = '/services/courses/1/lineitems?type_id=1';
const QUIZ = '/services/courses/1/lineitems/1/lineitem?type_id=1';
const QUIZ_SCORES = '/services/courses/1/lineitems/1/lineitem/scores?type_id=1';
const QUIZ_RESULTS = '/services/courses/1/lineitems/1/lineitem/results?type_id=1';

const [AMARA, MINH_ANH, RUTH] = ['11', '12', '21'];

interface LineItem {
  id: string;
  label: string;
  [member: string]: unknown;
}

describe('the demo LMS: the gradebook as a file', () => {
  let demo: RunningDemo;
  before(async () => (demo = await startDemo()));
  after(() => demo.stop());

  it('is laid out as Canvas exports it, with the assignments that no tool is shown', async () => {
    const browser = await signIn(demo, RUTH);
    const answer = await browser.get('/courses/1/gradebook.csv');

    const [head, points, amara] = answer.text.split('\r\n');
    expect(answer.headers['content-disposition']).to.contain('gradebook.csv');
    expect(head).to.match(
      /^Student,ID,SIS User ID,SIS Login ID,Section,Midterm examination \(901\),/,
    );
    expect(points).to.match(/^ {4}Points Possible,,,,,100\.00,20\.00,/);
    expect(amara).to.contain('Amara Okafor,11,SIS-STU-0011,').and.to.contain(',88.00,17.50,');
  });

  it('is for nobody but who teaches', async () => {
    const browser = await signIn(demo, AMARA);
    const answer = await browser.get('/courses/1/gradebook.csv');

    expect(answer.status).to.equal(403);
  });
});

describe('the demo LMS: gradebook services', () => {
  let demo: RunningDemo;
  let token: string;

  beforeEach(async () => {
    demo = await startDemo();
    token = await getAccessToken(demo, AGS_SCOPES);
  });

  afterEach(() => demo.stop());

  const get = (path: string, accept: string) =>
    request(demo.url).get(path).set('Authorization', `Bearer ${token}`).set('Accept', accept);
  const send = (method: 'post' | 'put', path: string, type: string, body: object) =>
    request(demo.url)
      [method](path)
      .set('Authorization', `Bearer ${token}`)
      .set('Content-Type', type)
      .send(JSON.stringify(body));
  const listLineItems = async (path: string) => {
    const answer = await get(path, LINE_ITEMS).expect(200);
    return answer.body as LineItem[];
  };
  const postScore = (changes: object = {}) =>
    send('post', QUIZ_SCORES, SCORE, {
      userId: AMARA,
      timestamp: '2026-11-20T10:00:00.000Z',
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
      scoreGiven: 8,
      scoreMaximum: 10,
      ...changes,
    });
  const readResults = async (query = '') => {
    const answer = await get(`${QUIZ_RESULTS}${query}`, RESULTS);
    expect(answer.status).to.equal(200);
    return answer.body as Record<string, unknown>[];
  };

  describe('line items', () => {
    it('lists those of the graded activities, each with its address', async () => {
      const lineItems = await listLineItems(CONTAINER);

      expect(lineItems).to.deep.equal([
        {
          id: `${demo.url}${QUIZ}`,
          label: 'Coding practice quiz',
          scoreMaximum: 20,
          tag: 'quiz',
          resourceLinkId: '3',
        },
        {
          id: `${demo.url}/services/courses/1/lineitems/2/lineitem?type_id=1`,
          label: 'Release of information case study',
          scoreMaximum: 100,
          tag: 'case-study',
          resourceLinkId: '4',
        },
      ]);
    });

    it('filters by resource link, resource and tag', async () => {
      const made = { label: 'Achieved', scoreMaximum: 75, resourceId: 'him', tag: 'progress' };
      await send('post', CONTAINER, LINE_ITEM, made).expect(201);

      const labels = async (query: string) =>
        (await listLineItems(`${CONTAINER}&${query}`)).map(({ label }) => label);

      expect(await labels('resource_link_id=4')).to.deep.equal([
        'Release of information case study',
      ]);
      expect(await labels('resource_id=him')).to.deep.equal(['Achieved']);
      expect(await labels('tag=quiz')).to.deep.equal(['Coding practice quiz']);
      expect(await labels('tag=quiz&resource_link_id=4')).to.deep.equal([]);
    });

    it('pages by limit and a Link header that keeps the query', async () => {
      const first = await get(`${CONTAINER}&limit=1`, LINE_ITEMS);
      const next = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? '';

      const { pathname, search } = new URL(next);
      const second = await get(`${pathname}${search}`, LINE_ITEMS);

      expect(new URL(next).searchParams.get('type_id')).to.equal('1');
      expect((first.body as LineItem[]).map(({ label }) => label)).to.deep.equal([
        'Coding practice quiz',
      ]);
      expect((second.body as LineItem[]).map(({ label }) => label)).to.deep.equal([
        'Release of information case study',
      ]);
      expect(second.headers).not.to.have.property('link');
    });

    it('makes, reads, replaces and deletes one', async () => {
      const made = await send('post', CONTAINER, LINE_ITEM, {
        label: 'Achieved',
        scoreMaximum: 75,
        resourceId: 'him',
        tag: 'progress',
      }).expect(201);
      const { id } = made.body as LineItem;
      const path = id.slice(demo.url.length);

      const replaced = await send('put', path, LINE_ITEM, {
        label: 'Done',
        scoreMaximum: 100,
      }).expect(200);
      const read = await get(path, LINE_ITEM).expect(200);
      await request(demo.url).delete(path).set('Authorization', `Bearer ${token}`).expect(204);

      expect(replaced.body).to.deep.equal({ id, label: 'Done', scoreMaximum: 100 });
      expect(read.body).to.deep.equal(replaced.body);
      await get(path, LINE_ITEM).expect(404);
    });

    it('makes each of forty posted at once, under its own id', async () => {
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          send('post', CONTAINER, LINE_ITEM, { label: `Item ${index}`, scoreMaximum: 1 }),
        ),
      );

      const lineItems = await listLineItems(CONTAINER);

      expect(new Set(lineItems.map(({ id }) => id)).size).to.equal(42);
    });

    const refused = [
      { title: 'no label', body: { scoreMaximum: 10 }, status: 400 },
      { title: 'a blank label', body: { label: '  ', scoreMaximum: 10 }, status: 400 },
      { title: 'no maximum', body: { label: 'A' }, status: 400 },
      { title: 'a maximum of 0', body: { label: 'A', scoreMaximum: 0 }, status: 400 },
      { title: 'a maximum in words', body: { label: 'A', scoreMaximum: 'ten' }, status: 400 },
      {
        title: 'a link of another course',
        body: { label: 'A', scoreMaximum: 1, resourceLinkId: '999' },
        status: 403,
      },
    ];
    for (const { title, body, status } of refused) {
      it(`refuses one with ${title}`, async () => {
        const answer = await send('post', CONTAINER, LINE_ITEM, body);

        expect(answer.status).to.equal(status);
        expect(await listLineItems(CONTAINER)).to.have.length(2);
      });
    }

    it('wants its media types named', async () => {
      await get(CONTAINER, '*/*').expect(406);
      await get(CONTAINER, 'application/json').expect(406);
      await send('post', CONTAINER, 'application/json', { label: 'A', scoreMaximum: 1 }).expect(
        415,
      );
      await send('post', CONTAINER, `${LINE_ITEM}; charset=utf-8`, {
        label: 'A',
        scoreMaximum: 1,
      }).expect(201);
    });

    it('refuses a page size that is none, a filter given twice and broken JSON', async () => {
      await get(`${CONTAINER}&limit=0`, LINE_ITEMS).expect(400);
      await get(`${CONTAINER}&limit=all`, LINE_ITEMS).expect(400);
      await get(`${CONTAINER}&tag=a&tag=b`, LINE_ITEMS).expect(400);

      const broken = await request(demo.url)
        .post(CONTAINER)
        .set('Authorization', `Bearer ${token}`)
        .set('Content-Type', LINE_ITEM)
        .send('{"label":')
        .expect(400);

      expect(broken.body).to.deep.equal({
        error: 'invalid_request',
        error_description: 'The request could not be read.',
      });
    });
  });

  describe('access', () => {
    it('needs a bearer token that is known and not expired', async () => {
      await request(demo.url).get(CONTAINER).set('Accept', LINE_ITEMS).expect(401);
      await get(CONTAINER, LINE_ITEMS).set('Authorization', 'Bearer made-up').expect(401);
      demo.clock.now = new Date(demo.clock.now.getTime() + 3600 * 1000);

      const late = await get(CONTAINER, LINE_ITEMS).expect(401);

      expect(late.headers['www-authenticate']).to.include('invalid_token');
    });

    it('needs the scope of the service', async () => {
      const reading = await getAccessToken(demo, [
        'https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly',
      ]);

      token = reading;

      await get(CONTAINER, LINE_ITEMS).expect(200);
      await send('post', CONTAINER, LINE_ITEM, { label: 'A', scoreMaximum: 1 }).expect(403);
      await postScore().expect(403);
      await get(QUIZ_RESULTS, RESULTS).expect(403);
    });
  });

  describe('scores and results', () => {
    it('records a score, rescaled to the maximum of the line item', async () => {
      const answer = await postScore({ comment: 'Well coded' }).expect(200);

      expect(answer.text).to.equal('');
      expect(await readResults()).to.deep.equal([
        {
          id: `${demo.url}${QUIZ_RESULTS}&user_id=${AMARA}`,
          scoreOf: `${demo.url}${QUIZ}`,
          userId: AMARA,
          resultScore: 16,
          resultMaximum: 20,
          comment: 'Well coded',
        },
      ]);
    });

    it('takes a newer score in place of the older one', async () => {
      await postScore().expect(200);

      await postScore({ timestamp: '2026-11-20T10:00:01+00:00', scoreGiven: 10 }).expect(200);

      const [result] = await readResults();
      expect(result).to.include({ resultScore: 20 });
    });

    it('answers 409 to a score as old as the one recorded, or older', async () => {
      await postScore().expect(200);

      await postScore({ scoreGiven: 10 }).expect(409);
      await postScore({ timestamp: '2026-11-20T12:00:00+02:00', scoreGiven: 10 }).expect(409);
      await postScore({ timestamp: '2026-11-19T10:00:00Z', scoreGiven: 10 }).expect(409);

      const [result] = await readResults();
      expect(result).to.include({ resultScore: 16 });
    });

    it('records exactly one of many equal scores posted at once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => postScore()));

      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([200, 409, 409, 409, 409, 409, 409, 409]);
    });

    it('clears the grade by a score that is not fully graded', async () => {
      await postScore().expect(200);

      await postScore({ timestamp: '2026-11-20T11:00:00Z', gradingProgress: 'Pending' });

      const [result] = await readResults();
      expect(result).to.include({ userId: AMARA });
      expect(result).not.to.have.any.keys('resultScore', 'resultMaximum');
    });

    it('cuts a score above the maximum to it', async () => {
      await postScore({ scoreGiven: 12 }).expect(200);

      const [result] = await readResults();
      expect(result).to.include({ resultScore: 20 });
    });

    it('takes a userId that is a number', async () => {
      await postScore({ userId: Number(AMARA) }).expect(200);

      expect(await readResults()).to.have.length(1);
    });

    it('filters results by person, and pages them', async () => {
      await postScore().expect(200);
      await postScore({ userId: MINH_ANH }).expect(200);

      const own = await readResults(`&user_id=${MINH_ANH}`);
      const page = await get(`${QUIZ_RESULTS}&limit=1`, RESULTS).expect(200);

      expect(own.map(({ userId }) => userId)).to.deep.equal([MINH_ANH]);
      expect(page.headers.link).to.match(/from=1>; rel="next"$/);
    });

    const refused = [
      { title: 'no timestamp', changes: { timestamp: undefined } },
      { title: 'a timestamp without a zone', changes: { timestamp: '2026-11-20T10:00:00' } },
      { title: 'an unknown person', changes: { userId: '999' } },
      { title: 'an instructor', changes: { userId: RUTH } },
      { title: 'a score without its maximum', changes: { scoreMaximum: undefined } },
      { title: 'a maximum of 0', changes: { scoreMaximum: 0 } },
      { title: 'a negative score', changes: { scoreGiven: -1 } },
      { title: 'an unknown progress', changes: { activityProgress: 'Done' } },
      { title: 'no grading progress', changes: { gradingProgress: undefined } },
    ];
    for (const { title, changes } of refused) {
      it(`refuses a score with ${title}`, async () => {
        await postScore(changes).expect(400);

        expect(await readResults()).to.deep.equal([]);
      });
    }

    it('knows no scores of a line item that is not there', async () => {
      const path = '/services/courses/1/lineitems/99/lineitem';

      await send('post', `${path}/scores`, SCORE, {
        userId: AMARA,
        timestamp: '2026-11-20T10:00:00Z',
        activityProgress: 'Completed',
        gradingProgress: 'FullyGraded',
      }).expect(404);
      await get(`${path}/results`, RESULTS).expect(404);
    });

    it('refuses /scores behind the query, where a tool only added it', async () => {
      const answer = await send('post', `${QUIZ}/scores`, SCORE, { userId: AMARA });

      expect(answer.status).to.equal(405);
    });

    it('takes the scores away with their line item', async () => {
      await postScore().expect(200);

      await request(demo.url).delete(QUIZ).set('Authorization', `Bearer ${token}`).expect(204);

      await get(QUIZ_RESULTS, RESULTS).expect(404);
    });
  });

  describe('the gradebook page', () => {
    it('shows the instructor every score', async () => {
      await postScore({ comment: '<b>Good</b>' }).expect(200);
      const ruth = await signIn(demo, RUTH);

      const page = await ruth.get('/courses/1/gradebook').expect(200);

      expect(page.text).to.include('16 of 20').and.include('Nguyễn Minh Anh');
      expect(page.text).to.include('&lt;b&gt;Good&lt;/b&gt;').and.not.include('<b>Good');
    });

    it('shows a student their own row only', async () => {
      const amara = await signIn(demo, AMARA);

      const page = await amara.get('/courses/1/gradebook').expect(200);

      expect(page.text).to.include('Amara Okafor').and.not.include('Nguyễn Minh Anh');
    });

    it('is not for the reviewer', async () => {
      const samuel = await signIn(demo, '31');

      await samuel.get('/courses/1/gradebook').expect(403);
    });
  });
});
