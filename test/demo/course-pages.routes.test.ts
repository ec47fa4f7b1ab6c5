// The pages of the demo LMS: who sees what, and how it answers what it cannot answer.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import request from 'supertest';
import { AGS_SCOPES, getAccessToken, signIn, startDemo, type RunningDemo } from './start-demo.js';

const [AMARA, RUTH, SAMUEL, PRIYA] = ['11', '21', '31', '41'];

describe('the demo LMS: pages', () => {
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });

  afterEach(() => demo.stop());

  it('offers every person of both courses to sign in as, once', async () => {
    const page = await request(demo.url).get('/').expect(200);

    expect(page.text.match(/Sign in as/g)).to.have.length(9);
  });

  it('signs in by a cookie that other sites do not get and scripts do not read', async () => {
    const answer = await request(demo.url).post('/session').type('form').send({ person: AMARA });

    expect(answer.headers.location).to.equal('/courses/1');
    const [cookie] = answer.headers['set-cookie'] ?? [];
    expect(cookie).to.include('HttpOnly').and.include('SameSite=Lax');
  });

  it('takes no cookie that it did not sign', async () => {
    const port = new URL(demo.url).port;
    const later = Date.now() + 1000_000;

    const answer = await request(demo.url)
      .get('/courses/1')
      .set('Cookie', `demo_lms_${port}=41.${later}.c2lnbmVk`);

    expect(answer.status).to.equal(401);
  });

  it('signs out', async () => {
    const browser = await signIn(demo, AMARA);

    await browser.post('/session/end').expect(303);

    await browser.get('/courses/1').expect(401);
  });

  it('knows nobody but the people of the course', async () => {
    await request(demo.url).post('/session').type('form').send({ person: '99' }).expect(400);
    await request(demo.url).post('/session').type('form').send('person=11&person=21').expect(400);
    await request(demo.url).post('/session').expect(400);
  });

  it('takes its own forms from no other site', async () => {
    const answer = await request(demo.url)
      .post('/session')
      .set('Origin', 'http://evil.example')
      .type('form')
      .send({ person: AMARA });

    expect(answer.status).to.equal(403);
    expect(answer.headers).not.to.have.property('set-cookie');
  });

  for (const { who, person, sees, doesNotSee } of [
    {
      who: 'a student',
      person: AMARA,
      sees: ['Competencies', 'Coding practice quiz'],
      doesNotSee: ['Programme report', 'Administration', 'Select content'],
    },
    {
      who: 'an instructor',
      person: RUTH,
      sees: ['Competencies', 'Programme report', 'Select content'],
      doesNotSee: ['>Administration<'],
    },
    {
      who: 'a programme reviewer',
      person: SAMUEL,
      sees: ['Programme report'],
      doesNotSee: ['>Administration<', 'Select content'],
    },
    {
      who: 'an administrator',
      person: PRIYA,
      sees: ['>Administration<', 'Programme report', 'Select content'],
      doesNotSee: [],
    },
  ]) {
    it(`shows ${who} the activities that are for them`, async () => {
      const browser = await signIn(demo, person);

      const { text } = await browser.get('/courses/1').expect(200);

      for (const words of sees) expect(text).to.include(words);
      for (const words of doesNotSee) expect(text).not.to.include(words);
    });
  }

  it('shows an activity with the tool in a titled frame and a way to a window', async () => {
    const browser = await signIn(demo, AMARA);

    const { text, headers } = await browser.get('/activities/1').expect(200);

    expect(text).to.match(/<iframe[^>]* src="\/activities\/1\/launch" title="Competencies[^"]*"/);
    expect(text).to.include('href="/activities/1/launch?target=window"');
    const policy = String(headers['content-security-policy']);
    expect(policy).to.include(`frame-src 'self' ${demo.tool.url}`);
    expect(policy).to.include(`form-action 'self' ${demo.tool.url}`);
    expect(policy).to.include("script-src 'self'").and.not.include('unsafe');
  });

  it('has a second course, with some of the people of the first', async () => {
    const amara = await signIn(demo, AMARA);
    const layla = await signIn(demo, '13');

    const second = await amara.get('/courses/2').expect(200);
    const people = await amara.get('/courses/2/people').expect(200);

    expect(second.text).to.include('HIM 205').and.include('Audit trail review');
    expect(second.text).to.include('href="/courses/1"').and.not.include('Coding practice quiz');
    expect(people.text).to.include('Jonas Lindqvist').and.not.include('ليلى الحداد');
    expect((await amara.get('/courses/1')).text).not.to.include('Audit trail review');
    await layla.get('/courses/2').expect(404);
    await layla.get('/activities/52').expect(404);
    await layla.get('/activities/52/launch').expect(404);
  });

  it('begins in their own course with someone who is only in the second', async () => {
    const answer = await request(demo.url).post('/session').type('form').send({ person: '16' });

    expect(answer.headers.location).to.equal('/courses/2');
  });

  it('suspends a student and restores them, by a teacher only', async () => {
    const ruth = await signIn(demo, RUTH);
    const amara = await signIn(demo, AMARA);
    const suspend = (browser: typeof ruth) =>
      browser.post('/courses/1/enrolments').type('form').send({ person: AMARA });

    await suspend(amara).expect(403);
    await suspend(ruth).expect(303);
    const suspended = await ruth.get('/courses/1/people');
    await suspend(ruth).expect(303);
    const restored = await ruth.get('/courses/1/people');

    expect(suspended.text).to.include('Restore Amara Okafor');
    expect(restored.text).to.include('Suspend Amara Okafor');
  });

  it('shows what a graded activity is out of', async () => {
    const browser = await signIn(demo, AMARA);

    const { text } = await browser.get('/courses/1').expect(200);

    expect(text).to.include('Graded, 20 points').and.include('Graded, 100 points');
  });

  it('lists the people with what they share', async () => {
    const browser = await signIn(demo, RUTH);

    const { text } = await browser.get('/courses/1/people').expect(200);

    expect(text).to.include('ليلى الحداد').and.include('nothing but a number');
  });

  it('shows what the tool says on the way back, as text', async () => {
    const { text } = await request(demo.url)
      .get('/courses/1/return')
      .query({ lti_errormsg: '<img src=x>' })
      .expect(200);

    expect(text).to.include('&lt;img').and.not.include('<img');
  });

  it('sends a page asked for under another name of the machine to its own', async () => {
    const answer = await request(demo.url)
      .get('/courses/1?x=1')
      .set('Host', `localhost:${new URL(demo.url).port}`);

    expect(answer.status).to.equal(302);
    expect(answer.headers.location).to.equal(`${demo.url}/courses/1?x=1`);
  });

  it('serves its style and script, and nothing beside them', async () => {
    await request(demo.url).get('/assets/demo-lms.css').expect(200).expect('Content-Type', /css/);
    await request(demo.url)
      .get('/assets/continue.js')
      .expect(200)
      .expect('Content-Type', /script/);
    await request(demo.url).get('/assets/layout.hbs').expect(404);
    await request(demo.url).get('/assets/..%2f..%2f..%2fpackage.json').expect(404);
  });

  it('answers what it cannot read with 4xx and no stack, and lives on', async () => {
    const browser = await signIn(demo, RUTH);

    const answers = [
      await browser.get('/nowhere'),
      await browser.get('/activities/%E0%A4%A'),
      await browser.get('/activities/__proto__'),
      await browser.get('/activities/1/launch?target=moon'),
      await browser.delete('/courses/1'),
      await browser.post('/session').set('Content-Type', 'application/json').send('{"person":'),
      await browser
        .post('/session')
        .type('form')
        .send({ person: 'x'.repeat(200_000) }),
    ];

    expect(answers.map(({ status }) => status)).to.deep.equal([404, 400, 404, 400, 405, 400, 413]);
    for (const { text } of answers) expect(text).not.to.match(/\bat .*\.(ts|js):\d/);
    await browser.get('/courses/1').expect(200);
  });

  it('keeps key, sign-in and gradebook over a restart', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'demo-lms-'));
    const first = await startDemo({ dataFolder });
    const firstKeys = await request(first.url).get('/lti/jwks');
    await request(first.url)
      .post('/services/courses/1/lineitems/1/lineitem/scores?type_id=1')
      .set('Authorization', `Bearer ${await getAccessToken(first, AGS_SCOPES)}`)
      .set('Content-Type', 'application/vnd.ims.lis.v1.score+json')
      .send(
        JSON.stringify({
          userId: AMARA,
          timestamp: '2026-11-20T10:00:00Z',
          activityProgress: 'Completed',
          gradingProgress: 'FullyGraded',
          scoreGiven: 17,
          scoreMaximum: 20,
        }),
      )
      .expect(200);
    const signedIn = await request(first.url).post('/session').type('form').send({ person: AMARA });
    await first.stop();

    const second = await startDemo({ dataFolder });
    const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
    const renamed = cookie.replace(/^demo_lms_\d+/, `demo_lms_${new URL(second.url).port}`);
    const secondKeys = await request(second.url).get('/lti/jwks');
    const gradebook = await request(second.url)
      .get('/courses/1/gradebook')
      .set('Cookie', renamed.split(';')[0] ?? '');

    expect(secondKeys.body).to.deep.equal(firstKeys.body);
    expect(gradebook.text).to.include('Amara Okafor').and.include('17 of 20');
    await second.stop();
    await rm(dataFolder, { recursive: true });
  });
});
