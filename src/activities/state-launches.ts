// The worker that tells LRSs of launches: the launch record is the fact, its statement follows. Launches of staff are told
// too, those of test users never (their records do not wait). A stop between the two writes repeats the first, harmlessly.
// A launch also asks for its course's results and roster to be read.
import { readTree } from '../frameworks/read-tree.js';
import { isCountedLearner } from '../lti/membership.model.js';
import { listUnstatedLaunches, markLaunchStated, type LaunchRecord } from '../lti/launch.model.js';
import { listResourceLinks, type ResourceLink } from '../lti/resource-link.model.js';
import { enqueueStatement } from '../outbox/enqueue-statement.js';
import { launchedStatement } from '../xapi/statement-templates.js';
import { listActivitiesOf, recordActivities } from './activity.model.js';
import { findCourseFramework } from './course-framework.js';
import { describeCourseActivity } from './describe-object.js';
import type { CompletableObject } from './complete-object.js';
import { readLink } from './record-course-activities.js';
import { requestCourseReads } from './request-course-reads.js';
import type { StatementSource } from './statement-source.js';

const BATCH = 200;
const LANGUAGE = 'en';

interface Stating {
  source: StatementSource;
  now: () => Date;
  signal?: AbortSignal;
}

/** States every launch that waits. Returns how many there were. */
export async function stateLaunches(stating: Stating): Promise<number> {
  let stated = 0;
  while (!stating.signal?.aborted) {
    const launches = await listUnstatedLaunches({ limit: BATCH });
    for (const launch of launches) {
      await stateLaunch({ ...stating, launch });
      await requestCourseReads({ launch, now: stating.now() });
      await markLaunchStated({ launch: launch._id });
      stated += 1;
    }
    if (launches.length < BATCH) break;
  }
  return stated;
}

/** Enqueues the statement of one launch. Idempotent: its id follows from the launch. */
export async function stateLaunch(options: Stating & { launch: LaunchRecord }): Promise<void> {
  const { source, launch } = options;
  if (launch.testUser) return;
  const { deployment, user, course } = launch;
  const object = await describeLaunched(options);
  const isLearner = isCountedLearner({ roles: launch.roles, testUser: launch.testUser });
  const setting = await source.settingFor({
    deployment,
    user,
    course,
    learnerIn: isLearner ? course : null,
    language: LANGUAGE,
    framework: object.framework,
    objectId: object.objectId,
    timestamp: launch.at,
  });
  const statement = launchedStatement({
    id: await source.deriveId('launched', launch._id),
    setting,
    activity: object.description,
    competencies: object.competencies,
  });
  const about = { kind: 'launched' as const, course, objectId: object.objectId, attempt: 1 };
  await enqueueStatement({ deployment, user, statement, about, now: options.now() });
}

/** The activity of the link, else the framework, else the course; outside a course the tool's own entrance. */
async function describeLaunched({
  source,
  now,
  launch,
}: Stating & { launch: LaunchRecord }): Promise<CompletableObject> {
  const { deployment, course } = launch;
  const entrance = { iri: `${source.url}/frameworks`, title: 'Crosswalk', type: 'module' as const };
  if (course === null)
    return { objectId: 'frameworks', description: entrance, competencies: [], framework: null };
  const link = await findLink({ deployment, course, resourceLink: launch.resourceLink });
  const [id] = await recordActivities({
    facts: link ? readLink({ deployment, course, link, url: source.url }) : [],
    url: source.url,
    now: now(),
  });
  const framework = await findCourseFramework({ deployment, course });
  const tree = framework && (await readTree({ framework }));
  const [activity] =
    id === undefined ? [] : await listActivitiesOf({ deployment, activities: [id] });
  if (activity) return describeCourseActivity({ activity, aligned: [], tree });
  const description = framework
    ? { iri: framework.uri, title: framework.title, type: 'framework' as const }
    : entrance;
  return { objectId: framework?.id ?? 'frameworks', description, competencies: [], framework };
}

async function findLink(options: {
  deployment: string;
  course: string;
  resourceLink: string | null;
}): Promise<ResourceLink | null> {
  const { deployment, course, resourceLink } = options;
  let after = '';
  while (resourceLink !== null) {
    const links = await listResourceLinks({ deployment, course, after });
    const found = links.find(({ _id }) => _id === resourceLink);
    if (found) return found;
    const last = links.at(-1);
    if (links.length === 0 || !last) return null;
    after = last.resourceLinkId;
  }
  return null;
}
