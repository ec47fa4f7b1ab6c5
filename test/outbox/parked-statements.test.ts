// What an LRS refuses is found, kept with its words, and sent again or given up by a person; what it has already is no fault.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  giveUpParked,
  listParked,
  retryAllParked,
  retryParked,
} from '../../src/outbox/parked-statements.js';
import { listDestinations } from '../../src/outbox/destination.model.js';
import { buildAgent, buildStatement } from '../xapi/sample-statements.js';
import { refusal } from '../support/refusal.js';
import { createDeliveryWorld, storedByLearner, type DeliveryWorld } from './delivery-world.js';
import type { LrsRequest, Trick } from './fake-lrs.js';

/** Refuses every batch that holds one of these. */
function refusing(ids: string[], status: number, body: string): (request: LrsRequest) => Trick {
  return (request) => (request.ids.some((id) => ids.includes(id)) ? { status, body } : null);
}

describe('a refused batch', () => {
  let world: DeliveryWorld;
  beforeEach(async () => {
    world = await createDeliveryWorld();
  });
  afterEach(() => world.close());

  for (const place of [0, 1, 6, 12])
    it(`is halved until statement ${place} of 13 stands alone; the others are told in order`, async () => {
      const ids = (await world.tellMany(1, 13)).get('user-0') ?? [];
      const bad = ids[place] ?? '';
      world.own.trick = refusing([bad], 400, '{"message": "no such verb"}');

      const first = await world.deliver();
      const second = await world.deliver();

      expect(first).to.deep.equal({ delivered: 12, parked: 1, waiting: 0 });
      expect(second).to.deep.equal({ delivered: 0, parked: 0, waiting: 0 });
      expect(storedByLearner(world.own).get('user-0')).to.deep.equal(
        ids.filter((id) => id !== bad),
      );
      const { parked } = await listParked({ page: 1 });
      expect(parked).to.have.lengthOf(1);
      expect(parked[0]).to.deep.include({
        destination: 'own',
        statementId: bad,
        deployment: 'deployment-1',
        status: 400,
        words: '{"message": "no such verb"}',
        attempts: 1,
        parkedAt: world.now(),
        state: 'parked',
        givenUp: null,
      });
      expect(parked[0]?.json).to.contain(bad);
    });

  it('keeps its words to a readable length, and the reason phrase where there are none', async () => {
    const [long, empty] = [await world.tell('user-1'), await world.tell('user-1')];
    world.own.trick = ({ ids }) =>
      ids.includes(long) ? { status: 400, body: `a\n\t${'b'.repeat(5_000)}` } : { status: 422 };

    await world.deliver();

    const { parked } = await listParked({ page: 1 });
    const wordsOf = (id: string) => parked.find(({ statementId }) => statementId === id)?.words;
    expect(wordsOf(long)).to.match(/^a b{498}…$/);
    expect(wordsOf(empty)).to.equal('Unprocessable Entity');
  });

  it('is sent in smaller ones where it is too large, down to one', async () => {
    const told = await world.tellMany(1, 7);
    world.own.trick = ({ ids }) => (ids.length > 2 ? { status: 413 } : null);

    const { delivered, parked } = await world.deliver();

    expect({ delivered, parked }).to.deep.equal({ delivered: 7, parked: 0 });
    expect(storedByLearner(world.own)).to.deep.equal(told);
  });

  it('parks a statement that is too large by itself', async () => {
    const [large, small] = [await world.tell('user-1'), await world.tell('user-1')];
    world.own.trick = refusing([large], 413, '');

    await world.deliver();

    expect(world.own.stored.map(({ id }) => id)).to.deep.equal([small]);
    expect((await listParked({ page: 1 })).parked[0]).to.deep.include({
      statementId: large,
      words: 'Payload Too Large',
    });
  });

  it('loses nothing when the LRS is away for a moment while it is halved', async () => {
    const told = await world.tellMany(1, 8);
    const ids = told.get('user-0') ?? [];
    const bad = ids[7] ?? '';
    let count = 0;
    world.own.trick = (request) =>
      (count += 1) === 4 ? { status: 503 } : refusing([bad], 400, 'bad')(request);

    const away = await world.deliver();
    world.own.trick = refusing([bad], 400, 'bad');
    const back = await world.deliverLater();

    expect(away).to.deep.equal({ delivered: 4, parked: 0, waiting: 4 });
    expect(back).to.deep.equal({ delivered: 3, parked: 1, waiting: 0 });
    expect(storedByLearner(world.own).get('user-0')).to.deep.equal(ids.slice(0, 7));
  });
});

