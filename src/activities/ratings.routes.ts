// Rating an activity: a grid of learners and its competencies, filled by keyboard or pasted from a spreadsheet. What is
// pasted fills the grid and is saved only when somebody looked at it.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { TreeItem } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireAttester, requireLaunch } from '../lti/guards.js';
import { labelLearners, readCohort } from '../lti/read-cohort.js';
import { personCode } from '../lti/record-ids.js';
import { getActivity, type Activity } from './activity.model.js';
import { findAlignment } from './alignment.model.js';
import { readCourseTree } from './course-framework.js';
import { readRatingScale } from './framework-setting.model.js';
import { listRatings } from './rating.model.js';
import { nameLevel, numberOf, readLevel, type RatingScale } from './rating-scale.js';
import {
  buildRatingRows,
  describeScale,
  fieldOf,
  rowsAtOnce,
  type RatedLearner,
} from './ratings-view.js';
import { readPastedRatings } from './read-pasted-ratings.js';
import { redirectBack } from './return-path.js';
import { saveRatings, type TypedRating } from './save-ratings.js';
import { wordsOf, type ActivityDeps } from './signed-in.js';

const ATTAINMENT_JOB = 'project-attainment';
const LONGEST_PASTE = 200_000;

const Params = z.object({ activity: z.string().max(100) });
const page = z.coerce.number().int().min(1).max(100_000).catch(1);
const Query = z.object({ page });
const Form = z.looseObject({
  page,
  drawnAt: z.iso.datetime(),
  pasted: z.string().max(LONGEST_PASTE).default(''),
  /** The button that fills the grid with what was pasted. */
  preview: z.string().optional(),
});

interface RatedActivity {
  activity: Activity;
  framework: string;
  items: TreeItem[];
  learners: RatedLearner[];
  scale: RatingScale;
}

interface Drawn {
  status: number;
  page: number;
  typed: Record<string, string>;
  faults: ReadonlySet<string>;
  /** Only these; all of a page where null. */
  users: ReadonlySet<string> | null;
  pasted: string;
  messages: string[];
  note: string | null;
}

const PLAIN: Omit<Drawn, 'page'> = {
  status: 200,
  typed: {},
  faults: new Set(),
  users: null,
  pasted: '',
  messages: [],
  note: null,
};

export function ratingsRoutes(deps: Omit<ActivityDeps, 'config'>): Router {
  const router = Router();
  const rater = [requireLaunch(), requireAttester()];

  router.get('/activities/:activity/ratings', ...rater, async (req, res) => {
    const rated = await readRated(req);
    await draw(deps, req, res, { rated, drawn: { ...PLAIN, ...parseInput(Query, req.query) } });
  });

  router.post('/activities/:activity/ratings', ...rater, checkForm(), async (req, res) => {
    const rated = await readRated(req);
    const form = parseInput(Form, req.body);
    if (form.preview !== undefined) return preview(deps, req, res, { rated, form });
    await save(deps, req, res, { rated, form });
  });

  return router;
}

/** Throws `activity.not-found` (404), and `rating.not-aligned` (409) where it is aligned to nothing. */
async function readRated(req: Request): Promise<RatedActivity> {
  const launch = getCourseLaunch(req);
  const { deployment, course, language } = launch;
  const { activity: id } = parseInput(Params, req.params);
  const place = { deployment, course };
  const [activity, alignment, tree, { users }] = await Promise.all([
    getActivity({ ...place, activity: id }),
    findAlignment({ ...place, activity: id }),
    readCourseTree(launch),
    readCohort(place),
  ]);
  const items = alignment.current
    .filter(({ framework }) => framework === tree.framework.id)
    .flatMap(({ item }) => tree.items.get(item) ?? []);
  if (items.length === 0) throw new AppError('rating.not-aligned', { status: 409 });
  const names = launch.mayReadNames ? ('shown' as const) : ('hidden' as const);
  const [learners, scale] = await Promise.all([
    labelLearners({ users, names, words: wordsOf(req), language }),
    readRatingScale({ deployment, framework: tree.framework.id }),
  ]);
  return {
    activity,
    framework: tree.framework.id,
    items,
    learners: learners.map((one) => ({ ...one, code: personCode(one.user) })),
    scale,
  };
}

