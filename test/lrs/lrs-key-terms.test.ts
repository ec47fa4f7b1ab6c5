// The terms of a key: a secret that changes with an overlap, an end, limits, and the web pages that may use it.
import { expect } from 'chai';
import mongoose from 'mongoose';
import request from 'supertest';
import {
  readNewKey,
  readOverlapHours,
  readTerms,
  writeTerms,
} from '../../src/lrs/lrs-key-terms.js';
import {
  addLrsKey,
  changeLrsKey,
  getLrsKey,
  listLrsKeys,
  revokeLrsKey,
  rotateLrsKey,
} from '../../src/lrs/lrs-keys.js';
import { createLrsKeyVerifier } from '../../src/lrs/verify-lrs-key.js';
import { makeOwnKey } from '../../src/own-lrs.js';
import { buildStatement } from '../xapi/sample-statements.js';
import { basic, LRS_URL, NO_TERMS, numbered, openLrs } from './lrs-app.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const start = new Date('2026-05-04T10:20:30Z');
const after = (ms: number) => new Date(start.getTime() + ms);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

function codeIn(body: unknown): string {
  return (body as { error: { code: string } }).error.code;
}

describe('rotateLrsKey', () => {
  const clock = { now: start };
  const open = async () => {
    clock.now = start;
    const first = await addLrsKey({ name: 'Player', scopes: ['all'], now: start });
    const verifier = createLrsKeyVerifier({ url: LRS_URL, now: () => clock.now });
    const verify = (secret: string) => codeOf(verifier.verify(basic(first.key, secret)));
    return { ...first, verify };
  };

  it('gives another secret, while the old one stays good for the hours chosen', async () => {
    const { key, secret, verify } = await open();
    await verify(secret);

    const rotated = await rotateLrsKey({ key, overlapHours: 24, now: start });

    clock.now = after(24 * HOUR_MS - 1);
    expect([await verify(secret), await verify(rotated.secret)]).to.deep.equal(['done', 'done']);
    clock.now = after(24 * HOUR_MS);
    expect([await verify(secret), await verify(rotated.secret)]).to.deep.equal([
      'lrs.unauthorised',
      'done',
    ]);
    expect(await getLrsKey({ key })).to.deep.include({
      rotatedAt: start,
      previousUntil: after(24 * HOUR_MS),
    });
  });

  it('ends the old secret within seconds where no overlap is wanted', async () => {
    const { key, secret, verify } = await open();
    await verify(secret);

    await rotateLrsKey({ key, overlapHours: 0, now: start });

    clock.now = after(5_001);
    expect(await verify(secret)).to.equal('lrs.unauthorised');
  });

  it('lets two secrets be good at most', async () => {
    const { key, secret, verify } = await open();

    const second = await rotateLrsKey({ key, overlapHours: 720, now: start });
    const third = await rotateLrsKey({ key, overlapHours: 1, now: start });

    expect([
      await verify(secret),
      await verify(second.secret),
      await verify(third.secret),
    ]).to.deep.equal(['lrs.unauthorised', 'done', 'done']);
  });

  it('gives one of two that rotate at once a secret, and says so to the other', async () => {
    const { key, verify } = await open();

    const outcomes = await Promise.allSettled(
      [1, 2].map(() => rotateLrsKey({ key, overlapHours: 0, now: start })),
    );

    const won = outcomes.filter((one) => one.status === 'fulfilled');
    const lost = outcomes.filter((one) => one.status === 'rejected');
    expect([won.length, lost.length]).to.deep.equal([1, 1]);
    expect(lost[0]?.reason).to.include({ code: 'lrs.key-overtaken', status: 409 });
    expect(await verify(won[0]?.value.secret ?? '')).to.equal('done');
  });

  it('refuses keys that are unknown, revoked, or of our own outbox', async () => {
    const { key } = await open();
    const own = await makeOwnKey({ now: () => start })();
    await revokeLrsKey({ key, now: start });

    const rotate = (one: string) => codeOf(rotateLrsKey({ key: one, overlapHours: 0, now: start }));
    const change = (one: string) => codeOf(changeLrsKey({ key: one, terms: NO_TERMS }));

    for (const work of [rotate, change])
      expect([await work('lrs_nobody'), await work(key), await work(own.key)]).to.deep.equal([
        'lrs.no-such-key',
        'lrs.key-revoked',
        'lrs.own-key',
      ]);
  });
});

describe('a key with an end', () => {
  it('is good until its last day is over, also where it was just proven, and then says why', async () => {
    const clock = { now: start };
    const { expiresAt } = readTerms({ lastDay: '2026-05-04' });
    const { key, secret } = await addLrsKey({
      name: 'x',
      scopes: ['all'],
      terms: { ...NO_TERMS, expiresAt },
      now: start,
    });
    const verifier = createLrsKeyVerifier({ url: LRS_URL, now: () => clock.now });
    const verify = (given: string) => codeOf(verifier.verify(basic(key, given)));

    clock.now = new Date('2026-05-04T23:59:59.999Z');
    const before = await verify(secret);
    clock.now = new Date('2026-05-05T00:00:00Z');

    expect(before).to.equal('done');
    expect(await verify(secret)).to.equal('lrs.expired');
    expect(await verify('a guess')).to.equal('lrs.unauthorised');
  });
});

