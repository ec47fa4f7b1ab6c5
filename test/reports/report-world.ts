// A course with three learners for the tests of reports/: what each did in the first competency, the statements of it,
// and a statement reader over them. Written through the models' own functions.
import { randomUUID } from 'node:crypto';
import { activityRecordId, recordActivities } from '../../src/activities/activity.model.js';
import { replaceAlignments } from '../../src/activities/alignment.model.js';
import type { Attainment } from '../../src/attainment/attainment-row.model.js';
import { compareAttainment } from '../../src/attainment/attainment-change.js';
import { writeAttainments } from '../../src/attainment/projected-attainment.model.js';
import { DEFAULT_RULE, readParameters } from '../../src/attainment/completion-rule.js';
import type { ContributingEvidence } from '../../src/attainment/weigh-evidence.js';
import { recordEvidence } from '../../src/attainment/evidence.model.js';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { recordLaunchedMembership } from '../../src/lti/membership.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { recordUser } from '../../src/lti/user.model.js';
import type { ReadStatement, StatementReader } from '../../src/reports/statement-reader.js';
import { pageWith, SMALL_BODY } from '../frameworks/him-page-text.js';
import { connectPlatform, launchAs, type Launched } from '../support/launch-as.js';
import type { FakePlatform } from '../support/fake-platform.js';
import type { TestTool } from '../support/start-tool.js';

export const NOW = new Date('2026-05-03T08:00:00Z');
const COURSE = { id: 'course-1', title: 'Health Data 101' };
const HOUR_MS = 3_600_000;

export interface ReportWorld {
  platform: string;
  deployment: string;
  course: string;
  /** Identifiers of the four competencies. */
  items: string[];
  quiz: string;
  /** Ana achieved by the quiz, Bo by self-report, Cy failed the quiz. */
  users: { ana: string; bo: string; cy: string };
  statements: { ana: string; bo: string; cy: string };
  reader: StatementReader;
  open(
    role: 'Instructor' | 'Reviewer' | 'Administrator' | 'TeachingAssistant' | 'Learner',
  ): Promise<Launched>;
}

/** `stored` is what the reader reads; a test may change it. */
export async function createReportWorld(options: {
  tool: TestTool;
  fake: FakePlatform;
  stored: Map<string, ReadStatement>;
}): Promise<ReportWorld> {
  const { tool, fake, stored } = options;
  const { platform, deployment } = await connectPlatform(fake);
  const open: ReportWorld['open'] = (role) =>
    launchAs({
      tool,
      platform: fake,
      role,
      user: { sub: role, name: `The ${role}` },
      course: COURSE,
    });
  const { course } = await open('Instructor');
  const items = await createFramework(tool.url);
  const place = { deployment: deployment._id, course };
  const [first = '', second = ''] = items;
  const quiz = await createQuiz({ ...place, url: tool.url, item: first });
  const users = {
    ana: await addLearner({ ...place, platform: platform._id, sub: 'ana', name: '=Ana Ruiz' }),
    bo: await addLearner({ ...place, platform: platform._id, sub: 'bo', name: 'Bo Lind' }),
    cy: await addLearner({ ...place, platform: platform._id, sub: 'cy', name: null }),
  };
  const byQuiz = counted({
    objectId: quiz,
    objectKind: 'activity',
    kind: 'assessed',
    title: 'Coding quiz',
    at: hours(1),
  });
  const byMark = counted({
    objectId: 'r1',
    objectKind: 'resource',
    kind: 'declared',
    title: 'Data basics',
    at: hours(2),
  });
  const failed = counted({
    objectId: quiz,
    objectKind: 'activity',
    kind: 'assessed',
    title: 'Coding quiz',
    at: hours(3),
  });
  const attain = (user: string, more: Partial<Attainment>): Attainment => ({
    ...emptyAttainment({ ...place, item: first, user }),
    ...more,
  });
  await writeAttainments({
    deployment: deployment._id,
    changes: [
      attain(users.ana, {
        status: 'achieved',
        attempted: true,
        n: 1,
        achievedAt: hours(1),
        contributing: [byQuiz],
        achievedBy: [byQuiz],
      }),
      attain(users.ana, {
        item: second,
        status: 'progress',
        attempted: true,
        n: 1,
        required: 2,
        missing: { more: 1, assessed: 0 },
        contributing: [byQuiz],
      }),
      attain(users.bo, {
        status: 'achieved',
        attempted: true,
        n: 1,
        selfReported: true,
        achievedAt: hours(2),
        contributing: [byMark],
        achievedBy: [byMark],
      }),
      attain(users.cy, {
        attempted: true,
        excluded: [{ statementId: failed.statementId, objectId: quiz, reason: 'not-passed' }],
      }),
    ].flatMap((one) => compareAttainment(one, null) ?? []),
  });
  for (const [user, evidence] of [
    [users.ana, byQuiz],
    [users.bo, byMark],
    [users.cy, failed],
  ] as const) {
    await recordEvidence({
      evidence: [
        {
          ...evidence,
          ...place,
          user,
          item: null,
          by: null,
          completes: true,
          imported: false,
          success: evidence !== failed,
          withdrawn: null,
        },
      ],
    });
    stored.set(
      evidence.statementId,
      readStatement({ id: evidence.statementId, user, title: evidence.title, url: tool.url }),
    );
  }
  return {
    platform: platform._id,
    ...place,
    items,
    quiz,
    users,
    statements: { ana: byQuiz.statementId, bo: byMark.statementId, cy: failed.statementId },
    reader: readerOf(stored),
    open,
  };
}

