// What nobody means well: requests that try to break the LRS are refused in words, with a 4xx, and store nothing.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import mongoose from 'mongoose';
import { AppError } from '../../src/http/errors.js';
import { openBody, readBody } from '../../src/lrs/read-body.js';
import { buildStatement, randomStatements } from '../xapi/sample-statements.js';
import { numbered, openLrs, type LrsClient } from './lrs-app.js';

/** Real time, for what never comes. */
const SHORT_MS = 50;
let lrs: LrsClient;

const open = async () => {
  lrs = await openLrs();
};

describe('hostile bodies', () => {
  beforeEach(open);

  const statement = JSON.stringify(buildStatement());
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const withExtension = (json: string) =>
    statement.replace(/}$/, `,"context":{"extensions":{"https://a.example/x":${json}}}}`);

  for (const [title, body] of Object.entries<string | Buffer>({
    '64 levels of nesting in an extension': withExtension(nested(64)),
    '100,000 levels of nesting': '['.repeat(100_000),
    'a number beyond doubles': withExtension('1e999'),
    'invalid UTF-8': Buffer.concat([
      Buffer.from(statement.slice(0, -1)),
      Buffer.from([0xff, 0xfe, 0x7d]),
    ]),
    'a cut surrogate in UTF-8': Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    'a duplicate key': statement.replace('{', '{"actor":{"mbox":"mailto:a@b.org"},'),
    'a duplicate key by an escape': statement.replace(
      '{',
      '{"\\u0061ctor":{"mbox":"mailto:a@b.org"},',
    ),
    'a key __proto__': statement.replace('{', '{"__proto__":{"id":"x"},'),
    'a key constructor': statement.replace('{', '{"constructor":{"prototype":{}},'),
    'a key with a dollar at the top': statement.replace('{', '{"$where":"1",'),
    'an operator in place of an id': statement.replace(/"id":"1234[^"]*"/, '"id":{"$gt":""}'),
    'an operator in place of a verb': statement.replace(
      /"verb":\{"id":"[^"]*"/,
      '"verb":{"id":{"$ne":null}',
    ),
    null: 'null',
    'a number': '12',
    'a text': '"statement"',
    'an array of arrays': `[[${statement}]]`,
    'an array with null': `[${statement},null]`,
    nothing: '',
    'a text cut short': statement.slice(0, -5),
    'two statements without an array': statement + statement,
    'a NUL': `${statement}\u0000`,
  }))
    it(`refuse ${title} with 400 in words`, async () => {
      const answer = await lrs.postBytes(body);

      expect(answer.status).to.equal(400);
      const { error } = answer.body as { error: { code: string; text: string } };
      expect(error.code).to.match(/^lrs\./);
      expect(error.text).to.not.match(/\bat .*:\d+|undefined|\[object/);
      expect(await countStored()).to.equal(0);
    });

  it('keep dots, dollars and __proto__ inside extensions as they are', async () => {
    const json =
      '{"$set":{"a.b":1},"__proto__":{"polluted":true},"constructor":null,"":[1e308,-0.0,12345678901234567890]}';

    await lrs.postBytes(withExtension(json)).expect(200);

    const { text } = await lrs.get({ statementId: buildStatement().id ?? '' }).expect(200);
    expect(text).to.contain(json);
    expect({}).to.not.have.property('polluted');
  });

  it('take lone surrogates written as escapes, and give them back', async () => {
    const json = '"\\ud800 \\u0000"';

    await lrs.postBytes(withExtension(json)).expect(200);

    const { text } = await lrs.get({ statementId: buildStatement().id ?? '' }).expect(200);
    expect(text).to.contain(json);
  });

  it('refuse compressed bodies without unpacking them', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));

    await lrs.postBytes(bomb).set('Content-Encoding', 'gzip').expect(415);
  });

  it('refuse a body that says it is above 16 MB', async () => {
    const long = Buffer.alloc(17 * 1024 * 1024, ' ');

    const answer = await lrs.postBytes(long);

    expect(answer.status).to.equal(413);
  });

  it('answer a query with percent signs and bytes that are none, without a 5xx', async () => {
    for (const query of [
      'agent=%',
      'agent=%ff%fe',
      'verb=%00',
      'more=%7B%7D.%',
      'limit=1&=',
      '%',
      'agent=' + '['.repeat(10_000),
    ]) {
      const { status } = await lrs.call('get', `/statements?${query}`);
      expect(status, query).to.be.within(200, 499);
    }
  });
});

