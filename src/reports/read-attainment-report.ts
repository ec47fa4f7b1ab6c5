// Gathers the report of a course: its competencies, today's alignments, one aggregation over attainments, its learners.
import { listActivities } from '../activities/activity.model.js';
import { listAlignments } from '../activities/alignment.model.js';
import { countAttainmentsByItem } from '../attainment/attainment.model.js';
import {
  buildAttainmentReport,
  type AttainmentReport,
  type CoveringActivity,
} from './attainment-report.js';
import { readCohort } from '../lti/read-cohort.js';
import type { ReportedCourse } from './read-course.js';

/** Only who is a learner today is counted, so that each count is what its list of people holds. */
export async function readAttainmentReport(options: {
  reported: ReportedCourse;
  now: Date;
}): Promise<AttainmentReport> {
  const { reported, now } = options;
  const { deployment, framework, competencies } = reported;
  const course = reported.course.id;
  const cohort = await readCohort({ deployment, course });
  const [coverage, counts] = await Promise.all([
    readCoverage({ deployment, course, framework: framework.id }),
    countAttainmentsByItem({ deployment, course, users: cohort.users }),
  ]);
  return buildAttainmentReport({
    course: reported.course,
    framework,
    competencies,
    coverage,
    counts,
    learners: cohort.users.length,
    opened: cohort.opened,
    rosterAt: cohort.rosterAt,
    asOf: now,
  });
}

/** By item, the activities aligned to it today, in the order of the course page. */
export async function readCoverage(options: {
  deployment: string;
  course: string;
  framework: string;
}): Promise<Map<string, CoveringActivity[]>> {
  const { deployment, course, framework } = options;
  const [activities, alignments] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
  ]);
  const alignedItems = new Map(alignments.map(({ activity, current }) => [activity, current]));
  const coverage = new Map<string, CoveringActivity[]>();
  for (const { id, title } of activities) {
    for (const aligned of alignedItems.get(id) ?? []) {
      if (aligned.framework !== framework) continue;
      const covering = { activity: id, title, stage: aligned.stage };
      coverage.set(aligned.item, [...(coverage.get(aligned.item) ?? []), covering]);
    }
  }
  return coverage;
}
