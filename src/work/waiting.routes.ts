// What waits for whoever teaches a course, at /waiting, and the page of a piece of work with the decision about it. Teaching
// assistants read and send back; who may accept is said by the launch (lti/may-attest.ts).
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { readFailedScores } from '../activities/failed-scores.js';
import { addressOf } from '../activities/return-path.js';
import { wordsOf } from '../activities/signed-in.js';
import type { StatementSource } from '../activities/statement-source.js';
import { AppError, isAppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { itemHref } from '../library/framework-view.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { COURSE_AUTHORS } from '../lti/roles.js';
import { decideWork, type WorkDecision } from './decide-work.js';
import { getWorkSubject } from './find-subject.js';
import { countThings, listWaiting } from './list-waiting.js';
import { readLabels, readWorkViews } from './read-work-view.js';
import { findWork, listDecidedWork, type ReviewWork } from './review-work.model.js';

export interface WaitingDeps {
  source: StatementSource;
  now: () => Date;
  /** Percent from which on a score succeeds. */
  passPercent: number;
  /** Shortens the wait of a job; may be lost without harm. */
  nudge: (job: string) => void;
}

const OUTBOX_JOB = 'deliver-outbox';
const SHOWN_DECISIONS = 10;
const SHOWN_NOTES = 3;
const PERCENT = 100;
const MAX_COMMENT = 2_000;

const Params = z.object({ work: z.string().max(100) });
const item = z.string().max(100);
const Form = z.object({
  decision: z.enum(['accepted', 'returned', 'withdrawn']),
  revision: z.coerce.number().int().min(1).max(10_000),
  comment: z
    .string()
    .max(MAX_COMMENT * 4)
    .default(''),
  score: z.string().max(20).default(''),
  item: z.union([item.transform((one) => [one]), z.array(item).max(500)]).default([]),
});
type Form = z.infer<typeof Form>;

/** Sentences by field of the decision's form. */
type Faults = Partial<Record<'comment' | 'score' | 'item' | 'form', string>>;

export function waitingRoutes(deps: WaitingDeps): Router {
  const router = Router();
  const teaching = [requireLaunch(), requireRole('Instructor', 'TeachingAssistant')];

  router.get('/waiting', ...teaching, (req, res) => sendWaiting(deps, req, res));

  router.get('/waiting/work/:work', ...teaching, async (req, res) =>
    sendWork(req, res, { work: await getWork(req), form: null, faults: null, status: 200 }),
  );

  router.post('/waiting/work/:work/decisions', ...teaching, checkForm(), async (req, res) => {
    const form = parseInput(Form, req.body);
    const work = await getWork(req);
    const fault = await tryDecision(deps, req, { work, form });
    if (fault) return sendWork(req, res, { work: await getWork(req), form, ...fault });
    deps.nudge(OUTBOX_JOB);
    const path = form.decision === 'withdrawn' ? `/waiting/work/${work.id}` : '/waiting';
    const { course } = getCourseLaunch(req);
    res.redirect(303, addressOf({ path, course, notice: `work-${form.decision}` }));
  });

  return router;
}

/** Null when it was decided; else what the page has to say, with everything typed still there. */
async function tryDecision(
  deps: WaitingDeps,
  req: Request,
  { work, form }: { work: ReviewWork; form: Form },
): Promise<{ status: number; faults: Faults } | null> {
  const words = wordsOf(req);
  const read = readDecision(form);
  if ('faults' in read)
    return {
      status: 400,
      faults: Object.fromEntries(
        Object.entries(read.faults).map(([field, key]) => [
          field,
          words(`work:faults.${key}`, { n: MAX_COMMENT }),
        ]),
      ),
    };
  try {
    await decideWork({
      launch: getCourseLaunch(req),
      work: work.id,
      expectedRevision: form.revision,
      decision: read.decision,
      passShare: deps.passPercent / PERCENT,
      source: deps.source,
      now: deps.now(),
    });
    return null;
  } catch (error) {
    const field = isAppError(error) ? FIELD_OF[error.code] : undefined;
    if (!isAppError(error) || field === undefined) throw error;
    return { status: error.status, faults: { [field]: words(`errors:${error.code}.text`) } };
  }
}

const FIELD_OF: Record<string, keyof Faults> = {
  'work.changed': 'form',
  'work.not-waiting': 'form',
  'work.comment-needed': 'comment',
  'work.nothing-chosen': 'item',
};

function readDecision(
  form: Form,
): { decision: WorkDecision } | { faults: Partial<Record<keyof Faults, string>> } {
  const comment = form.comment.trim();
  const typed = form.score.trim().replace(',', '.');
  if (comment.length > MAX_COMMENT) return { faults: { comment: 'comment' } };
  const isScore = /^\d{1,3}(\.\d{1,2})?$/.test(typed) && Number(typed) <= PERCENT;
  if (form.decision === 'accepted' && typed !== '' && !isScore)
    return { faults: { score: 'score' } };
  const { decision, item: items } = form;
  const score = decision === 'accepted' && typed !== '' ? Number(typed) : null;
  return { decision: { decision, comment: comment || null, score, items } };
}

async function sendWaiting(deps: WaitingDeps, req: Request, res: Response): Promise<void> {
  const { deployment, course } = getCourseLaunch(req);
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const [things, decided] = await Promise.all([
    listWaiting({ deployment, course, now: deps.now() }),
    listDecidedWork({ deployment, course, limit: SHOWN_DECISIONS }),
  ]);
  const { works, workCount, activities, unaligned, brokenLinks, copy } = things;
  const all = [...works, ...decided];
  const [views, learners, scores] = await Promise.all([
    readWorkViews({ works: all, deployment, words, language }),
    readLabels({
      ids: all.map(({ user }) => user),
      learners: new Set(all.map(({ user }) => user)),
      words,
    }),
    readFailedScores({ deployment, activities, words }),
  ]);
  const rows = views.map((view, index) => ({
    ...view,
    href: `/waiting/work/${view.id}`,
    learner: learners.get(all[index]?.user ?? '') ?? '',
  }));
  renderPage(req, res, {
    view: 'work/waiting',
    title: words('work:waiting.title'),
    data: {
      isNothing: countThings(things) === 0,
      works: rows.slice(0, works.length),
      moreWorks:
        workCount > works.length
          ? words('work:waiting.more', { n: workCount - works.length })
          : null,
      decided: rows.slice(works.length),
      unaligned: unaligned.map(({ id, title, kind }) => ({
        id,
        title,
        kind: words(`activities:kinds.${kind}`),
      })),
      brokenLinks: brokenLinks.map(({ resource, title, count, reports, lastAt, shownUnder }) => ({
        resource,
        title,
        count: words('work:broken.count', { count }),
        reasons: [
          ...new Set(reports.map(({ reason }) => words(`student:report.reasons.${reason}`))),
        ],
        notes: reports.flatMap(({ note }) => (note === '' ? [] : [note])).slice(0, SHOWN_NOTES),
        lastAt,
        shownUnder: shownUnder.map(({ identifier, fullStatement }) => ({
          item: identifier,
          statement: fullStatement,
        })),
      })),
      mayEditShortlists: hasRole(getCourseLaunch(req), ...COURSE_AUTHORS),
      copy: copy && {
        from: copy.from,
        heading: words('course:copy.heading', { title: copy.title }),
        sentence: words('course:copy.offer', { count: copy.alignments.length }),
      },
      scores,
    },
  });
}

async function sendWork(
  req: Request,
  res: Response,
  options: { work: ReviewWork; form: Form | null; faults: Faults | null; status: number },
): Promise<void> {
  const { work, form, faults, status } = options;
  const { mayAttest } = getCourseLaunch(req);
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const { deployment, user } = work;
  const [[view], labels, subject] = await Promise.all([
    readWorkViews({ works: [work], deployment, words, language }),
    readLabels({ ids: [user], learners: new Set([user]), words }),
    getWorkSubject(work).catch(orGone),
  ]);
  const items = subject?.items ?? [];
  const chosen = form?.item ?? items.map(({ identifier }) => identifier);
  renderPage(req, res, {
    view: 'work/review',
    title: words('work:review.title', { title: work.title }),
    status,
    data: {
      work: view,
      learner: labels.get(user),
      subjectHref: subject?.href ?? null,
      isSingle: items.length === 1,
      items: items.map(({ identifier, fullStatement }) => ({
        id: identifier,
        statement: fullStatement,
        href: itemHref(subject?.tree.framework.id ?? '', identifier),
        isChosen: chosen.includes(identifier),
      })),
      mayAccept: mayAttest && work.state === 'waiting' && items.length > 0,
      mayReturn: work.state === 'waiting',
      mayWithdraw: mayAttest && work.state === 'accepted',
      why: whyNot({ work, mayAttest, hasItems: items.length > 0 }),
      comment: form?.comment ?? '',
      score: form?.score ?? '',
      faults,
      revision: work.revision,
    },
  });
}

/** Key of the sentence that says why it cannot be accepted; null where it can, or is decided. */
function whyNot(options: { work: ReviewWork; mayAttest: boolean; hasItems: boolean }) {
  const { work, mayAttest, hasItems } = options;
  if (work.state !== 'waiting') return null;
  if (!mayAttest) return 'work:review.assistants';
  return hasItems ? null : 'work:review.notAligned';
}

function orGone(error: unknown): null {
  if (error instanceof AppError && error.status === 404) return null;
  throw error;
}

async function getWork(req: Request): Promise<ReviewWork> {
  const { deployment, course } = getCourseLaunch(req);
  const found = await findWork({ deployment, course, ...parseInput(Params, req.params) });
  if (!found) throw new AppError('work.not-found', { status: 404 });
  return found;
}
