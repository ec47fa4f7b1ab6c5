// Fills what the pages of two launches show: a student's progress in both courses, and 30 aligned activities in one.
// Written by the rooms' own functions into the tool's database, as its workers and forms would.
import { listActivities, recordActivities } from '../../src/activities/activity.model.js';
import { replaceAlignments, STAGES } from '../../src/activities/alignment.model.js';
import { DEFAULT_RULE, readParameters } from '../../src/attainment/completion-rule.js';
import type { Attainment } from '../../src/attainment/attainment-row.model.js';
import { compareAttainment } from '../../src/attainment/attainment-change.js';
import { writeAttainments } from '../../src/attainment/projected-attainment.model.js';
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import type { TreeItem } from '../../src/frameworks/framework-tree.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { courseRecordId, platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { courseContextId, userSub, type FakePlatform, type Seat } from './fake-platform.js';
import type { ToolStarter } from './start-tool.js';

const FRAMEWORK = 'him';
const ACTIVITIES = 30;
const ITEMS_AN_ACTIVITY = 3;

export async function prepareCourses(options: {
  tool: ToolStarter;
  platform: FakePlatform;
  plain: Seat;
  aligned: Seat;
}): Promise<void> {
  const { tool, platform, plain, aligned } = options;
  const { deployment } = tool;
  const now = new Date();
  const framework = await getFramework({ framework: FRAMEWORK, viewer: { deployment } });
  const { competencies } = await readTree({ framework });
  for (const seat of [plain, aligned]) {
    const { course, user } = recordIdsOf({ deployment, platform, seat });
    const scopes: Attainment['scope'][] = [
      { kind: 'course', id: course },
      { kind: 'framework', id: FRAMEWORK },
    ];
    await writeAttainments({
      deployment,
      changes: scopes
        .flatMap((scope) =>
          competencies.map((item, index) =>
            buildProgress({ item, index, scope, deployment, user, now }),
          ),
        )
        .flatMap((one) => compareAttainment(one, null) ?? []),
    });
  }
  const { course } = recordIdsOf({ deployment, platform, seat: aligned });
  await recordActivities({
    url: tool.url,
    now,
    facts: Array.from({ length: ACTIVITIES }, (_, index) => ({
      deployment,
      course,
      key: ['typed', String(index)],
      title: `Assignment ${String(index + 1)}`,
      kind: 'assignment',
      source: 'typed',
      address: `https://lms.example.edu/assignments/${String(index + 1)}`,
      resourceLinkId: null,
      lineItemUrl: null,
      lesson: null,
      assessed: index % 2 === 0,
      lastLaunchAt: null,
    })),
  });
  const activities = await listActivities({ deployment, course });
  for (const [index, activity] of activities.entries())
    await replaceAlignments({
      deployment,
      course,
      activity: activity.id,
      expectedRevision: 0,
      items: competencies
        .slice(index * 2, index * 2 + ITEMS_AN_ACTIVITY)
        .map(({ identifier }, place) => ({
          framework: FRAMEWORK,
          item: identifier,
          stage: STAGES[place % STAGES.length] ?? 'introduced',
        })),
      by: 'bench',
      now,
    });
}

function recordIdsOf(options: { deployment: string; platform: FakePlatform; seat: Seat }): {
  course: string;
  user: string;
} {
  const { deployment, platform, seat } = options;
  return {
    course: courseRecordId({ deployment, contextId: courseContextId(seat) }),
    user: userRecordId({ platform: platformRecordId(platform), sub: userSub(seat) }),
  };
}

/** A third open, a third under way, a third achieved. */
export function buildProgress(options: {
  item: TreeItem;
  index: number;
  scope: Attainment['scope'];
  deployment: string;
  user: string;
  now: Date;
}): Attainment {
  const { item, index, scope, deployment, user, now } = options;
  const n = index % 3;
  return {
    user,
    deployment,
    scope,
    framework: FRAMEWORK,
    item: item.identifier,
    attempted: n > 0,
    status: n === 0 ? 'open' : n === 1 ? 'progress' : 'achieved',
    n,
    m: 3,
    required: 2,
    assessedRequired: 1,
    assessedDone: n > 1 ? 1 : 0,
    selfReported: n === 1,
    score: n > 1 ? 0.9 : null,
    mastery: null,
    parameters: readParameters(DEFAULT_RULE),
    contributing: [],
    achievedBy: [],
    excluded: [],
    missing: { more: Math.max(0, 2 - n), assessed: n > 1 ? 0 : 1 },
    achievedAt: n > 1 ? now : null,
    withdrawnAt: null,
    ruleSource: 'default',
    ruleRevision: 0,
    asOf: now,
  };
}
