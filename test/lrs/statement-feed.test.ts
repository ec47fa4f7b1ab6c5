// The feed that attainment reads: every statement once, in order, none missing behind a late writer.
import { expect } from 'chai';
import mongoose from 'mongoose';
import { findStatement, listStatements, readStatementFeed } from '../../src/lrs/statement-feed.js';
import { agentKey } from '../../src/xapi/actor.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { buildStatement } from '../xapi/sample-statements.js';
import { numbered, openLrs } from './lrs-app.js';

const now = new Date();

describe('readStatementFeed', () => {
  it('gives statements in order, page by page, with who vouches for them', async () => {
    const lrs = await openLrs();
    await lrs.post([1, 2, 3].map((number) => buildStatement({ id: numbered(number) })));

    const first = await readStatementFeed({ after: 0, limit: 2, now });
    const second = await readStatementFeed({ after: first.through, limit: 2, now });
    const third = await readStatementFeed({ after: second.through, limit: 2, now });

    expect(first.entries.map(({ position }) => position)).to.deep.equal([1, 2]);
    expect(second.entries.map(({ statement }) => statement.id)).to.deep.equal([numbered(3)]);
    expect(third).to.deep.equal({ entries: [], through: second.through });
    const [entry] = first.entries;
    expect(entry?.authorityKey).to.equal(entry && agentKey(entry.statement.authority ?? {}));
    expect(entry?.stored.getTime()).to.be.closeTo(Date.now(), 10_000);
  });

  it('gives voided and voiding statements, and says which', async () => {
    const lrs = await openLrs();
    await lrs.post([
      buildStatement({ id: numbered(1) }),
      buildStatement({
        id: numbered(2),
        verb: { id: VERBS.voided },
        object: { objectType: 'StatementRef', id: numbered(1) },
      }),
    ]);

    const { entries } = await readStatementFeed({ after: 0, limit: 10, now });

    expect(entries.map(({ isVoided, voids }) => [isVoided, voids])).to.deep.equal([
      [true, null],
      [false, numbered(1)],
    ]);
  });

  it('waits for a number that was given out and not written, and goes on once it is given up', async () => {
    const lrs = await openLrs();
    await lrs.post(buildStatement({ id: numbered(1) }));
    await mongoose.connection
      .collection<{ _id: string }>('sequences')
      .updateOne({ _id: 'lrs' }, { $inc: { last: 1, lastUs: 1 } });
    await lrs.post(buildStatement({ id: numbered(3) }));

    const waiting = await readStatementFeed({ after: 0, limit: 10, now });
    const later = await readStatementFeed({
      after: waiting.through,
      limit: 10,
      now: new Date(Date.now() + 11_000),
    });

    expect(waiting).to.deep.include({ through: 1 });
    expect(waiting.entries).to.have.lengthOf(1);
    expect(later.entries.map(({ statement }) => statement.id)).to.deep.equal([numbered(3)]);
    expect(later.through).to.equal(3);
  });

  it('lets a poller miss none while four write at once', async () => {
    const lrs = await openLrs();
    const seen: (string | undefined)[] = [];
    let after = 0;
    let isWriting = true;
    const poll = async () => {
      const { entries, through } = await readStatementFeed({ after, limit: 7, now: new Date() });
      seen.push(...entries.map(({ statement }) => statement.id));
      after = through;
      return entries.length;
    };
    const writer = async (number: number) => {
      for (let batch = 0; batch < 10; batch += 1)
        await lrs.post(
          [0, 1, 2].map((one) =>
            buildStatement({ id: numbered(number * 1_000 + batch * 10 + one) }),
          ),
        );
    };

    const writing = Promise.all([1, 2, 3, 4].map(writer)).then(() => (isWriting = false));
    while (isWriting) await poll();
    await writing;
    while ((await poll()) > 0);

    expect(seen).to.have.lengthOf(120);
    expect(new Set(seen).size).to.equal(120);
  });
});

describe('findStatement and listStatements', () => {
  it('give statements by id, voided or not, and null for none', async () => {
    const lrs = await openLrs();
    await lrs.post(buildStatement());

    const found = await findStatement({ id: buildStatement().id?.toUpperCase() ?? '' });

    expect(found).to.deep.include({ id: buildStatement().id, isVoided: false });
    expect(found?.statement.actor).to.deep.equal(buildStatement().actor);
    expect(await findStatement({ id: numbered(1) })).to.equal(null);
    expect(await listStatements({ ids: [] })).to.deep.equal([]);
    expect(
      await listStatements({ ids: [numbered(1), buildStatement().id ?? ''] }),
    ).to.have.lengthOf(1);
  });
});
