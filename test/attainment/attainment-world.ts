// A small world for the tests of activities/ and attainment/: a framework of four competencies, three resources and a
// hosted lesson for the first of them, courses, learners, and a statement feed built from the outbox.
import type { Activity, ActivityFacts } from '../../src/activities/activity.model.js';
import { listActivities, recordActivities } from '../../src/activities/activity.model.js';
import {
  findAlignment,
  replaceAlignments,
  type Stage,
} from '../../src/activities/alignment.model.js';
import type { CompletableObject } from '../../src/activities/complete-object.js';
import {
  createStatementSource,
  type StatementSource,
} from '../../src/activities/statement-source.js';
import type { FeedEntry, StatementFeed } from '../../src/attainment/projection.js';
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import type { FrameworkTree } from '../../src/frameworks/framework-tree.js';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { importLessons } from '../../src/library/import-lessons.js';
import { importResources } from '../../src/library/import-resources.js';
import {
  listServingResources,
  type LearningResource,
} from '../../src/library/learning-resource.model.js';
import { OUTBOX_LOGS } from '../../src/outbox/outbox-partition.js';
import { listOutgoing } from '../../src/outbox/outbox-statement.model.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import type { Statement } from '../../src/xapi/statement.js';
import { pageWith, SMALL_BODY } from '../frameworks/him-page-text.js';

const TOOL_URL = 'https://crosswalk.example';
export const FRAMEWORK = 'small';
export const SECRET = 'a secret for tests that is long enough for everybody';
/** When framework and library were there. */
const START = new Date('2026-02-01T09:00:00Z');
const MINUTE_MS = 60_000;
const AUTHORITY = 'own';

export function minute(count: number): Date {
  return new Date(START.getTime() + count * MINUTE_MS);
}

export interface World {
  tree: FrameworkTree;
  /** Identifiers of the four competencies. */
  items: string[];
  resources: LearningResource[];
  lesson: LearningResource;
  source: StatementSource;
}

/** Imports framework, resources and lesson; `url` is the tool's address. */
export async function createWorld(options: { url?: string } = {}): Promise<World> {
  const { url = TOOL_URL } = options;
  await importFramework({
    text: pageWith(SMALL_BODY),
    format: 'him-page',
    framework: FRAMEWORK,
    now: START,
    url,
  });
  const first = 'Domain one / Subdomain A / Do the first thing (with care).';
  const second = 'Domain one / Subdomain A / Do the second thing';
  const resources = ['1', '2', '3'].map((name) => ({
    key: name,
    title: `Resource ${name}`,
    publisher: 'Agency',
    url: `https://agency.example/${name}`,
    licence: 'CC BY 4.0',
    language: 'en',
    kind: 'reference',
    durationMinutes: 20,
    difficulty: 'introductory',
    description: `About ${name}.`,
    serves: name === '3' ? [first, second] : [first],
  }));
  await importResources({
    text: JSON.stringify({ schemaVersion: 1, collection: 'test', framework: FRAMEWORK, resources }),
    format: 'json',
    framework: FRAMEWORK,
    now: START,
    url,
  });
  await importLessons({
    text: JSON.stringify({ schemaVersion: 1, lessons: [lessonContent(second)] }),
    framework: FRAMEWORK,
    now: START,
    url,
  });
  const tree = await readTree({
    framework: await getFramework({ framework: FRAMEWORK, viewer: { deployment: null } }),
  });
  const serving = await listServingResources({
    framework: FRAMEWORK,
    viewer: { deployment: null },
  });
  const lesson = serving.find(({ completion }) => completion === 'question-set');
  if (!lesson) throw new Error('the lesson was not imported');
  return {
    tree,
    items: tree.competencies.map(({ identifier }) => identifier),
    resources: serving
      .filter(({ id }) => id !== lesson.id)
      .sort((a, b) => (a.title < b.title ? -1 : 1)),
    lesson,
    source: createStatementSource({ url, secret: SECRET, now: () => START }),
  };
}

