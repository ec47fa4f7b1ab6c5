// Every route of the whole tool, from its own route table, against the access that config/routes.json declares: without
// session, with sessions of other courses, deployments and platforms, with each other role, and by forged forms.
import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { createOperatorLink } from '../../src/lti/create-operator-link.js';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { listCourseMembers } from '../../src/lti/membership.model.js';
import { ROLES, type Role } from '../../src/lti/roles.js';
import { createSmallFramework } from '../library/small-library.js';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent, type Answer, type BrowserAgent } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { LTI, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { keepRecords, type KeptRecords } from '../support/keep-records.js';
import { connectPlatform, launchAs, type LaunchAs, type Launched } from '../support/launch-as.js';
import { launchInRole } from '../support/launch-in-role.js';
import { readRoutes, readRouteTable, type GuardedRoute } from '../support/route-table.js';
import { startApp, type TestApp } from '../support/start-app.js';

const MINUTES_MS = 60_000;
/** Path parameters that name something of one course or deployment, so that another's must not open. */
const BOUND = ['activity', 'user', 'deployment', 'platform'];

/** A course that the browser under test never opened, and what is in it. */
interface Elsewhere {
  title: string;
  course: string;
  ids: Record<string, string>;
}

interface World {
  /** A browser for each role, all in one course; `none` has a launch without roles. */
  by: Map<Role | 'none', Launched>;
  deepLinking: Launched;
  operator: BrowserAgent;
  elsewhere: Elsewhere[];
}

/** What a link to a new tab says whose page is not known. */
const OPEN_AGAIN = [401, 'activity.open-again'];

const table = readRouteTable();
const guarded = [...table.guarded].map(([name, access]) => ({ name, ...access }));

describe('the routes of the tool', () => {
  let app: TestApp;
  let platform: FakePlatform;
  let other: FakePlatform;
  let world: World | undefined;
  let kept: KeptRecords | undefined;

  before(async () => {
    app = await startApp();
    [platform, other] = await Promise.all([
      startFakePlatform(),
      startFakePlatform({ clientId: 'client-b', kid: 'platform-b' }),
    ]);
  });
  after(() => Promise.all([app.close(), platform.close(), other.close()]));
  beforeEach(async () => {
    if (kept) return kept.putBack();
    world = await openWorld();
    kept = await keepRecords();
  });

  it('are all declared in config/routes.json, and no other is', () => {
    const served = readRoutes(app.app).routes.map(({ name }) => name);

    expect({
      undeclared: served.filter((name) => !table.declared.includes(name)),
      gone: table.declared.filter((name) => !served.includes(name)),
    }).to.deep.equal({ undeclared: [], gone: [] });
  });

  it('stand behind nothing that answers by itself but what is declared', () => {
    expect(readRoutes(app.app).passing).to.deep.equal(table.passing);
  });

  for (const access of guarded)
    it(`keep their guards: ${access.name}`, async () => {
      const found = readRoutes(app.app).routes.find(({ name }) => name === access.name);
      if (!found) throw new Error(`${access.name} is no route any more`);
      const route: GuardedRoute = { ...found, ...access };
      const before = await countRecords();

      for (const path of route.paths) {
        await refusesStrangers(route, path);
        await refusesElsewhere(route, path);
        await opensForItsRoles(route, path);
        if (route.method === 'POST') await refusesForgedForms(route, path);
        else await findsNothingElsewhere(route, path);
      }

      if (route.method === 'POST') expect(await countRecords()).to.deep.equal(before);
    });

  const told = (answer: Answer): [number, string | null] => [answer.status, codeOf(answer)];

  async function refusesStrangers(route: GuardedRoute, path: string): Promise<void> {
    const stranger = { agent: createAgent(app.url), course: 'x' };

    expect(told(await ask(route, path, stranger)), `${path} without a session`).to.deep.equal(
      route.guard === 'launchOrPass' ? OPEN_AGAIN : [401, 'session.missing'],
    );
  }

  /** An address of another course, deployment or platform, asked for in one's own session. */
  async function refusesElsewhere(route: GuardedRoute, path: string): Promise<void> {
    const { agent } = ownLaunch(route);
    for (const { title, course, ids } of opened().elsewhere)
      expect(
        told(await ask(route, path, { agent, course, ids })),
        `${path} of ${title}`,
      ).to.deep.equal(route.guard === 'launchOrPass' ? OPEN_AGAIN : [404, 'session.other-course']);
  }

  /** One's own course in the address, and something in it that belongs elsewhere. */
  async function findsNothingElsewhere(route: GuardedRoute, path: string): Promise<void> {
    for (const { title, ids } of opened().elsewhere) {
      if (!BOUND.some((name) => path.includes(`:${name}`) && name in ids)) continue;
      // Who answers for a deployment answers for everybody in it, and the stranger of this platform is in it, too.
      if (path.startsWith('/privacy/') && title !== 'another platform') continue;
      const answer = await ask(route, path, { ...ownLaunch(route), ids });

      expect(answer.status, `${path} with an id of ${title}`).to.be.within(403, 404);
    }
  }

  async function opensForItsRoles(route: GuardedRoute, path: string): Promise<void> {
    const { by, operator } = opened();
    if (route.guard === 'operatorOr')
      expect(
        codeOf(await ask(route, path, { agent: operator, course: null })),
        `${path} for the operator`,
      ).not.to.be.oneOf(['session.missing', 'page.forbidden']);
    if (route.guard === 'operatorOr') {
      const nameless = { agent: ownLaunch(route).agent, course: null };
      expect(
        (await ask(route, path, nameless)).status,
        `${path} without a course, for who is no operator`,
      ).to.equal(route.method === 'GET' ? 303 : 404);
    }
    if (route.guard === 'launchOfAnybody' || route.guard === 'launchOrPass') return;
    for (const [role, launched] of by) {
      const seen = told(await ask(route, path, launched));
      const isMeant = role !== 'none' && route.roles.includes(role);
      if (route.guard === 'deepLinking')
        expect(seen, `${path} as ${role}`).to.deep.equal([403, 'session.not-asked']);
      else if (isMeant)
        expect(seen[1], `${path} as ${role}`).not.to.match(/^session\.m|^page\.forbidden/);
      else expect(seen, `${path} as ${role}`).to.deep.equal([403, 'page.forbidden']);
    }
  }

  async function refusesForgedForms(route: GuardedRoute, path: string): Promise<void> {
    expect(told(await ask(route, path, ownLaunch(route))), `${path}, forged`).to.deep.equal([
      403,
      'session.csrf',
    ]);
  }

  function opened(): World {
    if (!world) throw new Error('the world is opened before the first test');
    return world;
  }

  /** A launch that the route is meant for. */
  function ownLaunch(route: GuardedRoute): Launched {
    const { by, deepLinking } = opened();
    const launched =
      route.guard === 'deepLinking' ? deepLinking : by.get(route.roles[0] ?? 'Learner');
    if (!launched) throw new Error(`nobody may open ${route.name}`);
    return launched;
  }

  async function openWorld(): Promise<World> {
    await createSmallFramework();
    await connectPlatform(platform);
    await connectPlatform({ ...platform, deploymentId: 'deployment-2' });
    await connectPlatform(other);
    const launch = (more: Partial<LaunchAs>): Promise<Launched> =>
      launchAs({ tool: app, platform, role: 'Instructor', ...more });
    const by: World['by'] = new Map();
    for (const role of ROLES) by.set(role, await launchInRole({ tool: app, platform, role }));
    by.set('none', await launch({ role: null, user: 'none' }));
    const claims = { [`${LTI}deployment_id`]: 'deployment-2' };
    // `own` are records that this place shares with the browsers under test.
    const elsewhere: { title: string; more: Partial<LaunchAs>; own: string[] }[] = [
      { title: 'another course', more: { course: 'course-2' }, own: ['deployment', 'platform'] },
      {
        title: 'another deployment',
        more: { claims, platform: { ...platform, deploymentId: '' } },
        own: ['platform'],
      },
      { title: 'another platform', more: { platform: other }, own: [] },
    ];
    const { address } = await createOperatorLink({
      url: app.url,
      ttlMs: MINUTES_MS,
      now: new Date(),
    });
    const operator = createAgent(app.url);
    await operator.postForm(new URL(address).pathname);
    return {
      by,
      operator,
      deepLinking: await launch({ user: 'chooser', messageType: 'LtiDeepLinkingRequest' }),
      elsewhere: await Promise.all(
        elsewhere.map(async ({ title, more, own }) => {
          const { course, ids } = await fillElsewhere(await launch({ user: 'stranger', ...more }));
          for (const name of own) delete ids[name];
          return { title, course, ids };
        }),
      ),
    };
  }
});

/** An activity and a person of a course that is not the browser's, and the records it lies in where those differ. */
async function fillElsewhere(launched: Launched): Promise<Pick<Elsewhere, 'course' | 'ids'>> {
  const { agent, course } = launched;
  await agent.postForm(
    `/activities/new?course=${course}`,
    { lines: 'Secret activity' },
    { action: '/activities' },
  );
  for (const { _id: deployment, platform } of await listDeployments()) {
    const [activity] = await listActivities({ deployment, course });
    const { members } = await listCourseMembers({ deployment, course, page: { limit: 1 } });
    if (!activity || !members[0]) continue;
    const { user } = members[0];
    return { course, ids: { activity: activity.id, user, deployment, platform } };
  }
  throw new Error('the activity was not stored');
}

/** Asks with that browser; what a path names is taken from `ids`, or made up. */
function ask(
  route: GuardedRoute,
  path: string,
  options: { agent: BrowserAgent; course: string | null; ids?: Record<string, string> },
): Promise<Answer> {
  const { agent, course, ids = {} } = options;
  const filled = path.replace(/:(\w+)/g, (_whole, name: string) => ids[name] ?? '1');
  const address = course === null ? filled : `${filled}?course=${course}`;
  const headers = { accept: 'application/json' };
  return route.method === 'GET'
    ? agent.get(address, { headers })
    : agent.post(address, {}, { headers });
}
