// Everything told reaches every LRS once, in order, whatever the LRS does and whenever the process is stopped.
import { expect } from 'chai';
import { deliveryElsewhereJob, deliveryJob } from '../../src/outbox/delivery-jobs.js';
import { findDestination, listDestinations } from '../../src/outbox/destination.model.js';
import { pauseDestination, resumeDestination } from '../../src/outbox/destinations.js';
import { createLrsClient } from '../../src/outbox/lrs-client.js';
import { outboxLogOf } from '../../src/outbox/outbox-partition.js';
import { findOutgoing } from '../../src/outbox/outbox-statement.model.js';
import { listParked } from '../../src/outbox/parked-statements.js';
import { sendStatements } from '../../src/outbox/send-statements.js';
import { createGate } from '../support/gate.js';
import type { Trick } from './fake-lrs.js';
import { createDeliveryWorld, storedByLearner, type DeliveryWorld } from './delivery-world.js';

/** Real time, for what never answers. */
const SHORT_MS = 50;
const NO_SIGNAL = new AbortController().signal;
const posted = (world: DeliveryWorld) =>
  world.own.requests.filter(({ method }) => method === 'POST').length;

describe('deliverOutbox', () => {
  let world: DeliveryWorld;
  beforeEach(async () => {
    world = await createDeliveryWorld();
  });
  afterEach(() => world.close());

  it('tells everything once, in the order of each learner, and then nothing more', async () => {
    const told = await world.tellMany(5, 4);

    const first = await world.deliver({ batchSize: 3 });
    const requests = posted(world);
    const second = await world.deliver({ batchSize: 3 });

    expect(first).to.deep.equal({ delivered: 20, parked: 0, waiting: 0 });
    expect(storedByLearner(world.own)).to.deep.equal(told);
    expect(second).to.deep.equal({ delivered: 0, parked: 0, waiting: 0 });
    expect(posted(world)).to.equal(requests);
  });

  it('sends the frozen text byte for byte, as xAPI 1.0.3', async () => {
    const user = 'user-1';
    const statementId = await world.tell(user, { response: 'a "b" \u2028 ü 😀' });
    await world.deliver();

    const frozen = await findOutgoing({ log: outboxLogOf(user), statementId });
    const [request] = world.own.requests;
    expect(request?.text).to.equal(`[${frozen?.json ?? ''}]`);
    expect(request?.headers).to.deep.include({
      'x-experience-api-version': '1.0.3',
      'content-type': 'application/json',
    });
  });

  it('speaks 2.0 to who was added so, and sends compressed only where that is switched on', async () => {
    const [modern, packing] = [await world.startLrs(), await world.startLrs()];
    await world.add(modern, { version: '2.0.0' });
    await world.add(packing, { gzip: 'yes' });
    const told = await world.tellMany(2, 2);

    await world.deliver();

    for (const lrs of [modern, packing]) expect(storedByLearner(lrs)).to.deep.equal(told);
    const headersOf = (lrs: typeof modern) =>
      new Set(
        lrs.requests.map(({ headers }) =>
          [headers['x-experience-api-version'], headers['content-encoding'] ?? 'plain'].join(' '),
        ),
      );
    expect([...headersOf(modern)]).to.deep.equal(['2.0.0 plain']);
    expect([...headersOf(packing)]).to.deep.equal(['1.0.3 gzip']);
    expect([...headersOf(world.own)]).to.deep.equal(['1.0.3 plain']);
  });

  it('is shared by two deliverers at once without telling anything twice', async () => {
    const told = await world.tellMany(8, 3);

    const both = await Promise.all([
      world.deliver({ batchSize: 1, holder: 'one' }),
      world.deliver({ batchSize: 1, holder: 'two' }),
    ]);

    expect(both.reduce((sum, { delivered }) => sum + delivered, 0)).to.equal(24);
    expect(storedByLearner(world.own)).to.deep.equal(told);
    expect(posted(world)).to.equal(24);
  });

  it('tells again what was answered before a stop, and the LRS has it once', async () => {
    const user = 'user-1';
    const ids = [await world.tell(user), await world.tell(user)];
    const { outgoing } = world.deps;
    const { endpoint, key, password } = world.own;
    const client = createLrsClient({
      outgoing,
      connection: { endpoint, key, password, version: '1.0.3', gzip: false },
      timeoutMs: 5_000,
      signal: NO_SIGNAL,
    });
    const statements = await Promise.all(
      ids.map((statementId) => findOutgoing({ log: outboxLogOf(user), statementId })),
    );
    const sent = await sendStatements({
      client,
      statements: statements.flatMap((one) => one ?? []),
      now: world.now,
    });

    const { delivered } = await world.deliver();

    expect(sent.settled).to.equal(2);
    expect(delivered).to.equal(2);
    expect(storedByLearner(world.own).get(user)).to.deep.equal(ids);
    expect(posted(world)).to.equal(2);
  });

  it('goes on where it was stopped in the middle of a request, without calling it a failure', async () => {
    const told = await world.tellMany(1, 3);
    const stopping = new AbortController();
    world.own.trick = () => {
      stopping.abort();
      return 'hang';
    };

    const stopped = await world.deliver({}, stopping.signal);
    world.own.trick = () => null;
    const [own] = await listDestinations();
    await world.deliver();

    expect(stopped.delivered).to.equal(0);
    expect(own).to.deep.include({ failures: 0, lastError: null, retryAt: null });
    expect(storedByLearner(world.own)).to.deep.equal(told);
  });

  it('tells a destination that is added later everything from the beginning', async () => {
    const told = await world.tellMany(3, 3);
    await world.deliver();
    const other = await world.startLrs();
    const destination = await world.add(other);

    const { delivered } = await world.deliver();

    expect(delivered).to.equal(9);
    expect(storedByLearner(other)).to.deep.equal(told);
    expect((await findDestination({ destination }))?.lastDeliveredAt).to.deep.equal(world.now());
  });

  it("tells what a platform's test user did to our own LRS only", async () => {
    const other = await world.startLrs();
    await world.add(other);
    await world.tell('user-1', { isTest: true });
    const real = await world.tell('user-1');
    await world.tell('user-1', { isTest: true });

    const { waiting } = await world.deliver();

    expect(world.own.stored).to.have.lengthOf(3);
    expect(other.stored.map(({ id }) => id)).to.deep.equal([real]);
    expect(waiting).to.equal(0);
  });

  it('does not let an LRS that hangs hold up ours', async () => {
    const other = await world.startLrs();
    await world.add(other);
    const arrived = createGate();
    const release = createGate();
    other.trick = async () => {
      arrived.open();
      await release.opened;
      return null;
    };
    const told = await world.tellMany(2, 2);
    const { deps } = world;

    const elsewhere = deliveryElsewhereJob(deps).run(NO_SIGNAL);
    await arrived.opened;
    await deliveryJob(deps).run(NO_SIGNAL);

    expect(storedByLearner(world.own)).to.deep.equal(told);
    expect(other.stored).to.deep.equal([]);
    release.open();
    await elsewhere;
    expect(storedByLearner(other)).to.deep.equal(told);
  });

  it('sends nothing to a destination that is paused, and everything when it is resumed', async () => {
    await world.tellMany(2, 1);
    await pauseDestination({ destination: 'own' });

    const paused = await world.deliver();
    await resumeDestination({ destination: 'own' });
    const resumed = await world.deliver();

    expect(paused).to.deep.equal({ delivered: 0, parked: 0, waiting: 2 });
    expect(resumed).to.deep.equal({ delivered: 2, parked: 0, waiting: 0 });
  });
});

