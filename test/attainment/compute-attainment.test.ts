import { expect } from 'chai';
import fc from 'fast-check';
import {
  buildDemand,
  findRuleInForce,
  type RuleHistory,
} from '../../src/attainment/completion-rule.js';
import {
  computeAttainment,
  type ComputeAttainmentInput,
} from '../../src/attainment/compute-attainment.js';
import type { Tie, TiedObject } from '../../src/attainment/plan-attainment.js';
import type { Evidence } from '../../src/attainment/evidence.js';
import {
  buildTie,
  buildActivityObject,
  buildEvidence,
  buildInput,
  buildObject,
  day,
} from './attainment-factories.js';

const two = [buildObject(), buildObject({ objectId: 'r2', title: 'Coding basics' })];

describe('computeAttainment', () => {
  it('has nothing to do where nothing is tied, and is not achieved', () => {
    const result = computeAttainment(buildInput({ evidence: [buildEvidence()] }));
    expect(result).to.include({ status: 'open', n: 0, m: 0, required: 0, achievedAt: null });
  });

  it('is achieved when the second of any two is done, at that time', () => {
    const evidence = [
      buildEvidence({ at: day(12) }),
      buildEvidence({ objectId: 'r2', at: day(15) }),
    ];
    const result = computeAttainment(
      buildInput({ objects: [...two, buildObject({ objectId: 'r3' })], evidence }),
    );
    expect(result).to.deep.include({
      status: 'achieved',
      n: 2,
      m: 3,
      required: 2,
      achievedAt: day(15),
      selfReported: true,
    });
  });

  it('still needs a score where an assessed activity is aligned', () => {
    const objects = [...two, buildActivityObject({ tie: { assessedSince: day(0) } })];
    const evidence = [buildEvidence(), buildEvidence({ objectId: 'r2' })];
    const result = computeAttainment(buildInput({ objects, evidence }));
    expect(result).to.deep.include({
      status: 'progress',
      n: 2,
      assessedRequired: 1,
      assessedDone: 0,
      missing: { more: 0, assessed: 1 },
    });
  });

  it('counts an object once, keeps its best score and says that the others are retakes', () => {
    const evidence = [0.4, 0.9, 0.7].map((score, index) =>
      buildEvidence({ kind: 'assessed', score, success: true, at: day(10 + index) }),
    );
    const result = computeAttainment(buildInput({ objects: two, evidence }));
    expect(result).to.include({ n: 1, score: 0.9, status: 'progress' });
    expect(result.excluded.map((one) => one.reason)).to.deep.equal(['same-object', 'same-object']);
  });

  it('does not count what was only opened, what failed and what was done elsewhere', () => {
    const evidence = [
      buildEvidence({ kind: 'observed', completes: false }),
      buildEvidence({ kind: 'assessed', success: false, score: 0.2 }),
      buildEvidence({ objectId: 'r2', course: 'c2' }),
    ];
    const result = computeAttainment(buildInput({ objects: two, evidence }));
    expect(result.n).to.equal(0);
    expect(result.excluded.map((one) => one.reason)).to.have.members([
      'not-completed',
      'not-passed',
      'other-course',
    ]);
  });

  it('counts evidence of every course in the framework, and activities only of courses the learner was in', () => {
    const objects = [
      ...two,
      buildActivityObject({ tie: { course: 'c2' }, objectId: 'a2' }),
      buildActivityObject(),
    ];
    const evidence = [
      buildEvidence({ course: 'c2' }),
      buildEvidence({ objectId: 'r2', course: null }),
    ];
    const result = computeAttainment(
      buildInput({ scope: { kind: 'framework', id: 'him' }, objects, evidence }),
    );
    expect(result).to.include({ status: 'achieved', n: 2, m: 3 });
  });

  it('stays achieved when the alignment ends later, with the live N of M beside it', () => {
    const objects = [buildObject({ tie: { until: day(50) } }), buildObject({ objectId: 'r2' })];
    const evidence = [buildEvidence(), buildEvidence({ objectId: 'r2', at: day(20) })];
    const result = computeAttainment(buildInput({ objects, evidence }));
    expect(result).to.deep.include({ status: 'achieved', achievedAt: day(20), n: 1, m: 1 });
    expect(result.achievedBy).to.have.length(2);
  });

  it('counts what was done before the alignment, achieved from the alignment on', () => {
    const objects = [buildObject(), buildActivityObject({ tie: { since: day(30) } })];
    const evidence = [
      buildEvidence(),
      buildEvidence({ objectId: 'a1', objectKind: 'activity', at: day(12) }),
    ];
    const before = computeAttainment(
      buildInput({ objects, evidence: evidence.slice(1), now: day(29) }),
    );
    const after = computeAttainment(
      buildInput({ objects: [...objects, ...two.slice(1)], evidence }),
    );
    expect(before).to.include({ status: 'open', n: 0 });
    expect(after).to.deep.include({ status: 'achieved', achievedAt: day(30) });
  });

  it('is not undone by a stricter rule later', () => {
    const rules: RuleHistory[] = [
      {
        framework: 'him',
        item: null,
        course: 'c1',
        history: [
          { revision: 1, at: day(60), by: 'u9', rule: { required: { kind: 'all' }, assessed: 0 } },
        ],
      },
    ];
    const evidence = [buildEvidence(), buildEvidence({ objectId: 'r2' })];
    const result = computeAttainment(
      buildInput({ objects: [...two, buildObject({ objectId: 'r3' })], evidence, rules }),
    );
    expect(result).to.deep.include({ status: 'achieved', required: 3, n: 2, achievedAt: day(10) });
  });

  it('is undone by a withdrawal, and says when', () => {
    const evidence = [
      buildEvidence(),
      buildEvidence({ objectId: 'r2', withdrawn: { at: day(40), statementId: 'v' } }),
    ];
    const result = computeAttainment(buildInput({ objects: two, evidence }));
    expect(result).to.deep.include({
      status: 'progress',
      achievedAt: null,
      withdrawnAt: day(40),
      n: 1,
    });
    expect(result.excluded).to.deep.include({
      statementId: evidence[1]?.statementId,
      objectId: 'r2',
      reason: 'withdrawn',
    });
  });

  it('says nothing of a withdrawal that came before the rule was met', () => {
    const evidence = [
      buildEvidence({ withdrawn: { at: day(11), statementId: 'v' } }),
      buildEvidence({ objectId: 'r2', at: day(12) }),
    ];
    expect(computeAttainment(buildInput({ objects: two, evidence })).withdrawnAt).to.equal(null);
  });

  it('rests on declarations no longer once one of the objects has a score', () => {
    const evidence = [
      buildEvidence(),
      buildEvidence({ objectId: 'r2' }),
      buildEvidence({ objectId: 'r2', kind: 'assessed', score: 1, at: day(30) }),
    ];
    expect(computeAttainment(buildInput({ objects: two, evidence }))).to.include({
      status: 'achieved',
      selfReported: false,
    });
  });

  it('leaves a retired resource out of today and keeps what was achieved with it', () => {
    const objects = [buildObject({ tie: { live: false } }), buildObject({ objectId: 'r2' })];
    const result = computeAttainment(
      buildInput({ objects, evidence: [buildEvidence(), buildEvidence({ objectId: 'r2' })] }),
    );
    expect(result).to.include({ status: 'achieved', n: 1, m: 1 });
    expect(result.excluded.map((one) => one.reason)).to.deep.equal(['retired']);
  });
});

