// Evidence of other tools' statements: those that an evidence source vouches for, about activities and resources of its
// deployment, by people whom its rules name. It proves less than our own word: only that something was opened, finished or
// scored. A source takes back its own statements and nobody else's. What waits for its actor to be known is counted.
import { recordActors, type KnownActor } from '../activities/actor-key.model.js';
import { listActivitiesByAddress } from '../activities/activity.model.js';
import type { EvidenceSource } from '../sources/evidence-source.model.js';
import { countUnmatched } from '../sources/unmatched-actor.model.js';
import { agentKey } from '../xapi/actor.js';
import { readForeignClaim, type ForeignClaim } from '../xapi/foreign-claim.js';
import type { Actor, Statement } from '../xapi/statement.js';
import { findObjects } from './collect-evidence.js';
import { readEvidence, type Evidence, type KnownObject } from './evidence.js';
import { recordEvidence, recordWithdrawals, type Withdrawal } from './evidence.model.js';
import { groupBy } from './group-by.js';
import { matchLearners } from './match-learners.js';
import type { FeedEntry } from './projection.js';
import { describeActivity } from './tied-objects.js';

interface Claimed {
  entry: FeedEntry;
  statement: Statement & { id: string };
  claim: ForeignClaim;
  /** What it may be about, nearest first; never empty. */
  objects: KnownObject[];
}

/**
 * Stores what the entries of these sources prove and take back; others are left. Returns, by source, the actors of whom
 * something waits. The same again changes nothing.
 */
export async function projectForeign(options: {
  entries: readonly FeedEntry[];
  sources: ReadonlyMap<string, EvidenceSource[]>;
}): Promise<Map<string, Set<string>>> {
  const { entries, sources } = options;
  const waiting = new Map<string, Set<string>>();
  for (const [authority, group] of groupBy(entries, (one) => one.authorityKey))
    for (const source of sources.get(authority) ?? [])
      waiting.set(source.id, await projectSource({ source, entries: group }));
  return waiting;
}

async function projectSource(options: {
  source: EvidenceSource;
  entries: readonly FeedEntry[];
}): Promise<Set<string>> {
  const { source, entries } = options;
  const claimed = await findClaimed(options);
  const actors = distinctActors(claimed);
  const matched = await matchLearners({ source, actors });
  await recordActors({
    actors: [...matched.values()].flatMap(({ learnerIn, ...actor }) =>
      learnerIn.map((course) => ({ ...actor, learnerIn: course })),
    ),
  });
  const judged = claimed.map((one) => ({ one, evidence: readOne(one, { source, matched }) }));
  await recordEvidence({ evidence: judged.flatMap(({ evidence }) => evidence ?? []) });
  await recordWithdrawals({
    withdrawals: entries.flatMap(toWithdrawal).map((one) => ({ ...one, source: source.id })),
  });
  const open = judged.filter(({ evidence }) => evidence === null).map(({ one }) => one);
  const seen = open.map(({ entry, claim }) => ({
    agentKey: agentKey(claim.actor),
    position: entry.position,
    at: entry.stored,
  }));
  await countUnmatched({ deployment: source.deployment, source: source.id, seen });
  return new Set(seen.map((one) => one.agentKey));
}

export function toWithdrawal({ statement, stored, voids }: FeedEntry): Withdrawal[] {
  return voids === null || statement.id === undefined
    ? []
    : [{ target: voids, statementId: statement.id, at: stored }];
}

/** Statements that claim something about what we know in the source's deployment. */
async function findClaimed(options: {
  source: EvidenceSource;
  entries: readonly FeedEntry[];
}): Promise<Claimed[]> {
  const { source, entries } = options;
  const read = entries.flatMap((entry) => {
    const { statement } = entry;
    const claim = readForeignClaim(statement);
    if (entry.voids !== null || 'reason' in claim || statement.id === undefined) return [];
    if (agentKey(claim.actor) === '') return [];
    return [{ entry, statement: { ...statement, id: statement.id }, claim }];
  });
  const find = await findNamed({ source, iris: read.flatMap(({ claim }) => claim.objectIris) });
  return read.flatMap((one) => {
    const objects = one.claim.objectIris.flatMap(find);
    return objects.length > 0 ? [{ ...one, objects }] : [];
  });
}

/** By our own IRI of it, or by the address that an activity leads to. */
async function findNamed(options: {
  source: EvidenceSource;
  iris: readonly string[];
}): Promise<(iri: string) => KnownObject[]> {
  const { source, iris } = options;
  const { deployment } = source;
  const distinct = [...new Set(iris)];
  const [own, activities] = await Promise.all([
    findObjects({ iris: distinct, deployments: [deployment], items: new Map() }),
    listActivitiesByAddress({ deployment, addresses: distinct }),
  ]);
  const byAddress = groupBy(activities, ({ address }) => address ?? '');
  return (iri) => {
    const found = own.get(iri);
    if (found && (found.place === null || found.place.deployment === deployment)) return [found];
    return (byAddress.get(iri) ?? []).map((activity) => ({
      iri,
      ...describeActivity(activity),
      item: null,
      place: { deployment, course: activity.course },
    }));
  };
}

function distinctActors(claimed: readonly Claimed[]): Actor[] {
  return [...new Map(claimed.map(({ claim: { actor } }) => [agentKey(actor), actor])).values()];
}

/** Of the objects it may be about, the first in whose course the actor is a learner. Null while the actor is nobody there. */
function readOne(
  { entry, statement, claim, objects }: Claimed,
  options: { source: EvidenceSource; matched: ReadonlyMap<string, KnownActor> },
): Evidence | null {
  const { source, matched } = options;
  const actor = matched.get(agentKey(claim.actor));
  for (const object of actor ? objects : []) {
    const read = readEvidence({
      statement,
      stored: entry.stored,
      claim,
      actors: actor ? [actor] : [],
      object,
      ratedItem: undefined,
      instructors: [],
    });
    if (!('reason' in read)) return { ...read, source: source.id };
  }
  return null;
}
