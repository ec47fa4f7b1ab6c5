// The job that gives columns of attainment their values: for each course whose column is on, what its learners achieved is
// compared with what was given last, and what differs goes to the score queue. Works only where the projection has caught up.
import {
  dropWaitingScores,
  listFailedScores,
  recordScoreDelivery,
} from '../activities/score-delivery.model.js';
import { findCourse } from '../lti/course.model.js';
import { readLineItemAt } from '../lti/line-items.js';
import type { LtiServices } from '../lti/lti-services.js';
import { readCohort } from '../lti/read-cohort.js';
import { isRefusedWith } from '../lti/service-answer.js';
import {
  endColumn,
  findColumn,
  listDueColumns,
  postponeColumn,
  type AttainmentColumn,
} from './attainment-column.model.js';
import { readCursor } from './attainment-cursor.model.js';
import { countAchievedByPerson } from './attainment.model.js';
import { listColumnValues, recordColumnValues } from './column-value.model.js';
import { listPending } from './evidence.model.js';
import { COLUMN_MAXIMUM, planColumnValues } from './plan-column-values.js';
import type { StatementFeed } from './projection.js';
import { readCoverage } from './read-progress.js';

const AT_ONCE = 50;
const EVERY_MS = 2 * 60_000;
const CHECK_EVERY_MS = 6 * 60 * 60_000;
/** Somebody always states something: so much may be unread. */
const MAY_LAG_MS = 30_000;
const GONE = /^(404|410)\b/;

export interface SendingColumns {
  feed: StatementFeed;
  services: LtiServices;
  now: () => Date;
  signal?: AbortSignal;
}

/** Returns how many values were given to the queue. Idempotent: the same value is the same delivery. */
export async function sendColumns(sending: SendingColumns): Promise<number> {
  const { now, signal } = sending;
  let given = 0;
  for (const column of await listDueColumns({ now: now(), limit: AT_ONCE })) {
    if (signal?.aborted || !(await isCaughtUp(sending))) break;
    given += await sendColumn(sending, column);
  }
  return given;
}

/** What was stated before the last moment is computed: what attainments say now is no half-way mark. */
async function isCaughtUp({ feed, now }: SendingColumns): Promise<boolean> {
  const { position } = await readCursor({ name: 'feed' });
  const [{ entries }, pending] = await Promise.all([
    feed.read({ after: position, limit: 1 }),
    listPending({ limit: 1 }),
  ]);
  const oldest = entries[0]?.stored.getTime() ?? Infinity;
  return pending.length === 0 && oldest > now().getTime() - MAY_LAG_MS;
}

async function sendColumn(sending: SendingColumns, column: AttainmentColumn): Promise<number> {
  const { services, now } = sending;
  const { deployment, course, lineItemUrl, content, framework } = column;
  const place = { deployment, course };
  const checkedAt = await checkColumn({ services, column, now: now() });
  if (checkedAt === 'gone') return 0;
  const [{ byItem }, { users }, known, { generation }] = await Promise.all([
    readCoverage({ ...place, framework }),
    readCohort(place),
    listColumnValues(place),
    readCursor({ name: 'feed' }),
  ]);
  const items = content.kind === 'item' ? [content.item] : [...byItem.keys()];
  const scope = { kind: 'course' as const, id: course };
  const planned = planColumnValues({
    content,
    lineItemUrl,
    users,
    achieved: await countAchievedByPerson({ deployment, scope, items, users }),
    total: items.length,
    known,
    generation,
    lookAgainMs: EVERY_MS,
    now: now(),
  });
  for (const value of planned.sent) await give({ column, value, now: now() });
  await recordColumnValues({ ...place, values: [...planned.sent, ...planned.waiting] });
  await postponeColumn({
    ...place,
    nextAt: new Date(now().getTime() + EVERY_MS),
    ...(checkedAt && { checkedAt }),
  });
  const after = await findColumn(place);
  // Switched off meanwhile: what was given a moment ago is not sent either.
  if (after?.status !== 'on' || after.lineItemUrl !== lineItemUrl)
    await dropWaitingScores({ deployment, users, lineItemUrl, fault: 'the column is off' });
  return planned.sent.length;
}

function give(options: {
  column: AttainmentColumn;
  value: { user: string; score: number; revision: number };
  now: Date;
}): Promise<void> {
  const { column, value, now } = options;
  const { platform, deployment, course, lineItemUrl, gradeScopes } = column;
  const { user, score, revision } = value;
  return recordScoreDelivery({
    delivery: {
      basis: 'attainment',
      statementId: ['attainment', course, user, revision, score].join(':'),
      platform,
      deployment,
      user,
      lineItemUrl,
      gradeScopes,
      scoreGiven: score,
      scoreMaximum: COLUMN_MAXIMUM,
      keep: 'latest',
      at: now,
    },
  });
}

/** When the gradebook said that it is there; null where nobody asked or it did not answer, `gone` where it was deleted. */
async function checkColumn(options: {
  services: LtiServices;
  column: AttainmentColumn;
  now: Date;
}): Promise<Date | 'gone' | null> {
  const { services, column, now } = options;
  const { deployment, course, platform, lineItemUrl, gradeScopes } = column;
  const failed = await listFailedScores({ deployment, lineItemUrls: [lineItemUrl] });
  const isMissed = failed.some(({ fault }) => GONE.test(fault));
  if (!isMissed && now.getTime() - column.checkedAt.getTime() < CHECK_EVERY_MS) return null;
  const known = await findCourse({ deployment, course });
  const offered = {
    lineItemsUrl: known?.services.lineItemsUrl ?? null,
    lineItemUrl,
    gradeScopes,
    membershipsUrl: null,
  };
  try {
    const target = { platform, deployment, services: offered };
    await readLineItemAt({ services, target, url: lineItemUrl });
    return now;
  } catch (error) {
    if (!isRefusedWith(error, 404, 410)) return null;
    await endColumn({ deployment, course, lineItemUrl, status: 'gone', now });
    const users = failed.map(({ user }) => user);
    await dropWaitingScores({ deployment, users, lineItemUrl, fault: 'the column was deleted' });
    return 'gone';
  }
}
