// Keys of the LRS: what they may do, how they are checked, and that a revoked one ends (Communication 4).
import { expect } from 'chai';
import mongoose from 'mongoose';
import request from 'supertest';
import { addLrsKey, listLrsKeys, revokeLrsKey } from '../../src/lrs/lrs-keys.js';
import { createLrsKeyVerifier } from '../../src/lrs/verify-lrs-key.js';
import { buildStatement } from '../xapi/sample-statements.js';
import { basic, LRS_URL, NO_TERMS, numbered, openLrs } from './lrs-app.js';

const start = new Date('2026-05-04T10:20:30Z');

describe('addLrsKey', () => {
  it('gives a key and a secret that is kept as a hash only', async () => {
    const { key, secret } = await addLrsKey({
      name: 'Reports',
      scopes: ['statements/read'],
      now: start,
    });

    const kept = await mongoose.connection.collection('lrsKeys').findOne({});
    expect(JSON.stringify(kept)).to.not.contain(secret);
    expect(secret, 'fit for a command line, where a dash begins an option').to.match(
      /^s[\w-]{43}$/,
    );
    expect(await listLrsKeys()).to.deep.equal([
      {
        key,
        name: 'Reports',
        scopes: ['statements/read'],
        createdAt: start,
        revokedAt: null,
        rotatedAt: null,
        previousUntil: null,
        lastUsedDay: null,
        ...NO_TERMS,
      },
    ]);
  });

  it('refuses a scope that is none', async () => {
    const refused = await addLrsKey({ name: 'x', scopes: ['everything'], now: start }).catch(
      (error: unknown) => error,
    );

    expect(refused).to.deep.include({ code: 'lrs.scope', status: 400 });
  });
});

describe('createLrsKeyVerifier', () => {
  it('knows the caller, its scopes and its authority', async () => {
    const { key, secret } = await addLrsKey({
      name: 'Reports',
      scopes: ['statements/read'],
      now: start,
    });
    const verifier = createLrsKeyVerifier({ url: LRS_URL, now: () => start });

    const caller = await verifier.verify(basic(key, secret));

    expect(caller).to.deep.include({
      key,
      scopes: ['statements/read'],
      authority: {
        objectType: 'Agent',
        name: 'Reports',
        account: { homePage: `${LRS_URL}/xapi`, name: key },
      },
    });
  });

  it('refuses a wrong secret, an unknown key, and headers that are no Basic authentication', async () => {
    const { key, secret } = await addLrsKey({ name: 'x', scopes: ['all'], now: start });
    const verifier = createLrsKeyVerifier({ url: LRS_URL, now: () => start });
    await verifier.verify(basic(key, secret));
    const headers = [
      basic(key, `${secret}x`),
      basic('lrs_nobody', secret),
      basic('', ''),
      `Bearer ${secret}`,
      'Basic',
      'Basic ***',
      Buffer.from(`${key}:${secret}`).toString('base64'),
      undefined,
    ];

    for (const header of headers) {
      const refused = await verifier.verify(header).catch((error: unknown) => error);
      expect(refused).to.deep.include({ code: 'lrs.unauthorised', status: 401 });
    }
  });

  it('checks a secret once for many requests at once, and again without hashing after a while', async () => {
    const { key, secret } = await addLrsKey({ name: 'x', scopes: ['all'], now: start });
    const clock = { now: start };
    const verifier = createLrsKeyVerifier({ url: LRS_URL, now: () => clock.now });

    const began = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => verifier.verify(basic(key, secret))));
    clock.now = new Date(start.getTime() + 60_000);
    const caller = await verifier.verify(basic(key, secret));

    expect(caller.key).to.equal(key);
    expect(performance.now() - began).to.be.below(2_000);
  });

  it('ends a revoked key within seconds, also where it was just proven', async () => {
    const { key, secret } = await addLrsKey({ name: 'x', scopes: ['all'], now: start });
    const clock = { now: start };
    const verifier = createLrsKeyVerifier({ url: LRS_URL, now: () => clock.now });
    await verifier.verify(basic(key, secret));

    await revokeLrsKey({ key, now: start });
    clock.now = new Date(start.getTime() + 5_001);

    const refused = await verifier.verify(basic(key, secret)).catch((error: unknown) => error);
    expect(refused).to.deep.include({ code: 'lrs.unauthorised' });
    expect((await listLrsKeys())[0]?.revokedAt).to.deep.equal(start);
  });
});

