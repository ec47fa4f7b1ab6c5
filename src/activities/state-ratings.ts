// Tells LRSs of ratings, each in the learner's name, for exactly one competency and with whoever rated as instructor; and
// voids the former one. Idempotent: ids follow from the revision and its level, the first content stays.
import { findFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { enqueueStatements, type NewStatement } from '../outbox/enqueue-statement.js';
import type { Score } from '../xapi/statement.js';
import { ratedStatement, voidingStatement } from '../xapi/statement-templates.js';
import { listActivitiesOf, type Activity } from './activity.model.js';
import { describeCourseActivity } from './describe-object.js';
import { settingsOfJudgement } from './judgement-setting.js';
import { readGiven, type GivenRating } from './rating-scale.js';
import {
  listUntoldRatings,
  markRatingsTold,
  type Rating,
  type RatingRevision,
} from './rating.model.js';
import type { StatementSource } from './statement-source.js';

const AT_ONCE = 200;
/** Younger ones are being told by the request that wrote them. */
const SETTLED_MS = 60_000;
/** A large report is told in one run. */
const MOST_BATCHES = 100;

/** Enqueues what the last revision of each means, then marks them as told. */
export async function stateRatings(options: {
  ratings: readonly Rating[];
  source: StatementSource;
}): Promise<void> {
  const { ratings, source } = options;
  const activities = await readActivities(ratings);
  for (const rating of ratings) {
    const [before, last] = [rating.history.at(-2), rating.history.at(-1)];
    if (!last) continue;
    const statements = [
      await buildRated({ rating, last, source, activity: activities.get(rating.activity) }),
      await buildVoiding({ rating, last, source, before }),
    ].flatMap((one) => one ?? []);
    await enqueueStatements({ statements, now: last.at });
  }
  await markRatingsTold({ ratings });
}

/** For what a stopped process or a file left untold. Repeatable; returns how many there were. */
export async function stateUntoldRatings(options: {
  source: StatementSource;
  now: Date;
  signal?: AbortSignal;
}): Promise<number> {
  const { source, now, signal } = options;
  const before = new Date(now.getTime() - SETTLED_MS);
  let told = 0;
  for (let batch = 0; batch < MOST_BATCHES && !signal?.aborted; batch += 1) {
    const ratings = await listUntoldRatings({ before, limit: AT_ONCE });
    await stateRatings({ ratings, source });
    told += ratings.length;
    if (ratings.length < AT_ONCE) break;
  }
  return told;
}

interface Building {
  rating: Rating;
  last: RatingRevision;
  source: StatementSource;
}

/** Null where the rating was taken away, or where what it is about is gone. */
async function buildRated(
  options: Building & { activity: Activity | undefined },
): Promise<NewStatement | null> {
  const { rating, last, source, activity } = options;
  const { deployment, item } = rating;
  const given = readGiven(last);
  const framework = await findFramework({ framework: rating.framework, viewer: { deployment } });
  const tree = framework && (await readTree({ framework }));
  const competency = tree?.items.get(item);
  if (!given || last.statementId === null || !competency || !framework || !activity) return null;
  const { learner, staff } = await settingsOfJudgement({
    source,
    judgement: { ...rating, by: last.by },
    framework,
    objectId: rating.activity,
    timestamp: last.workAt ?? last.at,
  });
  const { description } = describeCourseActivity({ activity, aligned: [], tree });
  const statement = ratedStatement({
    id: last.statementId,
    setting: learner,
    activity: description,
    competency: { iri: competency.uri, name: competency.fullStatement },
    ...(last.import === undefined
      ? { instructor: staff.actor }
      : { imported: { by: staff.actor, at: last.at } }),
    score: scoreOf(given),
    success: given.success,
  });
  return toNew(rating, statement);
}

/** With the points where they fit the scale: a score above its maximum is none in xAPI (2.4.5.1). */
function scoreOf({ score: scaled, points }: GivenRating): Score {
  if (!points || points.raw < 0 || points.raw > points.max) return { scaled };
  return { scaled, raw: points.raw, min: 0, max: points.max };
}

async function buildVoiding(
  options: Building & { before: RatingRevision | undefined },
): Promise<NewStatement | null> {
  const { rating, last, source, before } = options;
  if (!before || before.statementId === null) return null;
  const { staff } = await settingsOfJudgement({
    source,
    judgement: { ...rating, by: last.by },
    framework: null,
    objectId: rating.activity,
    timestamp: last.at,
  });
  const statement = voidingStatement({
    id: await source.deriveId('rating-withdrawn', before.statementId),
    actor: staff.actor,
    voids: before.statementId,
    timestamp: last.at,
  });
  return toNew(rating, statement);
}

function toNew(rating: Rating, statement: NewStatement['statement']): NewStatement {
  const { deployment, course, user, activity, revision } = rating;
  const about = { kind: 'rated' as const, course, objectId: activity, attempt: revision };
  return { deployment, user, statement, about };
}

async function readActivities(ratings: readonly Rating[]): Promise<Map<string, Activity>> {
  const found = new Map<string, Activity>();
  for (const deployment of new Set(ratings.map((one) => one.deployment))) {
    const ours = ratings.filter((one) => one.deployment === deployment);
    const activities = [...new Set(ours.map(({ activity }) => activity))];
    for (const one of await listActivitiesOf({ deployment, activities })) found.set(one.id, one);
  }
  return found;
}
