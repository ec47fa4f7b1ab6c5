// What tests of the delivery share: a clock that is set by hand, LRSs, statements of several learners, one pass at a time.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { createLogger } from '../../src/logger.js';
import { createOutgoingClient } from '../../src/outgoing/outgoing-client.js';
import type { DeliveryDeps } from '../../src/outbox/delivery-lane.js';
import { deliverOutbox, type Delivery } from '../../src/outbox/deliver-outbox.js';
import { ensureOwnDestination } from '../../src/outbox/destinations.js';
import { enqueueStatement } from '../../src/outbox/enqueue-statement.js';
import { OUTBOX_LOGS } from '../../src/outbox/outbox-partition.js';
import { findVisibleThrough } from '../../src/outbox/outbox-statement.model.js';
import { buildAgent, buildStatement } from '../xapi/sample-statements.js';
import { startFakeLrs, type FakeLrs } from './fake-lrs.js';
import { buildSubject } from './outbox-samples.js';
import { addDestination } from './add-destination.js';

const SECRET = 'a secret that is long enough for a test';
const TIMEOUT_MS = 30_000;

export interface DeliveryWorld {
  deps: DeliveryDeps;
  /** Our own LRS, which every world has. */
  own: FakeLrs;
  now(): Date;
  pass(ms: number): void;
  /** Another LRS, not yet a destination. */
  startLrs(): Promise<FakeLrs>;
  /** Makes an LRS a destination; gives its id. */
  add(lrs: FakeLrs, how?: { version?: '2.0.0'; gzip?: 'yes' }): Promise<string>;
  /** Tells a statement of a learner; gives its id. */
  tell(user: string, options?: { isTest?: boolean; response?: string }): Promise<string>;
  /** Tells `each` statements of so many learners, turn by turn; ids by learner. */
  tellMany(learners: number, each: number): Promise<Map<string, string[]>>;
  deliver(overrides?: Partial<DeliveryDeps>, signal?: AbortSignal): Promise<Delivery>;
  /** Lets the longest wait pass, then delivers. */
  deliverLater(): Promise<Delivery>;
  close(): Promise<void>;
}

export async function createDeliveryWorld(): Promise<DeliveryWorld> {
  await continueNumbers();
  let time = new Date('2026-05-04T10:20:30Z').getTime();
  const now = () => new Date(time);
  const log = createLogger({ level: 'silent' });
  const outgoing = createOutgoingClient({
    privateHosts: ['127.0.0.1:*'],
    exemptHosts: [],
    userAgent: 'Crosswalk/test',
    log,
    now,
  });
  const servers: FakeLrs[] = [];
  const startLrs = async () => {
    const lrs = await startFakeLrs();
    servers.push(lrs);
    return lrs;
  };
  const deps: DeliveryDeps = {
    outgoing,
    secret: SECRET,
    now,
    log,
    holder: 'test',
    timeoutMs: TIMEOUT_MS,
    random: () => 0.5,
  };
  const own = await startLrs();
  const key = { key: own.key, secret: own.password };
  await ensureOwnDestination({
    endpoint: own.endpoint,
    secret: SECRET,
    makeKey: () => Promise.resolve(key),
    verifyKey: () => Promise.resolve(true),
    now: now(),
  });
  const tell: DeliveryWorld['tell'] = async (user, { isTest = false, response = '' } = {}) => {
    const id = randomUUID();
    await enqueueStatement({
      deployment: 'deployment-1',
      user,
      statement: buildStatement({
        id,
        actor: buildAgent(user),
        ...(response !== '' && { result: { response } }),
      }),
      about: buildSubject({ objectId: id }),
      isTest,
      now: now(),
    });
    return id;
  };
  const deliver: DeliveryWorld['deliver'] = (overrides = {}, signal) =>
    deliverOutbox({ ...deps, ...overrides, signal: signal ?? new AbortController().signal });
  const pass = (ms: number) => void (time += ms);
  return {
    deps,
    own,
    now,
    pass,
    startLrs,
    add: async (lrs, how = {}) => {
      const { endpoint, password } = lrs;
      const added = await addDestination({
        name: 'Another',
        endpoint,
        key: lrs.key,
        password,
        ...how,
        secret: SECRET,
        now: now(),
      });
      return added.id;
    },
    tell,
    async tellMany(learners, each) {
      const users = Array.from({ length: learners }, (_, index) => `user-${index}`);
      const told = new Map<string, string[]>(users.map((user) => [user, []]));
      for (let count = 0; count < each; count += 1)
        for (const user of users) told.get(user)?.push(await tell(user));
      return told;
    },
    deliver,
    deliverLater: async () => {
      pass(2 * 60 * 60_000);
      return deliver();
    },
    async close() {
      await outgoing.close();
      await Promise.all(servers.map((lrs) => lrs.close()));
    },
  };
}

/** Ids of what an LRS stored, by the learner's name, each in the order of being stored. */
export function storedByLearner(lrs: FakeLrs): Map<string, string[]> {
  const byLearner = new Map<string, string[]>();
  for (const { id, actor } of lrs.stored) {
    const name = actor.account?.name ?? '';
    byLearner.set(name, [...(byLearner.get(name) ?? []), id ?? '']);
  }
  return byLearner;
}

/**
 * A log of this process remembers how far it has looked, while the collections are emptied between tests: numbers go on from
 * there, as they would in life.
 */
async function continueNumbers(): Promise<void> {
  const sequences = mongoose.connection.collection<{ _id: string; last: number }>('sequences');
  for (const log of OUTBOX_LOGS) {
    const mark = await findVisibleThrough({ log, now: new Date(0) });
    await sequences.updateOne({ _id: log }, { $set: { last: mark } }, { upsert: true });
  }
}
