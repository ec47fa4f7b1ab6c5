import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { findAlignment, replaceAlignments } from '../../src/activities/alignment.model.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, type CourseWorld } from './course-world.js';

const CUSTOM = 'https://purl.imsglobal.org/spec/lti/claim/custom';
const OLD = 'course-of-last-year';
const NEW = 'course-of-this-year';

describe('a copied course', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  let old: string;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
    const opened = await openLink({ course: OLD, title: 'HIM, last year', link: 'link-1' });
    old = opened.course;
    await opened.agent.get(opened.path);
    await align(old, await onlyActivity(old), [world.items[0] ?? '', world.items[1] ?? '']);
  });
  after(async () => {
    await Promise.all([tool.close(), fake.close()]);
  });

  function openLink(options: {
    course: string;
    title?: string;
    link: string;
    custom?: Record<string, string>;
    role?: 'Instructor' | 'Learner';
  }) {
    const { course, title = course, link, custom = {}, role = 'Instructor' } = options;
    return world.open(role, {
      course: { id: course, title },
      resourceLink: { id: link, title: `Practice of ${link}` },
      target: '/activities',
      claims: { [CUSTOM]: custom },
    });
  }
  const openCopy = (history = OLD, role: 'Instructor' | 'Learner' = 'Instructor') =>
    openLink({
      course: NEW,
      link: 'link-9',
      custom: { context_id_history: history, resource_link_id_history: 'link-5,link-1' },
      role,
    });
  async function onlyActivity(course: string): Promise<string> {
    const [found] = await listActivities({ deployment: world.deployment, course });
    return found?.id ?? '';
  }
  async function align(course: string, activity: string, items: string[]): Promise<void> {
    const place = { deployment: world.deployment, course, activity };
    const { revision } = await findAlignment(place);
    await replaceAlignments({
      ...place,
      expectedRevision: revision,
      items: items.map((item) => ({ framework: 'small', item, stage: 'reinforced' as const })),
      by: 'somebody',
      now: new Date(),
    });
  }
  const alignedTo = async (course: string, activity: string) =>
    (await findAlignment({ deployment: world.deployment, course, activity })).current;
  const preview = (from: string, course: string) => `/course-copies?from=${from}&course=${course}`;

  it('is told of the alignments of its original, and nothing is copied before somebody says so', async () => {
    const { agent, path, course } = await openCopy();

    const page = await agent.get(path);
    const shown = await agent.get(preview(old, course));

    expect(page.text).to.contain('Copied from “HIM, last year”');
    expect(page.text).to.contain(preview(old, course).replace(/&/g, '&amp;').split('?')[0] ?? '');
    expect(shown.text).to.contain('Practice of link-9').and.to.contain('Do the first thing');
    expect(shown.text).to.contain('the course copy itself');
    expect(await alignedTo(course, await onlyActivity(course))).to.deep.equal([]);
  });

  it('takes over what was chosen, keeps what was there, can undo it, and is not asked again', async () => {
    const { agent, path, course } = await openCopy();
    await agent.get(path);
    const activity = await onlyActivity(course);
    await align(course, activity, [world.items[2] ?? '']);

    const answer = await agent.postForm(
      preview(old, course),
      { from: old, activity },
      { action: '/course-copies' },
    );

    expect(answer.status).to.equal(303);
    expect((await alignedTo(course, activity)).map(({ item }) => item)).to.deep.equal([
      world.items[2],
      world.items[0],
      world.items[1],
    ]);
    const after = await agent.get(answer.location);
    expect(after.text).to.contain('Undo').and.not.to.contain('Copied from');
  });

  it('is not asked again after it declined, and nothing was copied', async () => {
    const { agent, path, course } = await openCopy();
    await agent.get(path);

    const answer = await agent.postForm(
      preview(old, course),
      { from: old, decline: '1' },
      { action: '/course-copies' },
    );

    expect(answer.status).to.equal(303);
    expect((await agent.get(answer.location)).text).not.to.contain('Copied from');
    expect(await alignedTo(course, await onlyActivity(course))).to.deep.equal([]);
  });

  it('says what to do when nothing was chosen', async () => {
    const { agent, path, course } = await openCopy();
    await agent.get(path);

    const { status, text } = await agent.postForm(
      preview(old, course),
      { from: old, activity: 'no-such-activity' },
      { action: '/course-copies' },
    );

    expect(status).to.equal(400);
    expect(text).to.contain('choose at least one activity');
    expect((await agent.get(path)).text).to.contain('Copied from');
  });

  for (const { title, history } of [
    { title: 'no history', history: '' },
    { title: 'a variable the platform did not fill', history: '$Context.id.history' },
    { title: 'a course nobody knows', history: 'somewhere-else' },
  ])
    it(`offers nothing with ${title}, and opens no other course`, async () => {
      const { agent, path, course } = await openCopy(history);

      expect((await agent.get(path)).text).not.to.contain('Copied from');
      expect((await agent.get(preview(old, course))).status).to.equal(404);
    });

  it('is closed to learners and to whoever has no launch', async () => {
    const { agent, course } = await openCopy(OLD, 'Learner');

    expect((await agent.get(preview(old, course))).status).to.equal(403);
    expect((await createAgent(tool.url).get(preview(old, course))).status).to.equal(401);
  });
});
