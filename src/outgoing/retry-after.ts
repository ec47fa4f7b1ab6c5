// How long to wait before asking again (RFC 9110, 10.2.3 Retry-After; otherwise doubling with jitter). Pure.

const SECONDS_MS = 1_000;
const LONGEST_WAIT_MS = 60 * SECONDS_MS;

/** Milliseconds that a Retry-After header asks for; null where it is absent or unreadable. */
export function readRetryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECONDS_MS;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : Math.max(0, time - now.getTime());
}

/** Wait before attempt `attempt` + 1 (first is 1): what the other side asked for, or a random part of a doubling bound. */
export function retryWaitMs(options: {
  attempt: number;
  baseMs: number;
  askedMs: number | null;
  random: number;
}): number {
  const { attempt, baseMs, askedMs, random } = options;
  if (askedMs !== null) return Math.min(askedMs, LONGEST_WAIT_MS);
  const bound = Math.min(baseMs * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return Math.round(bound / 2 + (bound / 2) * random);
}
