// The one write that sends a statement on its way, and what pages read back from it at once.
import { expect } from 'chai';
import mongoose from 'mongoose';
import { enqueueStatement } from '../../src/outbox/enqueue-statement.js';
import { outboxLogOf } from '../../src/outbox/outbox-partition.js';
import {
  findVisibleThrough,
  listOutboxStatements,
  listOutgoing,
} from '../../src/outbox/outbox-statement.model.js';
import { readNamespace } from '../../src/outbox/statement-namespace.js';
import type { Statement } from '../../src/xapi/statement.js';
import { buildFullStatement, buildStatement } from '../xapi/sample-statements.js';
import { buildSubject, statementId } from './outbox-samples.js';

const now = new Date('2026-05-04T10:20:30Z');
const who = { deployment: 'deployment-1', user: 'user-1' };

describe('enqueueStatement', () => {
  it('is read back at once, with what it is about', async () => {
    const { statementId: id, already } = await enqueueStatement({
      ...who,
      statement: buildStatement(),
      about: buildSubject({ course: 'course-1' }),
      now,
    });

    expect(already).to.equal(false);
    expect(await listOutboxStatements(who)).to.deep.equal([
      {
        statementId: id,
        about: buildSubject({ course: 'course-1' }),
        createdAt: now,
        statement: buildStatement(),
      },
    ]);
  });

  it('keeps the first content of an id, whatever comes later', async () => {
    await enqueueStatement({ ...who, statement: buildStatement(), about: buildSubject(), now });

    const again = await enqueueStatement({
      ...who,
      statement: buildStatement({ result: { success: true } }),
      about: buildSubject({ attempt: 2 }),
      now,
    });

    const kept = await listOutboxStatements(who);
    expect(again.already).to.equal(true);
    expect(kept.map(({ statement }) => statement)).to.deep.equal([buildStatement()]);
  });

  it('is one statement when it is told many times at the same moment', async () => {
    const told = await Promise.all(
      Array.from({ length: 8 }, () =>
        enqueueStatement({ ...who, statement: buildStatement(), about: buildSubject(), now }),
      ),
    );

    expect(told.filter(({ already }) => !already)).to.have.lengthOf(1);
    expect(await listOutboxStatements(who)).to.have.lengthOf(1);
  });

  it('freezes the JSON, extensions with dots, dollars and nulls included', async () => {
    const statement = buildFullStatement();

    await enqueueStatement({ ...who, statement, about: buildSubject(), now });

    const log = outboxLogOf(who.user);
    const through = await findVisibleThrough({ log, now });
    const [sent] = await listOutgoing({ log, after: 0, through, limit: 10 });
    expect(sent?.json).to.equal(JSON.stringify(statement));
  });

  it('refuses what no LRS would take, before it is a fact', async () => {
    const statement = { ...buildStatement(), verb: { id: 'completed' } } as Statement;

    const refused = await enqueueStatement({ ...who, statement, about: buildSubject(), now }).catch(
      (error: unknown) => error,
    );

    expect(refused).to.deep.include({
      code: 'outbox.invalid-statement',
      status: 500,
      values: { path: 'verb.id', fault: 'is not an absolute IRI' },
    });
    expect(await listOutboxStatements(who)).to.deep.equal([]);
  });

  it("keeps a learner's statements in one part, in their order", async () => {
    for (let number = 1; number <= 5; number += 1)
      await enqueueStatement({
        ...who,
        statement: buildStatement({ id: statementId(number) }),
        about: buildSubject({ attempt: number }),
        now,
      });

    const kept = await listOutboxStatements(who);
    expect(kept.map(({ about }) => about.attempt)).to.deep.equal([1, 2, 3, 4, 5]);
  });
});

describe('listOutboxStatements', () => {
  beforeEach(async () => {
    const told = [
      { user: 'user-1', about: buildSubject({ kind: 'completed', course: 'a', objectId: 'x' }) },
      { user: 'user-1', about: buildSubject({ kind: 'experienced', course: 'a', objectId: 'y' }) },
      { user: 'user-1', about: buildSubject({ kind: 'completed', course: 'b', objectId: 'y' }) },
      { user: 'user-2', about: buildSubject({ kind: 'completed', course: 'a', objectId: 'x' }) },
    ];
    for (const [index, { user, about }] of told.entries())
      await enqueueStatement({
        deployment: who.deployment,
        user,
        statement: buildStatement({ id: statementId(index + 1) }),
        about,
        now,
      });
  });

  it("gives one user's statements of one deployment only", async () => {
    expect(await listOutboxStatements(who)).to.have.lengthOf(3);
    expect(await listOutboxStatements({ ...who, deployment: 'deployment-2' })).to.deep.equal([]);
  });

  it('narrows by course, kind and object', async () => {
    const ids = async (filter: Partial<Parameters<typeof listOutboxStatements>[0]>) =>
      (await listOutboxStatements({ ...who, ...filter })).map(
        ({ about }) => `${about.kind} ${about.objectId}`,
      );

    expect(await ids({ course: 'a' })).to.deep.equal(['completed x', 'experienced y']);
    expect(await ids({ kinds: ['completed'] })).to.deep.equal(['completed x', 'completed y']);
    expect(await ids({ kinds: ['completed'], objectIds: ['y'] })).to.deep.equal(['completed y']);
    expect(await ids({ objectIds: [] })).to.deep.equal([]);
  });
});

describe('readNamespace', () => {
  const secret = 's'.repeat(32);

  it('is made once, also by many at once, and stays', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => readNamespace({ secret })));

    expect(new Set([...made, await readNamespace({ secret })]).size).to.equal(1);
    expect(made[0]).to.match(/^[0-9a-f-]{36}$/);
  });

  it('lies encrypted, and another secret does not open it', async () => {
    const namespace = await readNamespace({ secret });

    const kept = await mongoose.connection.collection('statementNamespaces').findOne({});
    expect(JSON.stringify(kept)).to.not.contain(namespace);
    const refused = await readNamespace({ secret: 'other'.repeat(8) }).catch(
      (error: unknown) => error,
    );
    expect(refused).to.have.property('name', 'UnsealError');
  });
});
