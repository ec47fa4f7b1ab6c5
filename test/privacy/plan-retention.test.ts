import { expect } from 'chai';
import fc from 'fast-check';
import { planRetention, type EndedCourse } from '../../src/privacy/plan-retention.js';
import {
  addMonths,
  changePeriod,
  DAY_MS,
  NOTICE_MS,
  oldestKept,
} from '../../src/privacy/retention-period.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const after = (days: number, from: Date = NOW) => new Date(from.getTime() + days * DAY_MS);
const day = (date: Date | null | undefined) => date?.toISOString().slice(0, 10) ?? null;

const dates = fc.date({
  min: new Date('2000-01-01'),
  max: new Date('2060-01-01'),
  noInvalidDate: true,
});

describe('how long something is kept', () => {
  it('is counted in months of the calendar, also at the end of one', () => {
    expect(day(addMonths(new Date('2024-02-29T10:00:00Z'), 12))).to.equal('2025-02-28');
    expect(day(addMonths(new Date('2025-01-31T10:00:00Z'), 1))).to.equal('2025-02-28');
    expect(day(addMonths(new Date('2025-03-31T10:00:00Z'), -13))).to.equal('2024-02-29');
  });

  it('holds at once where it is longer, and thirty days later where it is shorter', () => {
    const set = changePeriod({ before: null, months: 24, now: NOW });
    const longer = changePeriod({ before: set, months: 36, now: after(10) });
    const shorter = changePeriod({ before: longer, months: 12, now: after(40) });

    expect([set, longer, shorter]).to.deep.equal([
      { months: 24, from: after(30) },
      { months: 36, from: after(30) },
      { months: 12, from: after(70) },
    ]);
    expect(changePeriod({ before: shorter, months: null, now: NOW })).to.equal(null);
  });

  it('takes from a log nothing before the setting holds', () => {
    const period = { months: 12, from: after(30) };

    expect(oldestKept({ period, now: after(29) })).to.equal(null);
    expect(day(oldestKept({ period, now: after(30) }))).to.equal('2025-07-01');
    expect(oldestKept({ period: null, now: NOW })).to.equal(null);
  });
});

describe('which courses are emptied', () => {
  const course = (more: Partial<EndedCourse> = {}): EndedCourse => ({
    course: 'c1',
    title: 'Coding',
    endedAt: LONG_AGO,
    isEndNamed: true,
    lastActivityAt: LONG_AGO,
    people: 3,
    ...more,
  });
  const plan = (more: Partial<Parameters<typeof planRetention>[0]> = {}) =>
    planRetention({
      courses: [course()],
      period: { months: 24, from: LONG_AGO },
      held: new Set(),
      announced: [],
      now: NOW,
      ...more,
    }).map(({ standing, eraseAt }) => [standing, day(eraseAt)]);

  it('goes by the months after the end, and by the notice', () => {
    expect(plan()).to.deep.equal([['due', '2026-07-01']]);
    expect(plan({ courses: [course({ endedAt: after(-1) })] })).to.deep.equal([
      ['planned', '2028-05-31'],
    ]);
  });

  it('leaves a course alone that is still used, whatever end the platform names', () => {
    const used = course({ lastActivityAt: after(-1) });

    expect(plan({ courses: [used] })).to.deep.equal([['due', '2026-07-01']]);
    const announced = [{ course: 'c1', state: 'announced' as const, announcedAt: after(-29) }];
    expect(plan({ courses: [used], announced })).to.deep.equal([['due', '2026-06-30']]);
  });

  it('empties nothing that is excepted, has no learners, or where nothing is set', () => {
    expect(plan({ held: new Set(['c1']) })).to.deep.equal([['held', null]]);
    expect(plan({ courses: [course({ people: 0 })] })).to.deep.equal([['kept', null]]);
    expect(plan({ period: null })).to.deep.equal([['kept', null]]);
  });

  it('waits for a setting that does not hold yet, also where a course was announced before', () => {
    const period = { months: 12, from: after(20) };
    const announced = [{ course: 'c1', state: 'announced' as const, announcedAt: after(-25) }];

    expect(plan({ period, announced })).to.deep.equal([['due', '2026-06-21']]);
  });

  it('puts what goes first first', () => {
    const courses = [
      course({ course: 'late', endedAt: after(-400) }),
      course({ course: 'kept', people: 0 }),
      course({ course: 'soon' }),
    ];
    const found = planRetention({
      courses,
      period: { months: 24, from: LONG_AGO },
      held: new Set(),
      announced: [],
      now: NOW,
    });

    expect(found.map((one) => one.course)).to.deep.equal(['soon', 'late', 'kept']);
  });

  it('never comes sooner than the end and the months, the notice, or a month without use', () => {
    fc.assert(
      fc.property(
        dates,
        dates,
        dates,
        dates,
        fc.integer({ min: 12, max: 240 }),
        (endedAt, lastActivityAt, from, now, months) => {
          const [found] = planRetention({
            courses: [course({ endedAt, lastActivityAt })],
            period: { months, from },
            held: new Set(),
            announced: [],
            now,
          });
          const eraseAt = found?.eraseAt ?? null;
          expect(eraseAt).not.to.equal(null);
          for (const least of [
            addMonths(endedAt, months),
            from,
            new Date(now.getTime() + NOTICE_MS),
            new Date(lastActivityAt.getTime() + NOTICE_MS),
          ])
            expect(eraseAt?.getTime()).to.be.at.least(least.getTime());
        },
      ),
    );
  });
});
