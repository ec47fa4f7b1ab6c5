// Stands in for an LRS elsewhere: a real server that stores statements as the standard says, until a test makes it misbehave.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer as readBytes } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { isSameStatement } from '../../src/xapi/same-statement.js';
import type { Statement } from '../../src/xapi/statement.js';

export interface LrsRequest {
  method: string;
  path: string;
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
  /** What /about says it speaks. */
  versions: unknown;
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
    versions: ['1.0.3', '2.0.0'],
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
  const bytes = await readBytes(req);
  const isPacked = req.headers['content-encoding'] === 'gzip';
  const text = (isPacked ? gunzipSync(bytes) : bytes).toString('utf8');
  const statements = req.method === 'POST' ? (JSON.parse(text) as Statement[]) : [];
  const asked = searchParams.get('statementId') ?? searchParams.get('voidedStatementId');
  const ids = asked === null ? statements.map(({ id }) => id ?? '') : [asked];
  const path = new URL(req.url ?? '', lrs.endpoint).pathname;
  const request = { method: req.method ?? '', path, ids, headers: req.headers, text };
  lrs.requests.push(request);
  const trick = await lrs.trick(request);
  if (trick === 'hang') return;
  if (trick === 'close') return void req.socket.destroy();
  if (typeof trick === 'object' && trick !== null)
    return void res.writeHead(trick.status, trick.headers).end(trick.body ?? '');
  if (path.endsWith('/about')) return answerJson(res, { version: lrs.versions });
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
  answerJson(res, ids);
}

function answerJson(res: ServerResponse, value: unknown): void {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function find(lrs: FakeLrs, query: URLSearchParams, res: ServerResponse): void {
  if (!query.has('statementId') && !query.has('voidedStatementId'))
    return answerJson(res, { statements: lrs.stored.slice(-1), more: '' });
  const id = query.get('statementId') ?? query.get('voidedStatementId') ?? '';
  const isVoided = lrs.voided.has(id);
  const held = lrs.stored.find((one) => one.id === id);
  const isAskedRightly = isVoided === query.has('voidedStatementId');
  if (!held || !isAskedRightly) return void res.writeHead(404).end('not here');
  const stored = '2026-05-04T10:20:30.456Z';
  answerJson(res, { ...held, stored, version: '1.0.0' });
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
