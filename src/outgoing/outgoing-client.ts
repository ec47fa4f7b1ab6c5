// The one guarded client for every outgoing request: the name is resolved once per connection, checked, and that very
// address is connected to (no second look-up to rebind); no redirects, no decompression, bounded size and time.
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, buildConnector, request as undiciRequest, type Dispatcher } from 'undici';
import { AppError, isAppError } from '../http/errors.js';
import type { Log } from '../logger.js';
import { isPublicAddress, readTarget } from './guard-address.js';
import { readRetryAfterMs, retryWaitMs } from './retry-after.js';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
const RETRIED_STATUSES = [429, 500, 502, 503, 504];
/** What may pass by itself; a redirect or an answer too large comes again. */
const RETRIED_FAILURES = ['outgoing.timeout', 'outgoing.unreachable'];
/** Who asks for a longer pause is not asked again within the call: the caller comes back later. */
const LONGEST_PAUSE_MS = 10_000;
const RETRY_BASE_MS = 250;

interface OutgoingRequest {
  url: string;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** For one attempt, from look-up to last byte. */
  timeoutMs?: number;
  maxBytes?: number;
  /** Further `host:port` entries that may be private, for this request alone. */
  allow?: string[];
  /** Attempts in all, for calls that may safely be repeated; 1 by default. */
  attempts?: number;
  signal?: AbortSignal;
}

export interface OutgoingResponse {
  status: number;
  /** The reason phrase; Moodle puts its cause there. Empty over HTTP/2. */
  statusText: string;
  /** Names in lower case; repeated headers joined by a comma. */
  headers: Record<string, string>;
  body: Buffer;
  text: string;
}

export interface OutgoingClient {
  /** Any status outside 3xx is an answer. Throws `outgoing.*` (400, 502, 504) when there is none. */
  request(options: OutgoingRequest): Promise<OutgoingResponse>;
  /** Whether a request may set out for the address at all: its form, and a literal address in it. Looks nothing up. */
  mayReach(url: string): boolean;
  close(): Promise<void>;
}

export type ResolveHost = (hostname: string) => Promise<{ address: string; family: number }[]>;

/** `exemptHosts` (`host:port`) are our own: the embedded LRS and the demo LMS. `resolve` and `pause` are for tests. */
export function createOutgoingClient(options: {
  privateHosts: string[];
  exemptHosts: string[];
  userAgent: string;
  log: Log;
  now: () => Date;
  resolve?: ResolveHost;
  pause?: (ms: number) => Promise<unknown>;
}): OutgoingClient {
  const { userAgent, log, now } = options;
  const resolve = options.resolve ?? ((hostname) => systemLookup(hostname, { all: true }));
  const pause = options.pause ?? wait;
  const list = [...options.privateHosts, ...options.exemptHosts];
  const agents = { listed: createAgent(resolve, true), open: createAgent(resolve, false) };

  async function attempt(input: OutgoingRequest): Promise<OutgoingResponse> {
    const target = readTarget({ url: input.url, list: [...list, ...(input.allow ?? [])] });
    const dispatcher = target.isListed ? agents.listed : agents.open;
    return send({ input, url: target.url, dispatcher, userAgent });
  }

  return {
    async request(input) {
      const attempts = input.attempts ?? 1;
      for (let count = 1; ; count += 1) {
        const outcome = await attempt(input).catch((error: unknown) =>
          toOutgoingError(error, input.url),
        );
        const failed = isAppError(outcome);
        const isPassing = failed
          ? RETRIED_FAILURES.includes(outcome.code)
          : RETRIED_STATUSES.includes(outcome.status);
        const askedMs = failed ? null : readRetryAfterMs(outcome.headers['retry-after'], now());
        const isTooLong = (askedMs ?? 0) > LONGEST_PAUSE_MS;
        if (!isPassing || isTooLong || count >= attempts || input.signal?.aborted) {
          if (failed) throw outcome;
          return outcome;
        }
        log.debug({ host: URL.parse(input.url)?.host, attempt: count }, 'asking again');
        await pause(
          retryWaitMs({ attempt: count, baseMs: RETRY_BASE_MS, askedMs, random: Math.random() }),
        );
      }
    },
    mayReach(url) {
      try {
        readTarget({ url, list });
        return true;
      } catch {
        return false; // The reason is told when somebody tries.
      }
    },
    async close() {
      await Promise.all([agents.listed.close(), agents.open.close()]);
    },
  };
}

