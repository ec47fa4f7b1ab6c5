import { expect } from 'chai';
import { createJwksCache, type JwksCache } from '../../src/lti/jwks-cache.js';
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

  it('[52] asks anew once for a hundred unknown kids, and again after the cool-down', async () => {
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
    { title: '[78] a megabyte', set: () => (platform.jwks.body = ' '.repeat(1_000_000)) },
  ])
    it(`[77] says 502 when the first answer is ${title}, and recovers`, async () => {
      set();
      const error = await refusal(find('platform-1'));
      Object.assign(platform.jwks, { status: 200, body: null });

      expect(error).to.deep.include({ code: 'lti.keys-unreachable', status: 502 });
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