describe('a conflict', () => {
  let world: DeliveryWorld;
  beforeEach(async () => {
    world = await createDeliveryWorld();
  });
  afterEach(() => world.close());

  /** An LRS that answers 409 also for what it has already, as some do. */
  const strict = (request: LrsRequest): Trick =>
    request.method === 'POST' &&
    request.ids.some((id) => world.own.stored.some((held) => held.id === id))
      ? { status: 409, body: 'already exists' }
      : null;

  for (const kind of ['valid', 'voided'])
    it(`is no fault where the LRS holds the same statement, ${kind}`, async () => {
      const ids = (await world.tellMany(1, 4)).get('user-0') ?? [];
      const [, there = ''] = ids;
      world.own.stored.push(buildStatement({ id: there, actor: buildAgent('user-0') }));
      if (kind === 'voided') world.own.voided.add(there);
      world.own.trick = strict;

      const delivery = await world.deliver();

      expect(delivery).to.deep.equal({ delivered: 4, parked: 0, waiting: 0 });
      expect(world.own.stored.map(({ id }) => id)).to.have.members(ids);
    });

  it('is parked where the LRS holds another statement under the id', async () => {
    const there = await world.tell('user-1');
    world.own.stored.push(buildStatement({ id: there, actor: buildAgent('someone else') }));

    const delivery = await world.deliver();

    expect(delivery).to.deep.equal({ delivered: 0, parked: 1, waiting: 0 });
    expect((await listParked({ page: 1 })).parked[0]).to.deep.include({
      status: 409,
      words: `conflict at ${there}`,
    });
  });

  it('is parked where the key may not read what is there', async () => {
    const there = await world.tell('user-1');
    world.own.stored.push(buildStatement({ id: there, actor: buildAgent('user-1') }));
    world.own.trick = (request) => (request.method === 'GET' ? { status: 403 } : strict(request));

    const { parked } = await world.deliver();

    expect(parked).to.equal(1);
    expect((await listDestinations())[0]?.status).to.equal('active');
  });

  it('is asked about later where the LRS does not answer', async () => {
    const there = await world.tell('user-1');
    world.own.stored.push(buildStatement({ id: there, actor: buildAgent('user-1') }));
    world.own.trick = (request) => (request.method === 'GET' ? { status: 503 } : strict(request));

    const away = await world.deliver();
    world.own.trick = strict;
    const back = await world.deliverLater();

    expect(away).to.deep.equal({ delivered: 0, parked: 0, waiting: 1 });
    expect(back).to.deep.equal({ delivered: 1, parked: 0, waiting: 0 });
  });
});

