// Our own destination makes and mends itself; passwords lie sealed; people stop and resume.
import { expect } from 'chai';
import mongoose from 'mongoose';
import { findDestination, listDestinations } from '../../src/outbox/destination.model.js';
import {
  ensureOwnDestination,
  openPassword,
  pauseDestination,
  resumeDestination,
  stopDestination,
} from '../../src/outbox/destinations.js';
import { refusal } from '../support/refusal.js';
import { addDestination } from './add-destination.js';

const secret = 'a secret that is long enough for a test';
const now = new Date('2026-05-04T10:20:30Z');

/** Makes keys that are numbered, and knows those that were not revoked. */
function keyMaker() {
  const made: { key: string; secret: string }[] = [];
  return {
    made,
    makeKey: () => {
      const key = { key: `key-${made.length + 1}`, secret: `password-${made.length + 1}` };
      made.push(key);
      return Promise.resolve(key);
    },
    verifyKey: (key: { key: string; secret: string }) =>
      Promise.resolve(made.some((one) => one.key === key.key && one.secret === key.secret)),
  };
}

describe('ensureOwnDestination', () => {
  const endpoint = 'http://127.0.0.1:3000/xapi';

  it('makes it once, active, with a key of its own', async () => {
    const keys = keyMaker();

    const first = await ensureOwnDestination({ endpoint, secret, ...keys, now });
    const again = await ensureOwnDestination({ endpoint, secret, ...keys, now });

    expect(first).to.deep.include({
      id: 'own',
      isOwn: true,
      endpoint,
      key: 'key-1',
      status: 'active',
      keepsTestData: true,
      createdAt: now,
    });
    expect(again).to.deep.equal(first);
    expect(keys.made).to.have.lengthOf(1);
    expect(await openPassword({ destination: 'own', secret })).to.equal('password-1');
  });

  it('keeps the first key when two processes start at once', async () => {
    const keys = keyMaker();

    const both = await Promise.all([
      ensureOwnDestination({ endpoint, secret, ...keys, now }),
      ensureOwnDestination({ endpoint, secret, ...keys, now }),
    ]);

    expect(both[0].key).to.equal(both[1].key);
    expect(await listDestinations()).to.have.lengthOf(1);
  });

  it('follows the endpoint to another port, at once', async () => {
    const keys = keyMaker();
    await ensureOwnDestination({ endpoint, secret, ...keys, now });

    const moved = await ensureOwnDestination({
      endpoint: 'http://127.0.0.1:4000/xapi/',
      secret,
      ...keys,
      now,
    });

    expect(moved).to.deep.include({ endpoint: 'http://127.0.0.1:4000/xapi', key: 'key-1' });
  });

  it('makes another key when the LRS knows the old one no longer, and goes on', async () => {
    const keys = keyMaker();
    await ensureOwnDestination({ endpoint, secret, ...keys, now });
    await stopDestination({ destination: 'own', reason: 'credentials' });
    keys.made[0] = { key: 'key-1', secret: 'revoked' };

    const mended = await ensureOwnDestination({ endpoint, secret, ...keys, now });

    expect(mended).to.deep.include({ key: 'key-2', status: 'active', stoppedReason: null });
  });

  it('makes another key when the secret of the instance changed', async () => {
    const keys = keyMaker();
    await ensureOwnDestination({ endpoint, secret, ...keys, now });

    await ensureOwnDestination({ endpoint, secret: `${secret}!`, ...keys, now });

    expect(await openPassword({ destination: 'own', secret: `${secret}!` })).to.equal('password-2');
  });

  it('leaves it stopped when a person stopped it', async () => {
    const keys = keyMaker();
    await ensureOwnDestination({ endpoint, secret, ...keys, now });
    await stopDestination({ destination: 'own', reason: 'moving house' });

    const own = await ensureOwnDestination({ endpoint, secret, ...keys, now });

    expect(own).to.deep.include({ status: 'stopped', stoppedReason: 'moving house' });
  });
});

describe('destinations', () => {
  const add = () =>
    addDestination({
      name: 'Elsewhere',
      endpoint: 'https://lrs.example/xapi/',
      key: 'k',
      password: 'pass wörd',
      secret,
      now,
    });

  it('keep no password readable in the database or in lists', async () => {
    const { id } = await add();

    const kept = await mongoose.connection.collection('destinations').findOne({});
    expect(JSON.stringify([kept, await listDestinations()])).to.not.contain('pass wörd');
    expect(await listDestinations()).to.not.have.nested.property('[0].sealedPassword');
    expect(await openPassword({ destination: id, secret })).to.equal('pass wörd');
  });

  it('are stopped with a reason, paused without one, and resumed', async () => {
    const { id } = await add();
    const seen: unknown[] = [];
    const look = async () => {
      const { status, stoppedReason } = (await findDestination({ destination: id })) ?? {};
      seen.push([status, stoppedReason]);
    };

    await stopDestination({ destination: id, reason: 'too slow' });
    await look();
    await pauseDestination({ destination: id });
    await look();
    await resumeDestination({ destination: id });
    await look();

    expect(seen).to.deep.equal([
      ['stopped', 'too slow'],
      ['paused', null],
      ['active', null],
    ]);
  });

  it('that are not there are said to be so', async () => {
    expect(await refusal(resumeDestination({ destination: 'nowhere' }))).to.deep.include({
      code: 'outbox.no-such-destination',
      status: 404,
    });
  });
});
