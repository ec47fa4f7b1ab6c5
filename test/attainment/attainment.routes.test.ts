import { expect } from 'chai';
import { findAlignment } from '../../src/activities/alignment.model.js';
import { createAgent, type Answer } from '../support/browser-agent.js';
import type { Launched } from '../support/launch-as.js';
import { countAttainmentsByItem } from '../../src/attainment/attainment.model.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { align, createActivity, FRAMEWORK } from './attainment-world.js';

describe('signed-in pages of attainment', () => {
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());

  describe('GET /frameworks', () => {
    it('leads people of a course to the course’s framework, and strangers to the public list', async () => {
      const { launch } = await started.open();
      const { agent, course } = await launch();

      const signedIn = await agent.get(`/frameworks?course=${course}`);
      const stranger = await createAgent(started.tool.url).get('/frameworks');

      expect(signedIn.location).to.equal(`/frameworks/${FRAMEWORK}?course=${course}`);
      expect(stranger.status).to.equal(200);
    });
  });

  describe('GET /frameworks/:framework', () => {
    it('shows strangers the public page without progress', async () => {
      await started.open();
      const answer = await createAgent(started.tool.url).get(`/frameworks/${FRAMEWORK}`);
      expect(answer.status).to.equal(200);
      expect(answer.text).to.not.include('Not started');
    });

    it('shows what the public page shows, with the learner’s progress beside each competency', async () => {
      const { launch } = await started.open();
      const { agent, course } = await launch();

      const answer = await agent.get(`/frameworks/${FRAMEWORK}?course=${course}`);

      expect(answer.headers.get('cache-control')).to.include('private');
      for (const words of [
        'Back to Career Pathways',
        'Read more about Small Career Pathway',
        'Using for Classroom Instruction that Works',
        'The number of available resources',
        'Share this page',
        'Do the first thing (with care).',
        '(3)',
        'Not started',
        'Nothing to do here yet',
        '0 of 4 achieved',
      ])
        expect(answer.text).to.include(words);
      expect(answer.text).to.include(`value="${started.tool.url}/frameworks/${FRAMEWORK}"`);
    });

    it('opens on this course’s competencies, with the whole framework one link away', async () => {
      const world = await started.open();
      const { agent, course } = await world.launch();
      await alignInCourse(world, course, [world.items[0] ?? '']);

      const ofCourse = await agent.get(`/frameworks/${FRAMEWORK}?course=${course}`);
      const all = await agent.get(`/frameworks/${FRAMEWORK}?course=${course}&show=all`);

      expect(ofCourse.text)
        .to.include('Do the first thing')
        .and.include('in this course')
        .and.not.include('Do the fourth thing');
      expect(ofCourse.text).to.include('show&#x3D;all');
      expect(all.text).to.include('Do the fourth thing').and.include('in the whole framework');
    });

    it('shows a completion at once as being counted, and counts it after the projection', async () => {
      const world = await started.open();
      const learner = await world.launch();
      const page = `/frameworks/${FRAMEWORK}?course=${learner.course}`;
      await markDone(world, learner, 0);

      const before = await learner.agent.get(page);
      await world.project();
      const after = await learner.agent.get(page);

      expect(before.text).to.include('Not started · 1 completion being counted');
      expect(after.text)
        .to.include('1 of 2 done · still needed: 1 more')
        .and.not.include('completed by self-report')
        .and.not.include('being counted');
    });

    it('says achieved by self-report after the second, and leaves it out of what is not yet achieved', async () => {
      const world = await started.open();
      const learner = await world.launch();
      await markDone(world, learner, 0);
      await markDone(world, learner, 1);
      await world.project();

      const all = await learner.agent.get(
        `/frameworks/${FRAMEWORK}?course=${learner.course}&show=all`,
      );
      const open = await learner.agent.get(
        `/frameworks/${FRAMEWORK}?course=${learner.course}&show=open`,
      );

      expect(all.text)
        .to.match(/Achieved [A-Z][a-z]+ \d+, \d{4} · completed by self-report/)
        .and.include('1 of 4 achieved');
      expect(open.text).to.include('Do the second thing').and.not.include('Do the first thing');
      const counts = await countAttainmentsByItem({
        deployment: world.deployment,
        course: learner.course,
      });
      expect(counts).to.deep.equal([
        { item: world.items[0], attempted: 1, achieved: 1, achievedBySelfReport: 1 },
      ]);
    });

    it('shows staff coverage in place of progress', async () => {
      const world = await started.open();
      const { agent, course } = await world.launch({ role: 'Instructor' });
      await alignInCourse(world, course, [world.items[0] ?? '']);

      const answer = await agent.get(`/frameworks/${FRAMEWORK}?course=${course}&show=all`);

      expect(answer.text)
        .to.include('Covered by 1 activity')
        .and.include('Not covered in this course')
        .and.not.include('Not started');
    });

    it('shows no course that is not open here', async () => {
      const { launch } = await started.open();
      const { agent } = await launch();
      const answer = await agent.get(`/frameworks/${FRAMEWORK}?course=not-mine`);
      expect(answer.text).to.not.include('Not started');
    });

    it('finds competencies and resources, with what can be done', async () => {
      const { launch } = await started.open();
      const { agent, course } = await launch();

      const answer = await agent.get(`/frameworks/${FRAMEWORK}?course=${course}&q=resource`);

      expect(answer.text).to.include('Resource 1').and.include('Mark as done');
    });

    it('is not there for an unknown framework', async () => {
      const { launch } = await started.open();
      const { agent, course } = await launch();
      expect((await agent.get(`/frameworks/unknown?course=${course}`)).status).to.equal(404);
    });
  });

  describe('GET /frameworks/:framework/items/:item', () => {
    it('says in one sentence what counts and what is still needed, in the course and in the framework', async () => {
      const world = await started.open();
      const learner = await world.launch();
      await alignInCourse(world, learner.course, [world.items[0] ?? ''], { assessed: true });

      const { text } = await itemPage(world, learner, 0);

      expect(text).to.include('In this course').and.include('In the whole framework');
      expect(text).to.include(
        'Complete any 2 of the 4 resources and activities that count. 1 of them must have a score',
      );
      expect(text).to.include('Still needed: 2 more, 1 of them with a score.');
      expect(text).to.include('Coding quiz').and.include('introduced');
    });

    it('lists the evidence with its statements, what is being counted first', async () => {
      const world = await started.open();
      const learner = await world.launch();
      await markDone(world, learner, 0);
      await world.project();
      await markDone(world, learner, 1);

      const { text } = await itemPage(world, learner, 0);

      const rows = [...text.matchAll(/<tr[^>]*><th[^>]*scope="row">[\s\S]*?<\/tr>/g)].map(
        ([row]) => row,
      );
      expect(rows).to.have.length(2);
      expect(rows[0]).to.include('Resource 2').and.include('being counted');
      expect(rows[1])
        .to.include('Resource 1')
        .and.include('marked by you')
        .and.match(/<code>[0-9a-f-]{36}<\/code>/);
    });

    it('lets a resource be completed from its results and comes back to them', async () => {
      const world = await started.open();
      const learner = await world.launch();
      const path = `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}`;

      const answer = await learner.agent.postForm(
        `${path}?course=${learner.course}`,
        {},
        { action: '/completions' },
      );

      expect(answer.location).to.equal(
        `${path}?course=${learner.course}&notice=completion-done#results`,
      );
      expect((await learner.agent.get(answer.location)).text)
        .to.include('Done. It is being counted.')
        .and.include('Done, marked by you');
    });

    it('leads from a subdomain to its place in the framework', async () => {
      const world = await started.open();
      const { agent, course } = await world.launch();
      const [subdomain] = [...world.tree.items.values()].filter(
        ({ CFItemType }) => CFItemType === 'Subdomain',
      );

      const answer = await agent.get(
        `/frameworks/${FRAMEWORK}/items/${subdomain?.identifier ?? ''}?course=${course}`,
      );

      expect(answer.location).to.match(
        new RegExp(`^/frameworks/${FRAMEWORK}\\?show=all&course=${course}#`),
      );
    });

    it('is not there for an unknown item', async () => {
      const { launch } = await started.open();
      const { agent, course } = await launch();
      expect(
        (await agent.get(`/frameworks/${FRAMEWORK}/items/none?course=${course}`)).status,
      ).to.equal(404);
    });
  });

  describe('GET /progress', () => {
    it('is for learners with a session', async () => {
      const { launch } = await started.open();
      const stranger = await createAgent(started.tool.url).get('/progress');
      const instructor = await launch({ role: 'Instructor' });
      const staff = await instructor.agent.get(`/progress?course=${instructor.course}`);
      const other = await instructor.agent.get('/progress?course=not-mine');
      expect([stranger.status, staff.status, other.status]).to.deep.equal([401, 403, 404]);
    });

    it('shows what comes next, this course, the framework, the own list and the evidence', async () => {
      const world = await started.open();
      const learner = await world.launch();
      await alignInCourse(world, learner.course, [world.items[0] ?? '', world.items[1] ?? '']);
      await markDone(world, learner, 0);
      await world.project();
      await learner.agent.postForm(
        `/resources/${world.resources[1]?.id ?? ''}?course=${learner.course}`,
        {},
        { action: '/choices' },
      );

      const { text } = await learner.agent.get(`/progress?course=${learner.course}`);

      expect(text)
        .to.include('0 of 2 competencies of this course achieved')
        .and.include('0 of 4 competencies achieved');
      expect(text)
        .to.include('Still needed: 1 more.')
        .and.include('for: Do the first thing (with care).');
      expect(text)
        .to.match(/id="choices"[\s\S]*Resource 2/)
        .and.match(/id="evidence"[\s\S]*Resource 1/);
    });

    it('has words for a learner who did nothing yet', async () => {
      const { launch } = await started.open();
      const { agent, course } = await launch();
      const { text, status } = await agent.get(`/progress?course=${course}`);
      expect(status).to.equal(200);
      expect(text)
        .to.include('No activity of this course is aligned')
        .and.include('None yet.')
        .and.include('appears here at once');
    });
  });

  async function alignInCourse(
    world: OpenTool,
    course: string,
    items: string[],
    options: { assessed?: boolean } = {},
  ): Promise<void> {
    const activity = await createActivity({
      deployment: world.deployment,
      course,
      assessed: options.assessed ?? false,
    });
    await align(activity, items, { at: new Date() });
    expect(
      (await findAlignment({ deployment: world.deployment, course, activity: activity.id }))
        .current,
    ).to.have.length(items.length);
  }

  function markDone(world: OpenTool, learner: Launched, resource: number): Promise<Answer> {
    const id = world.resources[resource]?.id ?? '';
    return learner.agent.postForm(
      `/resources/${id}?course=${learner.course}`,
      {},
      { action: '/completions' },
    );
  }

  function itemPage(world: OpenTool, learner: Launched, item: number): Promise<Answer> {
    return learner.agent.get(
      `/frameworks/${FRAMEWORK}/items/${world.items[item] ?? ''}?course=${learner.course}`,
    );
  }
});
