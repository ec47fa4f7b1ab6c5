import { expect } from 'chai';
import { foreseeToolKeys, pickSigningKey, planToolKeys } from '../../src/lti/plan-tool-keys.js';
import type { ToolKeyRecord } from '../../src/lti/tool-key.model.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = new Date('2026-01-01T00:00:00Z').getTime();
const ages = { periodMs: 90 * DAY_MS, overlapMs: 2 * DAY_MS };
const day = (days: number) => new Date(START + days * DAY_MS);

function key(
  kid: string,
  state: ToolKeyRecord['state'],
  days: Partial<Record<'created' | 'active' | 'ended', number>>,
): ToolKeyRecord {
  const { created = 0, active, ended } = days;
  return {
    _id: kid,
    state,
    n: 'n',
    e: 'AQAB',
    sealedPrivateKey: 'sealed',
    createdAt: day(created),
    activatedAt: active === undefined ? null : day(active),
    endedAt: ended === undefined ? null : day(ended),
  };
}

const plan = (keys: ToolKeyRecord[], now: Date) => {
  const { remove, ...rest } = planToolKeys({ keys, ages, now });
  return { ...rest, remove: remove.map(({ _id }) => _id) };
};
const nothing = { makesNext: false, activate: null, retire: [], remove: [] };
const before = (date: Date) => new Date(date.getTime() - 1);

describe('planToolKeys', () => {
  const active = key('a', 'active', { active: 0 });

  it('makes the next key as long before the change as platforms may keep our set', () => {
    expect(plan([active], before(day(88)))).to.deep.equal(nothing);
    expect(plan([active], day(88))).to.deep.equal({ ...nothing, makesNext: true });
  });

  it('lets the next key sign only once it was offered that long, also when it was made late', () => {
    const keys = [active, key('b', 'next', { created: 100 })];

    expect(plan(keys, before(day(102)))).to.deep.equal(nothing);
    expect(plan(keys, day(102))).to.deep.equal({ ...nothing, activate: 'b', retire: ['a'] });
  });

  it('takes up a change that was stopped between its two writes', () => {
    const keys = [active, key('b', 'active', { created: 88, active: 90 })];

    expect(plan(keys, day(91))).to.deep.equal({ ...nothing, retire: ['a'] });
    expect(pickSigningKey(keys)?._id).to.equal('b');
  });

  it('offers an old key as long after the change, then removes it', () => {
    const keys = [
      key('a', 'retiring', { active: 0, ended: 90 }),
      key('b', 'active', { created: 88, active: 90 }),
    ];

    expect(plan(keys, before(day(92)))).to.deep.equal(nothing);
    expect(plan(keys, day(92))).to.deep.equal({ ...nothing, remove: ['a'] });
  });

  it('keeps the note of a withdrawn key for thirty days', () => {
    const keys = [active, key('w', 'withdrawn', { ended: 0 })];

    expect(plan(keys, before(day(30)))).to.deep.equal(nothing);
    expect(plan(keys, day(30))).to.deep.equal({ ...nothing, remove: ['w'] });
  });

  it('runs through a year by the day with one signing key at any time, always offered two days before', () => {
    let keys = [active];
    const offered = new Map<string, number>([['a', -2]]);
    const signed: string[] = [];
    for (let today = 0; today <= 365; today += 1) {
      const due = planToolKeys({ keys, ages, now: day(today) });
      if (due.makesNext) keys = [...keys, key(`k${today}`, 'next', { created: today })];
      keys = keys
        .map((one) =>
          one._id === due.activate
            ? { ...one, state: 'active' as const, activatedAt: day(today) }
            : one,
        )
        .map((one) =>
          due.retire.includes(one._id)
            ? { ...one, state: 'retiring' as const, endedAt: day(today) }
            : one,
        )
        .filter((one) => !due.remove.some(({ _id }) => _id === one._id));
      for (const { _id } of keys) if (!offered.has(_id)) offered.set(_id, today);
      const signing = pickSigningKey(keys)?._id ?? 'none';
      expect(today - (offered.get(signing) ?? today)).to.be.at.least(2);
      if (signed.at(-1) !== signing) signed.push(signing);
    }

    expect(signed).to.deep.equal(['a', 'k88', 'k178', 'k268', 'k358']);
    expect(keys.length).to.be.at.most(3);
  });
});

describe('foreseeToolKeys', () => {
  it('says of each key what happens to it next, and when', () => {
    const keys = [
      key('old', 'retiring', { ended: 5 }),
      key('a', 'active', { active: 5 }),
      key('w', 'withdrawn', { ended: 1 }),
    ];
    const outlook = foreseeToolKeys({ keys, ages });
    const withNext = foreseeToolKeys({ keys: [...keys, key('n', 'next', { created: 20 })], ages });

    expect(outlook.map(({ change }) => change)).to.deep.equal([
      { what: 'removed', at: day(7) },
      { what: 'followed', at: day(95) },
      { what: 'removed', at: day(31) },
    ]);
    expect(withNext.map(({ change }) => change).slice(1)).to.deep.equal([
      { what: 'followed', at: day(22) },
      { what: 'removed', at: day(31) },
      { what: 'signs', at: day(22) },
    ]);
  });
});
