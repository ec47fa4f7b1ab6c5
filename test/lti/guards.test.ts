import { Router, type Request, type Response } from 'express';
import { expect } from 'chai';
import { checkForm } from '../../src/lti/check-form.js';
import { createOperatorLink } from '../../src/lti/create-operator-link.js';
import { findCurrentLaunch, getCurrentLaunch } from '../../src/lti/current-launch.js';
import { isOperator } from '../../src/lti/current-operator.js';
import { changeDeployment, entitleReviewer } from '../../src/lti/deployment.model.js';
import {
  offerLaunch,
  requireLaunch,
  requireOperatorOr,
  requireRole,
} from '../../src/lti/guards.js';
import { pageShell } from '../../src/http/page-shell.js';
import { renderPage } from '../../src/http/views.js';
import { createAgent, encodeForm, readForms, type BrowserAgent } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { beginLaunch, connectPlatform, launchAs, postLaunch } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const MINUTES_MS = 60_000;
const HOURS_MS = 60 * MINUTES_MS;

// What a session does not open: test/conformance/bad-inputs/session.test.ts.
describe('sessions and guards', () => {
  let tool: TestTool;
  let platform: FakePlatform;
  let other: FakePlatform;
  let now = new Date();

  before(async () => {
    platform = await startFakePlatform({ now: () => now });
    other = await startFakePlatform({ clientId: 'client-b', kid: 'platform-b', now: () => now });
    tool = await startTool({ routes: () => [pages()], now: () => now });
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close(), other.close()]);
  });
  beforeEach(async () => {
    now = new Date();
    await Promise.all([connectPlatform(platform), connectPlatform(other)]);
  });

  describe('a page with a launch', () => {
    it('names its course: without one the newest is put into the address, the rest of it kept', async () => {
      const { agent, course } = await launchAs({ tool, platform });

      const answer = await agent.get('/frameworks?view=all&q=a%20b');

      expect(answer.status).to.equal(303);
      expect(answer.location).to.equal(`/frameworks?view=all&q=a+b&course=${course}`);
    });

    it('says who is here, where one can go and which platform may frame it, and is not kept', async () => {
      const { agent, course } = await launchAs({
        tool,
        platform,
        role: 'Instructor',
        user: { sub: 'u3' },
      });

      const page = await agent.get(`/frame?course=${course}`);

      expect(page.text).to.match(/Instructor [2-9B-Z]{6}, instructor/);
      expect(page.text)
        .to.contain(`href="/activities?course&#x3D;${course}"`)
        .and.to.contain('/reports?')
        .and.not.to.contain('/progress');
      expect(page.headers.get('content-security-policy')).to.contain(
        `frame-ancestors 'self' ${platform.origin}`,
      );
      expect(page.headers.get('cache-control')).to.equal('private, no-store');
    });

    it('lets a reviewer see names from the moment an administrator says so', async () => {
      const { deployment } = await connectPlatform(platform);
      const { agent, path } = await launchAs({ tool, platform, role: 'Reviewer' });
      const before = (await agent.get(path)).json() as {
        user: string;
        mayReadNames: boolean;
        roles: string[];
      };

      await entitleReviewer({ deployment: deployment._id, user: before.user, names: 'shown' });

      expect(before).to.deep.include({ roles: ['Reviewer'], mayReadNames: false });
      expect((await agent.get(path)).json()).to.deep.include({ mayReadNames: true });
    });
  });

  describe('mayAttest', () => {
    const attesting = async (role: 'Instructor' | 'TeachingAssistant' | 'Administrator') => {
      const { agent, path } = await launchAs({ tool, platform, role });
      return ((await agent.get(path)).json() as { mayAttest: boolean }).mayAttest;
    };

    it('is true for who teaches the course, and for assistants from the moment the deployment says so', async () => {
      const { deployment } = await connectPlatform(platform);
      const before = await attesting('TeachingAssistant');

      await changeDeployment({ deployment: deployment._id, change: { assistantsMayAttest: true } });

      expect(before).to.equal(false);
      expect(await attesting('TeachingAssistant')).to.equal(true);
      expect(await attesting('Instructor')).to.equal(true);
      expect(await attesting('Administrator')).to.equal(false);
    });
  });

  describe('a session', () => {
    it('gets a new cookie with each launch; the old one serves requests under way for a minute', async () => {
      const { agent, path } = await launchAs({ tool, platform });
      const old = createAgent(tool.url);
      old.cookies.set('__Host-crosswalk', agent.cookies.get('__Host-crosswalk') ?? '');
      await launchAs({ tool, platform, agent, course: 'course-2' });

      expect(agent.cookies.get('__Host-crosswalk')).not.to.equal(
        old.cookies.get('__Host-crosswalk'),
      );
      expect((await old.get(path)).status).to.equal(200);
      now = new Date(now.getTime() + MINUTES_MS + 1);
      expect((await old.get(path)).status).to.equal(401);
      expect((await agent.get(path)).status).to.equal(200);
    });

    it('ends after two idle hours, and twelve hours after its last launch though it is used', async () => {
      const idle = await launchAs({ tool, platform });
      const used = await launchAs({ tool, platform });
      for (let hour = 1; hour <= 11; hour += 1) {
        now = new Date(now.getTime() + HOURS_MS);
        expect((await used.agent.get(used.path)).status).to.equal(200);
      }

      expect((await idle.agent.get(idle.path)).status).to.equal(401);
      now = new Date(now.getTime() + HOURS_MS + 1);
      expect((await used.agent.get(used.path)).status).to.equal(401);
    });
  });

  describe('several launches in one browser', () => {
    it('keeps two courses in two tabs apart, in whatever order they are used', async () => {
      const first = await launchAs({ tool, platform, role: 'Instructor', course: 'course-1' });
      const second = await launchAs({
        tool,
        platform,
        role: 'Learner',
        course: 'course-2',
        agent: first.agent,
      });

      expect((await first.agent.get(first.path)).json()).to.deep.include({
        course: first.course,
        roles: ['Instructor'],
      });
      expect((await first.agent.get(second.path)).json()).to.deep.include({
        course: second.course,
        roles: ['Learner'],
      });
      expect((await first.agent.get(`/activities?course=${second.course}`)).status).to.equal(403);
      expect((await first.agent.get(`/activities?course=${first.course}`)).status).to.equal(200);
      expect(await countRecords()).to.deep.include({ sessions: 1 });
    });

    it('keeps both of two first launches that are on their way at once', async () => {
      const agent = createAgent(tool.url);
      const a = await beginLaunch({ tool, platform, agent, course: 'course-1' });
      const b = await beginLaunch({ tool, platform, agent, course: 'course-2' });
      const asked = new Map(agent.cookies);
      const twin = createAgent(tool.url);
      for (const [name, value] of asked) twin.cookies.set(name, value);

      const answers = await Promise.all([
        postLaunch(agent, { id_token: platform.idToken(a.message), state: a.state }),
        postLaunch(twin, { id_token: platform.idToken(b.message), state: b.state }),
      ]);

      expect(answers.map((answer) => answer.status)).to.deep.equal([303, 303]);
      for (const browser of [agent, twin])
        for (const { location } of answers)
          expect((await browser.get(location)).status).to.equal(200);
      expect(await countRecords()).to.deep.include({ sessions: 1 });
    });

    it('keeps launches of another platform when a person of this one changes', async () => {
      const elsewhere = await launchAs({ tool, platform: other, course: 'c', user: 'me' });
      const before = await launchAs({ tool, platform, user: 'ana', agent: elsewhere.agent });
      const after = await launchAs({
        tool,
        platform,
        user: 'bo',
        course: 'course-2',
        agent: elsewhere.agent,
      });

      const statuses = [];
      for (const path of [elsewhere.path, before.path, after.path])
        statuses.push((await elsewhere.agent.get(path)).status);

      expect(statuses).to.deep.equal([200, 404, 200]);
    });

    it('holds at most twenty, and drops the oldest', async () => {
      const first = await launchAs({ tool, platform, course: 'course-0' });
      let last = first;
      for (let count = 1; count <= 20; count += 1)
        last = await launchAs({ tool, platform, course: `course-${count}`, agent: first.agent });

      expect((await first.agent.get(first.path)).status).to.equal(404);
      expect((await first.agent.get(last.path)).status).to.equal(200);
    });
  });

  describe('a form', () => {
    const changesOf = async (agent: BrowserAgent, course: string): Promise<string> =>
      (await agent.get(`/changes?course=${course}`)).text;

    it('is taken from its own page', async () => {
      const { agent, course } = await launchAs({ tool, platform, role: 'Instructor' });

      const answer = await agent.postForm(`/page?course=${course}`, { title: 'x' });

      expect(answer.status).to.equal(303);
      expect(answer.location).to.equal(`/page?course=${course}`);
    });

    it('is refused without a course, and with the course of another launch', async () => {
      const { agent, course } = await launchAs({ tool, platform, role: 'Instructor' });
      const second = await launchAs({
        tool,
        platform,
        role: 'Instructor',
        course: 'course-2',
        agent,
      });
      const { course: _course, ...rest } = hiddenFields(
        (await agent.get(`/page?course=${course}`)).text,
      );

      expect((await agent.post('/changes', rest)).status).to.equal(404);
      expect((await agent.post('/changes', { ...rest, course: second.course })).status).to.equal(
        404,
      );
    });

    it('changes nothing when somebody else is signed in now, and says who', async () => {
      const student = await launchAs({
        tool,
        platform,
        role: 'Learner',
        user: { sub: 's', name: 'Sam Student' },
      });
      const fields = hiddenFields((await student.agent.get(`/page?course=${student.course}`)).text);
      await launchAs({
        tool,
        platform,
        role: 'Instructor',
        user: { sub: 'i', name: 'Ida Instructor' },
        agent: student.agent,
      });
      const before = await changesOf(student.agent, student.course);

      const answer = await student.agent.post('/changes', fields);

      expect(answer.status).to.equal(409);
      expect(answer.text).to.contain('opened by Sam Student, and now Ida Instructor is signed in');
      expect(await changesOf(student.agent, student.course)).to.equal(before);
    });

    it('says so too when the other person came from another course', async () => {
      const student = await launchAs({ tool, platform, user: 's' });
      const fields = hiddenFields((await student.agent.get(`/page?course=${student.course}`)).text);
      await launchAs({
        tool,
        platform,
        role: 'Instructor',
        user: 'i',
        course: 'course-2',
        agent: student.agent,
      });

      expect((await student.agent.post('/changes', fields)).status).to.equal(409);
    });

    it('still works after the same person opened another course or the same one again', async () => {
      const { agent, course } = await launchAs({ tool, platform, role: 'Instructor' });
      const fields = hiddenFields((await agent.get(`/page?course=${course}`)).text);
      await launchAs({ tool, platform, role: 'Instructor', course: 'course-2', agent });
      await launchAs({ tool, platform, role: 'Instructor', agent });

      expect((await agent.post('/changes', fields)).status).to.equal(303);
    });
  });

  describe('a public page', () => {
    it('is shown to everybody, with the launch where there is one that fits', async () => {
      const { agent, course } = await launchAs({ tool, platform });

      const public_ = await createAgent(tool.url).get('/public');
      const signedIn = await agent.get(`/public?course=${course}`);
      const foreign = await agent.get('/public?course=elsewhere');

      expect([public_, signedIn, foreign].map((page) => page.json())).to.deep.equal([
        { course: null },
        { course },
        { course: null },
      ]);
      expect(public_.headers.get('cache-control')).to.equal(null);
      expect(signedIn.headers.get('cache-control')).to.equal('private, no-store');
    });
  });

  describe('the operator', () => {
    const link = () => createOperatorLink({ url: tool.url, ttlMs: 15 * MINUTES_MS, now });

    it('comes in by a link that a preview does not use up, and that opens once', async () => {
      const { address } = await link();
      const agent = createAgent(tool.url);
      const path = new URL(address).pathname;

      await createAgent(tool.url).get(path);
      const opened = await agent.postForm(path);
      const again = await createAgent(tool.url).send('POST', path);

      expect(opened.status).to.equal(303);
      expect(opened.location).to.equal('/admin');
      expect((await agent.get('/admin')).json()).to.deep.equal({ operator: true });
      expect(again.status).to.equal(404);
    });

    it('cannot come in by an expired or made-up link, nor from another site', async () => {
      const { address } = await link();
      const path = new URL(address).pathname;
      const foreign = await createAgent(tool.url).send('POST', path, {
        headers: { origin: 'https://evil.example' },
      });
      now = new Date(now.getTime() + 15 * MINUTES_MS);

      expect(foreign.status).to.equal(403);
      expect((await createAgent(tool.url).get(path)).status).to.equal(404);
      expect((await createAgent(tool.url).send('POST', path)).status).to.equal(404);
      expect((await createAgent(tool.url).get(`/operator/${'A'.repeat(43)}`)).status).to.equal(404);
      expect((await createAgent(tool.url).get('/operator/x')).status).to.equal(404);
    });

    it('shares the page with the roles it is for, and with nobody else', async () => {
      const administrator = await launchAs({ tool, platform, role: 'Administrator' });
      const instructor = await launchAs({ tool, platform, role: 'Instructor', user: 'i' });

      expect(
        (await administrator.agent.get(`/admin?course=${administrator.course}`)).json(),
      ).to.deep.equal({ operator: false });
      expect((await instructor.agent.get(`/admin?course=${instructor.course}`)).status).to.equal(
        403,
      );
      expect((await createAgent(tool.url).get('/admin')).status).to.equal(401);
    });

    it('is one for twelve hours, though launches keep the session longer', async () => {
      const { address } = await link();
      const agent = createAgent(tool.url);
      await agent.postForm(new URL(address).pathname);
      for (let hour = 1; hour <= 11; hour += 1) {
        now = new Date(now.getTime() + HOURS_MS);
        expect((await agent.get('/admin')).status).to.equal(200);
      }
      await launchAs({ tool, platform, agent });

      now = new Date(now.getTime() + HOURS_MS + 1);

      expect((await agent.follow('/admin')).status).to.equal(403);
    });

    it('sends forms like everybody: with a token of the session', async () => {
      const { address } = await link();
      const agent = createAgent(tool.url);
      await agent.postForm(new URL(address).pathname);
      const fields = hiddenFields((await agent.get('/admin-page')).text);

      expect((await agent.post('/admin', fields)).status).to.equal(200);
      expect((await agent.post('/admin', { ...fields, _csrf: 'x' })).status).to.equal(403);
    });
  });
});

