import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import mongoose from 'mongoose';
import { expect } from 'chai';
import {
  offerNextToolKey,
  replaceToolKeys,
  rotateToolKeys,
} from '../../src/lti/rotate-tool-keys.js';
import { listToolKeys } from '../../src/lti/tool-key.model.js';
import { createToolKeys } from '../../src/lti/tool-keys.js';
import { UnsealError } from '../../src/secrets.js';
import { createAgent } from '../support/browser-agent.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const secret = 'a secret that is long enough for a test';
const now = () => new Date();

describe('createToolKeys', () => {
  it('makes one key though two processes start at once, and signs what its key set proves', async () => {
    const [one, two] = [createToolKeys({ secret, now }), createToolKeys({ secret, now })];

    const [{ kid, privateKeyPem }, twin] = await Promise.all([one.signingKey(), two.signingKey()]);
    const { keys } = await two.publicKeySet();

    expect(twin).to.deep.equal({ kid, privateKeyPem });
    expect(keys).to.have.length(1);
    const token = jwt.sign({ a: 1 }, privateKeyPem, { algorithm: 'RS256', keyid: kid });
    const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
    expect(jwt.verify(token, key, { algorithms: ['RS256'] })).to.deep.include({ a: 1 });
  });

  it('keeps no private key readable in the database, and opens it with the same secret only', async () => {
    await createToolKeys({ secret, now }).signingKey();
    const stored = await mongoose.connection.collection('toolKeys').findOne({});

    expect(JSON.stringify(stored)).not.to.match(/PRIVATE|"[dpq]":/);
    const stranger = await createToolKeys({ secret: `${secret}!`, now })
      .signingKey()
      .catch((error: unknown) => error);
    expect(stranger).to.be.instanceOf(UnsealError);
  });

  it('reads a key of the first release, which has no times but the one of its making', async () => {
    const { kid } = await createToolKeys({ secret, now }).signingKey();
    await mongoose.connection
      .collection<{ _id: string }>('toolKeys')
      .updateOne({ _id: kid }, { $unset: { activatedAt: 1, endedAt: 1 } });

    const [key] = await listToolKeys();

    expect(key?.activatedAt).to.deep.equal(key?.createdAt);
    expect((await createToolKeys({ secret, now }).signingKey()).kid).to.equal(kid);
  });
});

describe('rotateToolKeys', () => {
  const HOUR_MS = 3_600_000;
  const ages = { periodMs: 10 * 24 * HOUR_MS, overlapMs: 24 * HOUR_MS };
  const start = new Date('2026-01-01T00:00:00Z');
  const afterHours = (hours: number) => new Date(start.getTime() + hours * HOUR_MS);
  const rotate = (hours: number) => rotateToolKeys({ secret, ages, now: afterHours(hours) });
  const states = async () => (await listToolKeys()).map(({ state }) => state);

  it('changes the key without a moment in which a platform could not know what signs', async () => {
    await rotate(0);
    const first = (await createToolKeys({ secret, now }).signingKey()).kid;
    const { made } = await rotate(9 * 24);
    const during = createToolKeys({ secret, now: () => afterHours(9 * 24) });
    const [signing, offered] = [await during.signingKey(), await during.publicKeySet()];
    await rotate(10 * 24);
    const after = createToolKeys({ secret, now: () => afterHours(10 * 24) });
    const [next, both] = [await after.signingKey(), await after.publicKeySet()];
    await rotate(11 * 24);

    expect(signing.kid).to.equal(first);
    expect(kidsOf(offered)).to.deep.equal([first, made]);
    expect(next.kid).to.equal(made);
    expect(kidsOf(both)).to.deep.equal([first, made]);
    expect(await states()).to.deep.equal(['active']);
  });

  it('makes one key though two processes find the change due at once', async () => {
    await rotate(0);

    const [one, two] = await Promise.all([rotate(9 * 24), rotate(9 * 24)]);
    await Promise.all([rotate(10 * 24), rotate(10 * 24)]);

    expect(one.made).to.equal(two.made);
    expect((await states()).sort()).to.deep.equal(['active', 'retiring']);
  });

  it('offers the next key ahead of its time when asked, once', async () => {
    await rotate(0);

    const kid = await offerNextToolKey({ secret, now: afterHours(1) });
    const again = await offerNextToolKey({ secret, now: afterHours(2) });
    await rotate(24);
    const early = await states();
    await rotate(25);

    expect(again).to.equal(kid);
    expect(early).to.deep.equal(['active', 'next']);
    expect(await states()).to.deep.equal(['retiring', 'active']);
  });

  it('withdraws every key at once in an emergency, with their private parts, also for two who press at once', async () => {
    await rotate(0);
    await offerNextToolKey({ secret, now: afterHours(1) });
    const keys = createToolKeys({ secret, now: () => afterHours(2) });
    const old = await keys.signingKey();

    const [{ kid }, twin] = await Promise.all([
      replaceToolKeys({ secret, now: afterHours(2) }),
      replaceToolKeys({ secret, now: afterHours(2) }),
    ]);
    keys.forget();

    expect(twin.kid).to.equal(kid).and.not.equal(old.kid);
    expect((await keys.signingKey()).kid).to.equal(kid);
    expect(kidsOf(await keys.publicKeySet())).to.deep.equal([kid]);
    const withdrawn = (await listToolKeys()).filter(({ state }) => state === 'withdrawn');
    expect(withdrawn.map(({ sealedPrivateKey }) => sealedPrivateKey)).to.deep.equal([null, null]);
  });

  it('follows a withdrawal by another process within seconds', async () => {
    let time = afterHours(0);
    const keys = createToolKeys({ secret, now: () => time });
    await keys.signingKey();
    const { kid } = await replaceToolKeys({ secret, now: time });

    time = new Date(time.getTime() + 10_000);

    expect((await keys.signingKey()).kid).to.equal(kid);
  });

  function kidsOf(set: { keys: JsonWebKey[] }): unknown[] {
    return set.keys.map((key) => key['kid']);
  }
});

describe('/lti/keys', () => {
  let tool: TestTool;
  before(async () => (tool = await startTool()));
  after(() => tool.close());

  it('may be kept for a while', async () => {
    const answer = await createAgent(tool.url).get('/lti/keys');

    expect(answer.status).to.equal(200);
    expect(answer.headers.get('cache-control')).to.equal('public, max-age=300');
  });
});
