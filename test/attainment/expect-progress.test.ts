import { expect } from 'chai';
import type { CompletionRule } from '../../src/attainment/completion-rule.js';
import { expectProgress, NO_PICKS } from '../../src/attainment/expect-progress.js';
import type { Activity } from '../../src/activities/activity.model.js';

const NOW = new Date('2026-03-02T10:00:00Z');

describe('expectProgress', () => {
  const activity = (id: string, more: Partial<Activity> = {}): Activity => ({
    id,
    activityId: `https://x.test/${id}`,
    deployment: 'd1',
    course: 'c1',
    title: id,
    kind: 'quiz',
    source: 'typed',
    address: null,
    file: null,
    resourceLinkId: null,
    lineItemUrl: null,
    lesson: null,
    assessed: false,
    assessedSince: null,
    createdAt: NOW,
    lastLaunchAt: null,
    ...more,
  });
  const demand = (
    options: Partial<Parameters<typeof expectProgress>[0]>,
    rule: CompletionRule = { required: { kind: 'all' }, assessed: 0 },
  ) => {
    const at = new Date('2026-01-01T00:00:00Z');
    const history = [{ revision: 1, at, by: 'u1', rule }];
    const { m, required, assessedRequired } = expectProgress({
      item: 'i1',
      framework: 'f1',
      scope: { kind: 'course', id: 'c1' },
      activities: [activity('a1', { assessed: true })],
      resources: 3,
      picks: NO_PICKS,
      rules: [{ framework: 'f1', item: null, course: null, history }],
      now: NOW,
      ...options,
    });
    return { m, required, assessedRequired };
  };
  const picks = (hidden: string[], required: string[] = [], resources = ['r1', 'r2']) => ({
    hidden: new Set(hidden),
    required: new Set(required),
    resources: new Set(resources),
  });

  it('counts resources and activities where nobody made a shortlist', () => {
    expect(demand({})).to.include({ m: 4, required: 4 });
  });

  it('leaves out what the course hides', () => {
    expect(demand({ picks: picks(['r1', 'a1']) })).to.include({ m: 2, required: 2 });
  });

  it('does not leave out a hidden resource that does not serve the competency any more', () => {
    expect(demand({ picks: picks(['r1', 'gone']) })).to.include({ m: 3 });
  });

  it('asks for no score that only a hidden activity could bring', () => {
    const rule: CompletionRule = { required: { kind: 'number', n: 2 }, assessed: 1 };

    expect(demand({}, rule)).to.include({ assessedRequired: 1 });
    expect(demand({ picks: picks(['a1']) }, rule)).to.include({ assessedRequired: 0 });
  });

  it('asks for the required ones alone under a rule of all', () => {
    expect(demand({ picks: picks([], ['r1', 'a1']) })).to.include({ m: 2, required: 2 });
    expect(demand({ picks: picks(['r1'], ['gone']) })).to.include({ m: 3, required: 3 });
  });

  it('counts a lesson that is placed as an activity once', () => {
    const lesson = activity('a2', { lesson: 'r1', assessed: true });

    expect(demand({ activities: [lesson], resources: 1 })).to.include({ m: 1 });
    expect(demand({ activities: [lesson], resources: 0 })).to.include({ m: 1 });
    expect(demand({ activities: [lesson], resources: 1, picks: picks(['r1']) })).to.include({
      m: 0,
    });
  });
});
