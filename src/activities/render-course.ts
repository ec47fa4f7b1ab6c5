// Draws the page of a course for its staff: what needs doing first, what is new to the person, the table of activities, who is
// here. A fixed number of queries, however much the course holds.
import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { noteCourseLook, type NoteLook } from '../lti/note-look.js';
import { countCourseMembers } from '../lti/membership.model.js';
import { listUsers } from '../lti/user.model.js';
import { ActivityFilter, PAGE_SIZE, pageActivities, type ActivityPage } from './activity-filter.js';
import { buildFilterView } from './activity-list-view.js';
import type { Activity } from './activity.model.js';
import { severalIds } from './align-form.js';
import { describeChanged } from './alignment-history.js';
import type { AlignmentRecord } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import { buildCourseNews, listChangers, type CourseNews } from './course-news.js';
import { describePeople } from './course-people.js';
import { recordCourseVisit } from './course-visit.model.js';
import { buildCourseView, evidenceObject, type EvidenceCounts } from './course-view.js';
import { readFailedScores } from './failed-scores.js';
import { findCourseCopy } from './find-course-copy.js';
import { listCourseFields } from './render-align.js';
import { GRADE_READERS, SEES_PEOPLE, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';

export type CountEvidence = (options: {
  deployment: string;
  course: string;
  objectIds: readonly string[];
  /** What is younger counts as fresh; nothing does without it. */
  since?: Date | null;
}) => Promise<EvidenceCounts>;

interface CourseFacts {
  activities: Activity[];
  alignments: AlignmentRecord[];
  tree: FrameworkTree | null;
}

const NO_COUNTS: EvidenceCounts = new Map();
const Query = z.object({ changed: severalIds.catch([]) });

export async function renderCourse(
  req: Request,
  res: Response,
  options: {
    countEvidence: CountEvidence;
    noteLook: NoteLook;
    now: () => Date;
    course: CourseFacts;
    /** Our id of the activity that this launch came through. */
    launched: string | null;
  },
): Promise<void> {
  const { launched } = options;
  const { activities, alignments, tree } = options.course;
  const launch = getCourseLaunch(req);
  const { deployment, course, user } = launch;
  const now = options.now();
  const words = wordsOf(req);
  const since = await recordCourseVisit({ deployment, course, user, now });
  const [evidence, stageWords, copy, scores, names, people] = await Promise.all([
    readEvidence(launch, { ...options, activities, since }),
    readStageWords({ deployment, course, words }),
    findCourseCopy({ deployment, course }),
    hasRole(launch, ...SEES_PEOPLE) ? readFailedScores({ deployment, activities, words }) : null,
    readNames(listChangers({ alignments, user, since })),
    readPeople(req, launch),
  ]);
  const { noteLook } = options;
  await noteCourseLook({
    ...{ launch, noteLook, subject: 'scores', people: scores?.people ?? [], now },
  });
  const news = buildCourseNews({
    activities,
    alignments,
    evidence: evidence ?? NO_COUNTS,
    user,
    since,
    names,
    words,
  });
  const filter = parseInput(ActivityFilter, req.query);
  const found = pageActivities({ rows: listRows({ activities, alignments, news }), filter });
  renderPage(req, res, {
    view: 'activities/course',
    title: words('course:title'),
    scripts: ['competency-search.js', 'align.js'],
    data: {
      course: buildCourseView({
        activities: found.rows.map(({ activity }) => activity),
        alignments,
        tree,
        evidence: evidence ?? NO_COUNTS,
        now,
        words,
        stageWords,
        ...(news && { news: news.activities }),
      }),
      filter: buildFilterView({
        path: '/activities',
        filter,
        found,
        pageSize: PAGE_SIZE,
        shows: since === null ? ['all', 'unaligned'] : ['all', 'unaligned', 'new'],
        words,
      }),
      showsEvidence: evidence !== null,
      hasActivities: activities.length > 0,
      todo: describeTodo(req, { activities, found }),
      news: news && { ...news, isEmpty: news.activities.size === 0 },
      people,
      changed: describeChanged({
        named: parseInput(Query, req.query).changed,
        activities,
        alignments,
        words,
      }),
      launched: activities.find(({ id }) => id === launched) ?? null,
      copy: copy && {
        from: copy.from,
        heading: words('course:copy.heading', { title: copy.title }),
        sentence: words('course:copy.offer', { count: copy.alignments.length }),
      },
      scores,
      hasFramework: tree !== null,
      hasLineItems: launch.services.lineItemsUrl !== null,
      mayBringGrades: hasRole(launch, ...GRADE_READERS),
      courseFields: listCourseFields(req),
      courseTitle: launch.courseTitle ?? words('course:title'),
    },
  });
}

function listRows(options: {
  activities: readonly Activity[];
  alignments: readonly AlignmentRecord[];
  news: CourseNews | null;
}) {
  const { activities, alignments, news } = options;
  const aligned = new Set(
    alignments.filter(({ current }) => current.length > 0).map(({ activity }) => activity),
  );
  return activities.map((activity) => ({
    activity,
    isAligned: aligned.has(activity.id),
    isNew: news?.activities.has(activity.id) ?? false,
  }));
}

/** Null where there is nothing to align yet. */
function describeTodo(
  req: Request,
  course: { activities: readonly Activity[]; found: Pick<ActivityPage<never>, 'counts'> },
): { sentence: string; isDone: boolean } | null {
  if (course.activities.length === 0) return null;
  const words = wordsOf(req);
  const { unaligned } = course.found.counts;
  return unaligned === 0
    ? { sentence: words('align:todo.all'), isDone: true }
    : { sentence: words('course:unaligned', { count: unaligned }), isDone: false };
}

async function readNames(ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const users = await listUsers({ ids });
  return new Map(users.flatMap(({ _id, name }) => (name === null ? [] : [[_id, name]])));
}

/** Null for whoever may not see people. */
async function readPeople(req: Request, launch: CourseLaunch): Promise<string | null> {
  if (!hasRole(launch, ...SEES_PEOPLE)) return null;
  const { deployment, course } = launch;
  const counts = await countCourseMembers({ deployment, course });
  return describePeople({ counts, language: pageShell(req).language, words: wordsOf(req) });
}

/** Counts of what learners did single out who did it in a small course: null for whoever may not see people. */
async function readEvidence(
  launch: CourseLaunch,
  of: { countEvidence: CountEvidence; activities: readonly Activity[]; since: Date | null },
): Promise<EvidenceCounts | null> {
  if (!hasRole(launch, ...SEES_PEOPLE)) return null;
  const { countEvidence, activities, since } = of;
  const { deployment, course } = launch;
  return countEvidence({ deployment, course, objectIds: activities.map(evidenceObject), since });
}
