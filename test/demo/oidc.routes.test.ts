// The platform's side of a launch: sign-in, login page, authorization endpoint, id_token.
import { expect } from 'chai';
import request from 'supertest';
import {
  buildAuthenticationRequest,
  launch,
  readAction,
  readFields,
  signIn,
  startDemo,
  verifyIdToken,
  type RunningDemo,
} from './start-demo.js';

const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim/';
const [AMARA, UNNAMED, RUTH, PRIYA] = ['11', '15', '21', '41'];

describe('the demo LMS: launch', () => {
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });

  afterEach(() => demo.stop());

  describe('the login page of an activity', () => {
    it('posts the parameters of a third-party initiated login to the tool', async () => {
      const browser = await signIn(demo, AMARA);

      const page = await browser.get('/activities/3/launch').expect(200);

      expect(readAction(page.text)).to.equal(`${demo.tool.url}/lti/login`);
      const fields = readFields(page.text);
      expect(fields).to.include({
        iss: demo.url,
        login_hint: AMARA,
        target_link_uri: `${demo.tool.url}/activities`,
        client_id: 'crosswalk-demo',
        lti_deployment_id: '1',
      });
      expect(JSON.parse(fields.lti_message_hint ?? '')).to.have.keys('activity', 'launch');
      expect(page.text).to.match(/<button[^>]*>Continue<\/button>/);
    });

    it('is refused without a signed-in person, with a page that leads to the front page', async () => {
      const page = await request(demo.url).get('/activities/3/launch').expect(401);

      expect(page.text).to.include('Nobody is signed in').and.include('href="/"');
    });

    it('is not there for an activity that the person does not see', async () => {
      const browser = await signIn(demo, AMARA);

      await browser.get('/activities/7/launch').expect(404);
    });
  });

  describe('GET /lti/authorize', () => {
    it('posts an id_token with all claims of a resource launch, and the state', async () => {
      const browser = await signIn(demo, AMARA);

      const answer = await launch(demo, { browser, path: '/activities/3/launch' });

      expect(readAction(answer.text)).to.equal(`${demo.tool.url}/lti/launch`);
      expect(answer.fields.state).to.equal(answer.sent.state);
      const claims = await verifyIdToken(demo, answer.fields.id_token ?? '');
      const now = Math.floor(demo.clock.now.getTime() / 1000);
      expect(claims).to.deep.include({
        iss: demo.url,
        aud: 'crosswalk-demo',
        sub: AMARA,
        nonce: answer.sent.nonce,
        iat: now,
        exp: now + 300,
        name: 'Amara Okafor',
        given_name: 'Amara',
        family_name: 'Okafor',
        email: 'amara.okafor@students.example',
        [`${CLAIM}message_type`]: 'LtiResourceLinkRequest',
        [`${CLAIM}version`]: '1.3.0',
        [`${CLAIM}deployment_id`]: '1',
        [`${CLAIM}target_link_uri`]: `${demo.tool.url}/activities`,
        [`${CLAIM}roles`]: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
        [`${CLAIM}context`]: {
          id: '1',
          label: 'HIM101',
          title: 'HIM 101 · Introduction to Health Information Management',
          type: ['http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection'],
        },
        [`${CLAIM}lis`]: {
          person_sourcedid: 'SIS-STU-0011',
          course_offering_sourcedid: 'SIS-HIM-101-2026',
          course_section_sourcedid: 'SIS-HIM-101-2026-01',
        },
        'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
          context_memberships_url: `${demo.url}/services/courses/1/memberships`,
          service_versions: ['2.0'],
        },
      });
      expect(claims[`${CLAIM}resource_link`]).to.include({
        id: '3',
        title: 'Coding practice quiz',
      });
      expect(claims['https://purl.imsglobal.org/spec/lti-ags/claim/endpoint']).to.include({
        lineitems: `${demo.url}/services/courses/1/lineitems?type_id=1`,
        lineitem: `${demo.url}/services/courses/1/lineitems/1/lineitem?type_id=1`,
      });
    });

    it('expands the custom variables it knows and sends the others as they stand', async () => {
      const browser = await signIn(demo, AMARA);

      const { fields } = await launch(demo, { browser, path: '/activities/3/launch' });

      const claims = await verifyIdToken(demo, fields.id_token ?? '');
      expect(claims[`${CLAIM}custom`]).to.include({
        context_id_history: '',
        resource_link_id_history: '$ResourceLink.id.history',
        academic_session: '2026-FALL',
        attempts: '3',
      });
    });

    it('names no line item where the activity is not graded', async () => {
      const browser = await signIn(demo, AMARA);

      const { fields } = await launch(demo, { browser, path: '/activities/1/launch' });

      const claims = await verifyIdToken(demo, fields.id_token ?? '');
      expect(claims[`${CLAIM}target_link_uri`]).to.equal(`${demo.tool.url}/frameworks`);
      expect(claims['https://purl.imsglobal.org/spec/lti-ags/claim/endpoint']).not.to.have.property(
        'lineitem',
      );
    });

    it('launches someone who shares nothing without name and e-mail', async () => {
      const browser = await signIn(demo, UNNAMED);

      const { fields } = await launch(demo, { browser, path: '/activities/1/launch' });

      const claims = await verifyIdToken(demo, fields.id_token ?? '');
      expect(claims).to.include({ sub: UNNAMED });
      expect(claims).not.to.have.any.keys('name', 'given_name', 'family_name', 'email');
    });

    it('gives the administrator the institution role beside the one in the course', async () => {
      const browser = await signIn(demo, PRIYA);

      const { fields } = await launch(demo, { browser, path: '/activities/7/launch' });

      const claims = await verifyIdToken(demo, fields.id_token ?? '');
      expect(claims[`${CLAIM}roles`]).to.deep.equal([
        'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator',
        'http://purl.imsglobal.org/vocab/lis/v2/membership#Administrator',
      ]);
    });

    it('tells the tool whether it opens in a frame or in a window', async () => {
      const browser = await signIn(demo, AMARA);

      const { fields } = await launch(demo, {
        browser,
        path: '/activities/1/launch?target=window',
      });

      const claims = await verifyIdToken(demo, fields.id_token ?? '');
      expect(claims[`${CLAIM}launch_presentation`]).to.include({ document_target: 'window' });
    });

    it('takes a message hint once', async () => {
      const browser = await signIn(demo, AMARA);
      const { sent } = await launch(demo, { browser, path: '/activities/1/launch' });

      const again = await browser.get('/lti/authorize').query(sent).expect(400);

      expect(again.text).to.include('used before').and.not.include('id_token');
    });

    it('takes a message hint for ten minutes', async () => {
      const browser = await signIn(demo, AMARA);
      const login = readFields((await browser.get('/activities/1/launch')).text);
      demo.clock.now = new Date(demo.clock.now.getTime() + 10 * 60 * 1000 + 1);

      const late = await browser
        .get('/lti/authorize')
        .query(buildAuthenticationRequest(demo, login));

      expect(late.status).to.equal(400);
    });

    it('answers a POST as it answers a GET', async () => {
      const browser = await signIn(demo, AMARA);
      const login = readFields((await browser.get('/activities/1/launch')).text);

      const answer = await browser
        .post('/lti/authorize')
        .type('form')
        .send(buildAuthenticationRequest(demo, login))
        .expect(200);

      expect(readFields(answer.text)).to.have.property('id_token');
    });

    it('has the browser post again where its cookie was kept back, and then answers', async () => {
      const browser = await signIn(demo, AMARA);
      const login = readFields((await browser.get('/activities/1/launch')).text);
      const sent = buildAuthenticationRequest(demo, login);

      const first = await request(demo.url).get('/lti/authorize').query(sent).expect(200);
      const second = await browser
        .post('/lti/authorize')
        .type('form')
        .send(readFields(first.text))
        .expect(200);

      expect(readAction(first.text)).to.equal(`${demo.url}/lti/authorize`);
      expect(readFields(first.text)).to.deep.equal({ ...sent, reposted: '1' });
      expect(readFields(second.text)).to.have.property('id_token');
    });

    it('tells the tool login_required where nobody is signed in', async () => {
      const browser = await signIn(demo, AMARA);
      const login = readFields((await browser.get('/activities/1/launch')).text);
      const sent = buildAuthenticationRequest(demo, login);

      const answer = await request(demo.url)
        .post('/lti/authorize')
        .type('form')
        .send({ ...sent, reposted: '1' })
        .expect(200);

      expect(readFields(answer.text)).to.include({ error: 'login_required', state: sent.state });
      expect(readFields(answer.text)).not.to.have.property('id_token');
    });

    it('refuses the launch of one person in the browser of another', async () => {
      const amara = await signIn(demo, AMARA);
      const login = readFields((await amara.get('/activities/1/launch')).text);
      const ruth = await signIn(demo, RUTH);

      const answer = await ruth
        .get('/lti/authorize')
        .query(buildAuthenticationRequest(demo, login))
        .expect(200);

      expect(readFields(answer.text)).to.include({ error: 'access_denied' });
      expect(readFields(answer.text)).not.to.have.property('id_token');
    });

    const toldToTool = [
      { title: 'a login_hint of another', changes: { login_hint: '21' }, error: 'access_denied' },
      {
        title: 'a response_type that is not id_token',
        changes: { response_type: 'code' },
        error: 'unsupported_response_type',
      },
      {
        title: 'a response_mode that is not form_post',
        changes: { response_mode: 'query' },
        error: 'invalid_request',
      },
      { title: 'a prompt', changes: { prompt: 'login' }, error: 'invalid_request' },
      { title: 'no openid scope', changes: { scope: 'profile' }, error: 'invalid_scope' },
    ];
    for (const { title, changes, error } of toldToTool) {
      it(`posts ${error} back for ${title}`, async () => {
        const browser = await signIn(demo, AMARA);

        const answer = await launch(demo, { browser, path: '/activities/1/launch', changes });

        expect(readAction(answer.text)).to.equal(`${demo.tool.url}/lti/launch`);
        expect(answer.fields).to.include({ error, state: answer.sent.state });
        expect(answer.fields).not.to.have.property('id_token');
      });
    }

    const shownAsPage = [
      {
        title: 'a redirect_uri on another site',
        changes: { redirect_uri: 'http://evil.example/lti/launch' },
      },
      { title: 'an unknown client_id', changes: { client_id: 'someone-else' } },
      { title: 'no nonce', changes: { nonce: '' } },
      { title: 'no state', changes: { state: '' } },
      { title: 'no message hint', changes: { lti_message_hint: '' } },
      { title: 'a message hint never given', changes: { lti_message_hint: '{"activity":"1"}' } },
    ];
    for (const { title, changes } of shownAsPage) {
      it(`answers ${title} with a page and sends the tool nothing`, async () => {
        const browser = await signIn(demo, AMARA);

        const answer = await launch(demo, { browser, path: '/activities/1/launch', changes });

        expect(answer.status).to.equal(400);
        expect(answer.text).not.to.include('<form');
      });
    }

    it('refuses a redirect_uri that only begins like the registered one', async () => {
      const browser = await signIn(demo, AMARA);

      const answer = await launch(demo, {
        browser,
        path: '/activities/1/launch',
        changes: { redirect_uri: `${demo.tool.url}/lti/launch?next=evil` },
      });

      expect(answer.status).to.equal(400);
    });

    it('refuses a parameter given twice', async () => {
      const browser = await signIn(demo, AMARA);

      await browser.get('/lti/authorize?client_id=a&client_id=b').expect(400);
    });

    it('writes a hostile state escaped into its page', async () => {
      const browser = await signIn(demo, AMARA);
      const state = '"><script>alert(1)</script>';

      const answer = await launch(demo, {
        browser,
        path: '/activities/1/launch',
        changes: { state },
      });

      expect(answer.text).not.to.include('<script>alert');
      expect(answer.fields.state).to.equal(state);
    });
  });

  describe('GET /lti/jwks', () => {
    it('publishes the public half of one RSA key, cacheable', async () => {
      const answer = await request(demo.url).get('/lti/jwks').expect(200);

      const [key] = (answer.body as { keys: Record<string, string>[] }).keys;
      expect(answer.headers['cache-control']).to.equal('public, max-age=3600');
      expect(key).to.have.all.keys('kty', 'n', 'e', 'kid', 'alg', 'use');
      expect(key).to.include({ kty: 'RSA', alg: 'RS256', use: 'sig' });
    });

    it('names the methods it has', async () => {
      const answer = await request(demo.url).delete('/lti/jwks').expect(405);

      expect(answer.headers.allow).to.equal('GET');
    });
  });
});
