import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import mongoose from 'mongoose';
import { expect } from 'chai';
import { setToolKeyState } from '../../src/lti/tool-key.model.js';
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

  it('offers published keys beside the active one, and retired ones no longer', async () => {
    const { kid } = await createToolKeys({ secret, now }).signingKey();
    await setToolKeyState({ kid, state: 'published' });
    const next = createToolKeys({ secret: `${secret} 2`, now });
    const signing = await next.signingKey();
    const both = await next.publicKeySet();
    await setToolKeyState({ kid, state: 'retired' });
    const { keys } = await createToolKeys({ secret: `${secret} 2`, now }).publicKeySet();

    expect(signing.kid).not.to.equal(kid);
    expect(both.keys.map((key) => (key as JsonWebKey & { kid: string }).kid)).to.have.members([
      kid,
      signing.kid,
    ]);
    expect(keys).to.have.length(1);
  });
});

describe('/lti/keys', () => {
  let tool: TestTool;
  before(async () => (tool = await startTool()));
  after(() => tool.close());

  it('[160] shows public members only, for a while, and takes no other method', async () => {
    const answer = await createAgent(tool.url).get('/lti/keys');
    const posted = await createAgent(tool.url).post('/lti/keys', {});

    expect(answer.status).to.equal(200);
    expect(answer.headers.get('cache-control')).to.equal('public, max-age=300');
    const { keys } = answer.json() as { keys: object[] };
    expect(keys.map((key) => Object.keys(key).sort())).to.deep.equal([
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ]);
    expect(posted.status).to.equal(405);
    expect(posted.headers.get('allow')).to.equal('GET, HEAD');
  });
});
