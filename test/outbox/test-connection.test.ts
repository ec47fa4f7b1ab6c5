// The test of a connection says exactly what is wrong, and leaves nothing behind.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createLogger } from '../../src/logger.js';
import { readConnectionFault } from '../../src/outbox/connection-fault.js';
import type { LrsConnection } from '../../src/outbox/lrs-client.js';
import { isConnectionGood, testConnection } from '../../src/outbox/test-connection.js';
import {
  createOutgoingClient,
  type OutgoingClient,
  type ResolveHost,
} from '../../src/outgoing/outgoing-client.js';
import { startFakeLrs, type FakeLrs, type LrsRequest, type Trick } from './fake-lrs.js';

const SHORT_MS = 50;

describe('testConnection', () => {
  let lrs: FakeLrs;
  let outgoing: OutgoingClient;

  beforeEach(async () => {
    lrs = await startFakeLrs();
    outgoing = open({});
  });
  afterEach(async () => {
    await outgoing.close();
    await lrs.close();
  });

  const open = (options: { privateHosts?: string[]; resolve?: ResolveHost }) =>
    createOutgoingClient({
      privateHosts: ['127.0.0.1:*'],
      exemptHosts: [],
      userAgent: 'Crosswalk/test',
      log: createLogger({ level: 'silent' }),
      now: () => new Date(),
      ...options,
    });
  const run = (overrides: Partial<LrsConnection> = {}, client = outgoing, timeoutMs = 10_000) =>
    testConnection({
      outgoing: client,
      connection: {
        endpoint: lrs.endpoint,
        key: lrs.key,
        password: lrs.password,
        version: '1.0.3',
        gzip: false,
        ...overrides,
      },
      signal: new AbortController().signal,
      timeoutMs,
    });
  const codes = async (...input: Parameters<typeof run>) =>
    (await run(...input)).map(({ step, verdict, code }) => `${step} ${verdict} ${code}`);
  const answerAt = (path: string, trick: Trick) => {
    lrs.trick = (request: LrsRequest) =>
      `${request.method} ${request.path.replace('/xapi', '')}` === path ? trick : null;
  };
  const ALL_GOOD = [
    'reach good reached',
    'version good version',
    'credentials good signed-in',
    'read good read',
    'write good write',
  ];

  it('finds everything in order, and leaves nothing there', async () => {
    expect(await codes()).to.deep.equal(ALL_GOOD);
    expect(lrs.stored).to.deep.equal([]);
    expect(lrs.requests.every(({ headers }) => headers['x-experience-api-version'] === '1.0.3')).to
      .be.true;
  });

  it('speaks 2.0 where that is chosen, and says when it is not spoken', async () => {
    const spoken = await codes({ version: '2.0.0' });
    lrs.versions = ['1.0.0', '1.0.2'];
    const older = await codes({ version: '1.0.3' });
    const checks = await run({ version: '2.0.0' });

    expect(spoken).to.deep.equal(ALL_GOOD);
    expect(older).to.deep.equal(ALL_GOOD);
    expect(checks.at(-1)).to.deep.include({ step: 'version', verdict: 'bad', code: 'no-version' });
    expect(checks.at(-1)?.values).to.deep.equal({ version: '2.0.0', spoken: '1.0.0, 1.0.2' });
    expect(isConnectionGood(checks)).to.equal(false);
  });

  it('says that nothing listens', async () => {
    await lrs.goDown();

    const [check] = await run();

    expect(check).to.deep.include({ step: 'reach', verdict: 'bad', code: 'refused' });
    expect(check?.values).to.deep.equal({
      host: new URL(lrs.endpoint).host,
      system: 'ECONNREFUSED',
    });
  });

  it('says that a name is not known', async () => {
    const client = open({
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });

    const [check] = await run({ endpoint: 'https://lrs.nowhere.example/xapi' }, client);
    await client.close();

    expect(check).to.deep.include({ code: 'name' });
    expect(check?.values).to.deep.equal({ host: 'lrs.nowhere.example', system: 'ENOTFOUND' });
  });

  it('says that an address is private, also one that only its name leads to', async () => {
    const closed = open({
      privateHosts: [],
      resolve: () => Promise.resolve([{ address: '10.1.2.3', family: 4 }]),
    });

    const literal = await codes({ endpoint: 'https://10.1.2.3/xapi' }, closed);
    const named = await codes({ endpoint: 'https://lrs.example/xapi' }, closed);
    const plain = await codes({ endpoint: 'http://lrs.example/xapi' }, closed);
    await closed.close();

    expect(literal).to.deep.equal(['reach bad private']);
    expect(named).to.deep.equal(['reach bad private']);
    expect(plain).to.deep.equal(['reach bad address']);
  });

  it('says that it speaks no https at this port', async () => {
    expect(await codes({ endpoint: lrs.endpoint.replace('http:', 'https:') })).to.deep.equal([
      'reach bad tls',
    ]);
  });

  it('says that it does not answer in time, or ends the connection', async () => {
    answerAt('GET /about', 'hang');
    const late = await codes({}, outgoing, SHORT_MS);
    answerAt('GET /about', 'close');
    const ended = await codes();

    expect(late).to.deep.equal(['reach bad timeout']);
    expect(ended).to.deep.equal(['reach bad broken']);
  });

  it('says that it redirects, and does not follow with the password', async () => {
    answerAt('GET /about', { status: 301, headers: { location: '/elsewhere/about' } });

    expect(await codes()).to.deep.equal(['reach bad redirect']);
    expect(lrs.requests).to.have.lengthOf(1);
  });

  for (const [title, body] of [
    ['a page of words', '<html>Welcome</html>'],
    ['JSON without versions', '{"version":"1.0.3"}'],
    ['an empty list of versions', '{"version":[]}'],
    ['a list', '["1.0.3"]'],
  ] as const)
    it(`says that it is no LRS: ${title}`, async () => {
      answerAt('GET /about', { status: 200, body });

      expect(await codes()).to.deep.equal(['reach bad no-lrs']);
    });

  it('says that the path leads nowhere, and that it is not well', async () => {
    answerAt('GET /about', { status: 404, body: 'no such page' });
    const nowhere = await run();
    answerAt('GET /about', { status: 503 });

    expect(nowhere).to.deep.equal([
      {
        step: 'reach',
        verdict: 'bad',
        code: 'no-lrs',
        values: { status: 404, words: 'no such page' },
      },
    ]);
    expect(await codes()).to.deep.equal(['reach bad unwell']);
  });

  it("says that credentials are wrong, in the LRS's words", async () => {
    const checks = await run({ password: 'another' });

    expect(checks.at(-1)).to.deep.include({
      step: 'credentials',
      verdict: 'bad',
      code: 'credentials',
      values: { status: 401, words: 'who?' },
    });
  });

  it('says what a key may not do: reading is not needed, writing is', async () => {
    answerAt('GET /statements', { status: 403, body: 'write only' });
    const writer = await run();
    answerAt('POST /statements', { status: 403, body: 'read only' });
    const reader = await run();

    expect([isConnectionGood(writer), isConnectionGood(reader)]).to.deep.equal([true, false]);
    expect(writer.map(({ code }) => code)).to.deep.equal([
      'reached',
      'version',
      'no-read',
      'write',
    ]);
    expect(reader.at(-1)).to.deep.include({ step: 'write', verdict: 'bad', code: 'no-write' });
  });

  it('takes the refusal of an empty batch for a doubt, and any other answer for a fault', async () => {
    answerAt('POST /statements', { status: 400, body: 'at least one statement' });
    const doubtful = await run();
    answerAt('POST /statements', { status: 404 });

    expect(doubtful.at(-1)).to.deep.include({ verdict: 'doubtful', code: 'write-unsure' });
    expect(isConnectionGood(doubtful)).to.equal(true);
    expect((await codes()).at(-1)).to.equal('write bad odd');
  });

  it('tries compression only where it is switched on, and says when it is not taken', async () => {
    const taken = await codes({ gzip: true });
    lrs.trick = ({ headers }) =>
      headers['content-encoding'] === 'gzip' ? { status: 415, body: 'not packed' } : null;
    const refused = await codes({ gzip: true });

    expect(taken).to.deep.equal([...ALL_GOOD, 'gzip good gzip']);
    expect(refused).to.deep.equal([...ALL_GOOD, 'gzip bad no-gzip']);
    expect(await codes()).to.deep.equal(ALL_GOOD);
  });

  it('is not led to read an answer without end', async () => {
    const server: Server = createServer((_req, res) => {
      const pour = () => {
        while (res.writable && res.write(Buffer.alloc(1024 * 1024, ' ')));
      };
      res.on('drain', pour);
      pour();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;

    const found = await codes({ endpoint: `http://127.0.0.1:${port}/xapi` });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));

    expect(found).to.deep.equal(['reach bad too-large']);
  });
});

