// From a request to its answer: which resource, who asks, which version. The table of what this LRS has.
import { AppError } from '../http/errors.js';
import { readAlternate } from './alternate-request.js';
import type { Headers } from './consistent-through.js';
import { answerPreflight, requireOrigin, type OriginReader } from './cross-origin.js';
import { DOCUMENT_RESOURCES } from './documents-resource.js';
import { getActivity, getPerson } from './known-resources.js';
import { takeRequest } from './limit-lrs-key.js';
import type { LrsAnswer, LrsRequest, RawRequest } from './lrs-request.js';
import {
  getStatements,
  postStatements,
  putStatement,
  type StatementsDeps,
} from './statements-resource.js';
import type { LrsKeyVerifier } from './verify-lrs-key.js';
import { readVersion, SPOKEN_VERSIONS, VERSION_HEADER } from './xapi-version.js';

export type LrsDeps = StatementsDeps & {
  verifier: LrsKeyVerifier;
  isKnownOrigin: OriginReader;
  /** Of our own pages. */
  ownOrigin: string;
  readConsistency: () => Promise<Headers>;
};

type Handler = (deps: LrsDeps, request: LrsRequest) => Promise<LrsAnswer>;

const RESOURCES = new Map<string, Record<string, Handler>>([
  [
    '/statements',
    { GET: getStatements, HEAD: getStatements, POST: postStatements, PUT: putStatement },
  ],
  ['/activities', { GET: getActivity, HEAD: getActivity }],
  ['/agents', { GET: getPerson, HEAD: getPerson }],
  ...DOCUMENT_RESOURCES,
]);

/**
 * Answers a request. Throws `lrs.no-resource` (404), `lrs.method` (405), `lrs.version` (400), `lrs.unauthorised` (401),
 * `lrs.origin` (403), `lrs.requests-limit` (429) and what the resource refuses.
 */
export async function answerRequest(deps: LrsDeps, asked: RawRequest): Promise<LrsAnswer> {
  const { origin } = asked.headers;
  const isPreflight = 'access-control-request-method' in asked.headers && origin !== undefined;
  if (asked.method === 'OPTIONS' && isPreflight) return answerPreflight(deps.isKnownOrigin, origin);
  const raw = await readAlternate(asked);
  if (raw.path === '/about') return answerAbout(raw);
  const methods = RESOURCES.get(raw.path);
  if (!methods)
    throw new AppError('lrs.no-resource', {
      status: 404,
      values: { path: raw.path.slice(0, 100) },
    });
  const handler = findHandler(methods, raw.method);
  const version = readVersion(raw.headers['x-experience-api-version']);
  const caller = await deps.verifier.verify(raw.headers['authorization']);
  requireOrigin({ caller, origin, ownOrigin: deps.ownOrigin });
  await takeRequest({ caller, now: deps.now() });
  const answer = await handler(deps, { ...raw, version, caller });
  // The version of an alternate request may stand in its form, where nobody else looks.
  return { ...answer, headers: { [VERSION_HEADER]: version, ...answer.headers } };
}

/** Headers that an answer or refusal of this path has in any case. */
export async function readCommonHeaders(deps: LrsDeps, path: string): Promise<Headers> {
  return path === '/statements' ? deps.readConsistency() : {};
}

/** What we speak (Communication 2.8): open to everyone, without a version header. */
function answerAbout({ method }: RawRequest): LrsAnswer {
  if (method !== 'GET' && method !== 'HEAD') throw wrongMethod(['GET', 'HEAD']);
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ version: SPOKEN_VERSIONS }),
  };
}

function findHandler(methods: Record<string, Handler>, method: string): Handler {
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!handler) throw wrongMethod(Object.keys(methods));
  return handler;
}

function wrongMethod(allowed: string[]): AppError {
  return new AppError('lrs.method', {
    status: 405,
    values: { allowed: allowed.join(', ') },
    headers: { Allow: allowed.join(', ') },
  });
}
