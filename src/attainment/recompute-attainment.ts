// Computes attainment of some people in some items anew and stores what differs. Reads everything fresh and repeats for what
// it wrote until what is stored is what was computed, so that two workers at once end at the same place: whoever writes
// last looks again. Telling the LRS of it comes later (tell-attainment.ts), so that pages need not wait for that.
import { isDeepStrictEqual } from 'node:util';
import type { StatementSource } from '../activities/statement-source.js';
import { findFramework } from '../frameworks/cf-document.model.js';
import type { Attainment } from './attainment-row.model.js';
import { listAttainmentsOf, replaceAttainments } from './attainment.model.js';
import { computePerson, readPeopleInputs } from './compute-people.js';
import type { FrameworkItem } from './evidence.js';
import { groupBy } from './group-by.js';
import { tellAll } from './tell-attainment.js';

const MAX_ROUNDS = 5;

/** Brings the attainments of these people in these items up to date, and marks what was achieved or lost as to be told. */
export async function recomputeAttainments(options: {
  deployment: string;
  users: readonly string[];
  items: readonly FrameworkItem[];
  source: StatementSource;
  now: Date;
}): Promise<void> {
  const { deployment, users, items, source, now } = options;
  if (users.length === 0 || items.length === 0) return;
  for (const [framework, group] of groupBy(items, (one) => one.framework)) {
    // Of a framework that is gone, or was never this deployment's, nothing can be said.
    if (!(await findFramework({ framework, viewer: { deployment } }))) continue;
    const unique = [...new Set(group.map(({ item }) => item))];
    await recomputeFramework({ deployment, users, framework, items: unique, source, now });
  }
}

interface FrameworkRequest {
  deployment: string;
  users: readonly string[];
  framework: string;
  items: readonly string[];
  source: StatementSource;
  now: Date;
}

async function recomputeFramework(request: FrameworkRequest): Promise<void> {
  const { deployment, source, now } = request;
  let next = request;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { changed, removed } = await findDifferences(next);
    const written = [...changed, ...removed];
    if (written.length === 0) return;
    // A record that goes can carry no mark: it is told first.
    const gone = removed
      .filter(({ status }) => status === 'achieved')
      .map((one): Attainment => ({ ...one, status: 'open', withdrawnAt: now }));
    await tellAll({ attainments: gone, source, now: () => now });
    await replaceAttainments({ deployment, attainments: changed, removed });
    next = {
      ...request,
      users: [...new Set(written.map(({ user }) => user))],
      items: [...new Set(written.map(({ item }) => item))],
    };
  }
}

async function findDifferences(
  request: FrameworkRequest,
): Promise<{ changed: Attainment[]; removed: Attainment[] }> {
  const { deployment, users, framework, items, now } = request;
  const [stored, inputs] = await Promise.all([
    listAttainmentsOf({ deployment, users, items }),
    readPeopleInputs(request),
  ]);
  const storedByKey = new Map(stored.map((one) => [keyOf(one), one]));
  const computed = users.flatMap((user) => computePerson({ inputs, user, now }));
  const computedKeys = new Set(computed.map(keyOf));
  return {
    changed: computed.filter((one) => !isSame(one, storedByKey.get(keyOf(one)))),
    removed: stored.filter((one) => one.framework === framework && !computedKeys.has(keyOf(one))),
  };
}

/** When it was computed is no difference. */
function isSame(one: Attainment, stored: Attainment | undefined): boolean {
  return (
    stored !== undefined && isDeepStrictEqual({ ...one, asOf: null }, { ...stored, asOf: null })
  );
}

function keyOf({ user, scope, item }: Pick<Attainment, 'user' | 'scope' | 'item'>): string {
  return `${user} ${scope.kind} ${scope.id} ${item}`;
}
