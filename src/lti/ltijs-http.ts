// Stands in for ltijs's own HTTP client (a got instance without time-out, guard or limit): the few calls its services make,
// carried out by our guarded client. Which client, and what the answer's Link header said, travels with the call.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { requireGoodAnswer } from './service-answer.js';

export interface ServiceCall {
  outgoing: OutgoingClient;
  /** Media type to ask for where ltijs asks for none. */
  accept: string;
  /** True when the address came from a Link header and is asked for as it is. */
  isNextPage: boolean;
  /** Filled with the answer's Link header. */
  linkHeader: string | null;
}

interface GotOptions {
  headers?: Record<string, string>;
  searchParams?: URLSearchParams;
  json?: unknown;
}
interface GotAnswer {
  headers: Record<string, string>;
  body: string;
}
type GotPromise = Promise<GotAnswer> & { json(): Promise<unknown> };

const SERVICE_TIMEOUT_MS = 15_000;
const MAX_BYTES = 4 * 1024 * 1024;
const calls = new AsyncLocalStorage<ServiceCall>();

/** Runs ltijs's code so that its requests are made by the call's client. */
export function runServiceCall<Result>(
  call: ServiceCall,
  run: () => Promise<Result>,
): Promise<Result> {
  return calls.run(call, run);
}

/** The part of got's interface that ltijs's services use. */
export const ltijsHttp = {
  get: (url: string, options?: GotOptions) => send('GET', url, options),
  post: (url: string, options?: GotOptions) => send('POST', url, options),
  put: (url: string, options?: GotOptions) => send('PUT', url, options),
};

function send(method: 'GET' | 'POST' | 'PUT', url: string, options: GotOptions = {}): GotPromise {
  const answer = request(method, url, options);
  const json = async () => JSON.parse((await answer).body) as unknown;
  return Object.assign(answer, { json });
}

async function request(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  options: GotOptions,
): Promise<GotAnswer> {
  const call = calls.getStore();
  if (!call) throw new Error('ltijs may only send requests within a service call');
  const query = options.searchParams?.toString() ?? '';
  const address = query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
  const answer = await call.outgoing.request({
    url: address,
    method,
    headers: { Accept: call.accept, ...options.headers },
    timeoutMs: SERVICE_TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    attempts: method === 'GET' ? 3 : 1,
    ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
  });
  requireGoodAnswer(answer, address);
  call.linkHeader = answer.headers['link'] ?? null;
  return { headers: answer.headers, body: answer.text };
}
