// Who of a class needs a look: who is stuck (tried without success, tried often, or did nothing for some time though
// something is open), and who is one step from achieving. Pure; each with its reason.
import type { Unachieved } from '../attainment/attainment.model.js';
import { groupBy } from '../attainment/group-by.js';

/** So many attempts that were not passed are many. */
export const MANY_ATTEMPTS = 3;
/** So long without anything new is long. */
export const QUIET_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1_000;

export type StuckReason =
  /** Attempts that were not passed, and nothing that counts. */
  | { kind: 'no-success'; item: string; failed: number }
  | { kind: 'many-attempts'; item: string; failed: number }
  /** Achieved once, until evidence was taken back. */
  | { kind: 'withdrawn'; item: string; since: Date }
  | { kind: 'quiet'; days: number; open: number };

export interface StuckLearner {
  user: string;
  reasons: StuckReason[];
}

/** By learner, in the order of `users`; nothing new counts only for whoever has begun something that is not achieved. */
export function findStuck(options: {
  users: readonly string[];
  unachieved: readonly Unachieved[];
  /** By learner, how much is begun and not achieved. */
  open: ReadonlyMap<string, number>;
  latest: ReadonlyMap<string, Date>;
  now: Date;
}): StuckLearner[] {
  const { users, unachieved, open, latest, now } = options;
  const byUser = groupBy(unachieved, ({ user }) => user);
  return users.flatMap((user) => {
    const reasons = (byUser.get(user) ?? []).flatMap(readReason);
    const quiet = readQuiet({ open: open.get(user) ?? 0, last: latest.get(user), now });
    const all = quiet === null ? reasons : [...reasons, quiet];
    return all.length === 0 ? [] : [{ user, reasons: all }];
  });
}

export interface ReadyLearner {
  user: string;
  /** What the one step has to be. */
  steps: { item: string; needs: 'one-more' | 'one-scored' }[];
}

/** By learner, in the order of `users`: competencies that one piece of evidence more would achieve. */
export function findReady(options: {
  users: readonly string[];
  unachieved: readonly Unachieved[];
}): ReadyLearner[] {
  const byUser = groupBy(options.unachieved, ({ user }) => user);
  return options.users.flatMap((user) => {
    const steps = (byUser.get(user) ?? []).flatMap(({ item, missing, n }) => {
      if (n === 0 || Math.max(missing.more, missing.assessed) !== 1) return [];
      const needs = missing.assessed === 1 ? ('one-scored' as const) : ('one-more' as const);
      return [{ item, needs }];
    });
    return steps.length === 0 ? [] : [{ user, steps }];
  });
}

function readReason({ item, failed, n, withdrawnAt }: Unachieved): StuckReason[] {
  if (failed >= MANY_ATTEMPTS) return [{ kind: 'many-attempts', item, failed }];
  if (failed > 0 && n === 0) return [{ kind: 'no-success', item, failed }];
  return withdrawnAt === null ? [] : [{ kind: 'withdrawn', item, since: withdrawnAt }];
}

function readQuiet(options: {
  open: number;
  last: Date | undefined;
  now: Date;
}): StuckReason | null {
  const { open, last, now } = options;
  if (open === 0 || last === undefined) return null;
  const days = Math.floor((now.getTime() - last.getTime()) / DAY_MS);
  return days < QUIET_DAYS ? null : { kind: 'quiet', days, open };
}