describe('random requests', () => {
  beforeEach(open);

  it('never get a 5xx, and never store a part of a batch', async function () {
    this.timeout(60_000);
    const broken = fc
      .tuple(randomStatements, fc.string(), fc.jsonValue())
      .map(([statement, key, value]) => ({ ...statement, [key]: value }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(randomStatements, broken), { minLength: 1, maxLength: 5 }),
        async (batch) => {
          const before = await countStored();
          const { status, body } = await lrs.post(batch);
          const added = (await countStored()) - before;
          expect(status).to.be.oneOf([200, 400, 409]);
          expect(added).to.be.at.most(batch.length);
          if (status !== 200) expect(added).to.equal(0);
          else expect(body).to.have.lengthOf(batch.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('by GET never get a 5xx', async function () {
    this.timeout(60_000);
    const names = fc.constantFrom(
      'agent',
      'verb',
      'activity',
      'since',
      'until',
      'limit',
      'format',
      'statementId',
      'more',
      'ascending',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, fc.oneof(fc.string(), fc.json())), async (query) => {
        const { status } = await lrs.get(query);
        expect(status).to.be.oneOf([200, 400]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('requests that break off or never end', () => {
  let server: Server;

  beforeEach(async () => {
    await open();
    server = createServer(lrs.app).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('store nothing when they go on for ever without saying how long, and are answered', async () => {
    const { port } = server.address() as AddressInfo;
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 40) controller.close();
        else controller.enqueue(chunk);
      },
    });

    const { status } = await fetch(`http://127.0.0.1:${port}/xapi/statements`, {
      method: 'POST',
      duplex: 'half',
      body,
      headers: {
        Authorization: lrs.authorization,
        'X-Experience-API-Version': '1.0.3',
        'Content-Type': 'application/json',
      },
    } as RequestInit);

    expect(status).to.equal(413);
    expect(await countStored()).to.equal(0);
  });

  it('store nothing, and the next one is served', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const body = JSON.stringify(buildStatement({ id: numbered(1) }));
    socket.write(
      `POST /xapi/statements HTTP/1.1\r\nHost: x\r\nAuthorization: ${lrs.authorization}\r\nX-Experience-API-Version: 1.0.3\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    );
    await new Promise((resolve) => server.once('request', resolve));

    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy();
    await closed;

    await lrs.post(buildStatement({ id: numbered(2) })).expect(200);
    expect(await countStored()).to.equal(1);
  });

  it('store nothing when their headers have no end, and the next one is served', async () => {
    for (const flood of [
      `X-Long: ${'y'.repeat(100_000)}\r\n`,
      Array.from({ length: 5_000 }, (_, at) => `X-${at}: y\r\n`).join(''),
    ]) {
      const body = JSON.stringify(buildStatement());
      const answer = await sendRaw(
        `POST /xapi/statements HTTP/1.1\r\nHost: x\r\n${flood}Authorization: ${lrs.authorization}\r\n` +
          `X-Experience-API-Version: 1.0.3\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      expect(answer).to.match(/^HTTP\/1\.1 431 /);
    }

    expect(await countStored()).to.equal(0);
    await lrs.post(buildStatement()).expect(200);
  });

  it('are no way to hide a second request behind the first', async () => {
    const answer = await sendRaw(
      'POST /xapi/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /xapi/about HTTP/1.1\r\nHost: x\r\n\r\n',
    );

    expect(answer)
      .to.match(/^HTTP\/1\.1 400 /)
      .and.not.contain('HTTP/1.1 200');
  });

  async function sendRaw(text: string): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
    socket.on('error', () => undefined); // Closed while we still write.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(text);
    await closed;
    return answer;
  }
});

describe('bodies that come too slowly', () => {
  const limit = { maxBytes: 1_000, refusal: () => new AppError('lrs.too-large', { status: 413 }) };
  const read = {
    'read whole': (req: IncomingMessage) => readBody(req, { ...limit, slowestMs: SHORT_MS }),
    'read piece by piece': async (req: IncomingMessage) => {
      for await (const piece of openBody(req, { ...limit, slowestMs: SHORT_MS })) void piece;
    },
  };

  for (const [title, readSlowly] of Object.entries(read))
    it(`are given up with 408, ${title}`, async () => {
      const outcome = createOutcome();
      const slow = createServer((req, res) => {
        outcome.settle(readSlowly(req));
        req.on('error', () => undefined);
        res.on('error', () => undefined);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => slow.once('listening', resolve));
      const socket = connect((slow.address() as AddressInfo).port, '127.0.0.1');
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{');

      const error = await outcome.promise;
      socket.destroy();
      slow.closeAllConnections();
      await new Promise((resolve) => slow.close(resolve));

      expect(error).to.deep.include({ code: 'lrs.slow', status: 408 });
    });
});

/** What a piece of work throws, once it does. */
function createOutcome() {
  let give: (error: unknown) => void = () => undefined;
  const promise = new Promise<unknown>((resolve) => (give = resolve));
  return { promise, settle: (work: Promise<unknown>) => void work.then(give, give) };
}

function countStored(): Promise<number> {
  return mongoose.connection.collection('statements').countDocuments({ state: 'live' });
}
