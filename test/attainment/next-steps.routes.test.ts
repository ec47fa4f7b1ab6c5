// What next, and the learner's own list: the nearest thing to do for each competency, and several resources at once.
import { expect } from 'chai';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type Launched, type LaunchAs } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { align, createActivity, createWorld, FRAMEWORK, type World } from './attainment-world.js';

describe('what next, and the own list', () => {
  let app: TestApp;
  let platform: FakePlatform;
  let world: World;
  let deployment: string;
  before(async () => {
    [app, platform] = await Promise.all([startApp(), startFakePlatform()]);
  });
  after(() => Promise.all([app.close(), platform.close()]));
  beforeEach(async () => {
    world = await createWorld({ url: app.url });
    deployment = (await connectPlatform(platform)).deployment._id;
  });

  const launch = (options: Partial<LaunchAs> = {}) =>
    launchAs({ tool: app, platform, role: 'Learner', course: 'HIM101', ...options });
  const ids = () => world.resources.map(({ id }) => id);
  const itemPage = ({ course }: Launched) =>
    `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}?course=${course}`;
  const progress = async ({ agent, course }: Launched, query = '') =>
    (await agent.get(`/progress?course=${course}${query}`)).text;
  const add = (by: Launched, resource: string[]) =>
    by.agent.postForm(itemPage(by), { resource }, { action: '/choices' });
  const addSeveral = async (by: Launched, resource: string[]) => {
    const page = await by.agent.get(itemPage(by));
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const drawnFor = /name="launch" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const own = { _csrf: token, launch: drawnFor, course: by.course };
    return by.agent.post('/choices', { ...own, state: 'added', resource });
  };
  const titlesOf = (text: string) =>
    [...(text.split('id="choices"')[1] ?? '').matchAll(/<h3><a [^>]*>([^<]+)/g)].map(
      ([, title]) => title,
    );

  describe('GET /progress', () => {
    it('says for each competency of the course what counts, and names the next thing to do with its time', async () => {
      const learner = await launch();
      const { course } = learner;
      const activity = await createActivity({ deployment, course });
      await align(activity, world.items.slice(0, 2), { at: new Date() });

      const text = await progress(learner);

      expect(text)
        .to.include('Nearest first, for the competencies of this course.')
        .and.match(/Complete any 2 of the \d resources and activities that count/)
        .and.match(/Next:\s*<a href="\/activities\/[^"]+">Coding quiz<\/a>/);
    });

    it('leads to a resource elsewhere at once, and names the framework as the answer where the course has none', async () => {
      const text = await progress(await launch());

      expect(text).to.include('Nearest first, for the competencies of the whole framework.');
      expect(text).to.match(/href="\/resources\/[^"]+\/visit[^"]+" target="_blank"/);
      expect(text).to.include('20 min');
    });

    it('leaves out what is achieved, on request', async () => {
      const learner = await launch();
      const { course } = learner;
      const activity = await createActivity({ deployment, course });
      await align(activity, world.items.slice(0, 1), { at: new Date() });

      const text = await progress(learner, '&show=open');

      expect(text).to.match(/aria-current="true">Not yet achieved/);
      expect(text).to.include('Do the first thing');
    });
  });

  describe('POST /choices', () => {
    it('is for learners with a session', async () => {
      const stranger = createAgent(app.url);
      const teacher = await launch({ role: 'Instructor', user: 'teacher' });

      expect((await stranger.post('/choices', { state: 'added' })).status).to.equal(401);
      const page = await teacher.agent.get(itemPage(teacher));
      expect(page.text).not.to.include('Add several to my list');
    });

    it('puts several on the list, once each, and takes several off', async () => {
      const learner = await launch();

      const added = await addSeveral(learner, [...ids(), ...ids()]);
      const full = await progress(learner);
      const removed = await learner.agent.postForm(
        `/progress?course=${learner.course}`,
        { resource: ids().slice(0, 2), state: 'removed' },
        { action: '/choices' },
      );

      expect(added.location).to.include('notice=choices-added');
      expect(titlesOf(full)).to.have.members(['Resource 1', 'Resource 2', 'Resource 3']);
      expect(removed.status).to.equal(303);
    });

    it('orders the list by what is still to do', async () => {
      const learner = await launch();
      await addSeveral(learner, ids());
      await learner.agent.postForm(
        `/resources/${ids()[0] ?? ''}?course=${learner.course}`,
        {},
        { action: '/completions' },
      );

      expect(titlesOf(await progress(learner)).at(-1)).to.equal('Resource 1');
    });

    it('puts nothing unknown on the list', async () => {
      const learner = await launch();

      const answer = await addSeveral(learner, ['nothing', ids()[0] ?? '']);

      expect(answer.status).to.equal(303);
      expect(titlesOf(await progress(learner))).to.deep.equal(['Resource 1']);
    });

    it('refuses a form without a choice, naming the field', async () => {
      const answer = await addSeveral(await launch(), []);

      expect([answer.status, codeOf(answer)]).to.deep.equal([400, 'input.invalid']);
      expect(answer.text).to.include('resource').and.include('Choose at least one resource.');
    });

    it('keeps lists of two learners apart', async () => {
      await add(await launch({ user: 'one' }), ids());

      expect(await progress(await launch({ user: 'two' }))).to.include('None yet.');
    });
  });
});
