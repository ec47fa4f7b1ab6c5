// Another record store to read from: a real server that answers by `since` and pages as the standard says, until a test makes
// it misbehave.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeldStatement extends Record<string, unknown> {
  stored: string;
}

export interface ReadableStore {
  endpoint: string;
  key: string;
  password: string;
  /** In order of `stored`. */
  held: HeldStatement[];
  /** What it says of itself; the present where it is null. */
  consistentThrough: string | null;
  pageSize: number;
  /** Addresses that were asked for, and by whom. */
  asked: { url: string; authorization: string | undefined }[];
  /** What to do instead of behaving. */
  trick:
    | ((url: URL) => { status: number; body?: unknown; headers?: Record<string, string> } | null)
    | null;
  close(): Promise<void>;
}

export async function startReadableStore(): Promise<ReadableStore> {
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '', store.endpoint);
    store.asked.push({ url: req.url ?? '', authorization: req.headers.authorization });
    const trick = store.trick?.(url);
    if (trick) return answer(res, { headers: {}, body: '', ...trick });
    const expected = `Basic ${Buffer.from(`${store.key}:${store.password}`).toString('base64')}`;
    if (req.headers.authorization !== expected) return answer(res, { status: 401 });
    answer(res, { status: 200, ...readPage(store, url) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const store: ReadableStore = {
    endpoint: `http://127.0.0.1:${port}/xapi`,
    key: 'reader',
    password: 'a pässword ☃',
    held: [],
    consistentThrough: null,
    pageSize: 2,
    asked: [],
    trick: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return store;
}

function readPage(store: ReadableStore, url: URL) {
  const since = url.searchParams.get('since');
  const from = Number(url.searchParams.get('from') ?? 0);
  const found = store.held.filter(
    ({ stored }) => since === null || Date.parse(stored) > Date.parse(since),
  );
  const next = new URLSearchParams(url.searchParams);
  next.set('from', String(from + store.pageSize));
  const isEnd = from + store.pageSize >= found.length;
  return {
    headers: {
      'x-experience-api-consistent-through': store.consistentThrough ?? new Date().toISOString(),
    },
    body: {
      statements: found.slice(from, from + store.pageSize),
      more: isEnd ? '' : `/xapi/more?${next.toString()}`,
    },
  };
}

function answer(
  res: ServerResponse,
  options: { status: number; headers?: Record<string, string>; body?: unknown },
): void {
  const { status, headers = {}, body = '' } = options;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
