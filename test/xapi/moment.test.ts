// Moments of statements: read to the microsecond, written so that text order is time order (Data 4.5).
import { expect } from 'chai';
import fc from 'fast-check';
import { readMomentUs, writeMoment } from '../../src/xapi/moment.js';

describe('readMomentUs', () => {
  for (const [text, iso] of [
    ['2026-05-04T10:20:30Z', '2026-05-04T10:20:30.000Z'],
    ['2026-05-04T12:20:30.5+02:00', '2026-05-04T10:20:30.500Z'],
    ['2026-05-04T04:50:30,25-0530', '2026-05-04T10:20:30.250Z'],
    ['2026-05-04', '2026-05-04T00:00:00.000Z'],
    ['20260504T1020Z', '2026-05-04T10:20:00.000Z'],
    ['2024-02-29T23:59:60Z', '2024-03-01T00:00:00.000Z'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
  ] as const)
    it(`reads ${text}`, () => {
      expect(readMomentUs(text)).to.equal(new Date(iso).getTime() * 1_000);
    });

  for (const text of [
    '2026-05-04T10:20:30',
    '2026-13-01T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-05-04T24:00:00Z',
    '2026-05-04T10:60:00Z',
    '2026-05-04T10:20:30+24:00',
    '2026-05-04T10:20:30-00:00',
    '2026-05-04 10:20:30Z',
    '01/011/2015',
    'today',
    '',
  ])
    it(`does not read ${JSON.stringify(text)}`, () => {
      expect(readMomentUs(text)).to.equal(null);
    });

  it('keeps microseconds and cuts what is finer', () => {
    expect(readMomentUs('1970-01-01T00:00:00.123456789Z')).to.equal(123_456);
  });
});

describe('writeMoment', () => {
  it('is read back as the same moment, and text order is time order', () => {
    const moments = fc.integer({ min: 0, max: 4_000_000_000_000_000 });
    fc.assert(
      fc.property(moments, moments, (one, other) => {
        expect(readMomentUs(writeMoment(one))).to.equal(one);
        expect(writeMoment(one) < writeMoment(other)).to.equal(one < other);
      }),
    );
  });
});
