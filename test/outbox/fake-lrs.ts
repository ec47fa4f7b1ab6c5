// Stands in for an LRS elsewhere: a real server that stores statements as the standard says, until a test makes it misbehave.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { isSameStatement } from '../../src/xapi/same-statement.js';
import type { Statement } from '../../src/xapi/statement.js';

export interface LrsRequest {
  method: string;
  /** Ids that are sent or asked for. */
  ids: string[];
  headers: IncomingMessage['headers'];
  text: string;
}

/** `hang` never answers, `close` ends the connection unread, `store-and-close` ends it after storing. */
export type Trick =
  | { status: number; body?: string; headers?: Record<string, string> }
  | 'hang'
  | 'close'
  | 'store-and-close'
  | null;

export interface FakeLrs {
  endpoint: string;
  key: string;
  password: string;
  /** What is stored, in order. */
  stored: Statement[];
  /** Ids of statements that are answered as voided. */
  voided: Set<string>;
  requests: LrsRequest[];
  /** What to do instead of behaving; null to behave. */
  trick: (request: LrsRequest) => Trick | Promise<Trick>;
  /** Stops listening, and listens again at the same port. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export async function startFakeLrs(): Promise<FakeLrs> {
  const server = createServer((req, res) => void answer(lrs, req, res));
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const lrs: FakeLrs = {
    endpoint: `http://127.0.0.1:${port}/xapi`,
    key: 'a key',
    password: 'a pässword ☃',
    stored: [],
    voided: new Set(),
    requests: [],
    trick: () => null,
    goDown: () => stop(server),
    comeBack: () => listen(server, port),
    close: () => (server.listening ? stop(server) : Promise.resolve()),
  };
  return lrs;
}

async function answer(lrs: FakeLrs, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { searchParams } = new URL(req.url ?? '', lrs.endpoint);
  const text = await readText(req);
  const statements = req.method === 'POST' ? (JSON.parse(text) as Statement[]) : [];
  const asked = searchParams.get('statementId') ?? searchParams.get('voidedStatementId');
  const ids = asked === null ? statements.map(({ id }) => id ?? '') : [asked];
  const request = { method: req.method ?? '', ids, headers: req.headers, text };
  lrs.requests.push(request);
  const trick = await lrs.trick(request);
  if (trick === 'hang') return;
  if (trick === 'close') return void req.socket.destroy();
  if (typeof trick === 'object' && trick !== null)
    return void res.writeHead(trick.status, trick.headers).end(trick.body ?? '');
  if (req.headers.authorization !== credentials(lrs)) return void res.writeHead(401).end('who?');
  if (req.method === 'GET') return find(lrs, searchParams, res);
  const conflict = statements.find((one) => {
    const held = lrs.stored.find(({ id }) => id === one.id);
    return held && !isSameStatement(held, one);
  });
  if (conflict) return void res.writeHead(409).end(`conflict at ${conflict.id ?? ''}`);
  const fresh = statements.filter((one) => !lrs.stored.some(({ id }) => id === one.id));
  lrs.stored.push(...fresh);
  if (trick === 'store-and-close') return void req.socket.destroy();
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ids));
}

function find(lrs: FakeLrs, query: URLSearchParams, res: ServerResponse): void {
  const id = query.get('statementId') ?? query.get('voidedStatementId') ?? '';
  const isVoided = lrs.voided.has(id);
  const held = lrs.stored.find((one) => one.id === id);
  const isAskedRightly = isVoided === query.has('voidedStatementId');
  if (!held || !isAskedRightly) return void res.writeHead(404).end('not here');
  const stored = '2026-05-04T10:20:30.456Z';
  res
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ ...held, stored, version: '1.0.0' }));
}

function credentials({ key, password }: FakeLrs): string {
  return `Basic ${Buffer.from(`${key}:${password}`).toString('base64')}`;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
