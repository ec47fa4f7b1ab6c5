// What a real Moodle 4.5.6 was seen to do in its services, each peculiarity once: the tool's own clients against the demo LMS in
// Moodle mode, over HTTP.
import { expect } from 'chai';
import request from 'supertest';
import type { CurrentLaunch } from '../../src/lti/current-launch.js';
import { listLineItems, postLineItem, readLineItemAt } from '../../src/lti/line-items.js';
import { readMemberships, type Member } from '../../src/lti/read-memberships.js';
import { readResults, type LineItemResult } from '../../src/lti/read-results.js';
import { insertBeforeQuery, sendScore, type Score } from '../../src/lti/send-score.js';
import { isPermanent } from '../../src/lti/service-answer.js';
import { refusal } from '../support/refusal.js';
import { openFrom, signInAs, startMoodle, type MoodleWorld } from './moodle-world.js';

const [AMARA, RUTH, SAMUEL, PRIYA] = ['11', '21', '31', '41'];
const QUIZ = '/activities/3/launch';
const UNGRADED = '/activities/5/launch';
const NEW_COLUMN = {
  label: 'Competencies',
  scoreMaximum: 8,
  resourceId: 'framework',
  tag: 'crosswalk',
};

describe("Moodle 4.5's services", () => {
  let world: MoodleWorld;
  let target: CurrentLaunch;
  let quiz: string;

  beforeEach(async () => {
    world = await startMoodle();
    await world.connect();
    ({ target } = await openFrom(world, { person: RUTH, path: QUIZ }));
    quiz = target.services.lineItemUrl ?? '';
  });
  afterEach(() => world.close());

  const using = () => ({ services: world.tool.services, target });
  const score = (changes: Partial<Score> = {}): Score => ({
    userId: AMARA,
    timestamp: '2026-11-20T10:00:00.000Z',
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    scoreGiven: 2,
    scoreMaximum: 4,
    ...changes,
  });
  const send = (changes: Partial<Score> = {}, lineItemUrl = quiz) =>
    sendScore({ ...using(), lineItemUrl, score: score(changes) });
  const results = async (): Promise<LineItemResult[]> => {
    const all: LineItemResult[] = [];
    for await (const page of readResults({ ...using(), lineItemUrl: quiz })) all.push(...page);
    return all;
  };
  const members = async (): Promise<Member[]> => {
    const all: Member[] = [];
    for await (const page of readMemberships(using())) all.push(...page);
    return all;
  };

  describe('access tokens', () => {
    it('come by scopes that were granted, of which unknown ones are dropped without a word', async () => {
      expect(await send()).to.equal('sent');
    });

    it('are answered by an HTML page when our key set cannot be read, and the call fails as a refusal', async () => {
      const isolated = await startMoodle();
      await isolated.connect();
      const launched = await openFrom(isolated, { person: RUTH, path: QUIZ });
      const { services } = isolated.tool;
      services.keys.publicKeySet = () => Promise.reject(new Error('no keys'));

      const error = await refusal(listLineItems({ services, target: launched.target }));

      expect(error.code).to.match(/^lti\.service-/);
      await isolated.close();
    });
  });

  describe('line items', () => {
    it('are listed for exactly their media type only, and the tool asks so', async () => {
      const found = await listLineItems(using());

      expect(found.map(({ label }) => label)).to.deep.equal([
        'Coding practice quiz',
        'Release of information case study',
      ]);
      expect(found[0]?.id).to.equal(quiz);
    });

    it('are found on pages whose Link header an ordinary parser does not understand', async () => {
      const lineItemsUrl = `${target.services.lineItemsUrl ?? ''}&limit=1`;
      const paged = { ...target, services: { ...target.services, lineItemsUrl } };

      const found = await listLineItems({ services: world.tool.services, target: paged });

      expect(found).to.have.length(2);
    });

    it('are made with an echo of what was sent, and read again at their address', async () => {
      const made = await postLineItem({ ...using(), lineItem: NEW_COLUMN });
      const read = await readLineItemAt({ ...using(), url: made.id });

      expect(made).to.include(NEW_COLUMN);
      expect(read).to.include({ id: made.id, label: 'Competencies' });
    });

    it('are refused for a link that is not ours with 403, for good', async () => {
      const lineItem = { ...NEW_COLUMN, resourceLinkId: '999' };

      const error = await refusal(postLineItem({ ...using(), lineItem }));

      expect(error.values).to.include({ status: 403 });
      expect(isPermanent(error)).to.equal(true);
    });

    it('stand as an empty text in a launch when the only column is one that we bound to the link', async () => {
      await postLineItem({ ...using(), lineItem: { ...NEW_COLUMN, resourceLinkId: '5' } });

      const { posted, target: launched } = await openFrom(world, { person: RUTH, path: UNGRADED });

      expect(readPayload(posted)).to.include('"lineitem":""');
      expect(launched.services.lineItemUrl).to.equal(null);
    });
  });

  describe('scores', () => {
    it('are taken at an address before the query, with an empty answer', async () => {
      expect(insertBeforeQuery(quiz, 'scores')).to.match(/\/lineitem\/scores\?type_id=1$/);

      expect(await send()).to.equal('sent');

      expect(await results()).to.deep.include.members([
        { sub: AMARA, score: 10, maximum: 20, at: new Date('2026-11-20T10:00:00.000Z') },
      ]);
    });

    it('are refused behind the query', async () => {
      const wrong = `${quiz}/scores`.replace(world.url, '');

      const answer = await request(world.url).post(wrong).send('{}').expect(400);

      expect(answer.text).to.include('No handler found');
    });

    it('of the same second are refused with 409, which the tool takes for superseded', async () => {
      await send({ timestamp: '2026-11-20T10:00:00.100Z' });

      expect(await send({ timestamp: '2026-11-20T10:00:00.900Z', scoreGiven: 4 })).to.equal(
        'superseded',
      );
      expect(await send({ timestamp: '2026-11-20T10:00:01.000Z', scoreGiven: 4 })).to.equal('sent');
      expect((await results())[0]).to.include({ score: 20 });
    });

    it('that would clear the grade are never sent', async () => {
      await send();

      const unfinished = await refusal(
        send({ gradingProgress: 'Pending', timestamp: '2026-11-21T10:00:00Z' }),
      );

      expect(unfinished).to.include({ code: 'lti.score', status: 422 });
      expect((await results())[0]).to.include({ score: 10 });
    });

    it('are rescaled to the maximum of the column, to five decimals', async () => {
      await send({ scoreGiven: 1, scoreMaximum: 3 });

      expect((await results())[0]).to.include({ score: 6.66667, maximum: 20 });
    });

    it('above the maximum are cut to it', async () => {
      await send({ scoreGiven: 9, scoreMaximum: 4 });

      expect((await results())[0]).to.include({ score: 20 });
    });

    for (const { who, userId } of [
      { who: 'a teacher', userId: RUTH },
      { who: 'a non-editing teacher', userId: SAMUEL },
      { who: 'nobody of the course', userId: '999' },
    ])
      it(`for ${who} are refused for good, with a body that says nothing`, async () => {
        const error = await refusal(send({ userId }));

        expect(error).to.include({ code: 'lti.service-refused' });
        expect(error.values).to.include({ status: 400 });
        expect(isPermanent(error)).to.equal(true);
      });

    it('for a student whose enrolment is suspended are taken', async () => {
      const ruth = await signInAs(world, RUTH);
      await ruth.post('/courses/1/enrolments').type('form').send({ person: AMARA }).expect(303);

      expect(await send()).to.equal('sent');
    });

    it('for a locked column fail with 500, which may pass', async () => {
      const ruth = await signInAs(world, RUTH);
      await ruth.post('/courses/1/gradebook/1/lock').expect(303);

      const error = await refusal(send());

      expect(error.values).to.include({ status: 500 });
      expect(isPermanent(error)).to.equal(false);
    });

    it('do not replace a grade that a teacher gave: the result keeps it', async () => {
      const ruth = await signInAs(world, RUTH);
      world.clock.offsetMs = Date.parse('2026-11-19T10:00:00Z') - Date.now();
      const grading = ruth.post('/courses/1/gradebook/1/grade').type('form');
      await grading.send({ learner: AMARA, grade: '7' }).expect(303);

      expect(await send()).to.equal('sent');

      expect((await results())[0]).to.include({ score: 7 });
    });

    it('older than a teacher’s grade are refused with 409', async () => {
      const ruth = await signInAs(world, RUTH);
      const grading = ruth.post('/courses/1/gradebook/1/grade').type('form');
      await grading.send({ learner: AMARA, grade: '7' }).expect(303);

      expect(await send({ timestamp: '2020-01-01T10:00:00Z' })).to.equal('superseded');
    });
  });

  describe('results', () => {
    it('are read without a page size, which would be answered by a page of HTML', async () => {
      await send();
      await send({ userId: '12', scoreGiven: 4 });

      expect((await results()).map(({ sub, score: given }) => [sub, given])).to.deep.equal([
        [AMARA, 10],
        ['12', 20],
      ]);
    });
  });

  describe('the roster', () => {
    it('names roles in short, and a non-editing teacher as a learner', async () => {
      const all = await members();

      const rolesOf = (sub: string) => all.find((member) => member.sub === sub)?.roleUris;
      expect(rolesOf(AMARA)).to.deep.equal(['Learner']);
      expect(rolesOf(RUTH)).to.deep.equal(['Instructor']);
      expect(rolesOf(SAMUEL)).to.deep.equal(['Learner']);
    });

    it('leaves out an administrator who is not enrolled, and whoever is suspended', async () => {
      const ruth = await signInAs(world, RUTH);
      await ruth.post('/courses/1/enrolments').type('form').send({ person: AMARA }).expect(303);

      const all = await members();

      expect(all.map(({ sub }) => sub)).not.to.include.members([PRIYA]);
      expect(all.map(({ sub }) => sub)).not.to.include.members([AMARA]);
      expect(all.every(({ status }) => status === 'Active')).to.equal(true);
      expect(all).to.have.length(6);
    });

    it('is read to its end by pages', async () => {
      const membershipsUrl = `${target.services.membershipsUrl ?? ''}?limit=2`;
      const paged = { ...target, services: { ...target.services, membershipsUrl } };
      const pages: number[] = [];

      for await (const page of readMemberships({ services: world.tool.services, target: paged }))
        pages.push(page.length);

      expect(pages).to.deep.equal([2, 2, 2, 1]);
    });
  });
});

function readPayload(posted: Record<string, string>): string {
  return Buffer.from(posted['id_token']?.split('.')[1] ?? '', 'base64url').toString();
}
