import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createLogger } from '../../src/logger.js';
import {
  createOutgoingClient,
  type OutgoingClient,
  type ResolveHost,
} from '../../src/outgoing/outgoing-client.js';
import { refusal } from '../support/refusal.js';

describe('createOutgoingClient', () => {
  let server: Server;
  let origin: string;
  let requests: { url: string; headers: Record<string, unknown> }[];
  let waits: number[];
  const clients: OutgoingClient[] = [];

  before(async () => {
    server = createServer((req, res) => {
      requests.push({ url: req.url ?? '', headers: req.headers });
      const isFirst = requests.filter((one) => one.url === req.url).length === 1;
      if (req.url === '/redirect') res.writeHead(302, { location: '/plain' }).end();
      else if (req.url === '/big') res.end(Buffer.alloc(5_000));
      else if (req.url === '/zip')
        res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'));
      else if (req.url === '/slow') res.write('a');
      else if (req.url === '/busy' && isFirst) res.writeHead(503, { 'retry-after': '7' }).end();
      else if (req.url === '/much-later')
        res.writeHead(429, { 'retry-after': '3600' }).end('later');
      else if (req.url === '/broken' && isFirst) res.writeHead(500).end();
      else if (req.url === '/reset' && isFirst) req.socket.destroy();
      else res.writeHead(req.url === '/missing' ? 404 : 200, { 'x-a': '1' }).end('plain');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    requests = [];
    waits = [];
  });

  function client(
    options: { privateHosts?: string[]; resolve?: ResolveHost } = {},
  ): OutgoingClient {
    const made = createOutgoingClient({
      privateHosts: options.privateHosts ?? ['127.0.0.1:*'],
      exemptHosts: [],
      userAgent: 'Crosswalk/1.0 (+https://tool.example)',
      log: createLogger({ level: 'silent' }),
      now: () => new Date(),
      pause: async (ms) => void waits.push(ms),
      ...(options.resolve ? { resolve: options.resolve } : {}),
    });
    clients.push(made);
    return made;
  }

  it('answers any status with headers and text, and says who asks', async () => {
    const answer = await client().request({ url: `${origin}/missing` });

    expect(answer).to.deep.include({ status: 404, text: 'plain' });
    expect(answer.headers['x-a']).to.equal('1');
    expect(requests[0]?.headers).to.deep.include({
      'user-agent': 'Crosswalk/1.0 (+https://tool.example)',
      'accept-encoding': 'identity',
    });
  });

  const refusals: {
    title: string;
    path: string;
    code: string;
    status: number;
    maxBytes?: number;
    timeoutMs?: number;
  }[] = [
    {
      title: 'a redirect, which it does not follow',
      path: '/redirect',
      code: 'outgoing.redirect',
      status: 502,
    },
    {
      title: 'an answer larger than asked for',
      path: '/big',
      maxBytes: 1_000,
      code: 'outgoing.too-large',
      status: 502,
    },
    { title: 'a compressed answer', path: '/zip', code: 'outgoing.encoding', status: 502 },
    {
      title: 'an answer that does not end in time',
      path: '/slow',
      timeoutMs: 50,
      code: 'outgoing.timeout',
      status: 504,
    },
  ];
  for (const { title, path, code, status, ...limits } of refusals)
    it(`refuses ${title}`, async () => {
      const error = await refusal(client().request({ url: `${origin}${path}`, ...limits }));

      expect(error).to.deep.include({ code, status });
      expect(requests).to.have.length(1);
    });

  it('refuses a name that leads to a private address, before it connects', async () => {
    const resolve: ResolveHost = async () => [{ address: '10.0.0.7', family: 4 }];

    const error = await refusal(client({ resolve }).request({ url: 'https://lms.example/' }));

    expect(error).to.deep.include({ code: 'outgoing.private-address', status: 400 });
  });

  it('refuses a name with one private address among public ones', async () => {
    const resolve: ResolveHost = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];

    const error = await refusal(client({ resolve }).request({ url: 'https://lms.example/' }));

    expect(error.code).to.equal('outgoing.private-address');
  });

  it('looks a name up once a connection, so that it cannot be bound anew between check and use', async () => {
    let lookups = 0;
    const { port } = new URL(origin);
    const resolve: ResolveHost = async () => {
      lookups += 1;
      return [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.7', family: 4 }];
    };

    const tool = client({ resolve, privateHosts: [`localhost:${port}`] });
    const answer = await tool.request({ url: `http://localhost:${port}/plain` });

    expect(answer.status).to.equal(200);
    expect(lookups).to.equal(1);
  });

  it('says that a server which does not answer cannot be reached', async () => {
    const error = await refusal(client().request({ url: 'http://127.0.0.1:9/' }));

    expect(error).to.deep.include({ code: 'outgoing.unreachable', status: 502 });
  });

  it('asks again after the time that the server asked for, where the call may be repeated', async () => {
    const answer = await client().request({ url: `${origin}/busy`, attempts: 2 });

    expect(answer.status).to.equal(200);
    expect(waits).to.deep.equal([7_000]);
  });

  it('asks again after a broken connection, with jitter', async () => {
    const answer = await client().request({ url: `${origin}/reset`, attempts: 2 });

    expect(answer.status).to.equal(200);
    expect(waits[0]).to.be.within(125, 250);
  });

  it('asks again after an error of the server itself', async () => {
    const answer = await client().request({ url: `${origin}/broken`, attempts: 2 });

    expect(answer.status).to.equal(200);
  });

  it('hands back at once what asks for a longer pause than a call may take', async () => {
    const answer = await client().request({ url: `${origin}/much-later`, attempts: 3 });

    expect(answer.status).to.equal(429);
    expect(answer.headers['retry-after']).to.equal('3600');
    expect(requests).to.have.length(1);
    expect(waits).to.deep.equal([]);
  });

  it('does not repeat what would end the same way, such as a redirect', async () => {
    const error = await refusal(client().request({ url: `${origin}/redirect`, attempts: 3 }));

    expect(error.code).to.equal('outgoing.redirect');
    expect(requests).to.have.length(1);
  });

  it('gives a passing refusal back when the attempts are used up', async () => {
    const answer = await client().request({ url: `${origin}/busy` });

    expect(answer.status).to.equal(503);
    expect(waits).to.deep.equal([]);
  });
});
