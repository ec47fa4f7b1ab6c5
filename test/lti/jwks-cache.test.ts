import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { createJwksCache, type JwksCache } from '../../src/lti/jwks-cache.js';
import { AppError } from '../../src/http/errors.js';
import { createLogger } from '../../src/logger.js';
import { createOutgoingClient, type OutgoingClient } from '../../src/outgoing/outgoing-client.js';
import {
  publicJwk,
  startFakePlatform,
  testKey,
  type FakePlatform,
} from '../support/fake-platform.js';
import { createGate } from '../support/gate.js';
import { refusal } from '../support/refusal.js';

const SECONDS_MS = 1_000;
const HOURS_MS = 3_600 * SECONDS_MS;

describe('createJwksCache', () => {
  let platform: FakePlatform;
  let outgoing: OutgoingClient;
  let cache: JwksCache;
  let now: Date;
  const later = (ms: number) => (now = new Date(now.getTime() + ms));
  const find = (kid: string) => cache.find({ url: platform.jwksUrl, kid });

  beforeEach(async () => {
    now = new Date('2026-01-05T08:00:00Z');
    platform = await startFakePlatform();
    outgoing = createOutgoingClient({
      privateHosts: ['127.0.0.1:*'],
      exemptHosts: [],
      userAgent: 'Crosswalk/test',
      log: createLogger({ level: 'silent' }),
      now: () => now,
    });
    cache = createJwksCache({ outgoing, now: () => now });
  });
  afterEach(async () => {
    await Promise.all([platform.close(), outgoing.close()]);
  });

  it('asks once for many launches, also at the same moment', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => find('platform-1')));

    expect(keys.every((key) => key?.kid === 'platform-1')).to.equal(true);
    expect(platform.jwksRequests).to.equal(1);
  });

  for (const { maxAgeS, keptMs, title } of [
    { maxAgeS: 300, keptMs: 300 * SECONDS_MS, title: 'as long as the platform says' },
    { maxAgeS: 0, keptMs: 60 * SECONDS_MS, title: 'for a minute at least' },
    { maxAgeS: 900_000, keptMs: 24 * HOURS_MS, title: 'for a day at most' },
    {
      maxAgeS: null,
      keptMs: 15 * 60 * SECONDS_MS,
      title: 'for a quarter of an hour where it says nothing',
    },
  ])
    it(`keeps keys ${title}`, async () => {
      platform.jwks.maxAgeS = maxAgeS;
      await find('platform-1');

      later(keptMs - 1);
      await find('platform-1');
      const kept = platform.jwksRequests;
      later(1);
      await find('platform-1');

      expect([kept, platform.jwksRequests]).to.deep.equal([1, 2]);
    });

  it('finds a key that the platform has rotated in', async () => {
    await find('platform-1');
    platform.jwks.keys = [publicJwk(testKey('rotated'))];

    expect((await find('rotated'))?.kid).to.equal('rotated');
  });

  it('asks anew once for a hundred unknown kids, and again after the cool-down', async () => {
    await find('platform-1');
    await Promise.all(Array.from({ length: 100 }, (_, index) => find(`made-up-${index}`)));
    const during = platform.jwksRequests;
    later(30 * SECONDS_MS);
    await find('made-up');

    expect([during, platform.jwksRequests]).to.deep.equal([2, 3]);
  });

  it('goes on with a known key while the platform does not answer, for a day', async () => {
    await find('platform-1');
    platform.jwks.status = 503;

    later(23 * HOURS_MS);
    const stale = await find('platform-1');
    later(2 * HOURS_MS);
    const error = await refusal(find('platform-1'));

    expect(stale?.kid).to.equal('platform-1');
    expect(error).to.deep.include({ code: 'lti.keys-unreachable', status: 502 });
  });

  for (const { title, set } of [
    { title: 'an error', set: () => (platform.jwks.status = 500) },
    { title: 'an HTML page', set: () => (platform.jwks.body = '<html>') },
    { title: 'JSON without keys', set: () => (platform.jwks.body = '{"keys":7}') },
    { title: 'a megabyte', set: () => (platform.jwks.body = ' '.repeat(1_000_000)) },
  ])
    it(`says 502 when the first answer is ${title}, and recovers`, async () => {
      set();
      const error = await refusal(find('platform-1'));
      Object.assign(platform.jwks, { status: 200, body: null });

      expect(error).to.deep.include({ code: 'lti.keys-unreachable', status: 502 });
      expect((await find('platform-1'))?.kid).to.equal('platform-1');
    });

  it('serves the known key at once while a platform is down, asking it every 30 seconds only', async () => {
    await find('platform-1');
    platform.jwks.status = 503;
    later(2 * HOURS_MS);

    await Promise.all(Array.from({ length: 10 }, () => find('platform-1')));
    for (let launch = 0; launch < 10; launch += 1) await find('platform-1');
    const during = platform.jwksRequests;
    later(30 * SECONDS_MS);
    await find('platform-1');

    expect([during, platform.jwksRequests]).to.deep.equal([2, 3]);
  });

  it('forgets a key that the platform has withdrawn as soon as the set is not fresh', async () => {
    await find('platform-1');
    platform.jwks.keys = [publicJwk(testKey('rotated'))];

    later(15 * 60 * SECONDS_MS);

    expect(await find('platform-1')).to.equal(null);
  });

  it('says what it remembers of a platform', async () => {
    const before = cache.describe({ url: platform.jwksUrl });
    platform.jwks.maxAgeS = 300;
    const fetchedAt = now;
    await find('platform-1');
    const fresh = cache.describe({ url: platform.jwksUrl });
    platform.jwks.status = 503;
    later(600 * SECONDS_MS);
    await find('platform-1');

    expect(before).to.equal(null);
    const freshUntil = new Date(fetchedAt.getTime() + 300 * SECONDS_MS);
    expect(fresh).to.deep.equal({ keys: 1, fetchedAt, freshUntil, failedAt: null });
    expect(cache.describe({ url: platform.jwksUrl })).to.deep.include({
      freshUntil,
      failedAt: now,
    });
  });

  it('[78] says 502 for ten megabytes and for a redirect, and follows none', async () => {
    platform.jwks.body = `{"keys":[${'{},'.repeat(3_500_000)}{}]}`;
    const large = await refusal(find('platform-1'));
    Object.assign(platform.jwks, { body: null, status: 302 });
    const moved = await refusal(find('platform-1'));

    expect([large.status, moved.status]).to.deep.equal([502, 502]);
    expect(platform.jwksRequests).to.equal(2);
  });

  it('[77] says 504 when the platform does not answer in time', async () => {
    const slow: OutgoingClient = {
      ...outgoing,
      request: () => Promise.reject(new AppError('outgoing.timeout', { status: 504 })),
    };

    const error = await refusal(
      createJwksCache({ outgoing: slow, now: () => now }).find({ url: platform.jwksUrl, kid: 'a' }),
    );

    expect(error).to.deep.include({ code: 'lti.keys-unreachable', status: 504 });
  });

  it('[79] takes a key that is there twice, and of different ones with one kid only the RS256 one', async () => {
    const [good, other] = [testKey('platform-1'), testKey('other')];
    const asFirst = (alg: object) => publicJwk({ ...other, kid: 'platform-1' }, alg);
    const pick = async (keys: object[]) => {
      platform.jwks.keys = keys;
      later(24 * HOURS_MS);
      return (await find('platform-1'))?.key.equals(good.publicKey) ?? null;
    };

    expect(await pick([publicJwk(good), publicJwk(good)])).to.equal(true);
    expect(await pick([asFirst({ alg: undefined }), publicJwk(good)])).to.equal(true);
    expect(await pick([publicJwk(good), asFirst({})])).to.equal(null);
  });

  for (const { title, jwk } of [
    { title: 'of encryption', jwk: publicJwk(testKey('odd'), { use: 'enc' }) },
    { title: 'of another algorithm', jwk: publicJwk(testKey('odd'), { alg: 'RS512' }) },
    { title: 'without a modulus', jwk: publicJwk(testKey('odd'), { n: undefined }) },
    { title: 'shorter than 2,048 bits', jwk: keyOfBits(1_024) },
    { title: 'longer than 8,192 bits', jwk: { ...keyOfBits(1_024), n: 'f'.repeat(1_400) } },
    { title: 'on a curve', jwk: { kty: 'EC', crv: 'P-256', kid: 'odd', x: 'a', y: 'b' } },
  ])
    it(`[59] leaves out a key ${title}, and uses the others`, async () => {
      platform.jwks.keys = [jwk, [], publicJwk(testKey('platform-1'))];

      expect(await find('odd')).to.equal(null);
      expect((await find('platform-1'))?.kid).to.equal('platform-1');
    });

  it('shares one request under way among all that wait for it', async () => {
    const { opened, open } = createGate();
    platform.jwks.hold = opened;
    const waiting = Promise.all([find('platform-1'), find('platform-1')]);
    open();

    await waiting;

    expect(platform.jwksRequests).to.equal(1);
  });
});

function keyOfBits(modulusLength: number): object {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'odd', use: 'sig', alg: 'RS256' };
}
