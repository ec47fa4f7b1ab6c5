// What launches opened, as their statements name it: the activity of the link, else the framework, else the course's
// entrance; outside a course the tool's own. Reads for all of them together, some queries a deployment.
import { readTree } from '../frameworks/read-tree.js';
import { listCoursesById, type Course } from '../lti/course.model.js';
import type { LaunchRecord } from '../lti/launch.model.js';
import { listResourceLinksById } from '../lti/resource-link.model.js';
import {
  activityRecordId,
  listActivitiesOf,
  recordActivities,
  type Activity,
  type ActivityFacts,
} from './activity.model.js';
import type { CompletableObject } from './complete-object.js';
import { findCourseFrameworks } from './course-framework.js';
import { describeCourseActivity } from './describe-object.js';
import { readLink } from './record-course-activities.js';

export interface DescribedLaunch {
  launch: LaunchRecord;
  object: CompletableObject;
  /** Null outside a course. */
  courseTitle: string | null;
}

interface Request {
  launches: readonly LaunchRecord[];
  url: string;
  now: Date;
}

/** Records the activities that the launches tell of. In the order of the launches within each deployment. */
export async function describeLaunches(options: Request): Promise<DescribedLaunch[]> {
  const { launches } = options;
  const deployments = [...new Set(launches.map(({ deployment }) => deployment))];
  const described = await Promise.all(
    deployments.map((deployment) =>
      describeOf(deployment, {
        ...options,
        launches: launches.filter((launch) => launch.deployment === deployment),
      }),
    ),
  );
  return described.flat();
}

async function describeOf(deployment: string, options: Request): Promise<DescribedLaunch[]> {
  const { launches, url } = options;
  const ids = [...new Set(launches.flatMap(({ course }) => course ?? []))];
  const [courses, activities] = await Promise.all([
    listCoursesById({ deployment, courses: ids }),
    readActivities(deployment, options),
  ]);
  const frameworks = await findCourseFrameworks({ deployment, courses });
  const courseById = new Map(courses.map((course) => [course._id, course]));
  const entrance = { iri: `${url}/frameworks`, title: 'Crosswalk', type: 'module' as const };
  return Promise.all(
    launches.map(async (launch) => {
      const framework = frameworks.get(launch.course ?? '') ?? null;
      const activity = activities.get(placeOf(launch));
      const tree = framework && activity ? await readTree({ framework }) : null;
      const description = framework
        ? { iri: framework.uri, title: framework.title, type: 'framework' as const }
        : entrance;
      const objectId = framework?.id ?? 'frameworks';
      return {
        launch,
        object: activity
          ? describeCourseActivity({ activity, aligned: [], tree })
          : { objectId, description, competencies: [], framework },
        courseTitle: titleOf(launch, courseById),
      };
    }),
  );
}

/** Activities by course and link; links that open something else have none. */
async function readActivities(
  deployment: string,
  { launches, url, now }: Request,
): Promise<Map<string, Activity>> {
  const resourceLinks = [...new Set(launches.flatMap(({ resourceLink }) => resourceLink ?? []))];
  if (resourceLinks.length === 0) return new Map();
  const facts = new Map<string, ActivityFacts>();
  for (const link of await listResourceLinksById({ deployment, resourceLinks })) {
    const { course } = link;
    const [told] = course === null ? [] : readLink({ deployment, course, link, url });
    if (told) facts.set(placeOf({ course, resourceLink: link._id }), told);
  }
  const told = [...facts.values()];
  await recordActivities({ facts: told, url, now });
  const activities = told.map((one) => activityRecordId(one));
  const found = told.length === 0 ? [] : await listActivitiesOf({ deployment, activities });
  const byId = new Map(found.map((activity) => [activity.id, activity]));
  return new Map(
    [...facts].flatMap(([place, one]) => {
      const activity = byId.get(activityRecordId(one));
      return activity ? [[place, activity] as const] : [];
    }),
  );
}

function placeOf(of: { course: string | null; resourceLink: string | null }): string {
  return `${of.course ?? ''} ${of.resourceLink ?? ''}`;
}

function titleOf({ course }: LaunchRecord, courses: ReadonlyMap<string, Course>): string | null {
  const found = course === null ? undefined : courses.get(course);
  return found?.title ?? found?.label ?? course;
}
