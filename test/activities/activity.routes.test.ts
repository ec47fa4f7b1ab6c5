import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { replaceAlignments } from '../../src/activities/alignment.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { listOutboxStatements } from '../../src/outbox/outbox-statement.model.js';
import { createAgent, readForms } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import {
  courseRouters,
  createCourseWorld,
  createLesson,
  type CourseWorld,
} from './course-world.js';

describe('the page of an activity', () => {
  const nudged: string[] = [];
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  let quiz: string;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services, nudged) });
  });
  beforeEach(async () => {
    nudged.length = 0;
    world = await createCourseWorld({ tool, fake });
    [quiz = ''] = await world.type('Coding quiz, https://lms.example/quiz, quiz');
  });
  after(async () => {
    await Promise.all([tool.close(), fake.close()]);
  });

  const page = (activity = quiz) => `/activities/${activity}?course=${world.course}`;
  const completions = { action: `/completions` };

  it('asks whoever has no launch to open the course', async () => {
    expect((await createAgent(tool.url).get(page())).status).to.equal(401);
  });

  it('is closed to people without a role', async () => {
    const { agent } = await world.open(null);

    expect((await agent.get(page())).status).to.equal(403);
  });

  it('is not found from another course', async () => {
    const { agent, course } = await world.open('Learner', { course: 'course-2' });

    const answer = await agent.get(`/activities/${quiz}?course=${course}`);

    expect(answer.status).to.equal(404);
    expect(answer.text).to.contain('This activity is not in this course');
  });

  it('shows a learner what it counts for, how far they are, and what to do', async () => {
    await align(quiz, world.items[0] ?? '');
    const { agent } = await world.open('Learner');

    const { status, text } = await agent.get(page());

    expect(status).to.equal(200);
    expect(text).to.contain('<h1>Coding quiz</h1>').and.to.contain('Not done yet');
    expect(text).to.match(/Do the first thing \(with care\)\.<\/a>[\s\S]*?tree-progress status/);
    expect(text).to.contain(`/activities/${quiz}/visit?`);
    expect(text).to.contain('it counts as self-reported').and.not.to.contain('/alignments');
  });

  it('takes a learner’s mark as declared evidence, once, however often it is sent', async () => {
    await align(quiz, world.items[0] ?? '');
    const { agent } = await world.open('Learner');

    const answer = await agent.postForm(page(), { state: 'done' }, completions);
    const again = await agent.postForm(page(), { state: 'done' }, completions);

    expect(answer.location).to.contain('notice=completion-done');
    expect(again.location).to.contain('notice=completion-already');
    const [stated, ...others] = await statements();
    expect(others).to.deep.equal([]);
    expect(stated?.about).to.include({ kind: 'completed', objectId: quiz, attempt: 1 });
    expect(JSON.stringify(stated?.statement)).to.contain(world.items[0]).and.to.contain('declared');
    expect(nudged).to.include('deliver-outbox');
    expect((await agent.get(answer.location)).text).to.contain('Done, marked by you');
  });

  it('undoes a mark, and can be marked anew', async () => {
    const { agent } = await world.open('Learner');
    await agent.postForm(page(), {}, completions);

    const undone = await agent.postForm(page(), {}, completions);
    const anew = await agent.postForm(page(), {}, completions);

    expect(undone.location).to.contain('notice=completion-undone');
    expect(anew.location).to.contain('notice=completion-done');
    expect(
      (await statements()).map(({ about }) => [about.kind, about.attempt]),
    ).to.have.deep.members([
      ['completed', 1],
      ['voided', 1],
      ['completed', 2],
    ]);
  });

  it('refuses a state that it does not know, naming the field', async () => {
    const { agent } = await world.open('Learner');

    const answer = await agent.postForm(page(), { state: 'perfect' }, completions);

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('state');
    expect(await statements()).to.deep.equal([]);
  });

  for (const role of ['Instructor', 'Reviewer'] as const)
    it(`takes no mark from the role ${role}`, async () => {
      const { agent } = await world.open(role);
      const fields = { course: world.course, state: 'done' };

      expect((await agent.post(`/activities/${quiz}/completions`, fields)).status).to.equal(403);
    });

  it('keeps the marks of two courses apart', async () => {
    const other = await world.open('Instructor', { course: 'course-2' });
    await other.agent.postForm(
      `/activities?course=${other.course}`,
      { lines: 'Essay' },
      { action: '/activities' },
    );
    const { agent } = await world.open('Learner');
    const second = await world.open('Learner', { course: 'course-2', agent });
    const [essay] = await listActivities({ deployment: world.deployment, course: second.course });

    await agent.postForm(page(), {}, completions);

    const { text } = await agent.get(`/activities/${essay?.id ?? ''}?course=${second.course}`);
    expect(text).to.contain('Not done yet');
    expect((await statements()).map(({ about }) => about.course)).to.deep.equal([world.course]);
  });

  it('states the opening of its address before leading there', async () => {
    const { agent } = await world.open('Learner');

    const answer = await agent.get(`/activities/${quiz}/visit?course=${world.course}`);

    expect(answer.location).to.equal('https://lms.example/quiz');
    expect((await statements()).map(({ about }) => about.kind)).to.deep.equal(['experienced']);
  });

  it('gives staff the alignment form, its history, and what students see', async () => {
    const { agent } = await world.open('Instructor');

    const { text } = await agent.get(page());

    expect(text).to.contain('Save the alignment').and.to.contain('What your students see');
    expect(text).to.contain('History of its alignments (0)').and.not.to.contain('Mark as done');
  });

  it('shows a reviewer what it counts for, without a form', async () => {
    await align(quiz, world.items[0] ?? '');
    const { agent } = await world.open('Reviewer');

    const { status, text } = await agent.get(page());

    expect(status).to.equal(200);
    expect(text).to.contain('Do the first thing (with care).');
    expect(text).not.to.contain('/alignments').and.not.to.contain('/completions');
  });

  describe('of a placed lesson', () => {
    let lesson: string;
    const openLesson = async (role: 'Learner' | 'Instructor') => {
      lesson = await createLesson(tool.url);
      const target = `/activities?lesson=${lesson}`;
      const launched = await world.open(role, { target, resourceLink: 'link-9' });
      await launched.agent.follow(launched.path);
      const activities = await listActivities({
        deployment: world.deployment,
        course: world.course,
      });
      const id = activities.find((one) => one.lesson === lesson)?.id ?? '';
      return { ...launched, id };
    };

    it('shows the lesson with its questions and counts the answers as a score', async () => {
      const { agent, id } = await openLesson('Learner');
      const { text } = await agent.get(page(id));

      const answer = await agent.postForm(page(id), { 'answer-q1': 'a' }, { action: '/attempts' });

      expect(text).to.contain('Keep it private.').and.to.contain('Send my answers');
      expect(answer.status).to.equal(303);
      expect((await statements()).map(({ about }) => [about.kind, about.objectId])).to.deep.include(
        ['completed', lesson],
      );
      expect((await agent.get(page(id))).text).to.contain('best score 100');
    });

    it('cannot be marked as done', async () => {
      const { agent, id } = await openLesson('Learner');
      const { text } = await agent.get(page(id));
      const questions = readForms(text).find(({ action }) => action.includes('/attempts'));

      const answer = await agent.post(`/activities/${id}/completions`, {
        ...questions?.fields,
        state: 'done',
      });

      expect(text).not.to.contain('/completions');
      expect(answer.status).to.equal(422);
      expect(answer.text).to.contain('This lesson is completed by its questions');
    });

    it('shows staff the lesson without its form', async () => {
      const { agent, id } = await openLesson('Instructor');

      const { text } = await agent.get(page(id));

      expect(text).to.contain('Keep it private.').and.not.to.contain('Send my answers');
    });
  });

  /** What is in the outbox about the learner. */
  async function statements() {
    const { platform } = await connectPlatform(fake);
    const user = userRecordId({ platform: platform._id, sub: 'Learner' });
    return listOutboxStatements({ deployment: world.deployment, user });
  }

  async function align(activity: string, item: string): Promise<void> {
    await replaceAlignments({
      deployment: world.deployment,
      course: world.course,
      activity,
      expectedRevision: 0,
      items: [{ framework: 'small', item, stage: 'introduced' }],
      by: 'somebody',
      now: new Date(),
    });
  }
});