describe('deliverOutbox to an LRS that is away', () => {
  let world: DeliveryWorld;
  beforeEach(async () => {
    world = await createDeliveryWorld();
  });
  afterEach(() => world.close());

  it('waits while nothing listens, and tells everything once it is back', async () => {
    const told = await world.tellMany(3, 3);
    await world.own.goDown();

    const away = await world.deliver();
    const [own] = await listDestinations();
    await world.own.comeBack();
    await world.deliverLater();

    expect(away).to.deep.equal({ delivered: 0, parked: 0, waiting: 9 });
    expect(own?.lastError).to.match(/^outgoing\.unreachable/);
    expect(storedByLearner(world.own)).to.deep.equal(told);
    expect((await listDestinations())[0]).to.deep.include({ failures: 0, lastError: null });
  });

  const tricks: { title: string; trick: Trick; error: RegExp }[] = [
    { title: 'hangs', trick: 'hang', error: /^outgoing\.timeout/ },
    { title: 'closes early', trick: 'close', error: /^outgoing\.unreachable/ },
    { title: 'stores and closes early', trick: 'store-and-close', error: /^outgoing\.unreachable/ },
    { title: 'fails', trick: { status: 500, body: 'oh no' }, error: /^500 oh no$/ },
    { title: 'is busy', trick: { status: 503 }, error: /^503 Service Unavailable$/ },
    { title: 'has enough', trick: { status: 429 }, error: /^429 / },
    { title: 'is not at this address', trick: { status: 404 }, error: /^404 / },
    {
      title: 'sends us elsewhere',
      trick: { status: 302, headers: { location: '/' } },
      error: /^outgoing\.redirect/,
    },
    {
      title: "is a gateway's friendly page",
      trick: { status: 200, body: '<h1>Sign in</h1>' },
      error: /^200 <h1>Sign in<\/h1>$/,
    },
    { title: 'names other ids', trick: { status: 200, body: '["x"]' }, error: /^200 \["x"\]$/ },
  ];
  for (const { title, trick, error } of tricks)
    it(`loses nothing when it ${title}, and repeats nothing`, async () => {
      const told = await world.tellMany(3, 2);
      world.own.trick = () => trick;

      const away = await world.deliver(trick === 'hang' ? { timeoutMs: SHORT_MS } : {});
      const [own] = await listDestinations();
      world.own.trick = () => null;
      await world.deliverLater();

      expect(away).to.deep.include({ delivered: 0, parked: 0 });
      expect(own?.lastError).to.match(error);
      expect(own?.status).to.equal('active');
      expect(storedByLearner(world.own)).to.deep.equal(told);
      expect((await listParked({ page: 1 })).total).to.equal(0);
    });

  it('waits longer after each failure, with jitter', async () => {
    await world.tell('user-1');
    world.own.trick = () => ({ status: 503 });
    const waits: number[] = [];

    for (let attempt = 0; attempt < 12; attempt += 1) {
      await world.deliver();
      const [own] = await listDestinations();
      waits.push((own?.retryAt?.getTime() ?? 0) - world.now().getTime());
      world.pass(waits.at(-1) ?? 0);
    }

    expect(waits.slice(0, 4)).to.deep.equal([750, 1_500, 3_000, 6_000]);
    expect(waits.at(-1)).to.equal(225_000);
    expect(posted(world)).to.equal(12);
  });

  it('asks no sooner than Retry-After says', async () => {
    await world.tell('user-1');
    world.own.trick = () => ({ status: 429, headers: { 'retry-after': '120' } });
    await world.deliver();
    world.own.trick = () => null;

    world.pass(119_999);
    const early = await world.deliver();
    world.pass(12_001);
    const late = await world.deliver();

    expect(early).to.deep.equal({ delivered: 0, parked: 0, waiting: 1 });
    expect(late.delivered).to.equal(1);
  });

  it('is asked once, not by all parts, while it does not answer', async () => {
    await world.tellMany(30, 1);
    world.own.trick = () => ({ status: 503 });
    await world.deliver({ parallel: 4 });
    const first = posted(world);

    const waiting = await world.deliver({ parallel: 4 });
    const second = posted(world);
    world.pass(60_000);
    await world.deliver({ parallel: 4 });

    expect(first).to.be.within(1, 4);
    expect(waiting.waiting).to.equal(30);
    expect(second).to.equal(first);
    expect(posted(world)).to.equal(first + 1);
    expect((await listDestinations())[0]?.failures).to.equal(2);
  });

  it('keeps what got through before it went away', async () => {
    const told = await world.tellMany(1, 6);
    let count = 0;
    world.own.trick = () => ((count += 1) > 2 ? { status: 503 } : null);

    const away = await world.deliver({ batchSize: 2 });
    world.own.trick = () => null;
    const back = await world.deliverLater();

    expect(away).to.deep.equal({ delivered: 4, parked: 0, waiting: 2 });
    expect(back.delivered).to.equal(2);
    expect(storedByLearner(world.own)).to.deep.equal(told);
  });

  it('parks a statement that makes it fail every time, so that others behind it get through', async () => {
    const before = await world.tell('user-1');
    const poison = await world.tell('user-1');
    const after = await world.tell('user-1');
    world.own.trick = ({ ids }) =>
      ids.includes(poison) ? { status: 500, body: 'stack trace' } : null;

    let parked = 0;
    for (let attempt = 0; attempt < 20 && parked === 0; attempt += 1) {
      // Several: one of them may share the part of the log with the learner of the fault.
      for (const other of ['user-2', 'user-3', 'user-4', 'user-5']) await world.tell(other);
      ({ parked } = await world.deliverLater());
    }
    await world.deliverLater();

    expect(storedByLearner(world.own).get('user-1')).to.deep.equal([before, after]);
    const { parked: listed } = await listParked({ page: 1 });
    expect(listed).to.have.lengthOf(1);
    expect(listed[0]).to.deep.include({ statementId: poison, status: 500, words: 'stack trace' });
  });

  it('parks nothing when it fails at everything', async () => {
    await world.tellMany(2, 1);
    world.own.trick = () => ({ status: 500 });

    for (let attempt = 0; attempt < 12; attempt += 1) await world.deliverLater();

    expect((await listParked({ page: 1 })).total).to.equal(0);
    world.own.trick = () => null;
    expect((await world.deliverLater()).delivered).to.equal(2);
  });
});

