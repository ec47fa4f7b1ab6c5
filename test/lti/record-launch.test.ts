import { expect } from 'chai';
import mongoose from 'mongoose';
import { findCourse } from '../../src/lti/course.model.js';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { findLaunch } from '../../src/lti/launch.model.js';
import { listCourseMembers } from '../../src/lti/membership.model.js';
import { listResourceLinks } from '../../src/lti/resource-link.model.js';
import { findUser } from '../../src/lti/user.model.js';
import { countRecords } from '../support/count-records.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { beginLaunch, connectPlatform, launchAs, postLaunch } from '../support/launch-as.js';
import { showLaunchRoutes } from '../support/show-launch.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('what a launch writes', () => {
  let tool: TestTool;
  let platform: FakePlatform;
  const routes = () => [showLaunchRoutes()];

  before(async () => {
    platform = await startFakePlatform();
    tool = await startTool({ routes });
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  async function where(course: string): Promise<{ deployment: string; course: string }> {
    const [deployment] = await listDeployments();
    return { deployment: deployment?._id ?? '', course };
  }

  it('is nothing at the login, and nothing more when the same launch comes again', async () => {
    const nothing = await countRecords();
    const { agent, message, state } = await beginLaunch({ tool, platform });
    const afterLogin = await countRecords();
    const fields = { id_token: platform.idToken(message), state };
    const cookies = new Map(agent.cookies);
    const first = await postLaunch(agent, fields);
    const stored = await countRecords();
    for (const [name, value] of cookies) agent.cookies.set(name, value);

    const again = await postLaunch(agent, fields);

    expect(afterLogin).to.deep.equal(nothing);
    expect([first.status, again.status]).to.deep.equal([303, 401]);
    expect(await countRecords()).to.deep.equal(stored);
    const course = new URL(first.location, tool.url).searchParams.get('course') ?? '';
    const { members } = await listCourseMembers({ ...(await where(course)), page: { limit: 2 } });
    expect(members[0]?.launchCount).to.equal(1);
  });

  it('goes on after a launch that was refused: the state is good for another token of this login', async () => {
    const { agent, message, state } = await beginLaunch({ tool, platform });
    const bad = platform.idToken({ ...message, claims: { iss: 'https://evil.example' } });

    const refused = await postLaunch(agent, { id_token: bad, state });
    const good = await postLaunch(agent, { id_token: platform.idToken(message), state });

    expect([refused.status, good.status]).to.deep.equal([401, 303]);
  });

  it('says how the person came in, and has the id that forms carry', async () => {
    const { agent, path } = await launchAs({ tool, platform });

    const { id } = (await agent.get(path)).json() as { id: string };

    expect(await findLaunch({ launch: id })).to.deep.include({
      entry: 'cookie',
      messageType: 'LtiResourceLinkRequest',
    });
  });

  it('is the person again when the facts changed, also where they changed in another course meanwhile', async () => {
    const named = (name: string, course: string) =>
      launchAs({ tool, platform, course, user: { sub: 'u', name } });
    const first = await named('Bo', 'one');
    const { user } = (await first.agent.get(first.path)).json() as { user: string };
    const nameNow = async () => (await findUser({ user }))?.name;

    await named('Bob', 'two');
    expect(await nameNow()).to.equal('Bob');
    await named('Robert', 'one');
    expect(await nameNow()).to.equal('Robert');
  });

  it('is the person again on the next day, whatever the membership says', async () => {
    let now = new Date();
    const clocked = await startTool({ routes, now: () => now });
    try {
      const first = await launchAs({ tool: clocked, platform });
      const { user } = (await first.agent.get(first.path)).json() as { user: string };
      await mongoose.connection.collection<{ _id: string }>('users').deleteOne({ _id: user });
      now = new Date(now.getTime() + 24 * 60 * 60 * 1_000);
      const iat = Math.floor(now.getTime() / 1_000);

      await launchAs({ tool: clocked, platform, claims: { iat, exp: iat + 60 } });

      expect(await findUser({ user })).to.deep.include({ name: 'Ana Ruiz' });
    } finally {
      await clocked.close();
    }
  });

  it('is course and link again for somebody new, also where this process wrote them a moment ago', async () => {
    const { course } = await launchAs({ tool, platform, user: 'u1' });
    await Promise.all(
      ['courses', 'resourceLinks', 'memberships'].map((name) =>
        mongoose.connection.collection(name).deleteMany({}),
      ),
    );

    await launchAs({ tool, platform, user: 'u1' });

    const place = await where(course);
    expect(await findCourse(place)).to.deep.include({ title: 'Health Records 101' });
    expect(await listResourceLinks(place)).to.have.length(1);
  });

  it('is a new title of course and link at once', async () => {
    await launchAs({ tool, platform });
    const { course } = await launchAs({
      tool,
      platform,
      course: { id: 'course-1', title: 'Renamed' },
      resourceLink: { id: 'link-1', title: 'Renamed too' },
    });

    const place = await where(course);
    expect(await findCourse(place)).to.deep.include({ title: 'Renamed' });
    expect((await listResourceLinks(place))[0]).to.deep.include({ title: 'Renamed too' });
  });

  it('meets in one record each when a class comes in at once', async () => {
    const people = Array.from({ length: 8 }, (_, index) => `u${index % 4}`);

    const launches = await Promise.all(people.map((user) => launchAs({ tool, platform, user })));

    expect(await countRecords()).to.deep.include({
      courses: 1,
      resourceLinks: 1,
      memberships: 4,
      users: 4,
      launches: 8,
    });
    expect(launches.map(({ answer }) => answer.status)).to.deep.equal(people.map(() => 303));
  });
});