function lessonContent(serves: string) {
  const question = (id: string) => ({
    id,
    text: `Question ${id}?`,
    options: [
      { id: 'a', text: 'This' },
      { id: 'b', text: 'That' },
    ],
    answer: 'a',
    why: `Because of ${id}.`,
  });
  return {
    key: 'first-lesson',
    title: 'A first lesson',
    description: 'What it is about.',
    durationMinutes: 15,
    difficulty: 'introductory',
    serves: [serves],
    sections: [{ heading: 'Start', paragraphs: ['Read this.'] }],
    questions: [question('q1'), question('q2')],
    passFraction: 0.5,
  };
}

export function resourceObject(resource: LearningResource): CompletableObject {
  return {
    objectId: resource.id,
    description: { iri: resource.iri, title: resource.title, type: 'resource' },
    competencies: [],
    framework: null,
  };
}

export function activityObject(activity: Activity): CompletableObject {
  return {
    objectId: activity.id,
    description: { iri: activity.activityId, title: activity.title, type: 'link' },
    competencies: [],
    framework: null,
  };
}

export async function createActivity(overrides: Partial<ActivityFacts> = {}): Promise<Activity> {
  const facts: ActivityFacts = {
    deployment: 'd1',
    course: 'c1',
    key: ['typed', overrides.title ?? 'Coding quiz'],
    title: 'Coding quiz',
    kind: 'quiz',
    source: 'typed',
    address: null,
    resourceLinkId: null,
    lineItemUrl: null,
    lesson: null,
    assessed: false,
    lastLaunchAt: null,
    ...overrides,
  };
  const [id] = await recordActivities({ facts: [facts], url: TOOL_URL, now: START });
  const found = (await listActivities(facts)).find((one) => one.id === id);
  if (!found) throw new Error('the activity was not recorded');
  return found;
}

/** Replaces the alignment of an activity, whatever its revision. */
export async function align(
  activity: Activity,
  items: string[],
  options: { at: Date; stage?: Stage },
): Promise<void> {
  const { deployment, course, id } = activity;
  const before = await findAlignment({ deployment, course, activity: id });
  await replaceAlignments({
    deployment,
    course,
    activity: id,
    expectedRevision: before.revision,
    by: 'u9',
    now: options.at,
    items: items.map((item) => ({
      framework: FRAMEWORK,
      item,
      stage: options.stage ?? 'introduced',
    })),
  });
}

export interface OutboxFeedOptions {
  /** Order and repetition of delivery; as enqueued by default. */
  arrange?: (entries: FeedEntry[]) => FeedEntry[];
}

/** Everything in the outbox, as the LRS that stored it at once would tell it. */
export function outboxFeed(options: OutboxFeedOptions = {}): StatementFeed {
  return {
    isTrusted: async (key) => key === AUTHORITY,
    readSources: async () => new Map(),
    readOf: async () => [],
    async read({ after, limit }) {
      const arranged = (options.arrange ?? ((entries) => entries))(await listStated());
      const entries = arranged
        .map((entry, index) => ({ ...entry, position: index + 1 }))
        .filter(({ position }) => position > after);
      return { entries: entries.slice(0, limit), through: arranged.length };
    },
  };
}

/** The same, of these verbs. */
export async function listStatedAs(...verbs: (keyof typeof VERBS)[]): Promise<FeedEntry[]> {
  const wanted: string[] = verbs.map((verb) => VERBS[verb]);
  return (await listStated()).filter(({ statement }) => wanted.includes(statement.verb.id));
}

/** Statements of the outbox, oldest first. */
export async function listStated(): Promise<FeedEntry[]> {
  const parts = await Promise.all(
    OUTBOX_LOGS.map((log) =>
      listOutgoing({ log, after: 0, through: Number.MAX_SAFE_INTEGER, limit: 10_000 }),
    ),
  );
  return parts
    .flat()
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    .map(({ json, createdAt }, index) => {
      // The outbox holds what passed the rules of statements.
      const statement = JSON.parse(json) as Statement;
      const voids =
        statement.verb.id === VERBS.voided && 'id' in statement.object ? statement.object.id : null;
      return { position: index + 1, statement, stored: createdAt, voids, authorityKey: AUTHORITY };
    });
}
