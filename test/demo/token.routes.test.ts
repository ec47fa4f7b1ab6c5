// The token endpoint of the demo LMS: which client assertions it takes, and what it grants.
import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import {
  AGS_SCOPES,
  buildAssertion,
  NRPS_SCOPE,
  postTokenRequest,
  startDemo,
  type RunningDemo,
} from './start-demo.js';

describe('the demo LMS: POST /lti/token', () => {
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });

  afterEach(() => demo.stop());

  it('grants a bearer token of an hour for a good assertion', async () => {
    const client_assertion = demo.tool.sign(buildAssertion(demo));

    const answer = await postTokenRequest(demo, { client_assertion }).expect(200);

    expect(answer.body).to.deep.include({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: AGS_SCOPES.join(' '),
    });
    expect(answer.body)
      .to.have.property('access_token')
      .that.matches(/^[\w-]{32,}$/);
    expect(answer.headers['cache-control']).to.equal('no-store');
  });

  it('takes the issuer as audience, too', async () => {
    const client_assertion = demo.tool.sign(buildAssertion(demo, { aud: demo.url }));

    await postTokenRequest(demo, { client_assertion }).expect(200);
  });

  it('drops unknown scopes while one is known', async () => {
    const client_assertion = demo.tool.sign(buildAssertion(demo));

    const answer = await postTokenRequest(demo, {
      client_assertion,
      scope: `${NRPS_SCOPE} https://example.org/everything`,
    }).expect(200);

    expect(answer.body).to.include({ scope: NRPS_SCOPE });
  });

  it('refuses a request of unknown scopes only', async () => {
    const client_assertion = demo.tool.sign(buildAssertion(demo));

    const answer = await postTokenRequest(demo, {
      client_assertion,
      scope: 'https://example.org/everything',
    }).expect(400);

    expect(answer.body).to.include({ error: 'invalid_scope' });
  });

  it('takes a jti once', async () => {
    const client_assertion = demo.tool.sign(buildAssertion(demo));
    await postTokenRequest(demo, { client_assertion }).expect(200);

    const again = await postTokenRequest(demo, { client_assertion }).expect(401);

    expect(again.body).to.include({ error: 'invalid_client' });
  });

  it('reads the key set once for many tokens', async () => {
    for (let round = 0; round < 3; round += 1) {
      const client_assertion = demo.tool.sign(buildAssertion(demo));
      await postTokenRequest(demo, { client_assertion }).expect(200);
    }

    expect(demo.tool.keySetRequests).to.equal(1);
  });

  it('reads the key set again for an unknown kid, though not at once again', async () => {
    const first = demo.tool.sign(buildAssertion(demo));
    await postTokenRequest(demo, { client_assertion: first }).expect(200);
    demo.tool.kids = ['tool-key-2'];

    const early = demo.tool.sign(buildAssertion(demo), 'tool-key-2');
    await postTokenRequest(demo, { client_assertion: early }).expect(401);
    demo.clock.now = new Date(demo.clock.now.getTime() + 6000);
    const later = demo.tool.sign(buildAssertion(demo), 'tool-key-2');
    await postTokenRequest(demo, { client_assertion: later }).expect(200);

    expect(demo.tool.keySetRequests).to.equal(2);
  });

  it('answers 503 while the key set of the tool cannot be read', async () => {
    const client_assertion = demo.tool.sign(buildAssertion(demo));
    demo.tool.isDown = true;

    const answer = await postTokenRequest(demo, { client_assertion }).expect(503);

    expect(answer.body).to.include({ error: 'temporarily_unavailable' });
    expect(demo.warnings).to.have.length(1);
  });

  const badClaims = [
    { title: 'another issuer', changes: { iss: 'someone-else' } },
    { title: 'another subject', changes: { sub: 'someone-else' } },
    { title: 'another audience', changes: { aud: 'https://lms.example/token' } },
    { title: 'no jti', changes: { jti: undefined } },
    { title: 'no exp', changes: { exp: undefined } },
    { title: 'no iat', changes: { iat: undefined } },
    { title: 'an end in the past', changes: { exp: 1_700_000_000 } },
    { title: 'an end years ahead', changes: { exp: 4_000_000_000 } },
  ];
  for (const { title, changes } of badClaims) {
    it(`refuses an assertion with ${title}`, async () => {
      const claims = buildAssertion(demo, changes);
      // As bytes, because the library adds an iat to an object and refuses some of these claims.
      const client_assertion = demo.tool.sign(Buffer.from(JSON.stringify(claims)));

      const answer = await postTokenRequest(demo, { client_assertion }).expect(401);

      expect(answer.body).to.include({ error: 'invalid_client' });
    });
  }

  it('refuses an assertion signed by another key under the kid of the tool', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const client_assertion = jwt.sign(buildAssertion(demo), privateKey, {
      algorithm: 'RS256',
      keyid: 'tool-key-1',
    });

    await postTokenRequest(demo, { client_assertion }).expect(401);
  });

  it('refuses an assertion that is signed with a shared secret, or not at all', async () => {
    const claims = buildAssertion(demo);
    const shared = jwt.sign(claims, 'secret', { algorithm: 'HS256', keyid: 'tool-key-1' });
    const unsigned = jwt.sign(claims, '', { algorithm: 'none', keyid: 'tool-key-1' });

    await postTokenRequest(demo, { client_assertion: shared }).expect(401);
    await postTokenRequest(demo, { client_assertion: unsigned }).expect(401);
    await postTokenRequest(demo, { client_assertion: 'a.b.c' }).expect(401);
  });

  it('refuses another grant type and another assertion type', async () => {
    const client_assertion = demo.tool.sign(buildAssertion(demo));

    const grant = await postTokenRequest(demo, { client_assertion, grant_type: 'password' });
    const type = await postTokenRequest(demo, { client_assertion, client_assertion_type: 'x' });

    expect(grant.status).to.equal(400);
    expect(grant.body).to.include({ error: 'unsupported_grant_type' });
    expect(type.status).to.equal(400);
    expect(type.body).to.include({ error: 'invalid_request' });
  });

  it('refuses JSON, nothing at all, and a form that is too large', async () => {
    const url = demo.url;

    await request(url).post('/lti/token').send({ grant_type: 'client_credentials' }).expect(400);
    await request(url).post('/lti/token').expect(400);
    const large = await postTokenRequest(demo, { client_assertion: 'x'.repeat(200_000) });

    expect(large.status).to.equal(413);
    expect(large.body).to.have.all.keys('error', 'error_description');
  });
});
