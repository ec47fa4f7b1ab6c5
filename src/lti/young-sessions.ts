// Sessions that this process wrote within the last two seconds: the first page of a launch needs no read of what was written
// a moment ago. What this process ends or changes it forgets at once; what another one ends opens pages here for those two
// seconds at most, as with paused platforms (directory.ts).
import type { SessionRecord } from './session.model.js';

const YOUNG_MS = 2_000;
const MAX_SESSIONS = 5_000;

interface Young {
  session: SessionRecord;
  writtenAt: number;
}

/** Oldest first. */
const young = new Map<string, Young>();

export function rememberSession(session: SessionRecord, now: Date): void {
  const writtenAt = now.getTime();
  young.delete(session._id);
  for (const [id, other] of young) {
    if (young.size < MAX_SESSIONS && isYoung(other, now)) break;
    young.delete(id);
  }
  young.set(session._id, { session, writtenAt });
}

/** As it was written; the caller checks token and expiry. */
export function recallSession(id: string, now: Date): SessionRecord | null {
  const found = young.get(id);
  return found && isYoung(found, now) ? found.session : null;
}

export function forgetSession(id: string): void {
  young.delete(id);
}

function isYoung(one: Young, now: Date): boolean {
  return Math.abs(now.getTime() - one.writtenAt) < YOUNG_MS;
}
