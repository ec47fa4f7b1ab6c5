// A restore beside a running server, whose logs go on with what was restored.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import mongoose from 'mongoose';
import { restoreBackup, writeBackup } from '../../src/db/backup.js';
import { checkSchemaVersion } from '../../src/db/schema-version.js';
import { createLogger } from '../../src/logger.js';
import { readStatementFeed } from '../../src/lrs/statement-feed.js';
import {
  appendOutboxStatements,
  findVisibleThrough,
  listOutgoing,
} from '../../src/outbox/outbox-statement.model.js';
import { outboxLogOf } from '../../src/outbox/outbox-partition.js';
import { numbered, openLrs } from '../lrs/lrs-app.js';
import { buildSubject } from '../outbox/outbox-samples.js';
import { buildStatement } from '../xapi/sample-statements.js';

const silent = createLogger({ level: 'silent' });
const now = new Date();
const USER = 'u1';
const outboxLog = outboxLogOf(USER);

describe('a restore beside a running server', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crosswalk-restore-'));
    file = join(folder, 'all.backup');
    await checkSchemaVersion({ app: '0.1.0', holder: 'test', now: () => now, log: silent });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const enqueue = (from: number, count: number) =>
    appendOutboxStatements({
      entries: Array.from({ length: count }, (_, index) => ({
        statementId: numbered(from + index),
        deployment: 'd1',
        user: USER,
        about: buildSubject(),
        json: '{}',
        isTest: false,
        createdAt: now,
      })),
      now,
    });
  const takeAwayPlace = async (collection: string, log: string, position: number) => {
    const { deletedCount } = await mongoose.connection
      .collection(collection)
      .deleteOne({ log, position });
    expect(deletedCount).to.equal(1);
  };

  it('leaves the outbox waiting for a statement whose number is taken and that is not written', async () => {
    await enqueue(1, 3);
    await writeBackup({ file, app: '0.1.0', now });
    await enqueue(10, 200);
    expect(await findVisibleThrough({ log: outboxLog, now })).to.equal(203);

    await restoreBackup({ file, onto: 'existing', log: silent });
    const restored = await findVisibleThrough({ log: outboxLog, now });
    await enqueue(300, 200);
    await takeAwayPlace('outboxStatements', outboxLog, 100);

    const through = await findVisibleThrough({ log: outboxLog, now });
    const listed = await listOutgoing({ log: outboxLog, after: 3, through, limit: 1_000 });
    expect([restored, through]).to.deep.equal([3, 99]);
    expect(listed.map(({ position }) => position)).to.deep.equal(
      Array.from({ length: 96 }, (_, index) => index + 4),
    );
  });

  it('leaves the feed of our LRS reading what was restored, and then what comes', async () => {
    const lrs = await openLrs();
    const post = (...numbers: number[]) =>
      lrs.post(numbers.map((number) => buildStatement({ id: numbered(number) }))).expect(200);
    await post(1, 2);
    await writeBackup({ file, app: '0.1.0', now });
    await post(3, 4, 5);
    await readStatementFeed({ after: 0, limit: 10, now });

    await restoreBackup({ file, onto: 'existing', log: silent });
    const restored = await readStatementFeed({ after: 0, limit: 10, now });
    await post(6);
    const next = await readStatementFeed({ after: restored.through, limit: 10, now });

    expect(restored.entries.map(({ statement }) => statement.id)).to.deep.equal(
      [1, 2].map(numbered),
    );
    expect(restored.through).to.equal(2);
    expect(next.entries.map(({ statement }) => statement.id)).to.deep.equal([numbered(6)]);
    expect(next.through).to.equal(3);
  });
});
