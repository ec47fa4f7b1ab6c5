// Sessions that this process wrote within the last two seconds: the first page of a launch needs no read of what was written
// a moment ago. What this process ends or changes it forgets at once; what another one ends opens pages here for those two
// seconds at most, as with paused platforms (directory.ts).

const YOUNG_MS = 2_000;
const MAX_SESSIONS = 5_000;

interface YoungSessions<Session> {
  remember(session: Session, now: Date): void;
  /** As it was written; the caller checks token and expiry. */
  recall(id: string, now: Date): Session | null;
  forget(id: string): void;
}

export function createYoungSessions<Session extends { _id: string }>(): YoungSessions<Session> {
  /** Oldest first. */
  const young = new Map<string, { session: Session; writtenAt: number }>();
  const isYoung = (one: { writtenAt: number }, now: Date) =>
    Math.abs(now.getTime() - one.writtenAt) < YOUNG_MS;

  return {
    remember(session, now) {
      young.delete(session._id);
      for (const [id, other] of young) {
        if (young.size < MAX_SESSIONS && isYoung(other, now)) break;
        young.delete(id);
      }
      young.set(session._id, { session, writtenAt: now.getTime() });
    },
    recall(id, now) {
      const found = young.get(id);
      return found && isYoung(found, now) ? found.session : null;
    },
    forget: (id) => void young.delete(id),
  };
}
