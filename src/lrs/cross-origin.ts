// Which web pages elsewhere may use the LRS (CORS, the Fetch standard). Origins belong to keys. A browser asks beforehand
// without credentials, so that answer knows only whether some key allows the page; whether this key does is checked with the
// request itself, which is refused before anything is done.
import { AppError } from '../http/errors.js';
import type { Headers } from './consistent-through.js';
import { listLrsKeyRecords } from './lrs-key.model.js';
import type { LrsAnswer, LrsCaller } from './lrs-request.js';

const REMEMBERED_MS = 5_000;
const PREFLIGHT_S = 600;
const METHODS = 'GET, HEAD, POST, PUT, DELETE';
const REQUEST_HEADERS =
  'Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, X-Experience-API-Version';
const ANSWER_HEADERS =
  'ETag, Last-Modified, Retry-After, WWW-Authenticate, X-Experience-API-Consistent-Through, X-Experience-API-Version';

/** Origins that some key allows. One instance a process; a change counts within seconds. */
export type OriginReader = (origin: string) => Promise<boolean>;

export function createOriginReader(options: { now: () => Date }): OriginReader {
  const { now } = options;
  let known: { origins: ReadonlySet<string>; until: number } | null = null;
  let reading: Promise<ReadonlySet<string>> | null = null;
  const read = async (): Promise<ReadonlySet<string>> => {
    const records = await listLrsKeyRecords();
    const time = now();
    const usable = records.filter(
      ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > time),
    );
    const origins = new Set(usable.flatMap((record) => record.origins));
    known = { origins, until: time.getTime() + REMEMBERED_MS };
    return origins;
  };
  return async (origin) => {
    if (known && known.until > now().getTime()) return known.origins.has(origin);
    reading ??= read().finally(() => (reading = null));
    return (await reading).has(origin);
  };
}

/** What an answer says to a page of this origin, also where it refuses. */
export async function readOriginHeaders(
  isKnown: OriginReader,
  origin: string | undefined,
): Promise<Headers> {
  if (origin === undefined) return {};
  if (!(await isKnown(origin))) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': ANSWER_HEADERS,
  };
}

/** Answers a preflight; `readOriginHeaders` adds whose it is. Throws `lrs.origin` (403) for an origin of no key. */
export async function answerPreflight(isKnown: OriginReader, origin: string): Promise<LrsAnswer> {
  if (!(await isKnown(origin))) throw wrongOrigin(origin);
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': REQUEST_HEADERS,
      'Access-Control-Max-Age': String(PREFLIGHT_S),
    },
  };
}

/** Throws `lrs.origin` (403) when a page sent the request that is neither ours nor one the key allows. */
export function requireOrigin(options: {
  caller: LrsCaller;
  origin: string | undefined;
  ownOrigin: string;
}): void {
  const { caller, origin, ownOrigin } = options;
  if (origin === undefined || origin === ownOrigin || caller.origins.includes(origin)) return;
  throw wrongOrigin(origin);
}

const LONGEST_SHOWN = 100;

function wrongOrigin(origin: string): AppError {
  return new AppError('lrs.origin', {
    status: 403,
    values: { origin: origin.slice(0, LONGEST_SHOWN) },
  });
}
