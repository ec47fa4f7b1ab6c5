// A process of the kill test: says what learners did and delivers it, until it is killed. It works as the tool does, but its
// clock is faster, so that leases, waits and gaps end in seconds.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { createLogger } from '../../src/logger.js';
import { createOutgoingClient } from '../../src/outgoing/outgoing-client.js';
import { deliverOutbox } from '../../src/outbox/deliver-outbox.js';
import { enqueueStatement } from '../../src/outbox/enqueue-statement.js';

const { uri, database, secret, learners, speed, tells } = JSON.parse(process.argv[2] ?? '') as {
  uri: string;
  database: string;
  secret: string;
  learners: string[];
  /** How much faster than the world's its clock is. */
  speed: number;
  /** Whether it says anything new. */
  tells: boolean;
};
const PAUSE_MS = 60;
const TIMEOUT_MS = 400;
const BATCH_SIZE = 20;
const PER_MS = 10_000;

const now = () => new Date(Date.now() * speed);
const log = createLogger({ level: 'silent' });
const outgoing = createOutgoingClient({
  privateHosts: ['127.0.0.1:*'],
  exemptHosts: [],
  userAgent: 'Crosswalk/test',
  log,
  now,
});
let count = 0;

await mongoose.connect(uri, { dbName: database, autoIndex: false });
process.send?.('ready');
await Promise.all([deliver(), ...(tells ? learners.map((learner) => tell(learner)) : [])]);

async function deliver(): Promise<void> {
  const { signal } = new AbortController();
  const deps = { outgoing, secret, now, log, holder: randomUUID() };
  for (;;) {
    const batch = { batchSize: BATCH_SIZE, timeoutMs: TIMEOUT_MS };
    await deliverOutbox({ ...deps, ...batch, signal });
    await delay(PAUSE_MS);
  }
}

/** Tells the parent what is a fact: only after the write was answered. */
async function tell(user: string): Promise<void> {
  for (;;) {
    const id = randomUUID();
    // Later statements have a larger number, also over the death of a process.
    const number = Date.now() * PER_MS + (count++ % PER_MS);
    await enqueueStatement({
      deployment: 'deployment-1',
      user,
      statement: {
        id,
        actor: { objectType: 'Agent', account: { homePage: 'https://tool.example', name: user } },
        verb: { id: 'http://adlnet.gov/expapi/verbs/experienced' },
        object: { id: 'https://tool.example/resources/1' },
        result: { response: String(number) },
      },
      about: { kind: 'experienced', course: null, objectId: id, attempt: 1 },
      now: now(),
    });
    process.send?.(id);
    await delay(PAUSE_MS);
  }
}
