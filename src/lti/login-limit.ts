// Limits failed and unfinished logins a minute, by platform and address (a campus may sit behind one address, so those that
// end in a launch do not count). In memory, each process for itself; nothing is stored.

const WINDOW_MS = 60_000;
const MAX_BUCKETS = 20_000;

export interface LoginLimit {
  /** Counts a login; false when the bucket is full, and then it is not counted. */
  enter(key: string): boolean;
  /** A login ended in a launch: it no longer counts. */
  leave(key: string): void;
}

export function createLoginLimit(options: { perMinute: number; now: () => Date }): LoginLimit {
  const { perMinute, now } = options;
  const buckets = new Map<string, { startedAt: number; count: number }>();

  function bucketOf(key: string): { startedAt: number; count: number } {
    const time = now().getTime();
    const found = buckets.get(key);
    if (found && time - found.startedAt < WINDOW_MS) return found;
    // The oldest goes first: an attacker with many addresses cannot make us remember them all.
    if (buckets.size >= MAX_BUCKETS) buckets.delete(buckets.keys().next().value ?? '');
    buckets.delete(key);
    const bucket = { startedAt: time, count: 0 };
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    enter(key) {
      const bucket = bucketOf(key);
      if (bucket.count >= perMinute) return false;
      bucket.count += 1;
      return true;
    },
    leave(key) {
      const bucket = bucketOf(key);
      bucket.count = Math.max(0, bucket.count - 1);
    },
  };
}
