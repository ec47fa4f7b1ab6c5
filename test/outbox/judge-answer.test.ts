// What an answer means: a table.
import { expect } from 'chai';
import { deliveryWaitMs } from '../../src/outbox/delivery-wait.js';
import { judgeAnswer } from '../../src/outbox/judge-answer.js';

const now = new Date('2026-05-04T10:20:30Z');
const ID = 'aaaaaaaa-0000-4000-8000-000000000001';

describe('judgeAnswer', () => {
  const cases: { title: string; status: number; text: string; kind: string }[] = [
    { title: 'the ids of the batch', status: 200, text: `["${ID}"]`, kind: 'stored' },
    { title: 'its ids in capitals', status: 200, text: `["${ID.toUpperCase()}"]`, kind: 'stored' },
    { title: 'fewer ids', status: 200, text: '[]', kind: 'later' },
    { title: 'an object', status: 200, text: '{"ok":true}', kind: 'later' },
    { title: 'a page', status: 200, text: '<html>', kind: 'later' },
    { title: 'nothing', status: 204, text: '', kind: 'later' },
    ...[400, 409, 413, 422].map((status) => made(status, 'refused')),
    ...[401, 403].map((status) => made(status, 'stop')),
    ...[402, 404, 405, 406, 408, 415, 429, 500, 501, 502, 503, 504].map((status) =>
      made(status, 'later'),
    ),
  ];
  for (const { title, status, text, kind } of cases)
    it(`takes ${status} with ${title} as ${kind}`, () => {
      const answer = { status, statusText: 'phrase', headers: {}, text };

      expect(judgeAnswer({ answer, ids: [ID], now }).kind).to.equal(kind);
    });

  it('reads Retry-After as seconds and as a date', () => {
    const ask = (header: string) =>
      judgeAnswer({
        answer: { status: 503, statusText: '', headers: { 'retry-after': header }, text: '' },
        ids: [ID],
        now,
      });

    expect(ask('7')).to.deep.include({ askedMs: 7_000 });
    expect(ask('Mon, 04 May 2026 10:21:30 GMT')).to.deep.include({ askedMs: 60_000 });
    expect(ask('soon')).to.deep.include({ askedMs: null });
  });
});

describe('deliveryWaitMs', () => {
  it('doubles up to five minutes, at least half of it always', () => {
    const waits = (random: number) =>
      [1, 2, 5, 20, 2_000].map((failures) => deliveryWaitMs({ failures, askedMs: null, random }));

    expect(waits(0)).to.deep.equal([500, 1_000, 8_000, 150_000, 150_000]);
    expect(waits(1)).to.deep.equal([1_000, 2_000, 16_000, 300_000, 300_000]);
  });

  it('never comes sooner than asked, and takes no more than an hour for an answer', () => {
    const wait = (askedMs: number) => deliveryWaitMs({ failures: 1, askedMs, random: 0 });

    expect(wait(90_000)).to.equal(90_000);
    expect(wait(0)).to.equal(500);
    expect(wait(1e12)).to.equal(3_600_000);
  });
});

function made(status: number, kind: string) {
  return { title: 'any text', status, text: `["${ID}"]`, kind };
}