export function readerOf(stored: Map<string, ReadStatement>): StatementReader {
  return {
    listStatements: ({ ids }) =>
      Promise.resolve(ids.map((id) => stored.get(id)).filter((one) => one !== undefined)),
  };
}

async function createFramework(url: string): Promise<string[]> {
  await importFramework({
    text: pageWith(SMALL_BODY),
    format: 'him-page',
    framework: 'small',
    now: NOW,
    url,
  });
  const framework = await getFramework({ framework: 'small', viewer: { deployment: null } });
  return (await readTree({ framework })).competencies.map(({ identifier }) => identifier);
}

async function createQuiz(options: {
  deployment: string;
  course: string;
  url: string;
  item: string;
}): Promise<string> {
  const { deployment, course, url, item } = options;
  const key = ['typed', 'Coding quiz'];
  await recordActivities({
    facts: [
      {
        deployment,
        course,
        key,
        title: 'Coding quiz',
        kind: 'quiz',
        source: 'typed',
        address: null,
        resourceLinkId: null,
        lineItemUrl: null,
        lesson: null,
        assessed: true,
        lastLaunchAt: null,
      },
    ],
    url,
    now: NOW,
  });
  const activity = activityRecordId({ deployment, course, key });
  await replaceAlignments({
    deployment,
    course,
    activity,
    expectedRevision: 0,
    by: 'instructor',
    now: NOW,
    items: [{ framework: 'small', item, stage: 'reinforced' }],
  });
  return activity;
}

async function addLearner(options: {
  deployment: string;
  course: string;
  platform: string;
  sub: string;
  name: string | null;
}): Promise<string> {
  const { deployment, course, platform, sub, name } = options;
  const user = userRecordId({ platform, sub });
  await recordUser({
    user,
    platform,
    sub,
    facts: { name, email: null, sisId: null, lmsId: null, testUser: false },
    now: NOW,
  });
  await recordLaunchedMembership({
    deployment,
    course,
    user,
    roles: ['Learner'],
    roleUris: [],
    testUser: false,
    now: NOW,
  });
  return user;
}

function emptyAttainment(options: {
  deployment: string;
  course: string;
  item: string;
  user: string;
}): Attainment {
  const { deployment, course, item, user } = options;
  return {
    user,
    deployment,
    item,
    framework: 'small',
    scope: { kind: 'course', id: course },
    status: 'open',
    attempted: false,
    n: 0,
    m: 2,
    required: 1,
    assessedRequired: 0,
    assessedDone: 0,
    selfReported: false,
    score: null,
    mastery: null,
    parameters: readParameters(DEFAULT_RULE),
    contributing: [],
    achievedBy: [],
    excluded: [],
    missing: { more: 0, assessed: 0 },
    achievedAt: null,
    withdrawnAt: null,
    ruleSource: 'default',
    ruleRevision: 0,
    asOf: NOW,
  };
}

function counted(
  of: Pick<ContributingEvidence, 'objectId' | 'objectKind' | 'kind' | 'title' | 'at'>,
): ContributingEvidence {
  return { statementId: randomUUID(), score: null, ...of };
}

function readStatement(options: {
  id: string;
  user: string;
  title: string;
  url: string;
}): ReadStatement {
  const { id, user, title, url } = options;
  return {
    id,
    stored: NOW,
    isVoided: false,
    statement: {
      id,
      actor: {
        objectType: 'Agent',
        name: 'Ana Ruiz',
        account: { homePage: 'https://lms.example', name: `sub-of-${user}` },
      },
      verb: { id: 'http://adlnet.gov/expapi/verbs/completed', display: { en: 'completed' } },
      object: { id: `${url}/activities/1`, definition: { name: { en: title } } },
      result: { score: { scaled: 0.8 }, success: true },
    },
  };
}

function hours(count: number): Date {
  return new Date(NOW.getTime() - 24 * HOUR_MS + count * HOUR_MS);
}