describe('the day of last use', () => {
  it('is kept, once a day', async () => {
    const clock = { now: start };
    const { key, secret } = await addLrsKey({ name: 'x', scopes: ['all'], now: start });
    const verifier = createLrsKeyVerifier({ url: LRS_URL, now: () => clock.now });
    const lastDay = async () => (await listLrsKeys())[0]?.lastUsedDay;

    const days = [await lastDay()];
    await verifier.verify(basic(key, secret));
    days.push(await lastDay());
    clock.now = after(24 * HOUR_MS);
    await verifier.verify(basic(key, secret));
    days.push(await lastDay());

    expect(days).to.deep.equal([null, '2026-05-04', '2026-05-05']);
  });
});

describe('limits of a key', () => {
  const clock = { now: start };
  const open = (terms: Parameters<typeof openLrs>[0]) => {
    clock.now = start;
    return openLrs({ ...terms, now: () => clock.now });
  };

  it('refuse the request beyond the minute with 429 and when to come back, and let the next minute in', async () => {
    const lrs = await open({ terms: { requestsPerMinute: 2 } });

    const first = [await lrs.get({}), await lrs.get({}), await lrs.get({})];
    clock.now = after(30 * SECOND_MS);
    const next = await lrs.get({});

    expect(first.map(({ status }) => status)).to.deep.equal([200, 200, 429]);
    expect(first[2]?.headers['retry-after']).to.equal('30');
    expect(codeIn(first[2]?.body)).to.equal('lrs.requests-limit');
    expect(next.status).to.equal(200);
  });

  it('hold for all processes together, also when many requests come at once', async () => {
    const lrs = await open({ terms: { requestsPerMinute: 5 } });

    const answers = await Promise.all(Array.from({ length: 12 }, () => lrs.get({})));

    expect(answers.filter(({ status }) => status === 200)).to.have.lengthOf(5);
    expect(answers.filter(({ status }) => status === 429)).to.have.lengthOf(7);
  });

  it('refuse a batch that the day has no room for as a whole, and take one that fits', async () => {
    const lrs = await open({ terms: { statementsPerDay: 3 } });
    const batch = (...numbers: number[]) =>
      lrs.post(numbers.map((number) => buildStatement({ id: numbered(number) })));

    const two = await batch(1, 2);
    const many = await batch(3, 4);
    const one = await lrs.put(buildStatement({ id: numbered(5) }));
    const none = await lrs.put(buildStatement({ id: numbered(6) }));
    clock.now = new Date('2026-05-05T00:00:01Z');
    const tomorrow = await batch(3, 4);

    expect([two, many, one, none, tomorrow].map(({ status }) => status)).to.deep.equal([
      200, 429, 204, 429, 200,
    ]);
    expect(many.headers['retry-after']).to.equal('49170');
    expect(codeIn(many.body)).to.equal('lrs.statements-limit');
    expect(await lrs.find({})).to.have.members([1, 2, 3, 4, 5].map(numbered));
  });

  it('count no statement of a request that is refused for what is in it', async () => {
    const lrs = await open({ terms: { statementsPerDay: 1 } });

    await lrs.post([{ actor: 'nobody' }]).expect(400);

    await lrs.post(buildStatement()).expect(200);
  });

  it('cost a key without limits no write', async () => {
    const lrs = await open({});

    await lrs.post(buildStatement()).expect(200);

    expect(await mongoose.connection.collection('lrsKeyUses').countDocuments()).to.equal(0);
  });
});