describe('computeAttainment over random histories', () => {
  const LAST_DAY = 30;
  const dayNumber = fc.integer({ min: 0, max: LAST_DAY });
  const evidenceOf = fc.record({
    serial: fc.nat(40),
    object: fc.constantFrom('r1', 'r2', 'a1', 'a2'),
    at: dayNumber,
    kind: fc.constantFrom('declared' as const, 'assessed' as const, 'observed' as const),
    completes: fc.boolean(),
    success: fc.constantFrom(true, false, null),
    withdrawnAfter: fc.option(fc.integer({ min: 0, max: 10 })),
    course: fc.constantFrom('c1', 'c2'),
  });
  const tiesOf = fc.array(fc.tuple(dayNumber, fc.option(fc.integer({ min: 1, max: 15 }))), {
    maxLength: 3,
  });
  const ruleOf = fc.record({
    required: fc.oneof(
      fc.constant({ kind: 'all' as const }),
      fc.record({ kind: fc.constant('number' as const), n: fc.integer({ min: 1, max: 4 }) }),
    ),
    assessed: fc.integer({ min: 0, max: 2 }),
  });
  const history = fc.record({
    evidence: fc.uniqueArray(evidenceOf, { maxLength: 8, selector: (one) => one.serial }),
    ties: fc.tuple(tiesOf, tiesOf, tiesOf, tiesOf),
    rules: fc.array(fc.tuple(dayNumber, fc.option(ruleOf)), { maxLength: 3 }),
    assessedSince: fc.option(dayNumber),
    scope: fc.constantFrom(
      { kind: 'course' as const, id: 'c1' },
      { kind: 'framework' as const, id: 'him' },
    ),
  });
  type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

  function toInput(one: History): ComputeAttainmentInput {
    const objects: TiedObject[] = ['r1', 'r2', 'a1', 'a2'].map((objectId, index) => ({
      objectId,
      objectKind: index < 2 ? 'resource' : 'activity',
      title: objectId,
      ties: (one.ties[index] ?? []).map(([since, length]) =>
        buildTie({
          since: day(since),
          until: length === null ? null : day(since + length),
          course: objectId === 'a1' ? 'c1' : objectId === 'a2' ? 'c2' : null,
          assessedSince:
            objectId === 'a1' && one.assessedSince !== null ? day(one.assessedSince) : null,
        }),
      ),
    }));
    const evidence = one.evidence.map((entry) =>
      buildEvidence({
        statementId: `s${entry.serial}`,
        objectId: entry.object,
        objectKind: entry.object.startsWith('a') ? 'activity' : 'resource',
        at: day(entry.at),
        kind: entry.kind,
        completes: entry.completes,
        success: entry.success,
        course: entry.course,
        withdrawn:
          entry.withdrawnAfter === null
            ? null
            : { at: day(entry.at + entry.withdrawnAfter), statementId: `v${entry.serial}` },
      }),
    );
    const rules: RuleHistory[] = [
      {
        framework: 'him',
        item: null,
        course: null,
        history: one.rules.map(([at, rule], index) => ({
          revision: index + 1,
          at: day(at),
          by: 'u9',
          rule,
        })),
      },
    ];
    return buildInput({
      scope: one.scope,
      objects,
      evidence,
      rules,
      courses: new Map([
        ['c1', day(0)],
        ['c2', day(9)],
      ]),
      now: day(LAST_DAY),
    });
  }

  /** The definition, read literally: every day in turn. */
  function firstDayMet(input: ComputeAttainmentInput): Date | null {
    for (let number = 0; number <= LAST_DAY; number += 1) {
      const at = day(number);
      const holds = (tie: Tie) => {
        const isOfCourse =
          tie.course === null ||
          (input.scope.kind === 'course'
            ? tie.course === input.scope.id
            : (input.courses.get(tie.course) ?? day(999)) <= at);
        return isOfCourse && tie.since <= at && (tie.until === null || at < tie.until);
      };
      const inForce = input.objects.filter((object) => object.ties.some(holds));
      const done = input.evidence.filter(
        (one) =>
          one.at <= at &&
          one.withdrawn === null &&
          one.completes &&
          one.success !== false &&
          (input.scope.kind === 'framework' || one.course === input.scope.id),
      );
      const objects = inForce.filter((object) =>
        done.some((one) => one.objectId === object.objectId),
      );
      const withScore = inForce.filter((object) =>
        done.some((one) => one.objectId === object.objectId && one.kind === 'assessed'),
      );
      const { rule } = findRuleInForce({
        histories: input.rules,
        framework: 'him',
        item: 'i1',
        course: input.scope.kind === 'course' ? 'c1' : null,
        at,
      });
      const assessedM = inForce.filter((object) =>
        object.ties.some(
          (tie) => holds(tie) && tie.assessedSince !== null && tie.assessedSince <= at,
        ),
      ).length;
      const demand = buildDemand({ rule, m: inForce.length, assessedM });
      if (
        done.length > 0 &&
        inForce.length > 0 &&
        objects.length >= demand.required &&
        withScore.length >= demand.assessedRequired
      )
        return at;
    }
    return null;
  }

  it('is achieved on the first day that the definition names', () => {
    fc.assert(
      fc.property(history, (one) => {
        const input = toInput(one);
        expect(computeAttainment(input).achievedAt).to.deep.equal(firstDayMet(input));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on order or duplicates', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (one, numbers) => {
        const input = toInput(one);
        const shuffle = <T>(list: readonly T[]): T[] =>
          [...list]
            .map((value) => ({ value, key: numbers.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ value }) => value);
        const withDuplicates: Evidence[] = [
          ...input.evidence,
          ...input.evidence.map((entry) => ({ ...entry, withdrawn: null })),
        ];
        const shuffled = {
          ...input,
          evidence: shuffle(withDuplicates),
          objects: shuffle(input.objects),
        };
        expect(computeAttainment(shuffled)).to.deep.equal(computeAttainment(input));
      }),
      { numRuns: 300 },
    );
  });

  it('never says achieved of what is missing nothing of nothing, and counts no more than there is', () => {
    fc.assert(
      fc.property(history, (one) => {
        const result = computeAttainment(toInput(one));
        expect(result.n).to.be.at.most(result.m);
        expect(result.status === 'achieved').to.equal(result.achievedAt !== null);
        if (result.achievedAt !== null) expect(result.achievedBy).to.not.have.length(0);
      }),
      { numRuns: 300 },
    );
  });
});
