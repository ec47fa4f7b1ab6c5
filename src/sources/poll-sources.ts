// Reads other record stores: asks each that is due for what was stored since its mark, page by page on the same host, and gives
// the statements to our own record store, from where they take the road of every statement. The mark moves after they are
// there, so that a stop in between reads them again; what is there already changes nothing.
import { AppError, isAppError } from '../http/errors.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { readRetryAfterMs } from '../outgoing/retry-after.js';
import {
  changeSource,
  listActiveSources,
  notePage,
  type EvidenceSource,
} from './evidence-source.model.js';
import { openSourcePassword } from './evidence-sources.js';
import { moveMark, pageAddress, readPage, type StatementPage } from './statement-page.js';

const STATEMENTS_A_PAGE = 100;
/** Of one record store in one run, so that none holds up the others. */
const PAGES_AT_ONCE = 20;
const TIMEOUT_MS = 20_000;
const LARGEST_PAGE_BYTES = 8 * 1024 * 1024;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** After a read that went to the end. */
const REST_MS = 60_000;

/** Puts statements into our own record store for a source; how many were stored or there, and how many were not taken. */
export type StoreForeign = (options: {
  source: EvidenceSource;
  statements: StatementPage['statements'];
}) => Promise<{ stored: number; refused: number }>;

export interface Polling {
  outgoing: Pick<OutgoingClient, 'request'>;
  secret: string;
  store: StoreForeign;
  now: () => Date;
  signal?: AbortSignal;
}

/**
 * Each source that is due. A failure is noted at its source and holds up no other; one that is no fault of the other side is
 * thrown at the end.
 */
export async function pollSources(polling: Polling): Promise<void> {
  const faults: unknown[] = [];
  for (const source of await listActiveSources()) {
    if (polling.signal?.aborted) return;
    const isDue = source.retryAt === null || source.retryAt <= polling.now();
    if (source.endpoint === null || source.status !== 'active' || !isDue) continue;
    await pollSource({ ...polling, source, faults });
  }
  if (faults.length > 0) throw faults[0];
}

async function pollSource(
  polling: Polling & { source: EvidenceSource; faults: unknown[] },
): Promise<void> {
  const { source, now } = polling;
  try {
    const password = await openSourcePassword({
      deployment: source.deployment,
      source: source.id,
      secret: polling.secret,
    });
    await readPages({ ...polling, password });
  } catch (error) {
    if (polling.signal?.aborted) return;
    await noteFailure({ source, error, now: now() });
    if (!isAppError(error)) polling.faults.push(error);
  }
}

async function readPages(
  polling: Polling & { source: EvidenceSource; password: string },
): Promise<void> {
  const { source, store, now, signal } = polling;
  let { mark } = source;
  for (let pages = 0; pages < PAGES_AT_ONCE && signal?.aborted !== true; pages += 1) {
    const { page, consistentThrough } = await askPage({ ...polling, mark });
    const { stored, refused } = await store({ source, statements: page.statements });
    mark = moveMark({ mark, page, consistentThrough, now: now() });
    await notePage({ source, mark, read: stored, refused, now: now() });
    if (page.more !== null) continue;
    const retryAt = new Date(now().getTime() + REST_MS);
    await changeSource({ deployment: source.deployment, source: source.id, change: { retryAt } });
    return;
  }
}

/** A next page that is no longer there begins again at the mark. Throws `source.answer` and `outgoing.*`. */
async function askPage(
  polling: Polling & {
    source: EvidenceSource;
    password: string;
    mark: EvidenceSource['mark'];
  },
): Promise<{ page: StatementPage; consistentThrough: string | undefined }> {
  const { source, password, mark, outgoing, signal, now } = polling;
  const url = pageAddress({ endpoint: source.endpoint ?? '', mark, limit: STATEMENTS_A_PAGE });
  const answer = await outgoing.request({
    url,
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${source.key}:${password}`).toString('base64')}`,
      'x-experience-api-version': '1.0.3',
    },
    timeoutMs: TIMEOUT_MS,
    maxBytes: LARGEST_PAGE_BYTES,
    ...(signal && { signal }),
  });
  const { status } = answer;
  if (mark.more !== null && status >= 400 && status < 500 && ![401, 403, 429].includes(status))
    return askPage({ ...polling, mark: { ...mark, more: null } });
  if (status !== 200)
    throw new AppError('source.answer', {
      status: 502,
      values: {
        status,
        askedMs: readRetryAfterMs(answer.headers['retry-after'], now()) ?? 0,
      },
    });
  const page = readPage({ text: answer.text, url });
  return { page, consistentThrough: answer.headers['x-experience-api-consistent-through'] };
}

/** A key that is taken no longer stops the source until a person resumes it; everything else is tried again, ever later. */
async function noteFailure(options: {
  source: EvidenceSource;
  error: unknown;
  now: Date;
}): Promise<void> {
  const { source, error, now } = options;
  const known = isAppError(error) ? error : null;
  const isRefused =
    known?.code === 'source.answer' && [401, 403].includes(Number(known.values['status']));
  const failures = source.failures + 1;
  const asked = Math.min(Number(known?.values['askedMs'] ?? 0), LONGEST_WAIT_MS);
  const own = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
  await changeSource({
    deployment: source.deployment,
    source: source.id,
    change: {
      failures,
      lastError: isRefused ? 'source.credentials' : (known?.code ?? 'source.unknown'),
      retryAt: new Date(now.getTime() + Math.max(own, asked)),
      ...(isRefused && { status: 'stopped' as const }),
    },
  });
}
