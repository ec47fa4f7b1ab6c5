import { expect } from 'chai';
import mongoose from 'mongoose';
import {
  deleteSession,
  findSession,
  insertSession,
  type SessionRecord,
} from '../../src/lti/session.model.js';

const now = new Date('2026-03-02T09:00:00Z');
const after = (ms: number) => new Date(now.getTime() + ms);

function session(id: string): SessionRecord {
  return {
    _id: id,
    tokens: [
      { hash: 'old', supersededAt: after(-59_500) },
      { hash: 'current', supersededAt: null },
    ],
    csrfSecret: 'c',
    launches: [],
    operatorUntil: null,
    lastSeenAt: now,
    absoluteEndAt: after(60_000),
    expiresAt: after(1_500),
  };
}

/** As another process would end it. */
const removeElsewhere = (id: string) =>
  mongoose.connection.collection<{ _id: string }>('sessions').deleteOne({ _id: id });

describe('a session that was written a moment ago', () => {
  it('needs no read for two seconds, so long is it open when another process ends it', async () => {
    await insertSession({ ...session('s1'), expiresAt: after(60_000) });
    await removeElsewhere('s1');
    const find = (at: Date) => findSession({ session: 's1', tokenHash: 'current', now: at });

    expect(await find(after(1_999))).to.deep.include({ _id: 's1' });
    expect(await find(after(2_000))).to.equal(null);
  });

  it('is closed at once when this process ends it', async () => {
    await insertSession(session('s2'));

    await deleteSession({ session: 's2' });

    expect(await findSession({ session: 's2', tokenHash: 'current', now })).to.equal(null);
  });

  it('opens to its standing tokens only, and not after its end', async () => {
    await insertSession(session('s3'));
    const find = (tokenHash: string, at: Date) =>
      findSession({ session: 's3', tokenHash, now: at }).then((found) => found !== null);

    expect(await find('other', now)).to.equal(false);
    expect(await find('old', now)).to.equal(true);
    expect(await find('old', after(600))).to.equal(false);
    expect(await find('current', after(1_400))).to.equal(true);
    expect(await find('current', after(1_600))).to.equal(false);
  });
});
