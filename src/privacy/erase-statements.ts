// Takes a person's statements out: of our own LRS for good, of other LRSs by voiding statements, which is all that xAPI offers
// (Data 2.3.2). The outbox says which statements there are, and is emptied after the LRS: while it names a statement, a stop in
// between is made good by doing it again.
import { listActorsOf } from '../activities/actor-key.model.js';
import { eraseScoresOf } from '../activities/erased-score.model.js';
import { deleteWithdrawals } from '../attainment/evidence.model.js';
import { eraseStatements, listStatementsOfAgent } from '../lrs/erased-statement.model.js';
import { listDestinations } from '../outbox/destination.model.js';
import { enqueueStatements } from '../outbox/enqueue-statement.js';
import { listCursors } from '../outbox/outbox-cursor.model.js';
import { deleteParkedOf } from '../outbox/parked-statement.model.js';
import {
  eraseOutboxStatements,
  listPersonalStatements,
  sortStatementIds,
  type PersonalStatement,
} from '../outbox/personal-statement.model.js';
import { ERASED } from '../db/models.js';
import { buildInstanceActor } from '../xapi/actor.js';
import type { Statement } from '../xapi/statement.js';
import { voidingStatement } from '../xapi/statement-templates.js';
import { VERBS } from '../xapi/vocabulary.js';
import { addErased, noteAgents, type Erasure } from './erasure.model.js';

const AT_ONCE = 200;
/** As many as one request to an LRS may hold: they may be on their way. To void what an LRS never heard of does no harm. */
const MOST_UNDER_WAY = 500;

export interface StatementEraser {
  /** Our public base address. */
  url: string;
  /** Id of the statement about an event; the parts name the event, never the clock. */
  deriveId: (...parts: (string | number)[]) => Promise<string>;
  now: () => Date;
  signal?: AbortSignal;
}

/** Every step is repeatable. Stops early, between two pages, when the signal aborts. */
export async function erasePersonStatements(
  options: StatementEraser & { erasure: Erasure },
): Promise<void> {
  const { erasure, signal } = options;
  const { deployment, user, course } = erasure;
  const actors = await listActorsOf({ deployment, user });
  const agentKeys = actors.map(({ agentKey }) => agentKey);
  await noteAgents({ erasure, agentKeys });
  const toldThrough = await readToldElsewhere();
  while (signal?.aborted !== true) {
    const page = await listPersonalStatements({ deployment, user, course, limit: AT_ONCE });
    if (page.length === 0) break;
    const told = page.filter((one) => isVoidable(one) && wasTold(one, toldThrough));
    await voidElsewhere({ ...options, statements: told });
    const statementIds = page.map(({ statementId }) => statementId);
    await forgetStatements(statementIds);
    const scoreDeliveries = await eraseScoresOf({ deployment, user, statementIds });
    await eraseOutboxStatements({ deployment, user, statementIds });
    const counts = { statements: page.length, ...(scoreDeliveries > 0 && { scoreDeliveries }) };
    await addErased({ erasure, counts, voided: told.length });
  }
  // What other systems told our LRS of the person belongs to no course of ours.
  if (course === null) await eraseOfAgents({ ...options, agentKeys, which: 'others' });
}

/** The second look: statements of erased places that were on their way to our LRS, and arrived after the first. */
export async function eraseLateStatements(options: { erasure: Erasure }): Promise<void> {
  await eraseOfAgents({ ...options, agentKeys: options.erasure.agentKeys, which: 'late' });
}

/** `others`: all that another deployment has not told; `late`: those alone whose place in the outbox an erase left. */
async function eraseOfAgents(options: {
  erasure: Erasure;
  agentKeys: readonly string[];
  which: 'others' | 'late';
  signal?: AbortSignal;
}): Promise<void> {
  const { erasure, agentKeys, which, signal } = options;
  const { deployment } = erasure;
  for (const agentKey of agentKeys) {
    for (let after = 0; signal?.aborted !== true;) {
      const page = await listStatementsOfAgent({ agentKey, after, limit: AT_ONCE });
      const ids = page.map(({ statementId }) => statementId);
      const { elsewhere, erased } = await sortStatementIds({ deployment, statementIds: ids });
      const gone = ids.filter((id) => (which === 'late' ? erased.has(id) : !elsewhere.has(id)));
      await forgetStatements(gone);
      await addErased({ erasure, counts: gone.length > 0 ? { statements: gone.length } : {} });
      if (page.length < AT_ONCE) break;
      after = page.at(-1)?.position ?? after;
    }
  }
}

async function forgetStatements(statementIds: string[]): Promise<void> {
  if (statementIds.length === 0) return;
  await eraseStatements({ statementIds });
  await deleteWithdrawals({ statementIds });
  await deleteParkedOf({ statementIds });
}

/** In the name of the instance: the person is not to be named again. */
async function voidElsewhere(
  options: StatementEraser & { erasure: Erasure; statements: readonly PersonalStatement[] },
): Promise<void> {
  const { erasure, statements, url, deriveId, now } = options;
  const { deployment } = erasure;
  const events = await Promise.all(
    statements.map(async ({ statementId }) => ({
      deployment,
      user: ERASED,
      statement: voidingStatement({
        id: await deriveId('erased', statementId),
        actor: buildInstanceActor({ url }),
        voids: statementId,
        timestamp: now(),
      }),
      about: { kind: 'voided' as const, course: null, objectId: statementId, attempt: 1 },
    })),
  );
  if (events.length > 0) await enqueueStatements({ statements: events, now: now() });
}

/** By part of the outbox, up to which position any other LRS was told; null without other LRSs. */
async function readToldElsewhere(): Promise<Map<string, number> | null> {
  const others = (await listDestinations()).filter(({ isOwn }) => !isOwn);
  if (others.length === 0) return null;
  const told = new Map<string, number>();
  for (const { id: destination } of others)
    for (const [log, { position }] of await listCursors({ destination }))
      told.set(log, Math.max(told.get(log) ?? 0, position));
  return told;
}

function wasTold(one: PersonalStatement, told: Map<string, number> | null): boolean {
  return told !== null && one.position <= (told.get(one.log) ?? 0) + MOST_UNDER_WAY;
}

/** A voiding statement cannot be voided. */
function isVoidable({ json }: PersonalStatement): boolean {
  // Written by enqueueStatement from a statement that passed the rules.
  return (JSON.parse(json) as Statement).verb.id !== VERBS.voided;
}
