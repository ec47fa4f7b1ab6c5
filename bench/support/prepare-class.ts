// Fills a class as large as one gets: 500 learners with a record in each of the framework's competencies, and something that
// each of them did. Written by the rooms' own functions into the tool's database.
import { compareAttainment } from '../../src/attainment/attainment-change.js';
import { writeAttainments } from '../../src/attainment/projected-attainment.model.js';
import { recordEvidence } from '../../src/attainment/evidence.model.js';
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { recordLaunchedMembership } from '../../src/lti/membership.model.js';
import { courseRecordId, platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { recordUser } from '../../src/lti/user.model.js';
import { courseContextId, type FakePlatform, type Seat } from './fake-platform.js';
import { buildProgress } from './prepare-courses.js';
import type { ToolStarter } from './start-tool.js';

const FRAMEWORK = 'him';
const LEARNERS = 500;

export async function prepareClass(options: {
  tool: ToolStarter;
  platform: FakePlatform;
  seat: Seat;
}): Promise<{ course: string; why: string; described: string }> {
  const { tool, seat } = options;
  const { deployment } = tool;
  const now = new Date();
  const platform = platformRecordId(options.platform);
  const course = courseRecordId({ deployment, contextId: courseContextId(seat) });
  const framework = await getFramework({ framework: FRAMEWORK, viewer: { deployment } });
  const { competencies } = await readTree({ framework });
  const scope = { kind: 'course' as const, id: course };
  const users: string[] = [];
  for (let learner = 0; learner < LEARNERS; learner += 1) {
    const sub = `class-${String(learner)}`;
    const user = userRecordId({ platform, sub });
    users.push(user);
    await recordUser({
      user,
      platform,
      sub,
      facts: {
        name: `Learner ${String(learner)} of the class`,
        email: null,
        sisId: null,
        lmsId: null,
        testUser: false,
      },
      now,
    });
    await recordLaunchedMembership({
      deployment,
      course,
      user,
      roles: ['Learner'],
      roleUris: [],
      testUser: false,
      now,
    });
    await writeAttainments({
      deployment,
      changes: competencies
        .map((item, index) =>
          buildProgress({ item, index: index + learner, scope, deployment, user, now }),
        )
        .flatMap((one) => compareAttainment(one, null) ?? []),
    });
  }
  await recordEvidence({
    evidence: users.map((user) => ({
      statementId: `class ${user}`,
      deployment,
      user,
      course,
      objectId: 'something',
      objectKind: 'resource' as const,
      title: 'Something',
      kind: 'declared' as const,
      completes: true,
      imported: false,
      success: null,
      score: null,
      at: now,
      item: null,
      by: null,
      withdrawn: null,
    })),
  });
  const [user = ''] = users;
  return {
    course,
    why: `/class/learners/${user}/items/${competencies[1]?.identifier ?? ''}`,
    described: `${String(LEARNERS)} learners, ${String(competencies.length)} competencies, ${String(LEARNERS * competencies.length)} records`,
  };
}
