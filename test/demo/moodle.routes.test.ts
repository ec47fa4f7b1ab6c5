// The demo LMS as Moodle: how its services answer what a careless tool would send. test/conformance/moodle-services.test.ts
// shows that ours does not.
import { expect } from 'chai';
import request from 'supertest';
import { AGS_SCOPES, buildAssertion, startDemo, type RunningDemo } from './start-demo.js';

const BASE = '/mod/lti/services.php/1';
const ITEM = 'application/vnd.ims.lis.v2.lineitem+json';
const LIST = 'application/vnd.ims.lis.v2.lineitemcontainer+json';
const SCORE = 'application/vnd.ims.lis.v1.score+json';
const AMARA = '11';

describe('the demo LMS: Moodle’s services', () => {
  let demo: RunningDemo;
  let token: string;

  beforeEach(async () => {
    demo = await startDemo({ mode: 'moodle' });
    token = ((await askToken()).body as { access_token: string }).access_token;
  });
  afterEach(() => demo.stop());

  const askToken = (changes: object = {}, fields: Record<string, string> = {}) =>
    request(demo.url)
      .post('/mod/lti/token.php')
      .type('form')
      .send({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: demo.tool.sign(buildAssertion(demo, changes)),
        scope: AGS_SCOPES.join(' '),
        ...fields,
      });
  const call = (method: 'get' | 'post' | 'put' | 'delete', path: string) =>
    request(demo.url)[method](`${BASE}${path}`).set('Authorization', `Bearer ${token}`);
  const list = () => call('get', '/lineitems?type_id=1').set('Accept', LIST);
  const post = (type: string, body: object) =>
    call('post', '/lineitems?type_id=1').set('Content-Type', type).send(JSON.stringify(body));
  const score = (changes: object = {}) =>
    call('post', '/lineitems/1/lineitem/scores?type_id=1')
      .set('Content-Type', SCORE)
      .send(
        JSON.stringify({
          userId: 11,
          timestamp: '2026-11-20T10:00:00Z',
          activityProgress: 'Completed',
          gradingProgress: 'FullyGraded',
          scoreGiven: 2,
          scoreMaximum: 4,
          comment: '<b>Good</b> ✓',
          ...changes,
        }),
      );
  const results = () => call('get', '/lineitems/1/lineitem/results?type_id=1');

  it('give a token for any audience, for the scopes that are known', async () => {
    const scope = `${AGS_SCOPES.join(' ')} made-up`;

    const known = await askToken({ aud: 'junk' }, { scope }).expect(200);
    const unknown = await askToken({}, { scope: 'made-up' }).expect(400);

    expect(known.body).to.include({ scope: AGS_SCOPES.join(' '), expires_in: 3600 });
    expect(unknown.body).to.deep.equal({ error: 'invalid_scope' });
  });

  it('answer a key set that cannot be read with a page of HTML and 404', async () => {
    demo.tool.isDown = true;
    demo.clock.now = new Date(demo.clock.now.getTime() + 20 * 60_000);

    const answer = await askToken().expect(404);

    expect(answer.headers['content-type']).to.include('text/html');
    expect(answer.text).to.include('fix_jwks_alg()');
  });

  for (const accept of ['*/*', 'application/json', `${LIST}, */*`, `${LIST}; charset=utf-8`])
    it(`refuse the list of line items for Accept: ${accept}`, async () => {
      const answer = await list().set('Accept', accept).expect(400);

      expect(answer.text).to.include('No context or unsupported content type');
    });

  it('take a charset with a line item but no other type, no item without a label, and a maximum of 0', async () => {
    const item = { label: 'New', scoreMaximum: 0, startDateTime: '2026-11-20T10:00:00Z' };

    const made = await post(`${ITEM}; charset=utf-8`, item).expect(201);
    await post('application/json', item).expect(400);
    await post(ITEM, { scoreMaximum: 5 }).expect(400);
    await post(ITEM, { ...item, resourceLinkId: '999' }).expect(403);

    expect(made.body).to.include(item);
    const [read] = ((await list()).body as object[]).slice(-1);
    expect(read).not.to.have.property('startDateTime');
  });

  it('make as many line items of one resourceId as are asked for', async () => {
    const item = { label: 'Same', scoreMaximum: 5, resourceId: 'same' };

    await Promise.all(Array.from({ length: 10 }, () => post(ITEM, item).expect(201)));

    const found = await call('get', '/lineitems?type_id=1&resource_id=same').set('Accept', LIST);
    expect(found.body).to.have.length(10);
  });

  it('empty what a PUT leaves out, and delete an activity’s own column', async () => {
    const path = '/lineitems/1/lineitem?type_id=1';

    const put = await call('put', path)
      .set('Content-Type', ITEM)
      .send(JSON.stringify({ label: 'Renamed', scoreMaximum: 20 }))
      .expect(200);
    await call('delete', path).expect(204);

    expect(put.body).to.include({ label: 'Renamed', resourceId: '', tag: '' });
    expect((await list()).body).to.have.length(1);
  });

  it('name the next page in a header that an ordinary parser does not read', async () => {
    const { headers } = await call('get', '/lineitems?type_id=1&limit=1').set('Accept', LIST);

    const link = Buffer.from(String(headers['link']), 'latin1').toString();
    expect(link).to.include('rel=“next”').and.include('&amp;');
  });

  it('take a score without a body, a number as userId, and keep the comment as it is', async () => {
    const answer = await score().expect(200);

    expect(answer.text).to.equal('');
    const { body, text } = await results().expect(200);
    expect((body as object[])[0]).to.include({
      userId: AMARA,
      resultScore: 10,
      comment: '<b>Good</b> ✓',
    });
    expect(text).to.include('\\/lineitems\\/').and.include('&user_id=11');
  });

  it('clear the grade by a score that is not fully graded', async () => {
    await score().expect(200);

    await score({ timestamp: '2026-11-20T10:00:05Z', gradingProgress: 'Pending' }).expect(200);

    const { body } = await results();
    expect((body as object[])[0]).to.have.all.keys('id', 'userId');
  });

  it('say why a score is refused in the status line alone, with the score in it', async () => {
    const answer = await score({ userId: 21 }).expect(400);

    expect(answer.text).to.equal('[]');
    const reason = (answer as unknown as { res: { statusMessage: string } }).res.statusMessage;
    expect(reason).to.include('Incorrect score').and.include('"userId":21');
  });

  it('refuse a score of the same second, and block all after one from the future', async () => {
    await score().expect(200);
    await score({ timestamp: '2026-11-20T10:00:00.900Z' }).expect(409);
    await score({ timestamp: '2030-01-01T10:00:00Z' }).expect(200);

    const blocked = await score({ timestamp: '2026-12-20T10:00:00Z' });

    expect([blocked.status, blocked.text]).to.deep.equal([409, '[]']);
  });

  it('cut a score below nothing to nothing', async () => {
    await score({ scoreGiven: -3 }).expect(200);

    expect(((await results()).body as object[])[0]).to.include({ resultScore: 0 });
  });

  it('answer results with a limit by a page of HTML and 404, and without type_id as asked', async () => {
    await score().expect(200);

    const limited = await call('get', '/lineitems/1/lineitem/results?type_id=1&limit=5').expect(
      404,
    );
    const bare = await call('get', '/lineitems/1/lineitem/results?limit=5').expect(200);

    expect(limited.headers['content-type']).to.include('text/html');
    expect(bare.body).to.have.length(1);
  });

  it('answer a GET of scores with 405, and a path they do not know with 400', async () => {
    await call('get', '/lineitems/1/lineitem/scores?type_id=1').expect(405);
    const unknown = await call('post', '/lineitems/1/lineitem?type_id=1/scores').expect(400);

    expect(unknown.text).to.include('No handler found');
  });
});
