// The numbers that alarms and pages are made of.
import { expect } from 'chai';
import { countBacklog, outboxMetrics } from '../../src/outbox/outbox-metrics.js';
import { createDeliveryWorld, type DeliveryWorld } from './delivery-world.js';

describe('countBacklog', () => {
  let world: DeliveryWorld;
  beforeEach(async () => {
    world = await createDeliveryWorld();
  });
  afterEach(() => world.close());

  it('counts what each destination was not told yet, without test data and gaps', async () => {
    const id = await world.tell('user-1');
    await world.deliver();
    const other = await world.startLrs();
    const destination = await world.add(other);
    const oldestAt = world.now();
    world.pass(60_000);
    await world.tell('user-2', { isTest: true });
    await world.tell('user-2');

    const backlog = await countBacklog();

    expect(id).to.be.a('string');
    expect(
      backlog.map(({ destination: { id: one }, count, oldestAt: at, parked }) => ({
        one,
        count,
        at,
        parked,
      })),
    ).to.deep.equal([
      { one: 'own', count: 2, at: world.now(), parked: 0 },
      { one: destination, count: 2, at: oldestAt, parked: 0 },
    ]);
  });

  it('is nothing when all is told', async () => {
    await world.tellMany(3, 3);
    await world.deliver();

    expect(await outboxMetrics({ now: world.now() })).to.deep.equal({
      oldestAgeMs: 0,
      backlog: 0,
      parked: 0,
      stopped: 0,
      failing: 0,
    });
  });

  it('tells age, backlog, parked, stopped and failing over all destinations', async () => {
    const bad = await world.tell('user-1');
    world.own.trick = ({ ids }) => ({ status: ids.includes(bad) ? 400 : 503 });
    await world.deliver();
    await world.tell('user-2');
    const other = await world.startLrs();
    other.trick = () => ({ status: 401 });
    await world.add(other);
    await world.deliver();
    world.pass(90_000);

    expect(await outboxMetrics({ now: world.now() })).to.deep.equal({
      oldestAgeMs: 90_000,
      backlog: 3,
      parked: 1,
      stopped: 1,
      failing: 1,
    });
  });
});
