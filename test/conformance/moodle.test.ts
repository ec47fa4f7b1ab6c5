// What a real Moodle 4.5.6 was seen to do, each peculiarity once: the tool against the demo LMS in Moodle mode, over HTTP.
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { findCourse } from '../../src/lti/course.model.js';
import type { CurrentLaunch } from '../../src/lti/current-launch.js';
import { buildDeepLinkingResponse } from '../../src/lti/deep-linking.js';
import { readAction, readFields } from '../demo/start-demo.js';
import { createAgent } from '../support/browser-agent.js';
import { invite } from '../support/invite.js';
import {
  launchFrom,
  login,
  openFrom,
  signInAs,
  startMoodle,
  type MoodleWorld,
} from './moodle-world.js';

const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim/';
const ENDPOINT = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
const [AMARA, RUTH, SAMUEL, PRIYA] = ['11', '21', '31', '41'];
const QUIZ = '/activities/3/launch';
const UNGRADED = '/activities/5/launch';

describe('Moodle 4.5', () => {
  let world: MoodleWorld;

  before(async () => {
    world = await startMoodle();
  });
  after(() => world.close());
  beforeEach(async () => {
    world.clock.offsetMs = 0;
    await world.connect();
  });

  const claimsOf = (posted: Record<string, string>) =>
    jwt.decode(posted['id_token'] ?? '') as Record<string, unknown>;

  describe('the site home', () => {
    const open = (person: string) => openFrom(world, { person, path: '/site/launch' });

    it('is a group with the services of a course: it becomes no course', async () => {
      const { posted, answer, target } = await open(AMARA);

      expect(claimsOf(posted)[`${CLAIM}context`]).to.deep.include({ type: ['Group'] });
      expect(answer.location).to.equal('/start?course=none');
      expect(target).to.deep.include({ course: null, roles: ['Learner'] });
      expect(target.services).to.include({ lineItemsUrl: null, membershipsUrl: null });
    });

    it('is the administrator’s to administer from', async () => {
      const { target } = await open(PRIYA);

      expect(target).to.deep.include({ course: null, roles: ['Administrator'] });
    });
  });

  describe('login and authentication', () => {
    it('gives no place to keep data: the way by cookie suffices', async () => {
      const { posted, target } = await openFrom(world, { person: AMARA, path: QUIZ });

      expect(posted).to.have.all.keys('id_token', 'state');
      expect(target.courseTitle).to.equal(
        'HIM 101 · Introduction to Health Information Management',
      );
    });

    it('gets its message hint back byte for byte', async () => {
      const browser = await signInAs(world, AMARA);

      const { fields, asked } = await login(world, { browser, path: QUIZ });

      expect(Object.keys(fields)).to.have.members([
        'iss',
        'target_link_uri',
        'login_hint',
        'lti_message_hint',
        'client_id',
        'lti_deployment_id',
      ]);
      expect(fields['lti_message_hint']).to.match(/^\{"cmid":3,"launchid":"ltilaunch/);
      expect(asked['lti_message_hint']).to.equal(fields['lti_message_hint']);
      expect(asked['login_hint']).to.equal(AMARA);
    });

    it('is asked with one fixed redirect URI, whatever the link is', async () => {
      const browser = await signInAs(world, AMARA);

      const quiz = await login(world, { browser, path: QUIZ });
      const framework = await login(world, { browser, path: '/activities/1/launch' });

      expect(quiz.address).to.equal(`${world.url}/mod/lti/auth.php`);
      expect(quiz.asked['redirect_uri']).to.equal(`${world.tool.url}/lti/launch`);
      expect(framework.asked['redirect_uri']).to.equal(`${world.tool.url}/lti/launch`);
      expect(framework.fields['target_link_uri']).to.equal(`${world.tool.url}/frameworks`);
    });

    for (const { title, changes } of [
      { title: 'another redirect_uri', changes: { redirect_uri: 'http://evil.example/x' } },
      { title: 'no nonce', changes: { nonce: '' } },
      { title: 'no hint', changes: { lti_message_hint: '' } },
    ])
      it(`answers ${title} with its own page, and the tool hears nothing`, async () => {
        const browser = await signInAs(world, AMARA);
        const { asked } = await login(world, { browser, path: QUIZ });

        const page = await browser.get('/mod/lti/auth.php').query({ ...asked, ...changes });

        expect(page.status).to.equal(404);
        expect(page.text).to.include('Invalid request').and.not.include('<form');
      });

    it('takes a hint once: a reload is its own page, and a new launch works', async () => {
      const browser = await signInAs(world, AMARA);
      const { asked } = await login(world, { browser, path: QUIZ });
      await browser.get('/mod/lti/auth.php').query(asked).expect(200);

      await browser.get('/mod/lti/auth.php').query(asked).expect(404);

      const { answer } = await launchFrom(world, { person: AMARA, path: QUIZ });
      expect(answer.status).to.equal(303);
    });

    it('takes a hint only in the session that began the launch', async () => {
      const browser = await signInAs(world, AMARA);
      const { asked } = await login(world, { browser, path: QUIZ });
      world.clock.offsetMs = 5;
      const another = await signInAs(world, AMARA);

      await another.get('/mod/lti/auth.php').query(asked).expect(404);
    });

    for (const { title, changes, error } of [
      { title: 'another prompt', changes: { prompt: 'login' }, error: 'invalid_request' },
      { title: 'another client_id', changes: { client_id: 'x' }, error: 'unauthorized_client' },
      {
        title: 'the hint of another person',
        changes: { login_hint: RUTH },
        error: 'access_denied',
      },
    ])
      it(`posts an error for ${title}, and the tool shows a page that can be read`, async () => {
        const { posted, answer } = await launchFrom(world, { person: AMARA, path: QUIZ, changes });

        expect(posted).to.include({ error });
        expect(posted).not.to.have.property('id_token');
        expect(answer.status).to.be.within(400, 403);
        expect(answer.text).to.contain('<h1').and.to.contain('Reference number');
      });

    it('posts an error when another person signed in meanwhile', async () => {
      const amara = await signInAs(world, AMARA);
      const { agent, asked } = await login(world, { browser: amara, path: QUIZ });
      const ruth = await signInAs(world, RUTH);

      const page = await ruth.get('/mod/lti/auth.php').query(asked).expect(200);
      const answer = await agent.post('/lti/launch', readFields(page.text), {
        headers: { origin: world.url },
      });

      expect(readFields(page.text)).to.include({ error: 'access_denied' });
      expect(answer.status).to.be.within(400, 403);
    });

    it('posts to itself where its cookie was kept back, and the launch goes on', async () => {
      const browser = await signInAs(world, AMARA);
      const { agent, asked } = await login(world, { browser, path: QUIZ });

      const first = await request(world.url).get('/mod/lti/auth.php').query(asked).expect(200);
      const again = readFields(first.text);
      const second = await browser.post('/mod/lti/auth.php').type('form').send(again).expect(200);
      const answer = await agent.post('/lti/launch', readFields(second.text), {
        headers: { origin: world.url },
      });

      expect(readAction(first.text)).to.equal(`${world.url}/mod/lti/auth.php`);
      expect(answer.status).to.equal(303);
    });
  });

  describe('the launch', () => {
    it('lives for a minute, and is taken from a clock some seconds away', async () => {
      world.clock.offsetMs = 5_000;
      const ahead = await openFrom(world, { person: AMARA, path: QUIZ });
      world.clock.offsetMs = -10 * 60_000;
      const late = await launchFrom(world, { person: AMARA, path: QUIZ });

      const { iat, exp } = claimsOf(ahead.posted) as { iat: number; exp: number };
      expect(exp - iat).to.equal(60);
      expect(late.answer.status).to.equal(401);
    });

    it('names its audience as one text without azp, an issuer without a slash, a number as sub', async () => {
      const { posted, target } = await openFrom(world, { person: AMARA, path: QUIZ });

      expect(claimsOf(posted)).to.include({ iss: world.url, aud: 'crosswalk-demo', sub: AMARA });
      expect(claimsOf(posted)).not.to.have.any.keys('azp', 'picture', 'middle_name', 'locale');
      expect(target.userName).to.equal('Amara Okafor');
    });

    it('has a context of the short type', async () => {
      const { posted, target } = await openFrom(world, { person: AMARA, path: QUIZ });

      expect(claimsOf(posted)[`${CLAIM}context`]).to.deep.include({ type: ['CourseSection'] });
      expect(target.course).to.be.a('string');
    });

    for (const { who, person, roles } of [
      { who: 'a student', person: AMARA, roles: ['Learner'] },
      { who: 'a teacher', person: RUTH, roles: ['Instructor'] },
      { who: 'a non-editing teacher', person: SAMUEL, roles: ['Instructor'] },
      // Roles of the institution and of the system are none in the course.
      { who: 'an administrator who is not enrolled', person: PRIYA, roles: ['Instructor'] },
    ])
      it(`launches ${who} as ${roles.join(' and ')}`, async () => {
        const { target } = await openFrom(world, { person, path: QUIZ });

        expect(target.roles).to.have.members(roles);
      });

    it('sends variables that it does not know as they stand, which the tool takes for missing', async () => {
      const { posted, target } = await openFrom(world, { person: AMARA, path: QUIZ });

      const custom = claimsOf(posted)[`${CLAIM}custom`] as Record<string, string>;
      expect(custom).to.include({ resource_link_id_history: '$ResourceLink.id.history' });
      expect(custom).to.include.keys('context_memberships_url', 'link_setting_url');
      const course = await findCourse({
        course: target.course ?? '',
        deployment: target.deployment,
      });
      expect(JSON.stringify(course)).not.to.include('$ResourceLink');
    });

    it('says HTML in a description and names a return address with a session key', async () => {
      const { posted, target } = await openFrom(world, { person: AMARA, path: QUIZ });

      expect(claimsOf(posted)[`${CLAIM}resource_link`]).to.include({
        description: '<p>Twenty short encounters to code.</p>',
      });
      expect(target.returnUrl).to.include('/mod/lti/return.php?').and.include('sesskey=');
      await request(world.url)
        .get(target.returnUrl?.replace(world.url, '') ?? '')
        .query({ lti_errormsg: 'No' })
        .expect(200);
    });

    it('names no line item on an ungraded link, and one with a query on a graded one', async () => {
      const ungraded = await openFrom(world, { person: RUTH, path: UNGRADED });
      const graded = await openFrom(world, { person: RUTH, path: QUIZ });

      expect(ungraded.target.services.lineItemUrl).to.equal(null);
      expect(graded.target.services.lineItemUrl).to.equal(
        `${world.url}/mod/lti/services.php/1/lineitems/1/lineitem?type_id=1`,
      );
      expect(claimsOf(ungraded.posted)).not.to.have.property(
        'https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome',
      );
    });

    it('shares nothing of a person whose privacy is kept, and the launch succeeds', async () => {
      const { posted, target } = await openFrom(world, { person: '15', path: QUIZ });

      expect(claimsOf(posted)).not.to.have.any.keys('name', 'given_name', 'family_name', 'email');
      expect(target.personName).to.match(/^Learner [2-9B-Z]{6}$/);
    });

    it('opens a submission review that names nobody but by number', async () => {
      await openFrom(world, { person: AMARA, path: QUIZ });

      const { posted, target } = await openFrom(world, {
        person: RUTH,
        path: `/courses/1/reviews/1/${AMARA}/launch`,
      });

      expect(claimsOf(posted)[`${CLAIM}for_user`]).to.deep.equal({ user_id: AMARA });
      expect(target.messageType).to.equal('LtiSubmissionReviewRequest');
    });
  });

  describe('deep linking', () => {
    const choose = async () => {
      const { posted, target } = await openFrom(world, {
        person: RUTH,
        path: '/courses/1/content/launch',
      });
      return { claims: claimsOf(posted), target, browser: await signInAs(world, RUTH) };
    };
    const give = async (options: {
      target: CurrentLaunch;
      contentItems: Parameters<typeof buildDeepLinkingResponse>[0]['contentItems'];
    }) => {
      const { services } = world.tool;
      const { target: launch, contentItems } = options;
      const response = await buildDeepLinkingResponse({ services, launch, contentItems });
      const path = response.returnUrl.replace(world.url, '');
      const first = await request(world.url).post(path).type('form').send({ JWT: response.jwt });
      const browser = await signInAs(world, RUTH);
      const again = readFields(first.text);
      return { first, second: await browser.post(path).type('form').send(again), browser };
    };

    it('sends no data, no roster and an empty title, and keeps the query of its return address', async () => {
      const { claims, target } = await choose();

      expect(claims).not.to.have.any.keys(
        `${CLAIM}resource_link`,
        'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
      );
      expect(claims[ENDPOINT]).not.to.have.property('lineitem');
      expect(target.deepLinking).to.deep.include({ data: null, acceptMultiple: true });
      expect(target.deepLinking?.returnUrl).to.match(
        /\/mod\/lti\/contentitem_return\.php\?course=1&id=1&sesskey=/,
      );
    });

    it('posts the answer once more by itself, makes several activities with their columns, and sends custom names in two spellings', async () => {
      const { target } = await choose();
      const { first, second, browser } = await give({
        target,
        contentItems: [
          {
            type: 'ltiResourceLink',
            title: 'Reading records',
            url: `${world.tool.url}/activities?lesson=7`,
            custom: { 'Mixed.Case-Key': 'both ways' },
            lineItem: { label: 'Not this name', scoreMaximum: 50, resourceId: 'r7', tag: 'lesson' },
          },
          {
            type: 'ltiResourceLink',
            title: 'My competencies',
            url: `${world.tool.url}/frameworks`,
          },
        ],
      });

      expect(readAction(first.text)).to.equal(target.deepLinking?.returnUrl);
      expect(second.status, second.text).to.equal(200);
      expect(second.text).to.include('The following items will be added to your course');
      const course = await browser.get('/courses/1');
      expect(course.text).to.include('Reading records').and.include('Graded, 50 points');
      const gradebook = await browser.get('/courses/1/gradebook');
      expect(gradebook.text).to.include('Reading records').and.not.include('Not this name');
      const launched = await openFrom(world, { person: AMARA, path: '/activities/101/launch' });
      expect(launched.answer.location).to.include('lesson=7');
      expect(claimsOf(launched.posted)[`${CLAIM}custom`]).to.include({
        'Mixed.Case-Key': 'both ways',
        mixed_case_key: 'both ways',
      });
    });
  });

  describe('dynamic registration', () => {
    const openRegistration = async () => {
      const { path } = await invite(world.tool);
      const priya = await signInAs(world, PRIYA);
      const url = `${world.tool.url}${path}`;
      const begun = await priya.post('/tools/register').type('form').send({ url, mode: 'moodle' });
      const frame = await priya.get(begun.headers['location'] ?? '').expect(200);
      const src = /<iframe[^>]* src="([^"]*)"/.exec(frame.text)?.[1] ?? '';
      const opened = new URL(src.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
      return { opened, path, priya };
    };

    it('tells a token that was used in plain text, and the tool says that nothing was connected', async () => {
      const { opened, path } = await openRegistration();
      const agent = createAgent(world.tool.url);
      const page = await agent.get(`${opened.pathname}${opened.search}`);
      const secret = /name="secret" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      await request(world.url)
        .post('/mod/lti/openid-registration.php')
        .set('Authorization', `Bearer ${opened.searchParams.get('registration_token') ?? ''}`)
        .send(OTHER_TOOL)
        .expect(200);

      const answer = await agent.post(path, { secret });

      expect(answer.status).to.be.within(400, 502);
      expect(answer.text).to.contain('<h1').and.to.contain('Reference number');
    });

    it('lets the tool register from its frame, pending until it is activated', async () => {
      const { opened, path, priya } = await openRegistration();
      const agent = createAgent(world.tool.url);
      const answer = await agent.postForm(
        `${opened.pathname}${opened.search}`,
        {},
        { action: path },
      );

      expect(answer.status, answer.text).to.equal(200);
      const tools = await priya.get('/tools');
      expect(tools.text).to.include('(pending)').and.include('Activate');
    });
  });
});

const OTHER_TOOL = {
  response_types: ['id_token'],
  initiate_login_uri: 'https://other.example/login',
  redirect_uris: ['https://other.example/launch'],
  client_name: 'Another tool',
  jwks_uri: 'https://other.example/keys',
  token_endpoint_auth_method: 'private_key_jwt',
  'https://purl.imsglobal.org/spec/lti-tool-configuration': {
    domain: 'other.example',
    target_link_uri: 'https://other.example/',
  },
};
