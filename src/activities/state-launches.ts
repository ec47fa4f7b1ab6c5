// The worker that tells LRSs of launches: the launch record is the fact, its statement follows. Launches of staff are told
// too, those of test users never (their records do not wait). Two hundred are taken together, so that what they share is
// read once; the steps follow each other, and a stop between any two of them repeats what was done, harmlessly. A launch
// also asks for its course's results and roster to be read.
import { AppError } from '../http/errors.js';
import {
  listUnstatedLaunches,
  markLaunchesStated,
  type LaunchRecord,
} from '../lti/launch.model.js';
import { isCountedLearner } from '../lti/membership.model.js';
import { enqueueStatements, type NewStatement } from '../outbox/enqueue-statement.js';
import { launchedStatement } from '../xapi/statement-templates.js';
import { describeLaunches, type DescribedLaunch } from './describe-launches.js';
import { requestCourseReads } from './request-course-reads.js';
import type { StatementSource } from './statement-source.js';

const BATCH = 200;
const LANGUAGE = 'en';

interface Stating {
  source: StatementSource;
  now: () => Date;
  signal?: AbortSignal;
}

/** States every launch that waits. Returns how many there were. Throws at the end when one could not be stated. */
export async function stateLaunches(stating: Stating): Promise<number> {
  const failures: unknown[] = [];
  let stated = 0;
  while (!stating.signal?.aborted) {
    const launches = await listUnstatedLaunches({ limit: BATCH });
    const enqueued = await enqueueWhatCanBe({ ...stating, launches, failures });
    await requestCourseReads({ launches, now: stating.now() });
    await markLaunchesStated({ launches: enqueued });
    stated += enqueued.length;
    if (launches.length < BATCH || enqueued.length === 0) break;
  }
  if (failures.length > 0) throw failures[0];
  return stated;
}

/** Ids of those whose statements are in the outbox now. One that makes no valid statement holds up none of the others. */
async function enqueueWhatCanBe(
  options: Stating & { launches: LaunchRecord[]; failures: unknown[] },
): Promise<string[]> {
  const { launches, failures } = options;
  try {
    await enqueueLaunches(options);
    return launches.map(({ _id }) => _id);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'outbox.invalid-statement') throw error;
    if (launches.length === 1) {
      failures.push(error);
      return [];
    }
  }
  const enqueued: string[] = [];
  for (const launch of launches)
    enqueued.push(...(await enqueueWhatCanBe({ ...options, launches: [launch] })));
  return enqueued;
}

/** Enqueues their statements. Idempotent: each id follows from the launch. */
export async function enqueueLaunches(
  options: Stating & { launches: readonly LaunchRecord[] },
): Promise<void> {
  const { source } = options;
  const now = options.now();
  const launches = options.launches.filter(({ testUser }) => !testUser);
  if (launches.length === 0) return;
  const described = await describeLaunches({ launches, url: source.url, now });
  const settings = await source.settingsFor(described.map(toRequest));
  const statements: NewStatement[] = [];
  for (const [index, { launch, object }] of described.entries()) {
    const { deployment, user, course } = launch;
    const setting = settings[index];
    if (!setting) throw new Error('there is one setting for each launch');
    const statement = launchedStatement({
      id: await source.deriveId('launched', launch._id),
      setting,
      activity: object.description,
      competencies: object.competencies,
    });
    const about = { kind: 'launched' as const, course, objectId: object.objectId, attempt: 1 };
    statements.push({ deployment, user, statement, about });
  }
  await enqueueStatements({ statements, now });
}

function toRequest({ launch, object, courseTitle }: DescribedLaunch) {
  const { deployment, user, course, roles, testUser, at } = launch;
  return {
    deployment,
    user,
    course,
    courseTitle,
    learnerIn: isCountedLearner({ roles, testUser }) ? course : null,
    language: LANGUAGE,
    framework: object.framework,
    objectId: object.objectId,
    timestamp: at,
  };
}
