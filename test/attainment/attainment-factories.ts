// Makers of evidence, tied objects and inputs for the tests of this room. Times are whole days of 2026.
import type { Evidence } from '../../src/attainment/evidence.js';
import type { ComputeAttainmentInput } from '../../src/attainment/compute-attainment.js';
import type { Tie, TiedObject } from '../../src/attainment/plan-attainment.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

export function day(count: number): Date {
  return new Date(Date.UTC(2026, 0, 1) + count * DAY_MS);
}

let serial = 0;

export function buildEvidence(overrides: Partial<Evidence> = {}): Evidence {
  serial += 1;
  return {
    statementId: `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    deployment: 'd1',
    user: 'u1',
    course: 'c1',
    objectId: 'r1',
    objectKind: 'resource',
    title: 'Data quality basics',
    item: null,
    by: null,
    kind: 'declared',
    completes: true,
    imported: false,
    success: null,
    score: null,
    at: day(10),
    withdrawn: null,
    ...overrides,
  };
}

export function buildTie(overrides: Partial<Tie> = {}): Tie {
  return {
    since: day(0),
    until: null,
    course: null,
    assessedSince: null,
    live: true,
    ...overrides,
  };
}

export function buildObject(
  overrides: Partial<TiedObject> & { tie?: Partial<Tie> } = {},
): TiedObject {
  const { tie, ...rest } = overrides;
  return {
    objectId: 'r1',
    objectKind: 'resource',
    title: 'Data quality basics',
    ties: [buildTie(tie)],
    ...rest,
  };
}

export function buildActivityObject(
  overrides: Partial<TiedObject> & { tie?: Partial<Tie> } = {},
): TiedObject {
  const { tie, ...rest } = overrides;
  return buildObject({
    objectId: 'a1',
    objectKind: 'activity',
    title: 'Coding quiz',
    tie: { course: 'c1', ...tie },
    ...rest,
  });
}

export function buildInput(
  overrides: Partial<ComputeAttainmentInput> = {},
): ComputeAttainmentInput {
  return {
    scope: { kind: 'course', id: 'c1' },
    framework: 'him',
    item: 'i1',
    evidence: [],
    objects: [],
    rules: [],
    courses: new Map([['c1', day(1)]]),
    now: day(100),
    ...overrides,
  };
}