async function save(
  deps: Omit<ActivityDeps, 'config'>,
  req: Request,
  res: Response,
  options: { rated: RatedActivity; form: z.infer<typeof Form> },
): Promise<void> {
  const { rated, form } = options;
  const words = wordsOf(req);
  const { typed, ratings, faults } = readTyped(rated, form, words);
  const users = new Set(ratings.map(({ user }) => user));
  const again = { ...PLAIN, page: form.page, typed, users, pasted: form.pasted };
  if (faults.size > 0) {
    const messages = [words('ratings:faults.levels', { count: faults.size })];
    const drawn = { ...again, status: 400, faults, messages };
    return draw(deps, req, res, { rated, drawn });
  }
  const { activity, framework, scale } = rated;
  const { saved, conflicts } = await saveRatings({
    launch: getCourseLaunch(req),
    activity,
    framework,
    typed: ratings,
    scale,
    drawnAt: new Date(form.drawnAt),
    source: deps.source,
    now: deps.now(),
  });
  deps.nudge(ATTAINMENT_JOB);
  if (conflicts.length > 0) {
    const named = new Set(conflicts.map(({ user, item }) => fieldOf(user, item)));
    const messages = [words('ratings:faults.conflicts', { count: conflicts.length })];
    const drawn = { ...again, status: 409, faults: named, messages };
    return draw(deps, req, res, { rated, drawn });
  }
  redirectBack(req, res, {
    back: undefined,
    otherwise: `/activities/${activity.id}/ratings?page=${form.page}`,
    notice: saved === 0 ? 'ratings-unchanged' : 'ratings-saved',
  });
}

/** Fills the grid with what was pasted, on top of what was typed; saves nothing. */
async function preview(
  deps: Omit<ActivityDeps, 'config'>,
  req: Request,
  res: Response,
  options: { rated: RatedActivity; form: z.infer<typeof Form> },
): Promise<void> {
  const { rated, form } = options;
  const words = wordsOf(req);
  const { scale } = rated;
  const { ratings, faults } = readPastedRatings({
    text: form.pasted,
    learners: rated.learners,
    columns: rated.items.length,
    scale,
    nameOf: (id) => nameLevel({ scale, id, words }),
  });
  const { typed } = readTyped(rated, form, words);
  const again = { ...PLAIN, page: form.page, typed, pasted: form.pasted };
  const users = new Set(ratings.map(({ user }) => user));
  const messages = faults.map(({ row, column, fault, text }) =>
    words(`ratings:faults.${fault}`, { row, column, text }),
  );
  if (messages.length === 0 && users.size === 0) messages.push(words('ratings:faults.empty'));
  if (users.size > rowsAtOnce(rated.items.length))
    messages.push(words('ratings:faults.many', { count: rowsAtOnce(rated.items.length) }));
  if (messages.length > 0)
    return draw(deps, req, res, { rated, drawn: { ...again, status: 400, messages } });
  for (const { user, column, level } of ratings)
    typed[fieldOf(user, rated.items[column]?.identifier ?? '')] = numberOf(scale, level);
  const note = words('ratings:filled', { count: ratings.length });
  await draw(deps, req, res, { rated, drawn: { ...again, typed, users, note } });
}

/** What the form says of learners and competencies that are here; anything else in it is passed over. */
function readTyped(
  { learners, items, scale }: RatedActivity,
  form: z.infer<typeof Form>,
  words: Words,
) {
  const nameOf = (id: string) => nameLevel({ scale, id, words });
  const typed: Record<string, string> = {};
  const faults = new Set<string>();
  const ratings: TypedRating[] = [];
  for (const { user } of learners)
    for (const { identifier: item } of items) {
      const name = fieldOf(user, item);
      const value = form[name];
      if (typeof value !== 'string') continue;
      typed[name] = value.slice(0, 20);
      const level = readLevel({ scale, typed: value, nameOf });
      if (level === undefined) faults.add(name);
      else ratings.push({ user, item, level });
    }
  return { typed, ratings, faults };
}

async function draw(
  deps: Omit<ActivityDeps, 'config'>,
  req: Request,
  res: Response,
  { rated, drawn }: { rated: RatedActivity; drawn: Drawn },
): Promise<void> {
  const { deployment, course } = getCourseLaunch(req);
  const { activity, items, scale } = rated;
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const size = rowsAtOnce(items.length);
  const pages = Math.max(1, Math.ceil(rated.learners.length / size));
  const number = Math.min(drawn.page, pages);
  const { users } = drawn;
  const learners = users
    ? rated.learners.filter(({ user }) => users.has(user))
    : rated.learners.slice((number - 1) * size, number * size);
  const ratings = await listRatings({
    deployment,
    course,
    activity: activity.id,
    users: learners.map(({ user }) => user),
  });
  renderPage(req, res, {
    view: 'activities/ratings',
    title: words('ratings:title', { title: activity.title }),
    status: drawn.status,
    scripts: ['ratings.js'],
    data: {
      activity: { id: activity.id, title: activity.title },
      items: items.map(({ fullStatement }, index) => ({ place: index + 1, fullStatement })),
      rows: buildRatingRows({
        ...drawn,
        learners,
        items,
        ratings,
        scale,
        words,
        language,
      }),
      scale: describeScale(scale, words),
      passMark: scale.passMark,
      drawnAt: deps.now().toISOString(),
      pasted: drawn.pasted,
      messages: drawn.messages,
      note: drawn.note,
      page: number,
      pages,
      previous: number > 1 && !users ? number - 1 : null,
      next: number < pages && !users ? number + 1 : null,
    },
  });
}