describe('deliverOutbox to an LRS that takes our key no longer', () => {
  let world: DeliveryWorld;
  beforeEach(async () => {
    world = await createDeliveryWorld();
  });
  afterEach(() => world.close());

  for (const status of [401, 403])
    it(`stops at ${status} until somebody resumes, and parks nothing`, async () => {
      await world.tellMany(2, 2);
      world.own.trick = () => ({ status, body: 'unknown key' });

      await world.deliver({ parallel: 1 });
      const [own] = await listDestinations();
      await world.deliverLater();
      const requests = posted(world);
      world.own.trick = () => null;
      await resumeDestination({ destination: 'own' });
      const resumed = await world.deliver();

      expect(own).to.deep.include({
        status: 'stopped',
        stoppedReason: 'credentials',
        lastError: `${status} unknown key`,
      });
      expect(requests).to.equal(1);
      expect(resumed).to.deep.equal({ delivered: 4, parked: 0, waiting: 0 });
    });

  it('is given another key by itself when it is our own', async () => {
    await world.tellMany(2, 2);
    world.own.password = 'another password';
    const makeOwnKey = () => Promise.resolve({ key: world.own.key, secret: 'another password' });
    await world.deliver({ makeOwnKey });
    world.pass(5_000);

    const { delivered } = await world.deliver({ makeOwnKey });

    expect(delivered).to.equal(4);
    expect((await listDestinations())[0]).to.deep.include({
      status: 'active',
      stoppedReason: null,
      lastError: null,
    });
  });

  it('is not given keys for ever', async () => {
    await world.tell('user-1');
    world.own.trick = () => ({ status: 401 });
    let made = 0;
    const makeOwnKey = () => {
      made += 1;
      return Promise.resolve({ key: 'key', secret: `secret ${made}` });
    };

    for (let attempt = 0; attempt < 12; attempt += 1) {
      await world.deliver({ makeOwnKey });
      world.pass(60 * 60_000);
    }

    expect(made).to.equal(5);
    expect((await listDestinations())[0]?.status).to.equal('stopped');
  });

  it('is stopped when its password was sealed under another secret', async () => {
    await world.tell('user-1');

    const { delivered } = await world.deliver({ secret: 'another secret that is long enough' });

    const [own] = await listDestinations();
    expect(delivered).to.equal(0);
    expect(own).to.deep.include({ status: 'stopped', stoppedReason: 'credentials' });
    expect(own?.lastError).to.contain('Was CROSSWALK_SECRET changed?');
  });
});
