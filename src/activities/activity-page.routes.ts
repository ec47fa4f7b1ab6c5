// The page of an activity: what it counts for; to learners how far they are and what they can do; to the course's staff the
// form that aligns it, its history, and what learners see. What the forms do stands in activity.routes and alignment.routes.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import { parseInput } from '../http/parse-input.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import { readTree } from '../frameworks/read-tree.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { findResource } from '../library/learning-resource.model.js';
import { findLesson } from '../library/lesson.model.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { LAUNCH_ROLES } from '../lti/roles.js';
import { listUsers } from '../lti/user.model.js';
import { getActivity, type Activity } from './activity.model.js';
import { buildActivityContent, buildActivityDoing } from './activity-view.js';
import { buildAlignView } from './align-view.js';
import { buildHistory, type HistoryRow } from './alignment-history.js';
import { findAlignment, type AlignmentRecord } from './alignment.model.js';
import { isLearner, listCompletionStates, type CourseLaunch } from './complete-object.js';
import { completionOf } from './completion-state.js';
import { findCourseFramework } from './course-framework.js';
import { buildChips, evidenceObject } from './course-view.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';
import { readStageWords, type StageWords } from './stage-words.js';
import { listDismissedItems } from './suggestion-dismissal.model.js';

export interface ActivityPageDeps {
  now: () => Date;
  /** Percent of a column's maximum that counts as passed. */
  passPercent: number;
  /** How far a learner is with these competencies, in words; attainment/ knows, which stands downstream of this room. */
  readStatuses: (options: {
    launch: CourseLaunch;
    tree: FrameworkTree;
    items: readonly string[];
    now: Date;
    words: Words;
  }) => Promise<ReadonlyMap<string, { status: string; sentence: string }>>;
  /** The learner's work for review about an activity; work/ knows, which stands downstream of this room. Null for staff. */
  readWork: (options: {
    launch: CourseLaunch;
    about: { kind: 'activity'; activity: string };
    words: Words;
  }) => Promise<object | null>;
}

const MAX_HISTORY = 20;

const Params = z.object({ activity: z.string().max(100) });
const Query = z.object({ q: z.string().max(200).catch('') });

/** Mount after the other routes below /activities, whose last parts are words. */
export function activityPageRoutes(deps: ActivityPageDeps): Router {
  const router = Router();
  router.get('/activities/:activity', requireLaunch(), requireRole(...LAUNCH_ROLES), (req, res) =>
    sendActivity(deps, req, res),
  );
  return router;
}

async function sendActivity(deps: ActivityPageDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const page = await readPage(req, launch);
  const { activity, alignment, tree, resource, lesson } = page;
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const isDoing = isLearner(launch);
  const objectId = evidenceObject(activity);
  const states = isDoing
    ? await listCompletionStates({ launch, objectIds: [objectId] })
    : new Map<string, never>();
  const state = completionOf(states, objectId);
  const isStaff = hasRole(launch, ...COURSE_STAFF);
  const stageWords = await readStageWords({ ...launch, words });
  const counts = buildChips({ items: alignment.current, tree, stageWords });
  const items = counts.map(({ item }) => item);
  const statuses =
    tree && isDoing
      ? await deps.readStatuses({ launch, tree, items, now: deps.now(), words })
      : new Map<string, never>();
  renderPage(req, res, {
    view: 'activities/activity',
    title: activity.title,
    scripts: isStaff ? ['competency-search.js'] : [],
    data: {
      activity: { id: activity.id, kind: words(`activities:kinds.${activity.kind}`) },
      isAssessed: activity.assessed,
      counts: counts.map((one) => ({ ...one, progress: statuses.get(one.item) ?? null })),
      content: buildActivityContent({
        launch,
        activity,
        resource,
        lesson,
        state: isDoing ? state : null,
        words,
        language,
      }),
      doing: isDoing ? buildActivityDoing({ activity, lesson, state, words, language }) : null,
      // What is sent for an activity is accepted for what it is aligned to.
      work:
        counts.length > 0
          ? await deps.readWork({
              launch,
              about: { kind: 'activity', activity: activity.id },
              words,
            })
          : null,
      isTestUser: launch.testUser && isDoing,
      hasFramework: tree !== null,
      staff: isStaff && tree ? await buildStaffPart(req, { ...page, tree, stageWords }) : null,
      isStaff,
      mayRate: launch.mayAttest && counts.length > 0,
      staffNote: isStaff ? writeGradeNote(activity, words, deps.passPercent) : null,
    },
  });
}

/** What goes between the activity and its gradebook column, where it has one. */
function writeGradeNote(
  { lineItemUrl, lesson }: Pick<Activity, 'lineItemUrl' | 'lesson'>,
  words: Words,
  percent: number,
): string | null {
  if (lineItemUrl === null) return null;
  return lesson === null
    ? words('course:page.studentsGrade', { percent })
    : words('course:page.studentsLessonGrade');
}

async function readPage(req: Request, launch: CourseLaunch) {
  const { deployment, course } = launch;
  const { activity: id } = parseInput(Params, req.params);
  const activity = await getActivity({ deployment, course, activity: id });
  const [alignment, framework, resource, lesson] = await Promise.all([
    findAlignment({ deployment, course, activity: id }),
    findCourseFramework({ deployment, course }),
    activity.lesson === null
      ? null
      : findResource({ resource: activity.lesson, viewer: { deployment } }),
    activity.lesson === null ? null : findLesson({ resource: activity.lesson }),
  ]);
  return {
    activity,
    alignment,
    tree: framework && (await readTree({ framework })),
    resource,
    // A lesson of another owner is not shown, though an address may name it.
    lesson: resource && lesson,
  };
}

async function buildStaffPart(
  req: Request,
  page: {
    activity: { id: string; title: string };
    alignment: AlignmentRecord;
    tree: FrameworkTree;
    stageWords: StageWords;
  },
) {
  const { activity, alignment, tree, stageWords } = page;
  const words = wordsOf(req);
  const rows = buildHistory({ alignment, tree, words, stageWords });
  const shown = rows.slice(0, MAX_HISTORY);
  const { deployment, course } = alignment;
  const [names, dismissed] = await Promise.all([
    readNames(alignment),
    listDismissedItems({
      deployment,
      course,
      activities: [activity.id],
      framework: tree.framework.id,
    }),
  ]);
  return {
    align: buildAlignView({
      activities: [activity],
      revision: alignment.revision,
      chosen: alignment.current.filter(({ framework }) => framework === tree.framework.id),
      text: parseInput(Query, req.query).q,
      tree,
      words,
      stageWords,
      dismissed,
    }),
    revision: alignment.revision,
    lastChange: rows[0]?.sentence ?? null,
    previous: alignment.revision - 1,
    history: shown.map((row) => ({ ...row, ...readBy(row, { alignment, names }) })),
    historyCount: rows.length,
  };
}

function readBy(
  row: HistoryRow,
  options: { alignment: AlignmentRecord; names: Map<string, string> },
): { by: string | null } {
  const entry = options.alignment.history.find(({ revision }) => revision === row.revision);
  return { by: options.names.get(entry?.by ?? '') ?? null };
}

/** Names of those who aligned, as far as the platform shares them. */
async function readNames({ history }: AlignmentRecord): Promise<Map<string, string>> {
  const ids = [...new Set(history.slice(-MAX_HISTORY).map(({ by }) => by))];
  if (ids.length === 0) return new Map();
  const users = await listUsers({ ids });
  return new Map(users.flatMap(({ _id, name }) => (name === null ? [] : [[_id, name]])));
}