/** Every connection resolves once and connects to the address that was checked. */
function createAgent(resolve: ResolveHost, mayBePrivate: boolean): Agent {
  const connector = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: (hostname, options, callback) => {
      resolve(hostname).then(
        (addresses) => {
          const fault = mayBePrivate ? null : addressFault(hostname, addresses);
          const [first] = addresses;
          if (fault || !first) return callback(fault ?? new Error('no address'), '', 4);
          if (options.all) return callback(null, addresses);
          callback(null, first.address, first.family);
        },
        (error: unknown) =>
          callback(error instanceof Error ? error : new Error('no address'), '', 4),
      );
    },
  });
  return new Agent({
    connect: (options, callback) => {
      // A literal address is never looked up: it is checked here.
      const literal = options.hostname.replace(/^\[|\]$/g, '');
      if (!mayBePrivate && isIP(literal) !== 0 && !isPublicAddress(literal))
        return callback(privateAddress(options.hostname), null);
      connector(options, callback);
    },
  });
}

/** One private address among several is reason enough: which one is used is not ours to choose. */
function addressFault(hostname: string, addresses: { address: string }[]): AppError | null {
  return addresses.every(({ address }) => isPublicAddress(address))
    ? null
    : privateAddress(hostname);
}

function privateAddress(host: string): AppError {
  return new AppError('outgoing.private-address', { status: 400, values: { host } });
}

async function send(options: {
  input: OutgoingRequest;
  url: URL;
  dispatcher: Dispatcher;
  userAgent: string;
}): Promise<OutgoingResponse> {
  const { input, url, dispatcher, userAgent } = options;
  const timeout = AbortSignal.timeout(input.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const answer = await undiciRequest(url, {
    dispatcher,
    method: input.method ?? 'GET',
    headers: { ...input.headers, 'user-agent': userAgent, 'accept-encoding': 'identity' },
    body: input.body ?? null,
    signal: input.signal ? AbortSignal.any([timeout, input.signal]) : timeout,
  });
  const headers = readHeaders(answer.headers);
  const values = { host: url.host };
  const fault =
    answer.statusCode >= 300 && answer.statusCode < 400
      ? new AppError('outgoing.redirect', { status: 502, values })
      : (headers['content-encoding'] ?? 'identity') !== 'identity'
        ? new AppError('outgoing.encoding', { status: 502, values })
        : null;
  // A body that is given up emits an error of its own; nobody else listens, and unheard it would end the process.
  answer.body.on('error', () => undefined);
  if (fault) {
    answer.body.destroy();
    throw fault;
  }
  const body = await readBody({
    body: answer.body,
    maxBytes: input.maxBytes ?? DEFAULT_MAX_BYTES,
    host: url.host,
  });
  return {
    status: answer.statusCode,
    statusText: answer.statusText,
    headers,
    body,
    text: body.toString('utf8'),
  };
}

async function readBody(options: {
  body: AsyncIterable<Buffer> & { destroy(): unknown };
  maxBytes: number;
  host: string;
}): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of options.body) {
    bytes += part.length;
    if (bytes > options.maxBytes) {
      options.body.destroy();
      throw new AppError('outgoing.too-large', { status: 502, values: { host: options.host } });
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function readHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined)
      read[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return read;
}

function toOutgoingError(error: unknown, url: string): AppError {
  if (isAppError(error)) return error;
  const inner = error instanceof Error && isAppError(error.cause) ? error.cause : null;
  if (inner) return inner;
  const name = error instanceof Error ? error.name : '';
  const values = { host: URL.parse(url)?.host ?? 'unreadable' };
  const isLate = name === 'TimeoutError' || name.endsWith('TimeoutError');
  return isLate
    ? new AppError('outgoing.timeout', { status: 504, values, cause: error })
    : new AppError('outgoing.unreachable', { status: 502, values, cause: error });
}
