// Two small memories with a bound and a lifetime: values that can be taken once (launch hints,
// deep linking requests), and identifiers that may be seen once (jti and nonce of the tool).
import { randomBytes } from 'node:crypto';

const MAX_ENTRIES = 10_000;

/** An expired token may still pass for a moment (clocks differ), so its identifier stays longer. */
const REPLAY_MARGIN_MS = 60 * 1000;

export interface ExpiringStore<T> {
  put(key: string, value: T): void;
  peek(key: string): T | null;
  /** The value, and forgets it: a second take of the same key finds nothing. */
  take(key: string): T | null;
}

export function createExpiringStore<T>({
  lifetimeMs,
  now,
}: {
  lifetimeMs: number;
  now: () => Date;
}): ExpiringStore<T> {
  const entries = new Map<string, { value: T; expiresAt: number }>();

  const peek = (key: string): T | null => {
    const entry = entries.get(key);
    return entry && entry.expiresAt > now().getTime() ? entry.value : null;
  };

  return {
    put(key, value) {
      dropOldest(entries, now().getTime());
      entries.set(key, { value, expiresAt: now().getTime() + lifetimeMs });
    },
    peek,
    take(key) {
      const value = peek(key);
      entries.delete(key);
      return value;
    },
  };
}

export interface ReplayGuard {
  /** True for the first sight of the identifier, false for every later one until it expires. */
  isFirstUse(identifier: string, expiresAt: Date): boolean;
}

export function createReplayGuard({ now }: { now: () => Date }): ReplayGuard {
  const seen = new Map<string, { expiresAt: number }>();

  return {
    isFirstUse(identifier, expiresAt) {
      const known = seen.get(identifier);
      if (known && known.expiresAt > now().getTime()) return false;

      dropOldest(seen, now().getTime());
      seen.set(identifier, { expiresAt: expiresAt.getTime() + REPLAY_MARGIN_MS });
      return true;
    },
  };
}

/** 128 bits and more, safe in URLs. */
export function randomKey(): string {
  return randomBytes(24).toString('base64url');
}

/** A map keeps the order of insertion, so what is at its front is what came first. */
function dropOldest(entries: Map<string, { expiresAt: number }>, nowMs: number): void {
  for (const [key, entry] of entries) {
    if (entry.expiresAt > nowMs && entries.size < MAX_ENTRIES) return;
    entries.delete(key);
  }
}
