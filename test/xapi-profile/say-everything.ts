// A course in which everything happens that we tell record stores of: people come in, open, answer, finish, undo, send work,
// are graded, scored, vouched for; staff align and take that back. Through the pages, as far as people do it there.
import { readCourseResults } from '../../src/activities/read-course-results.js';
import { stateAlignments } from '../../src/activities/state-alignments.js';
import { stateLaunches } from '../../src/activities/state-launches.js';
import type { Evidence } from '../../src/attainment/evidence.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { findCourse } from '../../src/lti/course.model.js';
import { platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { stateUntoldWork } from '../../src/work/state-work.js';
import type { AttainmentTool, OpenTool } from '../attainment/attainment-tool.js';
import {
  align,
  createActivity,
  FRAMEWORK,
  listStated,
  minute,
} from '../attainment/attainment-world.js';
import { PDF } from '../files/sample-files.js';
import { openGradebook } from '../support/fake-gradebook.js';
import type { Launched } from '../support/launch-as.js';
import { sendUpload } from '../work/send-upload.js';
import type { Json } from './check-statement.js';

const HOUR_MS = 60 * 60_000;

/** Every statement in the outbox afterwards, oldest first; and the evidence there was before the last were taken back. */
export async function sayEverything(
  started: AttainmentTool,
): Promise<{ statements: Json[]; evidence: Evidence[] }> {
  const book = openGradebook(started.platform, { pageSize: 2 });
  const world = await started.open();
  const teacher = await world.launch({
    role: 'Instructor',
    user: { sub: 'ida', name: 'Ida Berg' },
  });
  const learner = await world.launch({ user: 'ana' });
  const user = userRecordId({ platform: platformRecordId(started.platform), sub: 'ana' });
  const people = { world, teacher, learner, user };
  await alignAndUnalign({ ...people, lineItemUrl: book.lineItemUrl });
  await learnByOneself(people);
  await answerLesson(people);
  await beVouchedFor(people);
  await sendWork(people);
  await beRated(people);
  const grade = async (score: number | null) => {
    book.grade('ana', score);
    const found = await findCourse({ deployment: world.deployment, course: learner.course });
    if (!found) throw new Error('the course is not there');
    await readCourseResults({
      services: started.tool.services,
      source: world.source,
      passShare: 0.75,
      course: found,
      now: () => new Date(),
    });
  };
  await grade(40);
  await grade(90);
  await stateLaunches({ source: world.source, now: () => new Date() });
  await stateAlignments({ source: world.source, now: () => new Date() });
  await world.project();
  const evidence = await listEvidence({ deployment: world.deployment });
  await undoAll(people);
  await grade(null);
  await world.project();
  const statements = (await listStated()).map(({ statement }) => ({ ...statement }));
  return { statements, evidence };
}

interface People {
  world: OpenTool;
  teacher: Launched;
  learner: Launched;
  /** Our id of the learner. */
  user: string;
}

async function alignAndUnalign(options: People & { lineItemUrl: string }): Promise<void> {
  const { world, learner, lineItemUrl } = options;
  const [first = '', second = '', third = ''] = world.items;
  const quiz = await createActivity({
    deployment: world.deployment,
    course: learner.course,
    key: ['line-item', lineItemUrl],
    title: 'Coding quiz',
    kind: 'assignment',
    source: 'line-item',
    lineItemUrl,
    assessed: true,
  });
  await align(quiz, [first, second], { at: minute(1) });
  await align(quiz, [first], { at: minute(2), stage: 'mastered' });
  await align(quiz, [third], { at: minute(3) });
}

async function learnByOneself({ world, learner }: People): Promise<void> {
  for (const { id } of world.resources) {
    const page = `/resources/${id}?course=${learner.course}`;
    await learner.agent.get(`/resources/${id}/visit?course=${learner.course}`);
    await learner.agent.postForm(page, { state: 'done' }, { action: '/completions' });
  }
  await world.project();
}

async function undoAll({ world, learner }: People): Promise<void> {
  for (const { id } of world.resources) {
    const page = `/resources/${id}?course=${learner.course}`;
    await learner.agent.postForm(page, { state: 'open' }, { action: '/completions' });
  }
}

async function answerLesson({ world, learner }: People): Promise<void> {
  const page = `/resources/${world.lesson.id}?course=${learner.course}`;
  for (const answer of ['b', 'a'])
    await learner.agent.postForm(
      page,
      { 'answer-q1': answer, 'answer-q2': answer },
      { action: '/attempts' },
    );
}

async function beVouchedFor({ world, teacher, learner, user }: People): Promise<void> {
  const why = `/class/learners/${user}/items/${world.items[2] ?? ''}?course=${learner.course}`;
  await teacher.agent.postForm(why, { note: 'Shown at the ward.' }, { action: '/attestations' });
  await teacher.agent.postForm(why, { reason: 'Wrong student.' }, { action: '/withdrawal' });
}

async function sendWork({ world, teacher, learner }: People): Promise<void> {
  const send = (query: string) =>
    sendUpload({
      agent: learner.agent,
      page: `/work/new?course=${learner.course}&${query}`,
      action: '/work',
      fields: { note: 'Look at page 2.' },
      file: { name: 'audit.pdf', content: PDF },
    });
  const essay = await createActivity({
    deployment: world.deployment,
    course: learner.course,
    title: 'Essay',
    kind: 'assignment',
  });
  await align(essay, world.items.slice(0, 2), { at: minute(4) });
  const [accepted, taken, scored] = [
    await send(`framework=${FRAMEWORK}&item=${world.items[0] ?? ''}`),
    await send(`framework=${FRAMEWORK}&item=${world.items[1] ?? ''}`),
    await send(`activity=${essay.id}`),
  ].map(({ location }) => location.split('?')[0] ?? '');
  const course = `?course=${learner.course}`;
  const decide = (work: string | undefined, fields: Record<string, string | string[]>) =>
    teacher.agent.postForm(`/waiting${work ?? ''}${course}`, fields, { action: '/decisions' });
  await tellWork(world);
  await learner.agent.postForm(`${taken ?? ''}${course}`, {}, { action: '/withdrawals' });
  await decide(accepted, { decision: 'accepted', item: world.items.slice(0, 1) });
  await decide(accepted, { decision: 'withdrawn', comment: 'Seen by mistake.' });
  await decide(scored, { decision: 'accepted', score: '80', item: world.items.slice(0, 2) });
  await tellWork(world);
}

function tellWork({ source }: OpenTool): Promise<void> {
  return stateUntoldWork({ source, passShare: 0.75, now: new Date(Date.now() + HOUR_MS) });
}

async function beRated({ world, teacher, learner, user }: People): Promise<void> {
  const quiz = await createActivity({ deployment: world.deployment, course: learner.course });
  await align(quiz, world.items.slice(0, 2), { at: minute(5) });
  const page = `/activities/${quiz.id}/ratings?course=${learner.course}`;
  for (const level of ['3', '4'])
    await teacher.agent.postForm(
      page,
      { [`rate.${user}.${world.items[0] ?? ''}`]: level },
      { action: '/ratings' },
    );
}
