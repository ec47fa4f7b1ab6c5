import { expect } from 'chai';
import fc from 'fast-check';
import type { ChildrenDemand, RuleHistory } from '../../src/attainment/completion-rule.js';
import { rollUp, type ChildAnswer } from '../../src/attainment/parent-rule.js';
import { day } from './attainment-factories.js';

const children = [child('a', 10), child('b', 20), child('c', null)];
const points: ChildrenDemand = {
  kind: 'points',
  base: 3,
  members: [
    { item: 'a', points: 1, required: true },
    { item: 'b', points: 2, required: false },
    { item: 'c', points: 4, required: false },
  ],
};

const demands: { title: string; demand: ChildrenDemand; achievedAt: number | null }[] = [
  { title: 'all', demand: { kind: 'all' }, achievedAt: null },
  { title: 'any', demand: { kind: 'any' }, achievedAt: 10 },
  { title: 'at least two', demand: { kind: 'at-least', n: 2 }, achievedAt: 20 },
  { title: 'at least three', demand: { kind: 'at-least', n: 3 }, achievedAt: null },
  { title: 'points with a required child', demand: points, achievedAt: 20 },
];

describe('rollUp', () => {
  for (const { title, demand, achievedAt } of demands)
    it(`is achieved when ${title} of the children are, at that time`, () => {
      const answer = answerOf({ rules: [rule(demand)] });

      expect(answer.achievedAt).to.deep.equal(achievedAt === null ? null : day(achievedAt));
      expect(answer.status).to.equal(achievedAt === null ? 'progress' : 'achieved');
    });

  it('wants all by default, of those for which something counts', () => {
    const uncounted = { ...child('d', null), counts: false };

    expect(answerOf({}).status).to.equal('progress');
    expect(answerOf({ children: [...children.slice(0, 2), uncounted] })).to.deep.include({
      status: 'achieved',
      n: 2,
      m: 2,
    });
  });

  it('is never achieved where nothing counts', () => {
    const none = children.map((one) => ({ ...child(one.item, null), counts: false }));

    expect(answerOf({ children: none, rules: [rule({ kind: 'any' })] })).to.deep.include({
      status: 'open',
      m: 0,
      achievedAt: null,
    });
  });

  it('stays achieved under a stricter rule later, and says when all of it is self-report', () => {
    const rules = [rule({ kind: 'any' }), rule({ kind: 'all' }, { revision: 2, at: day(50) })];
    const reported = children.map((one) => ({ ...one, selfReported: true }));

    expect(answerOf({ rules, children: reported })).to.deep.include({
      status: 'achieved',
      achievedAt: day(10),
      selfReported: true,
    });
  });

  it('hears a course’s rule only in that course', () => {
    const rules = [rule({ kind: 'any' }, { course: 'c1' })];

    expect(answerOf({ rules, course: 'c1' }).status).to.equal('achieved');
    expect(answerOf({ rules }).status).to.equal('progress');
  });

  it('never turns back when a further child is achieved', () => {
    const kinds = fc.oneof(
      fc.constant<ChildrenDemand>({ kind: 'all' }),
      fc.constant<ChildrenDemand>({ kind: 'any' }),
      fc.integer({ min: 1, max: 3 }).map((n): ChildrenDemand => ({ kind: 'at-least', n })),
      fc
        .integer({ min: 1, max: 7 })
        .map((base): ChildrenDemand => ({ ...points, base }) as ChildrenDemand),
    );
    const days = fc.array(fc.option(fc.integer({ min: 1, max: 60 })), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(kinds, days, fc.nat(2), (demand, when, index) => {
        const some = ['a', 'b', 'c'].map((item, at) => child(item, when[at] ?? null));
        const more = some.map((one, at) => (at === index ? child(one.item, 1) : one));
        const before = answerOf({ children: some, rules: [rule(demand)] }).achievedAt;
        const after = answerOf({ children: more, rules: [rule(demand)] }).achievedAt;
        return before === null || (after !== null && after.getTime() <= before.getTime());
      }),
    );
  });
});

function child(item: string, achieved: number | null): ChildAnswer {
  return {
    item,
    status: achieved === null ? 'progress' : 'achieved',
    achievedAt: achieved === null ? null : day(achieved),
    selfReported: false,
    counts: true,
  };
}

function rule(
  demand: ChildrenDemand,
  overrides: { revision?: number; at?: Date; course?: string } = {},
): RuleHistory {
  const { revision = 1, at = day(0), course = null } = overrides;
  const history = [{ revision, at, by: 'u9', rule: { children: demand } }];
  return { framework: 'him', item: 'd1', course, history };
}

function answerOf(options: {
  children?: ChildAnswer[];
  rules?: RuleHistory[];
  course?: string | null;
}) {
  const { rules = [], course = null } = options;
  const merged = rules
    .slice(1)
    .reduce<RuleHistory[]>(
      ([first, ...rest], one) =>
        first ? [{ ...first, history: [...first.history, ...one.history] }, ...rest] : [one],
      rules.slice(0, 1),
    );
  return rollUp({
    framework: 'him',
    item: 'd1',
    course,
    children: options.children ?? children,
    histories: merged,
    now: day(100),
  });
}