describe('revokeLrsKey', () => {
  it('keeps the first moment, and says when there is no such key', async () => {
    const { key } = await addLrsKey({ name: 'x', scopes: ['all'], now: start });

    await revokeLrsKey({ key, now: start });
    await revokeLrsKey({ key, now: new Date(start.getTime() + 1_000) });

    expect((await listLrsKeys())[0]?.revokedAt).to.deep.equal(start);
    const refused = await revokeLrsKey({ key: 'lrs_nobody', now: start }).catch(
      (error: unknown) => error,
    );
    expect(refused).to.deep.include({ code: 'lrs.no-such-key', status: 404 });
  });
});

describe('scopes', () => {
  it('statements/write stores and does not read', async () => {
    const lrs = await openLrs({ scopes: ['statements/write'] });

    await lrs.post(buildStatement()).expect(200);
    await lrs.put(buildStatement()).expect(204);
    const { body } = await lrs.get({}).expect(403);

    expect((body as { error: { code: string } }).error.code).to.equal('lrs.forbidden');
  });

  it('statements/read reads and does not store', async () => {
    const lrs = await openLrs({ scopes: ['statements/read'] });

    await lrs.post(buildStatement()).expect(403);
    await lrs.put(buildStatement()).expect(403);
    await lrs.get({}).expect(200);
  });

  it('statements/read/mine sees what the key itself stored, in lists, by id and by more', async () => {
    const all = await openLrs();
    const mine = await openLrs({ scopes: ['statements/write', 'statements/read/mine'] });
    await all.post([1, 2].map((number) => buildStatement({ id: numbered(number) }))).expect(200);
    await mine.post([3, 4].map((number) => buildStatement({ id: numbered(number) }))).expect(200);

    expect(await mine.find({})).to.deep.equal([4, 3].map(numbered));
    expect(await all.find({})).to.have.lengthOf(4);
    await mine.get({ statementId: numbered(1) }).expect(404);
    await mine.get({ statementId: numbered(3) }).expect(200);
    const { body } = await all.get({ limit: '1' });
    const more = (body as { more: string }).more.replace('/xapi', '');
    const next = await mine.call('get', more).expect(200);
    expect(
      (next.body as { statements: { id: string }[] }).statements.map(({ id }) => id),
    ).to.deep.equal([numbered(3)]);
  });
});

describe('the door', () => {
  it('asks for Basic authentication', async () => {
    const { app } = await openLrs();

    const { headers, body } = await request(app)
      .get('/xapi/statements')
      .set('X-Experience-API-Version', '1.0.3')
      .expect(401);

    expect(headers['www-authenticate']).to.match(/^Basic /);
    expect((body as { error: { code: string } }).error.code).to.equal('lrs.unauthorised');
  });

  for (const version of ['0.9.9', '1.1.0', '1', '2.1.0', '1.0.3, 2.0.0'])
    it(`refuses the version ${version}`, async () => {
      const lrs = await openLrs();

      const { headers } = await lrs.get({}).set('X-Experience-API-Version', version).expect(400);

      expect(headers['x-experience-api-version']).to.match(/^(1\.0\.3|2\.0\.0)$/);
    });

  it('[Comm 3.3] refuses a request without a version as one of the time when there was none', async () => {
    const lrs = await openLrs();

    await lrs
      .get({})
      .unset('X-Experience-API-Version')
      .expect(400)
      .expect('X-Experience-API-Version', '0.95');
    await lrs
      .call('get', '/about')
      .unset('X-Experience-API-Version')
      .expect('X-Experience-API-Version', '2.0.0');
  });

  for (const version of ['1.0', '1.0.0', '1.0.9', '2.0', '2.0.0'])
    it(`speaks ${version}`, async () => {
      const lrs = await openLrs();

      await lrs.get({}).set('X-Experience-API-Version', version).expect(200);
    });

  it('answers unknown resources and methods in words', async () => {
    const lrs = await openLrs();

    await lrs.call('get', '/nothing').expect(404);
    await lrs.call('get', '/').expect(404);
    const { headers } = await lrs.call('delete', '/statements').expect(405);
    expect(headers['allow']).to.equal('GET, HEAD, POST, PUT');
    await lrs.call('post', '/about').expect(405);
  });
});