describe('readConnectionFault', () => {
  const withCodes = (...codes: string[]) =>
    codes.reduceRight<Error | undefined>(
      (cause, code) => Object.assign(new Error(code, { cause }), { code }),
      undefined,
    );

  for (const [system, fault] of [
    ['EAI_AGAIN', 'name'],
    ['EHOSTUNREACH', 'unroutable'],
    ['ECONNRESET', 'broken'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['ESOMETHING', 'unreachable'],
  ] as const)
    it(`reads ${system} as ${fault}`, () => {
      const error = { code: 'outgoing.unreachable', cause: withCodes(system) };

      expect(readConnectionFault(error)).to.deep.equal({ fault, system });
    });

  it('looks behind the error, and into several at once', () => {
    const several = new AggregateError([withCodes('ECONNREFUSED')]);

    expect(readConnectionFault({ code: 'outgoing.unreachable', cause: several }).fault).to.equal(
      'refused',
    );
    expect(
      readConnectionFault({
        code: 'outgoing.unreachable',
        cause: withCodes('UND_ERR', 'CERT_HAS_EXPIRED'),
      }),
    ).to.deep.equal({ fault: 'certificate', system: 'CERT_HAS_EXPIRED' });
    expect(readConnectionFault({ code: 'outgoing.unreachable' })).to.deep.equal({
      fault: 'unreachable',
      system: '',
    });
  });
});