/** The routes of other rooms, as far as the guards are concerned. */
function pages(): Router {
  const router = Router();
  let changes = 0;
  router.get('/frameworks', requireLaunch(), (req, res) => {
    res.json(getCurrentLaunch(req));
  });
  router.get(
    '/activities',
    requireLaunch(),
    requireRole('Instructor', 'TeachingAssistant'),
    (_req, res) => {
      res.json({});
    },
  );
  router.get('/page', requireLaunch(), (req, res) => {
    showForm(req, res, '/changes');
  });
  router.get('/frame', requireLaunch(), (req, res) => {
    renderPage(req, res, { view: 'errors/error', title: 'Any page' });
  });
  router.get('/changes', requireLaunch(), (_req, res) => {
    res.json({ changes });
  });
  router.post('/changes', requireLaunch(), checkForm(), (req, res) => {
    changes += 1;
    res.redirect(303, `/page?course=${getCurrentLaunch(req).course ?? ''}`);
  });
  router.get('/public', offerLaunch(), (req, res) => {
    res.json({ course: findCurrentLaunch(req)?.course ?? null });
  });
  router.get('/admin', requireOperatorOr('Administrator'), (req, res) => {
    res.json({ operator: isOperator(req) });
  });
  router.get('/admin-page', requireOperatorOr('Administrator'), (req, res) => {
    showForm(req, res, '/admin');
  });
  router.post('/admin', requireOperatorOr('Administrator'), checkForm(), (_req, res) => {
    res.json({});
  });
  return router;
}

/** A form with the fields that the partial form-fields draws. */
function showForm(req: Request, res: Response, action: string): void {
  const inputs = pageShell(req).formFields.map(
    ({ name, value }) => `<input type="hidden" name="${name}" value="${value}" />`,
  );
  res.send(`<form method="post" action="${action}">${inputs.join('')}</form>`);
}

function hiddenFields(html: string): Record<string, string> {
  const fields = readForms(html).at(-1)?.fields ?? {};
  return Object.fromEntries(new URLSearchParams(encodeForm(fields)));
}