describe('parked statements', () => {
  let world: DeliveryWorld;
  let ids: string[];
  beforeEach(async () => {
    world = await createDeliveryWorld();
    ids = (await world.tellMany(1, 3)).get('user-0') ?? [];
    world.own.trick = () => ({ status: 400, body: 'first words' });
    await world.deliver();
  });
  afterEach(() => world.close());

  const idOf = (index: number) => `own:${ids[index] ?? ''}`;
  const states = async () =>
    new Map((await listParked({ page: 1 })).parked.map(({ id, state }) => [id, state]));

  it('are sent again when somebody says so, and are gone when they are taken', async () => {
    world.own.trick = () => null;
    await retryParked({ id: idOf(1) });

    const delivery = await world.deliver();

    expect(delivery).to.deep.equal({ delivered: 1, parked: 0, waiting: 0 });
    expect(world.own.stored.map(({ id }) => id)).to.deep.equal([ids[1]]);
    expect([...(await states()).keys()]).to.have.members([idOf(0), idOf(2)]);
  });

  it('are sent again all at once, in their order', async () => {
    world.own.trick = () => null;

    const { count } = await retryAllParked();
    await world.deliver();

    expect(count).to.equal(3);
    expect(world.own.stored.map(({ id }) => id)).to.deep.equal(ids);
    expect((await listParked({ page: 1 })).total).to.equal(0);
  });

  it('are parked again with the newer words when they are refused again', async () => {
    world.own.trick = () => ({ status: 422, body: 'second words' });
    await retryParked({ id: idOf(0) });

    const { parked } = await world.deliver();

    const again = (await listParked({ page: 1 })).parked.find(({ id }) => id === idOf(0));
    expect(parked).to.equal(1);
    expect(again).to.deep.include({
      state: 'parked',
      attempts: 2,
      status: 422,
      words: 'second words',
    });
  });

  it('stay to be tried while the LRS is away', async () => {
    world.own.trick = () => ({ status: 503 });
    await retryAllParked();

    await world.deliver();
    const away = await states();
    world.own.trick = () => null;
    await world.deliverLater();

    expect([...away.values()]).to.deep.equal(['retrying', 'retrying', 'retrying']);
    expect(world.own.stored).to.have.lengthOf(3);
  });

  it('are given up with a reason, kept, and never sent again', async () => {
    world.own.trick = () => null;
    await giveUpParked({ id: idOf(0), reason: ' a test ', by: 'Ana', now: world.now() });

    await retryAllParked();
    await world.deliver();

    const { parked } = await listParked({ page: 1, state: 'given-up' });
    expect(parked.map(({ id, givenUp }) => ({ id, givenUp }))).to.deep.equal([
      { id: idOf(0), givenUp: { by: 'Ana', reason: 'a test', at: world.now() } },
    ]);
    expect(world.own.stored.map(({ id }) => id)).to.deep.equal(ids.slice(1));
    expect(await refusal(retryParked({ id: idOf(0) }))).to.deep.include({
      code: 'outbox.no-such-parked',
      status: 404,
    });
  });

  it('are not given up without a reason', async () => {
    const refused = await refusal(
      giveUpParked({ id: idOf(0), reason: '  ', by: 'Ana', now: world.now() }),
    );

    expect(refused).to.deep.include({ code: 'outbox.reason-needed', status: 422 });
    expect((await states()).get(idOf(0))).to.equal('parked');
  });

  it('are out of reach for another deployment', async () => {
    const scope = { deployment: 'deployment-2' };

    const listed = await listParked({ page: 1, ...scope });
    const retried = await retryAllParked(scope);
    const refused = await refusal(retryParked({ id: idOf(0), ...scope }));

    expect(listed.total).to.equal(0);
    expect(retried.count).to.equal(0);
    expect(refused.code).to.equal('outbox.no-such-parked');
    expect((await listParked({ page: 1, deployment: 'deployment-1' })).total).to.equal(3);
  });

  it('are listed page by page, newest first', async () => {
    world.pass(60_000);
    for (let count = 0; count < 26; count += 1) await world.tell(`late-${randomUUID()}`);
    await world.deliver();

    const [first, second] = [await listParked({ page: 1 }), await listParked({ page: 2 })];

    expect(first).to.deep.include({ page: 1, pages: 2, total: 29 });
    expect(first.parked).to.have.lengthOf(25);
    expect(second.parked.slice(1).map(({ statementId }) => statementId)).to.have.members(ids);
  });
});
