// What a request to the LRS is and what it is answered, without Express: the resources work on these two shapes.
import { AppError } from '../http/errors.js';
import type { Agent, XapiVersion } from '../xapi/statement.js';

/** Rights of a key (Communication 4.3). `all` holds every other. */
export const LRS_SCOPES = [
  'all',
  'statements/write',
  'statements/read',
  'statements/read/mine',
  'state',
  'profile',
  'define',
] as const;

export type LrsScope = (typeof LRS_SCOPES)[number];

/** Who sends: the key, what it may do, and the agent that vouches for what it stores. */
export interface LrsCaller {
  key: string;
  scopes: readonly LrsScope[];
  authority: Agent;
  /** agentKey of the authority. */
  authorityKey: string;
  /** Of web pages that may use the key. */
  origins: readonly string[];
  /** Null for no limit. */
  requestsPerMinute: number | null;
  statementsPerDay: number | null;
}

/** How large a body may be, and what is said of a larger one. */
export interface BodyLimit {
  maxBytes: number;
  refusal: () => AppError;
}

export interface LrsRequest {
  method: string;
  /** Below the LRS's address, for instance `/statements`. */
  path: string;
  params: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  version: XapiVersion;
  caller: LrsCaller;
  readBody(limit: BodyLimit): Promise<Buffer>;
  /** The body as it comes in, for what need not be in memory whole. */
  openBody(limit: BodyLimit): AsyncIterable<Buffer>;
}

/** What is known of a request before anybody looked at it. */
export type RawRequest = Omit<LrsRequest, 'version' | 'caller'>;

export interface LrsAnswer {
  status: number;
  headers?: Record<string, string>;
  /** Sent as it is; JSON texts are composed by the resources, documents are their bytes. */
  body?: string | Buffer | AsyncIterable<Buffer>;
}

/** Throws `lrs.forbidden` (403) unless the caller has one of the scopes. */
export function requireScope(caller: LrsCaller, ...scopes: LrsScope[]): void {
  if (mayDo(caller, ...scopes)) return;
  throw new AppError('lrs.forbidden', {
    status: 403,
    values: { scope: scopes.join(' or ') },
  });
}

export function mayDo(caller: LrsCaller, ...scopes: LrsScope[]): boolean {
  return caller.scopes.includes('all') || scopes.some((scope) => caller.scopes.includes(scope));
}
