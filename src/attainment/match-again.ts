// Actors of other tools' statements who were nobody: tried again from time to time, because people enrol and administrators
// mend rules. Where somebody is found, the actor's statements are read again, the road of every statement.
import { listActiveSources, type EvidenceSource } from '../sources/evidence-source.model.js';
import { forgetUnmatched, takeUnmatched } from '../sources/unmatched-actor.model.js';
import { readAgentKey } from '../xapi/actor.js';
import { matchLearners } from './match-learners.js';
import { projectForeign } from './project-foreign.js';
import type { Projection } from './projection.js';

const AGAIN_AFTER_MS = 15 * 60_000;
const ACTORS_AT_ONCE = 200;
const PAGE = 500;

/** Works through those who were not tried lately. Repeatable. */
export async function matchAgain(projection: Omit<Projection, 'source'>): Promise<void> {
  for (const source of await listActiveSources()) {
    if (projection.signal?.aborted) return;
    if (source.status !== 'paused') await matchSource({ ...projection, evidenceSource: source });
  }
}

async function matchSource(
  options: Omit<Projection, 'source'> & { evidenceSource: EvidenceSource },
): Promise<void> {
  const { evidenceSource: source, now, signal } = options;
  const { deployment, id } = source;
  const before = new Date(now().getTime() - AGAIN_AFTER_MS);
  while (signal?.aborted !== true) {
    const tried = await takeUnmatched({
      deployment,
      source: id,
      before,
      now: now(),
      limit: ACTORS_AT_ONCE,
    });
    const actors = tried.flatMap(({ agentKey }) => readAgentKey(agentKey) ?? []);
    const matched = await matchLearners({ source, actors });
    for (const agentKey of matched.keys()) await readAgain({ ...options, agentKey });
    if (tried.length < ACTORS_AT_ONCE) return;
  }
}

async function readAgain(
  options: Omit<Projection, 'source'> & { evidenceSource: EvidenceSource; agentKey: string },
): Promise<void> {
  const { feed, evidenceSource: source, agentKey, signal } = options;
  const sources = new Map(
    [...(await feed.readSources())].map(([authority, those]) => [
      authority,
      those.filter(({ id }) => id === source.id),
    ]),
  );
  let isWaiting = false;
  for (let after = 0; signal?.aborted !== true;) {
    const entries = await feed.readOf({ agentKey, after, limit: PAGE });
    const waiting = await projectForeign({ entries, sources });
    isWaiting ||= waiting.get(source.id)?.has(agentKey) ?? false;
    after = entries.at(-1)?.position ?? after;
    if (entries.length < PAGE) break;
  }
  // Known by now, and still a learner of no course that has it: the rest waits on.
  if (!isWaiting && signal?.aborted !== true)
    await forgetUnmatched({
      deployment: source.deployment,
      source: source.id,
      agentKeys: [agentKey],
    });
}
