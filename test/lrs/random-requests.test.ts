// Random requests to every resource: whatever is sent, the LRS answers in words and in time, never with a 5xx, and a request
// that is refused leaves nothing behind. fast-check prints the seed and the smallest request of a failure.
import { expect } from 'chai';
import fc from 'fast-check';
import mongoose from 'mongoose';
import request from 'supertest';
import { buildStatement } from '../xapi/sample-statements.js';
import { numbered, openLrs, type LrsClient } from './lrs-app.js';

const LONGEST_MS = 5_000;
const AGENT = JSON.stringify({ mbox: 'mailto:a@example.org' });
const RESOURCES = [
  '/statements',
  '/activities',
  '/activities/state',
  '/activities/profile',
  '/agents',
  '/agents/profile',
  '/about',
  '/nothing',
];
const PARAMETERS: Record<string, string[]> = {
  activityId: ['https://a.example/1', 'a', ''],
  agent: [AGENT, '{}', '{"__proto__":1}', '[', `{"member":${'['.repeat(60)}`],
  stateId: ['one', '$where', '__proto__', 'a.b', '\u0000', 'x'.repeat(3_000)],
  profileId: ['one', '../..', '%00'],
  registration: ['00000000-0000-4000-8000-000000000001', 'none'],
  since: ['2026-05-04T10:20:30Z', 'yesterday'],
  statementId: [numbered(1), 'x'],
  method: ['PUT', 'TRACE'],
  limit: ['0', '-1', '1e9'],
};
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/mixed; boundary=b',
  'multipart/mixed',
  '',
];

const params = fc
  .dictionary(
    fc.constantFrom(...Object.keys(PARAMETERS)),
    fc.oneof(fc.nat(5).map(String), fc.string(), fc.json()),
    { maxKeys: 4 },
  )
  .map((picked) =>
    Object.entries(picked).map(([name, value]): [string, string] => {
      const known = PARAMETERS[name] ?? [];
      return [name, known[Number(value) % known.length] ?? value];
    }),
  );
const bodies = fc.oneof(
  fc.constant(Buffer.from(JSON.stringify(buildStatement()))),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.constantFrom('--b', '--b--', '--', '\r\n', '\n', 'X: y', ': ', '{}', '\u0000', '-', 'b'),
      { maxLength: 20 },
    )
    .map((pieces) => Buffer.from(pieces.join(''))),
);
const requests = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'),
  path: fc.constantFrom(...RESOURCES),
  params,
  version: fc.constantFrom('1.0.3', '2.0.0', '1.0', '3.0', ''),
  type: fc.constantFrom(...TYPES),
  condition: fc.constantFrom('', '*', '"a"', '"a", W/"b"', 'a'),
  encoding: fc.constantFrom('', 'identity', 'gzip', 'br'),
  body: bodies,
});

describe('random requests to every resource', () => {
  let lrs: LrsClient;

  beforeEach(async () => {
    lrs = await openLrs();
  });

  it('are answered in time and never with a 5xx, and leave nothing where they are refused', async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(requests, async (one) => {
        const before = await countRecords();
        const begun = performance.now();
        const { status } = await send(one);
        expect(status).to.be.within(200, 499);
        expect(performance.now() - begun).to.be.below(LONGEST_MS);
        if (status >= 400) expect(await countRecords()).to.equal(before);
      }),
      { numRuns: 300 },
    );
  });

  it('with a boundary cut at any place store the whole or nothing', async function () {
    this.timeout(120_000);
    const whole = Buffer.from(
      ['--b', 'Content-Type: application/json', '', JSON.stringify(buildStatement()), '--b--'].join(
        '\r\n',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.uint8Array({ maxLength: 6 }),
        async (at, bytes) => {
          await mongoose.connection.collection('statements').deleteMany({});
          const body = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]);
          const { status } = await postMixed(body);
          expect(status).to.be.oneOf([200, 400, 413]);
          const stored = await mongoose.connection.collection('statements').countDocuments();
          expect(stored).to.equal(status === 200 ? 1 : 0);
        },
      ),
      { numRuns: 100 },
    );
  });

  function send(one: typeof requests extends fc.Arbitrary<infer Shape> ? Shape : never) {
    const { path, version, type, condition, encoding, body } = one;
    const method = one.method.toLowerCase() as 'get';
    const query = new URLSearchParams(one.params).toString();
    const sent = request(lrs.app)[method](`/xapi${path}?${query}`);
    sent.set('Authorization', lrs.authorization);
    if (version !== '') sent.set('X-Experience-API-Version', version);
    if (condition !== '') sent.set('If-None-Match', condition);
    if (one.method === 'GET' || one.method === 'HEAD' || one.method === 'OPTIONS') return sent;
    if (type !== '') sent.set('Content-Type', type);
    if (encoding !== '') sent.set('Content-Encoding', encoding);
    return sent.serialize((bytes: unknown) => bytes as string).send(body as unknown as string);
  }

  function postMixed(body: Buffer) {
    return lrs
      .call('post', '/statements')
      .set('Content-Type', 'multipart/mixed; boundary=b')
      .serialize((bytes: unknown) => bytes as string)
      .send(body as unknown as string);
  }
});

async function countRecords(): Promise<number> {
  const counts = ['statements', 'lrsDocuments', 'lrsAttachments', 'lrsAttachmentPieces'].map(
    (name) => mongoose.connection.collection(name).countDocuments({ state: { $ne: 'gap' } }),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
