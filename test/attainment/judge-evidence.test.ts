// What a rule makes of scores, ratings, attestations and shortlists, seen in the attainment they lead to.
import { expect } from 'chai';
import type { CompletionRule, RuleHistory } from '../../src/attainment/completion-rule.js';
import { computeAttainment } from '../../src/attainment/compute-attainment.js';
import type { Evidence } from '../../src/attainment/evidence.js';
import type { ShortlistHistory } from '../../src/activities/shortlist.model.js';
import {
  buildActivityObject,
  buildEvidence,
  buildInput,
  buildObject,
  day,
} from './attainment-factories.js';

const I1 = { framework: 'him', item: 'i1' };
const one: CompletionRule = { required: { kind: 'number', n: 1 }, assessed: 0 };
const objects = ['r1', 'r2', 'r3'].map((objectId) => buildObject({ objectId }));

describe('the threshold of a rule', () => {
  it('decides what is passed in place of what the statement says', () => {
    const evidence = [
      score(0.7, { success: true }),
      score(0.6, { objectId: 'r2', success: false }),
    ];

    const strict = attain({ rule: { ...one, passPercent: 80 }, evidence });
    const mild = attain({ rule: { ...one, passPercent: 60 }, evidence });

    expect(strict).to.include({ status: 'open', n: 0 });
    expect(strict.excluded.map(({ reason }) => reason)).to.deep.equal(['not-passed', 'not-passed']);
    expect(mild).to.include({ status: 'achieved', n: 2 });
  });

  it('leaves work without a score to what its statement says', () => {
    const evidence = [buildEvidence(), buildEvidence({ objectId: 'r2', success: false })];

    expect(attain({ rule: { ...one, passPercent: 80 }, evidence })).to.include({ n: 1 });
  });

  it('keeps the highest of several scores, or the latest where the rule says so', () => {
    const evidence = [score(0.9, { at: day(10) }), score(0.3, { at: day(11), success: false })];

    const highest = attain({ rule: one, evidence });
    const latest = attain({ rule: { ...one, keep: 'latest' }, evidence });

    expect(highest).to.include({ n: 1, score: 0.9 });
    expect(latest).to.include({ n: 0, status: 'achieved' });
    expect(latest.achievedAt).to.deep.equal(day(10));
  });
});

describe('a mastery method of a rule', () => {
  const mastery = { method: { name: 'average' as const }, thresholdPercent: 75 };

  it('is met when the kept scores, one an object, come to the threshold', () => {
    const evidence = [
      score(0.6, { at: day(10) }),
      score(0.7, { at: day(11) }),
      score(0.8, { objectId: 'r2', at: day(12) }),
    ];

    const result = attain({ rule: { ...one, mastery }, evidence });

    expect(result).to.deep.include({ status: 'achieved', achievedAt: day(12), score: 0.75 });
    expect(result.mastery).to.deep.equal({
      method: mastery.method,
      threshold: 0.75,
      score: 0.75,
      met: true,
    });
  });

  it('says how far the scores come while they do not, and counts failed ones too', () => {
    const evidence = [score(0.9), score(0.2, { objectId: 'r2', success: false })];

    const result = attain({ rule: { ...one, mastery }, evidence });

    expect(result).to.include({ status: 'progress', n: 1 });
    expect(result.mastery).to.include({ score: 0.55, met: false });
    expect(result.parameters.mastery).to.deep.equal(mastery);
  });

  it('has no result without scores, and is not met by declarations', () => {
    const result = attain({ rule: { ...one, mastery }, evidence: [buildEvidence()] });

    expect(result).to.include({ status: 'progress', n: 1, score: null });
  });

  it('takes the scores in order of time, whatever order they come in', () => {
    const evidence = [score(1, { at: day(12) }), score(0.2, { objectId: 'r2', at: day(10) })];
    const latest = { method: { name: 'latest' as const }, thresholdPercent: 90 };

    expect(attain({ rule: { ...one, mastery: latest }, evidence }).score).to.equal(1);
  });
});

describe("a named person's word", () => {
  it('is one piece of evidence, and as an object of its own the only one where nothing is tied', () => {
    const alone = computeAttainment(buildInput({ evidence: [word()], objects: [] }));
    const beside = attain({
      rule: { ...one, required: { kind: 'number', n: 2 } },
      evidence: [word()],
    });

    expect(alone).to.include({ status: 'achieved', n: 1, m: 1, selfReported: false });
    expect(beside).to.include({ status: 'progress', n: 1, m: 4 });
  });

  it('stands for assessed evidence only where the rule says so', () => {
    const quiz = buildActivityObject({ tie: { assessedSince: day(0) } });
    const evidence = [word(), buildEvidence({ at: day(9) })];
    const rule: CompletionRule = { required: { kind: 'number', n: 2 }, assessed: 1 };
    const tied = [...objects, quiz];

    expect(attain({ rule, evidence, tied })).to.deep.include({
      status: 'progress',
      missing: { more: 0, assessed: 1 },
    });
    expect(attain({ rule: { ...rule, attested: 'assessed' }, evidence, tied }).status).to.equal(
      'achieved',
    );
  });

  it('achieves by itself where the rule says so', () => {
    const rule: CompletionRule = { required: { kind: 'all' }, assessed: 2, attested: 'whole' };

    const result = attain({ rule, evidence: [word({ at: day(20) })] });

    expect(result).to.deep.include({ status: 'achieved', achievedAt: day(20), n: 1, m: 4 });
  });

  it('counts for nothing once the newest says "not yet"; many are one', () => {
    const evidence = [word({ at: day(10) }), word({ at: day(11) })];
    const rule: CompletionRule = { required: { kind: 'number', n: 2 }, assessed: 0 };

    expect(attain({ rule, evidence })).to.include({ n: 1 });
    expect(
      attain({ rule, evidence: [...evidence, word({ at: day(12), success: false })] }),
    ).to.include({ n: 0, m: 3 });
  });

  it('speaks for its own competency alone', () => {
    const other = word({ item: { framework: 'him', item: 'i2' } });

    const result = attain({ rule: one, evidence: [other] });

    expect(result).to.include({ n: 0 });
    expect(result.excluded[0]?.reason).to.equal('other-item');
  });
});

