// How long to leave an LRS alone after a failed attempt. Pure. Unlike the short waits within one request, these last through
// an outage: doubling with jitter, and as long as the LRS itself asks.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const BASE_MS = SECOND_MS;
const LONGEST_MS = 5 * MINUTE_MS;
const LONGEST_ASKED_MS = 60 * MINUTE_MS;
const ASKED_JITTER = 0.1;

/** `failures` counts the failed attempts in a row, this one included; `random` is in [0, 1). */
export function deliveryWaitMs(options: {
  failures: number;
  askedMs: number | null;
  random: number;
}): number {
  const { failures, askedMs, random } = options;
  const bound = Math.min(BASE_MS * 2 ** (failures - 1), LONGEST_MS);
  const own = Math.round(bound / 2 + (bound / 2) * random);
  if (askedMs === null) return own;
  // Never sooner than asked, and not all senders at that very moment.
  const asked = Math.min(askedMs, LONGEST_ASKED_MS);
  return Math.max(own, Math.round(asked + asked * ASKED_JITTER * random));
}
