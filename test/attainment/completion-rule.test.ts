import { expect } from 'chai';
import fc from 'fast-check';
import {
  buildDemand,
  DEFAULT_RULE,
  findRuleInForce,
  type CompletionRule,
  type RuleHistory,
} from '../../src/attainment/completion-rule.js';
import { day } from './attainment-factories.js';

const demands: {
  title: string;
  rule: CompletionRule;
  m: number;
  assessedM: number;
  required: number;
  assessed: number;
}[] = [
  {
    title: 'asks nothing of an empty M',
    rule: DEFAULT_RULE,
    m: 0,
    assessedM: 0,
    required: 0,
    assessed: 0,
  },
  {
    title: 'asks for all of M where M is smaller than the rule',
    rule: DEFAULT_RULE,
    m: 1,
    assessedM: 0,
    required: 1,
    assessed: 0,
  },
  {
    title: 'asks for two by default, none with a score where no assessed activity is aligned',
    rule: DEFAULT_RULE,
    m: 9,
    assessedM: 0,
    required: 2,
    assessed: 0,
  },
  {
    title: 'asks for one with a score where an assessed activity is aligned',
    rule: DEFAULT_RULE,
    m: 9,
    assessedM: 1,
    required: 2,
    assessed: 1,
  },
  {
    title: 'asks for every one under "all"',
    rule: { required: { kind: 'all' }, assessed: 0 },
    m: 7,
    assessedM: 3,
    required: 7,
    assessed: 0,
  },
  {
    title: 'rounds a percentage up',
    rule: { required: { kind: 'percent', percent: 50 }, assessed: 0 },
    m: 5,
    assessedM: 0,
    required: 3,
    assessed: 0,
  },
  {
    title: 'asks for one at least',
    rule: { required: { kind: 'percent', percent: 0 }, assessed: 0 },
    m: 5,
    assessedM: 0,
    required: 1,
    assessed: 0,
  },
  {
    title: 'asks for no more scores than objects',
    rule: { required: { kind: 'number', n: 1 }, assessed: 3 },
    m: 5,
    assessedM: 5,
    required: 1,
    assessed: 1,
  },
];

describe('buildDemand', () => {
  for (const { title, rule, m, assessedM, required, assessed } of demands) {
    it(title, () => {
      expect(buildDemand({ rule, m, assessedM })).to.deep.equal({
        required,
        assessedRequired: assessed,
      });
    });
  }

  it('never asks for more than there is', () => {
    const rules = fc.record({
      required: fc.oneof(
        fc.constant({ kind: 'all' as const }),
        fc.record({ kind: fc.constant('number' as const), n: fc.integer({ min: 1, max: 40 }) }),
        fc.record({
          kind: fc.constant('percent' as const),
          percent: fc.integer({ min: 0, max: 100 }),
        }),
      ),
      assessed: fc.integer({ min: 0, max: 10 }),
    });
    fc.assert(
      fc.property(rules, fc.nat(40), fc.nat(40), (rule, m, assessedM) => {
        const demand = buildDemand({ rule, m, assessedM: Math.min(m, assessedM) });
        return (
          demand.required <= m &&
          demand.assessedRequired <= demand.required &&
          (m === 0 || demand.required >= 1)
        );
      }),
    );
  });
});

describe('findRuleInForce', () => {
  const strict: CompletionRule = { required: { kind: 'number', n: 5 }, assessed: 0 };
  const easy: CompletionRule = { required: { kind: 'number', n: 1 }, assessed: 0 };
  const place = (
    course: string | null,
    item: string | null,
    rule: CompletionRule | null,
  ): RuleHistory => ({
    framework: 'him',
    item,
    course,
    history: [{ revision: 1, at: day(5), by: 'u9', rule }],
  });

  it('prefers the nearest place', () => {
    const histories = [
      place(null, null, strict),
      place('c1', null, strict),
      place('c1', 'i1', easy),
    ];
    const found = findRuleInForce({
      histories,
      framework: 'him',
      item: 'i1',
      course: 'c1',
      at: day(6),
    });
    expect(found).to.deep.equal({ rule: easy, source: 'course-item', revision: 1 });
  });

  it('never lets a course decide the answer of the framework', () => {
    const found = findRuleInForce({
      histories: [place('c1', null, easy), place('c1', 'i1', easy)],
      framework: 'him',
      item: 'i1',
      course: null,
      at: day(6),
    });
    expect(found.source).to.equal('default');
  });

  it('takes the rule in force at the instant, not the newest', () => {
    const history = place('c1', null, strict);
    history.history.push({ revision: 2, at: day(20), by: 'u9', rule: easy });
    const at = (when: Date) =>
      findRuleInForce({
        histories: [history],
        framework: 'him',
        item: 'i1',
        course: 'c1',
        at: when,
      });
    expect([at(day(4)).source, at(day(6)).revision, at(day(20)).revision]).to.deep.equal([
      'default',
      1,
      2,
    ]);
  });

  it('falls back to the wider rule when a nearer one is lifted', () => {
    const found = findRuleInForce({
      histories: [place(null, null, strict), place('c1', null, null)],
      framework: 'him',
      item: 'i1',
      course: 'c1',
      at: day(6),
    });
    expect(found.source).to.equal('framework');
  });
});
