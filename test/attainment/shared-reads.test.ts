// What pages keep for two seconds: this process's own writes show at once, another process's within two seconds, and
// people who work on a course always see what is stored.
import { expect } from 'chai';
import { getFramework, publishRevision } from '../../src/frameworks/cf-document.model.js';
import { replaceRule } from '../../src/attainment/completion-rule.model.js';
import { testDatabase } from '../support/engine.js';
import type { Launched } from '../support/launch-as.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { align, createActivity, FRAMEWORK } from './attainment-world.js';

describe('what pages share for two seconds', () => {
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());

  const addQuiz = ({ deployment }: OpenTool, course: string, more: { assessed?: boolean } = {}) =>
    createActivity({ deployment, course, title: 'Quiz', ...more });
  const page = ({ course }: Launched) => `/frameworks/${FRAMEWORK}?course=${course}&show=course`;
  const show = async (who: Launched) => (await who.agent.get(page(who))).text;
  /** Only the course's one competency is on the page; with none of its own a course shows them all. */
  const isNarrow = async (who: Launched) => !(await show(who)).includes('Do the fourth thing');

  it('shows learners an alignment and its end at once when this process wrote them', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const [item = ''] = world.items;
    const seen = [await isNarrow(learner)];
    const quiz = await addQuiz(world, learner.course);
    await align(quiz, [item], { at: new Date() });
    seen.push(await isNarrow(learner));
    await align(quiz, [], { at: new Date() });
    seen.push(await isNarrow(learner));

    expect(seen).to.deep.equal([false, true, false]);
  });

  it('asks for what a rule asks for from the moment it was saved', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const [item = ''] = world.items;
    const ask = async () =>
      (await learner.agent.get(`/frameworks/${FRAMEWORK}/items/${item}?course=${learner.course}`))
        .text;
    const before = await ask();

    await replaceRule({
      deployment: world.deployment,
      framework: FRAMEWORK,
      item: null,
      course: learner.course,
      expectedRevision: 0,
      rule: { required: { kind: 'all' }, assessed: 0 },
      by: 'u9',
      now: new Date(),
    });

    expect(before).to.contain('any 2 of the 3');
    expect(await ask()).to.contain('Complete all 3');
  });

  it('shows a publication at once', async () => {
    const world = await started.open();
    const learner = await world.launch();
    await learner.agent.get(page(learner));
    const { tree } = world;
    const { identifier, uri, language, page: furniture, sourceName, revision } = tree.framework;
    await publishRevision({
      framework: FRAMEWORK,
      base: revision,
      revision,
      content: {
        identifier,
        uri,
        title: 'Another title',
        creator: 'us',
        language,
        page: furniture,
        sourceName,
        contentHash: '',
        itemCount: tree.framework.itemCount,
      },
      now: new Date(),
    });

    expect(await show(learner)).to.contain('<title>Another title');
    const stored = await getFramework({ framework: FRAMEWORK, viewer: { deployment: null } });
    expect(stored.title).to.equal('Another title');
  });

  it('shows learners another process’s alignment a little later, and the course’s staff at once', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const teacher = await world.launch({ role: 'Instructor', user: 'teacher' });
    const quiz = await addQuiz(world, learner.course);
    await align(quiz, world.items.slice(0, 1), { at: new Date() });
    await show(learner);
    await show(teacher);

    // Behind this process's back, as another one would write.
    await testDatabase()
      .collection('alignments')
      .updateMany({}, { $set: { current: [] } });

    expect(await show(teacher)).to.contain('Not covered');
    expect(await isNarrow(learner), 'kept').to.equal(true);
  });

  it('forgets nothing when a launch tells of an activity that is known already', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const quiz = await addQuiz(world, learner.course);
    await align(quiz, world.items.slice(0, 1), { at: new Date() });
    await show(learner);
    await testDatabase()
      .collection('alignments')
      .updateMany({}, { $set: { current: [] } });

    await addQuiz(world, learner.course);
    const isKept = await isNarrow(learner);
    await addQuiz(world, learner.course, { assessed: true });

    expect(isKept).to.equal(true);
    expect(await isNarrow(learner), 'read anew').to.equal(false);
  });
});
