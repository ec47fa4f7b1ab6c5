// Brings a report of outcomes in: on the person's word writes activities, what they are aligned to, and ratings. The ratings
// are the facts; the job that states judgements tells them to the outbox, so that a thousand keep nobody waiting. Taking the
// same report again changes nothing.
import { AppError } from '../http/errors.js';
import { recordActivities } from './activity.model.js';
import { listAlignments } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import { factsOfColumn, idOfColumn } from './gradebook-activity.js';
import { claimDraft, finishImport, markUndone, releaseDraft } from './gradebook-import.model.js';
import { recordOutcomeMatches } from './outcome-match.model.js';
import { planOutcomes, type OutcomePlan, type OutcomeRequest } from './preview-outcomes.js';
import { advanceRatings, listImportedRatings, type Rating } from './rating.model.js';
import { readGiven } from './rating-scale.js';
import type { StatementSource } from './statement-source.js';
import { takeAlignments } from './take-alignments.js';

const WRITTEN_AT_ONCE = 1_000;

/**
 * False where it was taken in already, or is being taken. Throws `outcomes.nothing-chosen`, `outcomes.which-course` (400),
 * and then nothing is written; `gradebook.busy` (409), and then it can be repeated.
 */
export async function takeOutcomes(
  request: OutcomeRequest & { source: StatementSource; url: string },
): Promise<boolean> {
  const { launch, import: id, choices, now } = request;
  const { deployment, course, user } = launch;
  const of = { deployment, course, import: id };
  if (!(await claimDraft({ ...of, user, now }))) return false;
  try {
    const plan = await planOutcomes(request);
    if (plan.reported === null) throw new AppError('outcomes.which-course', { status: 400 });
    if (plan.ratings.length === 0) throw new AppError('outcomes.nothing-chosen', { status: 400 });
    await rememberMatches({ request, plan });
    await writeActivities({ ...request, plan });
    const written = await writeRatings({ ...request, plan });
    const changed = written.filter(({ history }) => history.length > 1).length;
    const counts = { fresh: written.length - changed, changed, cleared: 0 };
    const { term } = choices;
    await finishImport({ ...of, counts, activities: plan.activities.length, term, now });
    return true;
  } catch (error) {
    await releaseDraft(of);
    throw error;
  }
}

async function rememberMatches(options: {
  request: OutcomeRequest;
  plan: OutcomePlan;
}): Promise<void> {
  const { request, plan } = options;
  const { launch, choices, now } = request;
  const { deployment, course, user } = launch;
  const framework = plan.tree.framework.id;
  await recordOutcomeMatches({
    deployment,
    course,
    matched: plan.choices.map(({ outcome, item }) => ({ outcome: outcome.id, framework, item })),
    reported: choices.reported === null ? null : plan.reported,
    by: user,
    now,
  });
}

/** Evidence of an activity counts for what it is aligned to: what is missing is added, what is there stays as it is. */
async function writeActivities(
  request: OutcomeRequest & { url: string; plan: OutcomePlan },
): Promise<void> {
  const { launch, choices, url, plan, now } = request;
  const { deployment, course } = launch;
  const framework = plan.tree.framework.id;
  const fresh = plan.activities.filter(
    ({ id, assessment, known }) =>
      known === null || id === idOfColumn({ launch, column: assessment }),
  );
  const facts = fresh.map(({ assessment }) => factsOfColumn({ launch, column: assessment }));
  await recordActivities({ facts, url, now });
  const alignments = await listAlignments({ deployment, course });
  const aligned = new Set(
    alignments.flatMap(({ activity, current }) =>
      current.map((one) => `${activity}/${one.framework}/${one.item}`),
    ),
  );
  const missing = new Map<string, Set<string>>();
  for (const { activity, item } of plan.ratings) {
    if (aligned.has(`${activity}/${framework}/${item}`)) continue;
    missing.set(activity, (missing.get(activity) ?? new Set()).add(item));
  }
  const { stage } = choices;
  const taken = [...missing].map(([activity, items]) => ({
    activity,
    items: [...items].map((item) => ({ framework, item, stage })),
  }));
  await takeAlignments({ launch, taken, now });
}

async function writeRatings(
  request: OutcomeRequest & { source: StatementSource; plan: OutcomePlan },
): Promise<Rating[]> {
  const { launch, import: id, source, plan, now } = request;
  const { deployment, course, user: by } = launch;
  const framework = plan.tree.framework.id;
  const next: Rating[] = [];
  for (const one of plan.ratings) {
    if (one.change === 'same' || one.change === 'kept') continue;
    const { activity, user, item, given, known, workAt } = one;
    const revision = (known?.revision ?? 0) + 1;
    const parts = ['rated', deployment, course, activity, user, item, revision, id];
    const statementId = await source.deriveId(...parts);
    const at = workAt === null || workAt.getTime() > now.getTime() ? null : workAt;
    const entry = {
      revision,
      level: null,
      given,
      import: id,
      by,
      at: now,
      workAt: at,
      statementId,
    };
    const history = [...(known?.history ?? []), entry];
    next.push({ deployment, course, activity, user, framework, item, revision, history });
  }
  await writeAll(next);
  return next;
}

/** What somebody else rated at the same moment stays: the next look at the report tells it. */
async function writeAll(ratings: readonly Rating[]): Promise<void> {
  for (let at = 0; at < ratings.length; at += WRITTEN_AT_ONCE)
    await advanceRatings({ ratings: ratings.slice(at, at + WRITTEN_AT_ONCE) });
}

/** Brings back what stood before, where nothing newer has changed it. Repeatable. The activities and alignments stay. */
export async function undoOutcomes(options: {
  launch: CourseLaunch;
  import: string;
  source: StatementSource;
  now: Date;
}): Promise<void> {
  const { launch, import: id, source, now } = options;
  const { deployment, course, user: by } = launch;
  const of = { deployment, course, import: id };
  for (let after: string | null = ''; after !== null;) {
    const page = await listImportedRatings({ ...of, after, limit: WRITTEN_AT_ONCE });
    const next: Rating[] = [];
    for (const rating of page.ratings) {
      const { activity, user, item, history } = rating;
      const revision = rating.revision + 1;
      const before = history.at(-2);
      const given = before ? readGiven(before) : null;
      const parts = ['rated', deployment, course, activity, user, item, revision, 'undone'];
      const entry = {
        revision,
        level: before?.level ?? null,
        given,
        import: `${id} undone`,
        by,
        at: now,
        workAt: before?.workAt ?? before?.at ?? null,
        statementId: given === null ? null : await source.deriveId(...parts),
      };
      next.push({ ...rating, revision, history: [...history, entry] });
    }
    await writeAll(next);
    after = page.after;
  }
  await markUndone(of);
}
