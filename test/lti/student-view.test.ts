// A course's staff look at its pages as a student: marked, with a way out, and without any right or effect.
import { expect } from 'chai';
import { createWorld, listStated, type World } from '../attainment/attainment-world.js';
import { codeOf } from '../support/bad-inputs.js';
import { countRecords } from '../support/count-records.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';

const BANNER = 'You see this course as a student sees it.';

describe('the view of a student', () => {
  let app: TestApp;
  let platform: FakePlatform;
  let world: World;
  before(async () => {
    [app, platform] = await Promise.all([startApp(), startFakePlatform()]);
  });
  after(() => Promise.all([app.close(), platform.close()]));
  beforeEach(async () => {
    world = await createWorld({ url: app.url });
    await connectPlatform(platform);
  });

  const launch = (role: LaunchAs['role'], user: string) =>
    launchAs({ tool: app, platform, role, user, course: 'HIM101' });
  const resource = () => `/resources/${world.resources[0]?.id ?? ''}`;

  it('shows staff a student’s pages, marked, and keeps to it in links and redirects', async () => {
    const { agent, course } = await launch('Instructor', 'teacher');
    const own = await agent.follow(`/frameworks?course=${course}`);

    const seen = await agent.follow(`/frameworks?course=${course}&as=student`);
    const progress = await agent.get(`/progress?course=${course}&as=student`);

    expect(own.text).to.include('As a student').and.not.include(BANNER);
    expect(seen.text).to.include(BANNER).and.include('Not started');
    expect(seen.text).to.match(/href="\/progress\?course[^"]+as[^"]{1,6}student"/);
    expect(progress.status).to.equal(200);
    expect(progress.text).to.include('Back to your own view');
  });

  for (const action of ['/completions', '/choices', '/reports'])
    it(`does nothing by its buttons but say so: ${action}`, async () => {
      const { agent, course } = await launch('Instructor', 'teacher');
      const page = `${resource()}?course=${course}&as=student`;
      const before = await countRecords();

      const answer = await agent.postForm(page, { reason: 'other' }, { action });

      expect([answer.status, codeOf(answer)]).to.deep.equal([409, 'session.student-view']);
      expect(answer.text).to.include('Nothing was done').and.include(BANNER);
      expect(await countRecords()).to.deep.equal(before);
      expect(await listStated()).to.deep.equal([]);
    });

  it('opens nothing to staff that is not theirs: without its mark a form is refused', async () => {
    const { agent, course } = await launch('Instructor', 'teacher');
    const page = `${resource()}?course=${course}&as=student`;

    const answer = await agent.postForm(page, { as: '' }, { action: '/completions' });

    expect([answer.status, codeOf(answer)]).to.deep.equal([403, 'page.forbidden']);
  });

  it('closes the pages of staff while it is on', async () => {
    const { agent, course } = await launch('Instructor', 'teacher');

    expect((await agent.get(`/rules?course=${course}&as=student`)).status).to.equal(403);
  });

  for (const role of ['Learner', 'Reviewer'] as const)
    it(`is nothing that a ${role} can ask for`, async () => {
      const { agent, course } = await launch(role, 'somebody');

      const page = await agent.follow(`/frameworks?course=${course}&as=student`);

      expect(page.status).to.equal(200);
      expect(page.text).not.to.include(BANNER);
    });

  it('a form that is refused for its session gives back what was typed, and nothing else', async () => {
    const stranger = createAgent(app.url);

    const answer = await stranger.post(`${resource()}/reports`, {
      _csrf: 'hidden-token',
      launch: 'hidden-launch',
      note: 'My <own> words',
    });

    expect([answer.status, codeOf(answer)]).to.deep.equal([401, 'session.missing']);
    expect(answer.text)
      .to.include('My &lt;own&gt; words')
      .and.not.include('hidden-token')
      .and.not.include('hidden-launch');
  });
});
