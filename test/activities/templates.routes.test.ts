import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import {
  findAlignment,
  replaceAlignments,
  type Stage,
} from '../../src/activities/alignment.model.js';
import { findTemplate } from '../../src/activities/alignment-template.model.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import type { LaunchAs, Launched } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, STAFF, type CourseWorld } from './course-world.js';

const SPRING = { id: 'him101-spring', title: 'Records, spring' };
const FALL = { id: 'him101-fall', title: 'Records, fall' };
const OTHER = { id: 'stat200', title: 'Statistics' };

describe('earlier terms and templates', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
  });
  after(async () => void (await Promise.all([tool.close(), fake.close()])));

  const open = (course: LaunchAs['course'], role: LaunchAs['role'] = 'Instructor', sub = 'ana') =>
    world.open(role, { ...(course && { course }), user: { sub, name: `The ${sub}` } });

  async function type({ agent, course }: Launched, ...lines: string[]): Promise<string[]> {
    await agent.postForm(
      `/activities?course=${course}`,
      { lines: lines.join('\n') },
      { action: '/activities' },
    );
    const known = await listActivities({ deployment: world.deployment, course });
    return lines.map((line) => known.find(({ title }) => line.startsWith(title))?.id ?? '');
  }
  async function align(
    course: string,
    activity: string,
    stages: Record<number, Stage>,
  ): Promise<void> {
    const place = { deployment: world.deployment, course, activity };
    await replaceAlignments({
      ...place,
      expectedRevision: (await findAlignment(place)).revision,
      items: Object.entries(stages).map(([index, stage]) => ({
        framework: 'small',
        item: world.items[Number(index)] ?? '',
        stage,
      })),
      by: 'somebody',
      now: new Date(),
    });
  }
  const stagesOf = async (course: string, activity: string) =>
    (await findAlignment({ deployment: world.deployment, course, activity })).current.map(
      ({ item, stage }) => `${world.items.indexOf(item)} ${stage}`,
    );
  const list = (course: string) => `/earlier-alignments?course=${course}`;
  const preview = (from: string, course: string) =>
    `/earlier-alignments/preview?from=${encodeURIComponent(from)}&course=${course}`;

  /** A quiz, an essay and a talk in spring, aligned; quiz and essay in fall, the essay aligned a little otherwise. */
  async function openTwoTerms() {
    const spring = await open(SPRING);
    const [quiz = '', essay = '', talk = ''] = await type(
      spring,
      'Quiz one, https://lms.example/quiz, quiz',
      'Essay',
      'Talk',
    );
    await align(spring.course, quiz, { 0: 'introduced', 1: 'mastered' });
    await align(spring.course, essay, { 0: 'reinforced', 2: 'introduced' });
    await align(spring.course, talk, { 3: 'introduced' });
    const fall = await open(FALL);
    const [quizHere = '', essayHere = '', fresh = ''] = await type(
      fall,
      'The first quiz, https://lms.example/quiz, quiz',
      'essay',
      'Something new',
    );
    await align(fall.course, essayHere, { 0: 'introduced', 1: 'introduced' });
    await align(fall.course, fresh, { 3: 'mastered' });
    return { spring, fall, quizHere, essayHere };
  }

  it("are for the course's staff; a template is kept by those who teach or build it", async () => {
    const fall = await open(FALL);
    const seen = await Promise.all(
      [...STAFF, 'Learner' as const].map(async (role) => {
        const { agent } = await open(FALL, role, String(role));
        return (await agent.get(list(fall.course))).status;
      }),
    );
    const assistant = await open(FALL, 'TeachingAssistant', 'helper');
    const kept = await assistant.agent.post(`/templates?course=${fall.course}`, { code: 'HIM101' });

    expect(seen).to.deep.equal([200, 200, 200, 200, 403]);
    expect((await createAgent(tool.url).get(list(fall.course))).status).to.equal(401);
    expect(kept.status).to.equal(403);
  });

  it('offer the courses that this person taught, the likeliest first, and nobody else’s', async () => {
    const { spring, fall } = await openTwoTerms();
    const other = await open(OTHER);
    await open({ id: 'studied', title: 'Studied here' }, 'Learner');
    await open({ id: 'of-ben', title: 'Taught by Ben' }, 'Instructor', 'ben');

    const { text } = await fall.agent.get(list(fall.course));
    const { agent } = await open(FALL, 'Instructor', 'ben');
    const ofBen = await agent.get(list(fall.course));
    const stolen = await agent.get(preview(`course:${spring.course}`, fall.course));

    expect(text).to.match(/Records, spring<\/a>[\s\S]*looks like this course[\s\S]*Statistics/);
    expect(text)
      .to.include(other.course)
      .and.not.to.include('Studied here')
      .and.not.to.include('Taught by Ben');
    expect(ofBen.text).to.include('Taught by Ben').and.not.to.include('Records, spring');
    expect(stolen.status).to.equal(404);
  });

  it('show what would come, what changes its stage, what is the same and what is on one side only', async () => {
    const { spring, fall } = await openTwoTerms();

    const { text } = await fall.agent.get(preview(`course:${spring.course}`, fall.course));

    expect(text).to.match(/The first quiz[\s\S]*Do the first thing[\s\S]*the same address/);
    expect(text).to.match(
      /essay[\s\S]*Do the third thing[\s\S]*1 only here, stays[\s\S]*from introduced to reinforced[\s\S]*the same title/,
    );
    expect(text).to.match(/1 aligned activity is only there[\s\S]*Talk/);
    expect(text).to.match(/1 aligned activity is only here[\s\S]*Something new/);
  });

  it('take over what was chosen, keep the rest, and can be undone', async () => {
    const { spring, fall, quizHere, essayHere } = await openTwoTerms();

    const answer = await fall.agent.postForm(
      preview(`course:${spring.course}`, fall.course),
      { activity: [essayHere] },
      { action: '/earlier-alignments' },
    );
    const taken = await stagesOf(fall.course, essayHere);
    const untouched = await stagesOf(fall.course, quizHere);
    await fall.agent.postForm(answer.location, {}, { action: '/alignments' });

    expect(answer.status).to.equal(303);
    expect(taken).to.deep.equal(['0 reinforced', '1 introduced', '2 introduced']);
    expect(untouched).to.deep.equal([]);
    expect(await stagesOf(fall.course, essayHere)).to.deep.equal(['0 introduced', '1 introduced']);
  });

  it('say so when nothing was chosen, or the source is none, and change nothing', async () => {
    const { spring, fall, quizHere } = await openTwoTerms();
    const send = (fields: Record<string, string>) =>
      fall.agent.postForm(preview(`course:${spring.course}`, fall.course), fields, {
        action: '/earlier-alignments',
      });

    const statuses = [
      (await send({ activity: 'no-such-activity' })).status,
      (await send({ from: 'course:somewhere-else' })).status,
      (await send({ from: 'nonsense' })).status,
      (await fall.agent.get(preview('template:HIM101', fall.course))).status,
    ];

    expect(statuses).to.deep.equal([400, 404, 400, 404]);
    expect(await stagesOf(fall.course, quizHere)).to.deep.equal([]);
  });

  it('keep a template under the course’s code, which every course with it is offered and none gets unasked', async () => {
    const { spring, fall, quizHere } = await openTwoTerms();

    const kept = await spring.agent.postForm(list(spring.course), {}, { action: '/templates' });
    const colleague = await open(FALL, 'Instructor', 'ben');
    const offered = await colleague.agent.get(list(fall.course));
    const before = await stagesOf(fall.course, quizHere);
    const other = await open(OTHER, 'Instructor', 'ben');
    const elsewhere = await other.agent.get(list(other.course));
    const stolen = await other.agent.get(preview('template:HIM101', other.course));
    await colleague.agent.postForm(
      preview('template:HIM101', fall.course),
      { activity: [quizHere] },
      { action: '/earlier-alignments' },
    );

    expect(kept.location).to.include('template-saved');
    expect(offered.text)
      .to.include('There is a template for HIM101')
      .and.include('by The ana')
      .and.include('3 activities');
    expect(before).to.deep.equal([]);
    expect(elsewhere.text).to.include('There is no template for STAT200');
    expect(stolen.status).to.equal(404);
    expect(await stagesOf(fall.course, quizHere)).to.deep.equal(['0 introduced', '1 mastered']);
  });

  it('keep the history of a template, and withdraw it', async () => {
    const { spring, fall } = await openTwoTerms();
    await spring.agent.postForm(list(spring.course), {}, { action: '/templates' });
    await fall.agent.postForm(list(fall.course), {}, { action: '/templates' });

    const gone = await spring.agent.postForm(
      list(spring.course),
      { withdraw: '1' },
      { action: '/templates' },
    );
    const { text } = await spring.agent.get(list(spring.course));

    expect(gone.location).to.include('template-withdrawn');
    expect(text)
      .to.include('There is no template for HIM101')
      .and.match(/3 entries[\s\S]*withdrawn[\s\S]*2 activities[\s\S]*3 activities/);
  });

  for (const { title, fields, says } of [
    {
      title: 'a code that is none',
      fields: { code: 'records <b>' },
      says: 'Give letters and a number',
    },
    { title: 'no code', fields: { code: '' }, says: 'Give letters and a number' },
    {
      title: 'a code far too long',
      fields: { code: `HIM 101 ${'x'.repeat(80)}` },
      says: 'Give letters and a number',
    },
  ])
    it(`answer 400 to ${title}, and keep what was typed`, async () => {
      const { spring } = await openTwoTerms();

      const answer = await spring.agent.postForm(list(spring.course), fields, {
        action: '/templates',
      });

      expect(answer.status).to.equal(400);
      expect(answer.text).to.include(says);
      expect(answer.text).to.include(
        `value="${fields.code.replace(/</g, '&lt;').replace(/>/g, '&gt;')}"`,
      );
      expect(await findTemplate({ deployment: world.deployment, code: 'HIM101' })).to.equal(null);
    });

  it('say that there is nothing to keep while nothing is aligned, and that somebody else was faster', async () => {
    const empty = await open(OTHER);
    const nothing = await empty.agent.postForm(list(empty.course), {}, { action: '/templates' });
    const { spring } = await openTwoTerms();
    await spring.agent.postForm(list(spring.course), {}, { action: '/templates' });

    const late = await spring.agent.postForm(
      list(spring.course),
      { revision: '0' },
      { action: '/templates' },
    );

    expect([nothing.status, late.status]).to.deep.equal([400, 409]);
    expect(nothing.text).to.include('No activity of this course is aligned');
    expect(late.text).to.include('It changed while you had the page open');
    expect(
      (await findTemplate({ deployment: world.deployment, code: 'HIM101' }))?.revision,
    ).to.equal(1);
  });
});