describe('a rating of an activity for one competency', () => {
  it('stands in place of the activity’s own score there, and nowhere else', () => {
    const own = score(0.9, { at: day(10) });
    const rating = score(0.4, { at: day(11), item: I1, success: false });

    const here = attain({ rule: one, evidence: [own, rating] });
    const there = attain({ rule: one, evidence: [own, rating], item: 'i2' });

    expect(here).to.include({ n: 0 });
    expect(here.excluded.map(({ reason }) => reason)).to.deep.equal(['not-passed', 'rated']);
    expect(there).to.include({ n: 1, score: 0.9 });
    expect(there.excluded.map(({ reason }) => reason)).to.deep.equal(['other-item']);
  });

  it('gives way when it is withdrawn', () => {
    const own = score(0.9, { at: day(10) });
    const rating = score(0.4, {
      at: day(11),
      item: I1,
      success: false,
      withdrawn: { at: day(12), statementId: 'v' },
    });

    expect(attain({ rule: one, evidence: [own, rating] })).to.include({ n: 1, score: 0.9 });
  });
});

describe("a course's shortlist", () => {
  const all: CompletionRule = { required: { kind: 'all' }, assessed: 0 };
  const evidence = [buildEvidence({ at: day(10) }), buildEvidence({ objectId: 'r2', at: day(11) })];

  it('makes "all" mean the required ones', () => {
    const shortlists = [shortlist({ required: ['r1', 'r2'] })];

    const result = attain({ rule: all, evidence, shortlists });

    expect(result).to.deep.include({ status: 'achieved', achievedAt: day(11), n: 2, m: 2 });
    expect(attain({ rule: all, evidence }).status).to.equal('progress');
  });

  it('leaves other rules as they are, but for what it hides', () => {
    const shortlists = [shortlist({ required: ['r1'], hidden: ['r2'] })];

    const result = attain({ rule: one, evidence, shortlists });

    expect(result).to.include({ n: 1, m: 2 });
    expect(result.excluded).to.deep.include({
      statementId: evidence[1]?.statementId,
      objectId: 'r2',
      reason: 'hidden',
    });
  });

  it('never touches the framework’s answer, nor another course’s', () => {
    const shortlists = [shortlist({ hidden: ['r1', 'r2', 'r3'] })];
    const framework = computeAttainment(
      buildInput({ scope: { kind: 'framework', id: 'him' }, objects, evidence, shortlists }),
    );
    const other = attain({
      rule: one,
      evidence,
      shortlists: shortlists.map((list) => ({ ...list, course: 'c2' })),
    });

    expect([framework.n, framework.m, other.n]).to.deep.equal([2, 3, 2]);
  });

  it('decides from when it was made, so that what was achieved before stays', () => {
    const shortlists = [shortlist({ hidden: ['r1', 'r2'] }, day(50))];

    const result = attain({ rule: one, evidence, shortlists });

    expect(result).to.deep.include({ status: 'achieved', achievedAt: day(10), n: 0, m: 1 });
  });
});

function attain(options: {
  rule: CompletionRule;
  evidence: Evidence[];
  tied?: typeof objects;
  item?: string;
  shortlists?: ShortlistHistory[];
}) {
  const { rule, evidence, tied = objects, item = 'i1', shortlists = [] } = options;
  const rules: RuleHistory[] = [
    {
      framework: 'him',
      item: null,
      course: 'c1',
      history: [{ revision: 1, at: day(0), by: 'u9', rule }],
    },
  ];
  return computeAttainment(buildInput({ item, objects: tied, evidence, rules, shortlists }));
}

function score(value: number, overrides: Partial<Evidence> = {}): Evidence {
  return buildEvidence({ kind: 'assessed', score: value, success: true, ...overrides });
}

function word(overrides: Partial<Evidence> = {}): Evidence {
  return buildEvidence({
    objectId: 'i1',
    objectKind: 'item',
    item: I1,
    kind: 'attested',
    success: true,
    by: 'u9',
    ...overrides,
  });
}

function shortlist(
  content: Partial<ShortlistHistory['history'][number]>,
  at = day(0),
): ShortlistHistory {
  const empty = { pinned: [], required: [], hidden: [], notes: [] };
  return {
    framework: 'him',
    item: 'i1',
    course: 'c1',
    history: [{ revision: 1, at, by: 'u9', ...empty, ...content }],
  };
}
