// Draws the page that aligns activities: the form for one or several of them, and beside it the course's others to go on with.
// A fixed number of queries, however many activities there are.
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { personLabel } from '../lti/person-label.js';
import { listUsers } from '../lti/user.model.js';
import {
  ActivityFilter,
  findNextUnaligned,
  PAGE_SIZE,
  pageActivities,
  type Show,
} from './activity-filter.js';
import { buildFilterView } from './activity-list-view.js';
import { listActivities, type Activity } from './activity.model.js';
import { readChosen, severalIds, type AlignForm } from './align-form.js';
import { buildAlignView } from './align-view.js';
import { describeChanged, describeLastChange } from './alignment-history.js';
import { listAlignments, type AlignmentRecord } from './alignment.model.js';
import { findCourseFramework, readCourseTree } from './course-framework.js';
import { buildChips } from './course-view.js';
import { wordsOf } from './signed-in.js';
import { readStageWords, type StageWords } from './stage-words.js';
import { listDismissedItems } from './suggestion-dismissal.model.js';

const Query = z.object({ changed: severalIds.catch([]) });

/** What a form holds that is drawn again; the address alone opens an activity as it stands. */
export type Redraw = 'opened' | 'searched' | 'conflict';

/** In place of the form, until there is a framework and something to align; false where there is. */
export async function renderNothingToAlign(req: Request, res: Response): Promise<boolean> {
  const { deployment, course } = getCourseLaunch(req);
  const [activities, framework] = await Promise.all([
    listActivities({ deployment, course }),
    findCourseFramework({ deployment, course }),
  ]);
  if (framework && activities.length > 0) return false;
  renderPage(req, res, {
    view: 'activities/align-empty',
    title: wordsOf(req)('align:title'),
    data: { hasFramework: framework !== null },
  });
  return true;
}

/** Throws `activity.not-found` (404) for an activity of another course, `alignment.no-framework` (404). */
export async function renderAlign(
  req: Request,
  res: Response,
  options: { form: AlignForm; redraw: Redraw },
): Promise<void> {
  const { form, redraw } = options;
  const { deployment, course } = getCourseLaunch(req);
  const [all, alignments, tree] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
    readCourseTree({ deployment, course }),
  ]);
  const aligned = new Set(
    alignments.filter(({ current }) => current.length > 0).map(({ activity }) => activity),
  );
  const activities = chooseActivities({ all, aligned, named: form.activity });
  const ids = activities.map(({ id }) => id);
  const words = wordsOf(req);
  const [stageWords, dismissed] = await Promise.all([
    readStageWords({ deployment, course, framework: tree.framework.id, words }),
    listDismissedItems({ deployment, course, activities: ids, framework: tree.framework.id }),
  ]);
  const alignment = alignments.find(({ activity }) => activity === ids[0]);
  const own = alignment?.current.filter(({ framework }) => framework === tree.framework.id) ?? [];
  const isSingle = ids.length === 1;
  const setting = { tree, words, stageWords };
  const isOpened = redraw === 'opened';
  const next = findNextUnaligned({ activities: all, aligned, after: ids });
  renderPage(req, res, {
    view: 'activities/align',
    title: words('align:title'),
    status: redraw === 'conflict' ? 409 : 200,
    scripts: ['competency-search.js', 'align.js'],
    data: {
      heading: isSingle
        ? (activities[0]?.title ?? '')
        : words('activities:align.titleMany', { count: ids.length }),
      align: buildAlignView({
        ...setting,
        activities,
        revision: redraw === 'searched' ? form.revision : (alignment?.revision ?? 0),
        chosen: isOpened && isSingle ? own : readChosen(form),
        text: redraw === 'conflict' ? '' : form.q,
        dismissed,
        action: '/alignments',
      }),
      next,
      conflict:
        redraw === 'conflict' && alignment
          ? await describeConflict({ req, alignment, tree, stageWords })
          : null,
      changed: describeChanged({
        named: isOpened ? parseInput(Query, req.query).changed : [],
        activities: all,
        alignments,
        words,
      }),
      list: buildList(req, { all, alignments, aligned, chosen: new Set(ids) }),
      courseFields: listCourseFields(req),
    },
  });
}

/** Fields that keep the course in a form that opens an address. */
export function listCourseFields(req: Request): { name: string; value: string }[] {
  const query = new URLSearchParams(pageShell(req).courseQuery);
  return [...query].map(([name, value]) => ({ name, value }));
}

/** Those that were named, else the first one that counts for nothing yet. */
function chooseActivities(options: {
  all: readonly Activity[];
  aligned: ReadonlySet<string>;
  named: readonly string[];
}): Activity[] {
  const { all, aligned, named } = options;
  const first = findNextUnaligned({ activities: all, aligned, after: [] }) ?? all[0];
  if (named.length === 0 && first) return [first];
  const chosen = all.filter(({ id }) => named.includes(id));
  if (chosen.length === 0 || chosen.length < new Set(named).size)
    throw new AppError('activity.not-found', { status: 404 });
  return chosen;
}

function buildList(
  req: Request,
  course: {
    all: readonly Activity[];
    alignments: readonly AlignmentRecord[];
    aligned: ReadonlySet<string>;
    chosen: ReadonlySet<string>;
  },
) {
  const words = wordsOf(req);
  const asked = parseInput(ActivityFilter, req.query);
  const hasUnaligned = course.aligned.size < course.all.length;
  const usual: Show = hasUnaligned ? 'unaligned' : 'all';
  const filter = { ...asked, show: 'show' in req.query ? asked.show : usual };
  const counts = new Map(
    course.alignments.map(({ activity, current }) => [activity, current.length]),
  );
  const rows = course.all.map((activity) => ({
    activity,
    isAligned: course.aligned.has(activity.id),
    isNew: false,
  }));
  const found = pageActivities({ rows, filter });
  return {
    filter: buildFilterView({
      path: '/alignments',
      filter,
      found,
      pageSize: PAGE_SIZE,
      shows: ['unaligned', 'all'],
      keep: [...course.chosen].map((id) => ['activity', id]),
      words,
    }),
    rows: found.rows.map(({ activity, isAligned }) => ({
      id: activity.id,
      title: activity.title,
      isChosen: course.chosen.has(activity.id),
      isAligned,
      state: isAligned
        ? words('align:list.aligned', { count: counts.get(activity.id) ?? 0 })
        : words('course:notAligned'),
    })),
  };
}

async function describeConflict(options: {
  req: Request;
  alignment: AlignmentRecord;
  tree: Parameters<typeof buildChips>[0]['tree'];
  stageWords: StageWords;
}) {
  const { req, alignment, tree, stageWords } = options;
  const words = wordsOf(req);
  const last = alignment.history.at(-1);
  const [person] = last ? await listUsers({ ids: [last.by] }) : [];
  const name = personLabel({
    user: last?.by ?? '',
    name: person?.name ?? null,
    roles: ['Instructor'],
    words,
  });
  return {
    sentence: words('align:conflict.what', {
      name,
      change: describeLastChange(alignment, words),
    }),
    at: last?.at ?? null,
    items: buildChips({ items: alignment.current, tree, stageWords }),
  };
}
