// When our signing keys change: a new one is offered to platforms before it signs, signs for its period, and stays offered
// afterwards while what it signed and what platforms remember may live. All by ages. Pure.
import type { ToolKeyRecord } from './tool-key.model.js';

const DAYS_MS = 86_400_000;
/** How long people can still read that a key was withdrawn. */
const WITHDRAWN_SHOWN_MS = 30 * DAYS_MS;

export interface KeyAges {
  /** How long a key signs. */
  periodMs: number;
  /** How long it is offered before it signs, and again after. */
  overlapMs: number;
}

export interface ToolKeyPlan {
  /** A key to come is to be made, to follow on the active one. */
  makesNext: boolean;
  activate: string | null;
  retire: string[];
  remove: ToolKeyRecord[];
}

/** What is due now. Carried out twice, or by two processes at once, it comes to the same. */
export function planToolKeys(options: {
  keys: readonly ToolKeyRecord[];
  ages: KeyAges;
  now: Date;
}): ToolKeyPlan {
  const { keys, ages, now } = options;
  const at = now.getTime();
  const next = keys.find(({ state }) => state === 'next');
  const active = pickSigningKey(keys);
  const isDue = next !== undefined && activationOf(next, ages) <= at;
  const signing = isDue ? next : active;
  return {
    makesNext: active !== null && !next && successionOf(active, ages) <= at,
    activate: isDue ? next._id : null,
    retire: keys
      .filter(({ state, _id }) => state === 'active' && _id !== signing?._id)
      .map(({ _id }) => _id),
    remove: keys.filter((key) => {
      const end = removalOf(key, ages);
      return end !== null && end <= at;
    }),
  };
}

/** The key that signs: of the active ones the one that became so last. */
export function pickSigningKey<Key extends ToolKeyRecord>(keys: readonly Key[]): Key | null {
  const active = keys.filter(({ state }) => state === 'active');
  return active.sort((a, b) => startOf(a) - startOf(b) || (a._id < b._id ? -1 : 1)).at(-1) ?? null;
}

export interface KeyOutlook {
  key: ToolKeyRecord;
  /** What happens to it next, and when; null where nothing is planned. */
  change: { what: 'signs' | 'followed' | 'removed'; at: Date } | null;
}

/** Each key with the next thing that will happen to it. */
export function foreseeToolKeys(options: {
  keys: readonly ToolKeyRecord[];
  ages: KeyAges;
}): KeyOutlook[] {
  const { keys, ages } = options;
  const next = keys.find(({ state }) => state === 'next');
  const foresee = (key: ToolKeyRecord): KeyOutlook['change'] => {
    if (key.state === 'next') return { what: 'signs', at: new Date(activationOf(key, ages)) };
    if (key.state === 'active') {
      const end = next ? activationOf(next, ages) : successionOf(key, ages) + ages.overlapMs;
      return { what: 'followed', at: new Date(end) };
    }
    const end = removalOf(key, ages);
    return end === null ? null : { what: 'removed', at: new Date(end) };
  };
  return keys.map((key) => ({ key, change: foresee(key) }));
}

function activationOf(next: ToolKeyRecord, { overlapMs }: KeyAges): number {
  return next.createdAt.getTime() + overlapMs;
}

/** When the key after this one is to be offered. */
function successionOf(active: ToolKeyRecord, { periodMs, overlapMs }: KeyAges): number {
  return startOf(active) + periodMs - overlapMs;
}

function removalOf({ state, endedAt }: ToolKeyRecord, { overlapMs }: KeyAges): number | null {
  if (endedAt === null) return null;
  if (state === 'retiring') return endedAt.getTime() + overlapMs;
  return state === 'withdrawn' ? endedAt.getTime() + WITHDRAWN_SHOWN_MS : null;
}

function startOf({ activatedAt, createdAt }: ToolKeyRecord): number {
  return (activatedAt ?? createdAt).getTime();
}