describe('web pages elsewhere', () => {
  const page = 'https://player.example';

  const ask = (lrs: Awaited<ReturnType<typeof openLrs>>, origin: string, path = '/statements') =>
    request(lrs.app)
      .options(`/xapi${path}`)
      .set('Origin', origin)
      .set('Access-Control-Request-Method', 'PUT')
      .set('Access-Control-Request-Headers', 'authorization,x-experience-api-version');

  it('are told beforehand what they may send, when some key names them', async () => {
    const lrs = await openLrs({ terms: { origins: [page] } });

    const { headers } = await ask(lrs, page).expect(204);

    expect(headers['access-control-allow-origin']).to.equal(page);
    expect(headers['vary']).to.contain('Origin');
    expect(headers['access-control-allow-methods']).to.match(/\bPUT\b.*\bDELETE\b/);
    expect(headers['access-control-allow-headers']).to.match(
      /Authorization.*If-Match.*X-Experience-API-Version/,
    );
  });

  it('are refused beforehand where no key names them, or the key has ended', async () => {
    const lrs = await openLrs({
      terms: { origins: [page], expiresAt: after(0) },
      now: () => start,
    });

    for (const origin of [page, 'https://elsewhere.example', 'null']) {
      const { headers, body } = await ask(lrs, origin).expect(403);
      expect(headers).to.not.have.property('access-control-allow-origin');
      expect(codeIn(body)).to.equal('lrs.origin');
    }
  });

  it('use the key that names them and no other', async () => {
    const named = await openLrs({ terms: { origins: [page] } });
    const other = await openLrs({ terms: { origins: ['https://other.example'] } });
    const send = (authorization: string) =>
      request(named.app)
        .get('/xapi/statements')
        .set('Origin', page)
        .set('Authorization', authorization)
        .set('X-Experience-API-Version', '1.0.3');

    const own = await send(named.authorization).expect(200);
    const foreign = await send(other.authorization).expect(403);

    expect(own.headers['access-control-allow-origin']).to.equal(page);
    expect(own.headers['access-control-expose-headers']).to.contain('ETag');
    expect(own.headers).to.not.have.property('access-control-allow-credentials');
    expect(codeIn(foreign.body)).to.equal('lrs.origin');
  });

  it('read in words why they are refused, without credentials too', async () => {
    const lrs = await openLrs({ terms: { origins: [page] } });

    const { headers } = await request(lrs.app)
      .get('/xapi/statements')
      .set('Origin', page)
      .set('X-Experience-API-Version', '1.0.3')
      .expect(401);

    expect(headers['access-control-allow-origin']).to.equal(page);
  });

  it('gain nothing by the alternate syntax, which browsers send without asking beforehand', async () => {
    const lrs = await openLrs();

    await request(lrs.app)
      .post('/xapi/statements?method=GET')
      .set('Origin', page)
      .type('form')
      .send({ Authorization: lrs.authorization, 'X-Experience-API-Version': '1.0.3' })
      .expect(403);
  });

  it('of our own site need no entry', async () => {
    const lrs = await openLrs();

    await lrs.get({}).set('Origin', LRS_URL).expect(200);
  });

  it('may be changed for a key that is in use', async () => {
    const clock = { now: start };
    const lrs = await openLrs({ now: () => clock.now });
    await ask(lrs, page).expect(403);
    const [key] = await listLrsKeys();

    await changeLrsKey({ key: key?.key ?? '', terms: { ...NO_TERMS, origins: [page] } });
    clock.now = after(6 * SECOND_MS);

    await ask(lrs, page).expect(204);
    await lrs.get({}).set('Origin', page).expect(200);
  });
});

describe('terms as people write them', () => {
  it('are read and written back', () => {
    const typed = {
      origins: 'https://a.example, http://localhost:8080\nhttps://a.example',
      lastDay: '2026-12-31',
      requestsPerMinute: '600',
      statementsPerDay: '',
    };

    const terms = readTerms(typed);

    expect(terms).to.deep.equal({
      origins: ['https://a.example', 'http://localhost:8080'],
      expiresAt: new Date('2027-01-01T00:00:00Z'),
      requestsPerMinute: 600,
      statementsPerDay: null,
    });
    expect(writeTerms(terms)).to.deep.equal({
      ...typed,
      origins: 'https://a.example\nhttp://localhost:8080',
    });
    expect(readTerms({})).to.deep.equal(NO_TERMS);
  });

  for (const [field, value] of [
    ['origins', '*'],
    ['origins', 'null'],
    ['origins', 'https://a.example/'],
    ['origins', 'https://a.example/path'],
    ['origins', 'http://a.example'],
    ['origins', 'a.example'],
    ['origins', Array.from({ length: 21 }, (_, at) => `https://a${at}.example`).join(' ')],
    ['lastDay', '2026-02-30'],
    ['lastDay', 'tomorrow'],
    ['requestsPerMinute', '0'],
    ['requestsPerMinute', '-1'],
    ['requestsPerMinute', '1.5'],
    ['requestsPerMinute', '1000001'],
    ['statementsPerDay', 'many'],
  ] as const)
    it(`are refused by field: ${field} ${value.slice(0, 40)}`, () => {
      const error = catchError(() => readTerms({ [field]: value }));

      expect(error).to.include({ code: 'input.invalid', status: 400 });
      expect(Object.keys((error as { fields: object }).fields)).to.deep.equal([field]);
    });

  it('ask for a name that is not our own, and for scopes that there are', () => {
    expect(readNewKey({ name: ' Player ', scopes: 'state  profile,state' })).to.deep.equal({
      name: 'Player',
      scopes: ['state', 'profile'],
      terms: NO_TERMS,
    });
    for (const input of [
      { name: '', scopes: 'all' },
      { name: 'x'.repeat(101), scopes: 'all' },
      { name: 'Crosswalk outbox', scopes: 'all' },
    ])
      expect(catchError(() => readNewKey(input))).to.have.nested.property('fields.name');
    for (const scopes of [undefined, '', [], 'everything', ['all', 'x']])
      expect(catchError(() => readNewKey({ name: 'a', scopes }))).to.have.nested.property(
        'fields.scopes',
      );
  });

  it('let an overlap last up to thirty days', () => {
    const read = [0, 24, 720].map((hours) => readOverlapHours({ overlapHours: String(hours) }));
    expect(read).to.deep.equal([0, 24, 720]);
    for (const overlapHours of ['721', '-1', '1.5', 'x', ''])
      expect(catchError(() => readOverlapHours({ overlapHours }))).to.have.property('status', 400);
  });
});

function catchError(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
