// What the gradebook's "review submission" opens (LTI Submission Review 1.0): one learner's evidence for the activity of that
// gradebook column, for whoever grades in the course. Grades nothing itself: that is done in the gradebook.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { listActivities, type Activity } from '../activities/activity.model.js';
import { listEvidence } from '../attainment/evidence.model.js';
import { buildEvidenceRows } from '../attainment/evidence-view.js';
import { wordsFor } from '../http/catalogue.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { labelLearners, readCohort } from '../lti/read-cohort.js';
import { noteAccess } from './report-request.js';

const MOST_EVIDENCE = 500;
const Params = z.object({ user: z.string().max(200) });
/** Address of the gradebook column, as the launch named it. */
const Query = z.object({ line_item: z.string().max(4_096).catch('') });

export function submissionReviewRoutes(deps: { now: () => Date }): Router {
  const router = Router();
  const mayGrade = [
    requireLaunch(),
    requireRole('Instructor', 'TeachingAssistant', 'Administrator'),
  ];
  router.get('/reports/submissions/:user', ...mayGrade, (req, res) =>
    showSubmission(req, res, deps.now()),
  );
  return router;
}

async function showSubmission(req: Request, res: Response, now: Date): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course, language } = launch;
  const { user } = parseInput(Params, req.params);
  const { line_item: lineItem } = parseInput(Query, req.query);
  const words = wordsFor(language);
  const [cohort, activities] = await Promise.all([
    readCohort({ deployment, course }),
    listActivities({ deployment, course }),
  ]);
  const activity =
    lineItem === '' ? undefined : activities.find((one) => one.lineItemUrl === lineItem);
  const names = launch.mayReadNames ? 'shown' : 'hidden';
  const [[learner], evidence] = await Promise.all([
    labelLearners({ users: [user], names, words, language }),
    listEvidence({ deployment, course, users: [user], limit: MOST_EVIDENCE }),
  ]);
  // Who left the course may still have work to review; who was never in it is nobody here.
  if (!cohort.users.includes(user) && evidence.length === 0) {
    const title = words('reports:submission.unknown');
    return renderPage(req, res, { view: 'reports/no-submission', title, status: 404 });
  }
  await noteAccess({
    report: { launch, names, format: 'page' },
    subject: 'learner',
    subjectId: user,
    now,
  });
  const objects = activity && objectsOf(activity);
  const shown = evidence.filter(({ objectId }) => objects?.includes(objectId) ?? true);
  const name = learner?.label ?? '';
  renderPage(req, res, {
    view: 'reports/submission',
    title: activity
      ? words('reports:submission.title', { name, activity: activity.title })
      : words('reports:submission.titleCourse', { name }),
    data: {
      user,
      name,
      activity: activity ?? null,
      rows: buildEvidenceRows({ evidence: shown, pending: [], attainment: null, words, language }),
    },
  });
}

/** A lesson that a course places is the same object as the lesson in the library. */
function objectsOf({ id, lesson }: Activity): string[] {
  return lesson === null ? [id] : [id, lesson];
}
