// Bad inputs 105 to 117 (113 is in handover.test.ts): what a session does not open.
import { expect } from 'chai';
import { pausePlatform, resumePlatform } from '../../../src/lti/manage-platforms.js';
import { setDeploymentStatus } from '../../../src/lti/deployment.model.js';
import { countStored, expectRefusal, openDoor } from '../../support/bad-inputs.js';
import {
  createAgent,
  readForms,
  type Answer,
  type BrowserAgent,
} from '../../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../../support/fake-platform.js';
import {
  connectPlatform,
  launchAs,
  type LaunchAs,
  type Launched,
} from '../../support/launch-as.js';
import { startApp } from '../../support/start-app.js';

const MINUTES_MS = 60_000;
const HOURS_MS = 60 * MINUTES_MS;
const SESSION = '__Host-crosswalk';

describe('bad inputs to a session', () => {
  let now = new Date();
  let other: FakePlatform;
  const door = openDoor(() => startApp({ now: () => now }));
  before(async () => {
    other = await startFakePlatform({ clientId: 'client-b', kid: 'platform-b' });
  });
  after(() => other.close());
  beforeEach(async () => {
    now = new Date();
    await connectPlatform(other);
  });

  const launch = (more: Partial<LaunchAs> = {}): Promise<Launched> =>
    launchAs({ tool: door.tool, platform: door.platform, role: 'Instructor', ...more });
  const fresh = () => createAgent(door.tool.url);
  const withCookie = (value: string): BrowserAgent => {
    const agent = fresh();
    agent.cookies.set(SESSION, value);
    return agent;
  };
  const cookieOf = (agent: BrowserAgent) => agent.cookies.get(SESSION) ?? '';
  const page = (agent: BrowserAgent, course: string): Promise<Answer> =>
    agent.get(`/activities?course=${course}`);
  const MISSING = { status: 401, code: 'session.missing' };
  const ENDED = { status: 401, code: 'session.ended' };
  /** The newest form of the page where an activity is typed in. */
  const formOf = async (agent: BrowserAgent, course: string): Promise<Record<string, string>> => {
    const { text } = await agent.get(`/activities/new?course=${course}`);
    const form = readForms(text).find(({ action }) => action.includes('/activities'));
    if (!form) throw new Error('the page has no such form');
    return { ...(form.fields as Record<string, string>), lines: 'Forged' };
  };

  it('[105] a session id in the query -> ignored', async () => {
    const { agent, course } = await launch();
    const value = cookieOf(agent);

    const answer = await fresh().get(
      `/activities?course=${course}&${SESSION}=${value}&session=${value}&ltik=${value}`,
    );

    expectRefusal(answer, MISSING);
  });

  it('[106] no session -> 401, as a page that any platform may show, and as JSON to programs', async () => {
    const { course } = await launch();

    const answer = await page(fresh(), course);
    const json = await fresh().get(`/activities?course=${course}`, {
      headers: { accept: 'application/json' },
    });

    expectRefusal(answer, MISSING);
    expectRefusal(json, MISSING);
    expect(answer.headers.get('content-security-policy')).to.contain('frame-ancestors *');
  });

  it('[106] an unknown session -> 401', async () => {
    const { course } = await launch();

    expectRefusal(await page(withCookie(`${'P'.repeat(43)}.${'Q'.repeat(43)}`), course), MISSING);
  });

  it('[106] an expired session, by idleness or for good -> 401', async () => {
    const idle = await launch();
    const used = await launch({ user: 'u2' });
    for (let hour = 1; hour <= 11; hour += 1) {
      now = new Date(now.getTime() + HOURS_MS);
      expect((await page(used.agent, used.course)).status).to.equal(200);
    }

    expectRefusal(await page(idle.agent, idle.course), MISSING);
    now = new Date(now.getTime() + HOURS_MS + 1);
    expectRefusal(await page(used.agent, used.course), MISSING);
  });

  for (const [title, planted] of [
    ['that looks like ours', `${'P'.repeat(43)}.${'Q'.repeat(43)}`],
    ['that names a session to come', `${'P'.repeat(43)}.new`],
  ] as const)
    it(`[107] a session id ${title}, planted before the launch -> replaced, and opens nothing for who planted it`, async () => {
      const victim = withCookie(planted);
      const { course } = await launch({ agent: victim });
      const thief = withCookie(planted);
      const before = await page(thief, course);
      await launch({ agent: thief, platform: other, user: 'thief' });

      expect(cookieOf(victim)).not.to.equal(planted);
      expectRefusal(before, MISSING);
      expectRefusal(await page(thief, course), { status: 404, code: 'session.other-course' });
      expect((await page(victim, course)).status).to.equal(200);
    });

  it('[107] the name of a session without its secret -> joins nobody who shares it, also for the same person', async () => {
    const { agent } = await launch({ user: 'a' });
    const shared = await launch({ agent, platform: other, user: 'b', course: 'course-b' });
    const [name = ''] = cookieOf(agent).split('.');
    const thief = withCookie(`${name}.${'Q'.repeat(43)}`);

    await launch({ agent: thief, user: 'a' });

    expectRefusal(await page(thief, shared.course), { status: 404, code: 'session.other-course' });
    expect((await page(agent, shared.course)).status).to.equal(200);
  });

  it('[108] a session of course A on an address of course B -> 404', async () => {
    const b = await launch({ course: 'course-b', user: 'u2' });
    const { agent } = await launch({ course: 'course-a' });

    expectRefusal(await page(agent, b.course), { status: 404, code: 'session.other-course' });
  });

  it('[109] a session of platform A beside or under the cookie of platform B, same sub -> opens nothing of B', async () => {
    const here = await launch({ user: '2', course: 'same' });
    const there = await launch({ user: '2', course: 'same', platform: other });
    const renamed = fresh();
    for (const [name] of there.agent.cookies) renamed.cookies.set(name, cookieOf(here.agent));
    const [name = ''] = cookieOf(there.agent).split('.');
    const [, token = ''] = cookieOf(here.agent).split('.');

    expect(there.course).not.to.equal(here.course);
    for (const agent of [here.agent, renamed])
      expectRefusal(await page(agent, there.course), {
        status: 404,
        code: 'session.other-course',
      });
    expectRefusal(await page(withCookie(`${name}.${token}`), there.course), MISSING);
  });

  it('[110] a session that was signed out -> 401, also where its cookie was kept', async () => {
    const { agent, course } = await launch();
    const kept = withCookie(cookieOf(agent));
    const { text } = await page(agent, course);
    const form = readForms(text).find(({ action }) => action.includes('/lti/sign-out'));

    const answer = await agent.post('/lti/sign-out', form?.fields ?? {});

    expect(answer.status).to.equal(200);
    expect(answer.text).to.contain('You are signed out');
    expectRefusal(await page(agent, course), MISSING);
    expectRefusal(await page(kept, course), MISSING);
  });

  it('[110] signing out works without a role and while the platform is paused, and not by a forged form', async () => {
    const { platform } = await connectPlatform(door.platform);
    const { agent, course } = await launch({ role: null });
    const { text } = await agent.get(`/frameworks?course=${course}`);
    const form = readForms(text).find(({ action }) => action.includes('/lti/sign-out'));
    const forged = await agent.post('/lti/sign-out', { ...form?.fields, _csrf: 'A'.repeat(43) });
    await pausePlatform({ platform: platform._id });

    const answer = await agent.post('/lti/sign-out', form?.fields ?? {});

    expectRefusal(forged, { status: 403, code: 'session.csrf' });
    expect(answer.status).to.equal(200);
    expectRefusal(await page(agent, course), MISSING);
    expectRefusal(await fresh().post('/lti/sign-out', form?.fields ?? {}), {
      status: 403,
      code: 'session.csrf',
    });
  });

  describe('by forms', () => {
    const FORGED = { status: 403, code: 'session.csrf' };
    const changes: [string, (fields: Record<string, string>) => Record<string, string>][] = [
      ['no CSRF token', ({ _csrf: _gone, ...rest }) => rest],
      ['an empty CSRF token', (fields) => ({ ...fields, _csrf: '' })],
      ['another CSRF token', (fields) => ({ ...fields, _csrf: 'A'.repeat(43) })],
      ['the token of another launch', (fields) => ({ ...fields, launch: 'x' })],
      ['no launch', (fields) => ({ ...fields, launch: '' })],
    ];
    for (const [title, change] of changes)
      it(`[111] POST with ${title} -> 403`, async () => {
        const { agent, course } = await launch();
        const fields = change(await formOf(agent, course));
        const before = await countStored();

        expectRefusal(await agent.post('/activities', fields), FORGED);
        expect(await countStored()).to.deep.equal(before);
      });

    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1'])
      it(`[111] POST from the Origin ${origin} -> 403`, async () => {
        const { agent, course } = await launch();
        const fields = await formOf(agent, course);
        const before = await countStored();

        expectRefusal(await agent.post('/activities', fields, { headers: { origin } }), FORGED);
        expect(await countStored()).to.deep.equal(before);
      });

    it('[111] POST without Origin that the browser calls cross-site -> 403', async () => {
      const { agent, course } = await launch();
      const fields = new URLSearchParams(await formOf(agent, course)).toString();

      const answer = await agent.send('POST', '/activities', {
        body: fields,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'cross-site',
        },
      });

      expectRefusal(answer, FORGED);
    });

    it('[111] POST with the CSRF token of another session -> 403', async () => {
      const mine = await launch();
      const theirs = await launch({ user: 'u9' });
      const { _csrf = '' } = await formOf(theirs.agent, theirs.course);
      const fields = await formOf(mine.agent, mine.course);

      expectRefusal(await mine.agent.post('/activities', { ...fields, _csrf }), FORGED);
    });
  });

  it('[112] a CORS preflight from another origin -> no header that lets it read', async () => {
    const { agent, course } = await launch();

    for (const path of [`/activities?course=${course}`, '/lti/launch', '/lti/login', '/admin']) {
      const answer = await agent.send('OPTIONS', path, {
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      });

      expect(answer.headers.has('access-control-allow-origin'), path).to.equal(false);
      expect(answer.headers.has('access-control-allow-credentials'), path).to.equal(false);
    }
  });

  it('[114] a learner on pages of those who teach -> 403, saying whom the page is for', async () => {
    const { agent, course } = await launch({ role: 'Learner' });

    for (const path of ['/activities/new', '/alignments', '/rules', '/reports', '/admin'])
      expectRefusal(await agent.get(`${path}?course=${course}`), {
        status: 403,
        code: 'page.forbidden',
      });
    expect((await agent.get(`/rules?course=${course}`)).text).to.contain(
      'You are signed in as student.',
    );
  });

  it('[115] a platform paused during the session -> 403 at the next request, and its sessions stay ended', async () => {
    const { platform } = await connectPlatform(door.platform);
    const { agent, course } = await launch();

    await pausePlatform({ platform: platform._id });
    const paused = await page(agent, course);
    await resumePlatform({ platform: platform._id });
    const resumed = await page(agent, course);

    expectRefusal(paused, { status: 403, code: 'lti.platform-paused' });
    expectRefusal(resumed, ENDED);
    expect((await page((await launch({ agent })).agent, course)).status).to.equal(200);
  });

  it('[115] a deployment paused during the session -> 403 at the next request, and its sessions stay ended', async () => {
    const { deployment } = await connectPlatform(door.platform);
    const { agent, course } = await launch();

    await setDeploymentStatus({ deployment: deployment._id, status: 'paused' });

    expectRefusal(await page(agent, course), { status: 403, code: 'lti.deployment-paused' });
    await setDeploymentStatus({ deployment: deployment._id, status: 'approved' });
    expectRefusal(await page(agent, course), ENDED);
  });

  for (const [title, change] of [
    ['an altered token', (cookie: string) => cookie.replace(/.{4}$/, 'AAAA')],
    ['an altered name', (cookie: string) => cookie.replace(/^.{4}/, 'AAAA')],
    ['the name alone', (cookie: string) => cookie.split('.')[0] ?? ''],
    ['the name of a session to come', (cookie: string) => `${cookie.split('.')[0] ?? ''}.new`],
    ['something after it', (cookie: string) => `${cookie}.x`],
    ['a query in it', () => '{"$ne":null}.{"$ne":null}'],
  ] as const)
    it(`[116] a cookie with ${title} -> 401`, async () => {
      const { agent, course } = await launch();

      expectRefusal(await page(withCookie(change(cookieOf(agent))), course), MISSING);
    });

  it('[116] a cookie whose secret was replaced by a later launch a minute ago -> 401', async () => {
    const { agent, course } = await launch();
    const old = withCookie(cookieOf(agent));
    await launch({ agent, course: 'course-2' });

    now = new Date(now.getTime() + MINUTES_MS + 1);

    expectRefusal(await page(old, course), MISSING);
    expect((await page(agent, course)).status).to.equal(200);
  });

  it('[117] frame-ancestors lists only the platform of the launch, whatever Sec-Fetch headers say or leave out', async () => {
    const { agent, course } = await launch();

    for (const headers of [
      {},
      { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' },
      { referer: 'https://evil.example/', origin: 'https://evil.example' },
    ] as Record<string, string>[]) {
      const answer = await agent.get(`/activities?course=${course}`, { headers });

      expect(answer.status).to.equal(200);
      const ancestors = /frame-ancestors ([^;]*)/.exec(
        answer.headers.get('content-security-policy') ?? '',
      )?.[1];
      expect(ancestors).to.equal(`'self' ${door.platform.origin}`);
    }
  });
});
