// Reads a list of a platform's service page by page (AGS 2.0 and NRPS 2.0, `Link: …; rel="next"`), holding one page at a time.
// A next page on another host, one that was read before, and pages without end stop the reading with a clear error.
import { callService, type ServiceTarget } from './call-service.js';
import type { LtiServices } from './lti-services.js';
import { badAnswer, readNextLink, readServiceJson, requireGoodAnswer } from './service-answer.js';

const TIMEOUT_MS = 30_000;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 5_000;
const ATTEMPTS = 3;

/** Throws `lti.service-…` as callService does, and `lti.service-answer` (502) for pages that cannot be trusted. */
export async function* readPages<Page>(options: {
  services: LtiServices;
  target: ServiceTarget;
  url: string;
  scope: string;
  /** The exact media type: Moodle compares whole strings. */
  accept: string;
  readPage: (value: unknown, url: string) => Page;
}): AsyncGenerator<Page> {
  const { services, target, scope, accept, readPage } = options;
  const read = new Set<string>();
  let next: string | null = options.url;
  while (next !== null) {
    const url: string = next;
    requireNextPage({ url, first: options.url, read });
    read.add(url);
    const answer = await callService({
      services,
      target,
      url,
      scopes: [scope],
      send: async (token) => {
        const got = await services.outgoing.request({
          url,
          headers: { Authorization: `Bearer ${token.access_token}`, Accept: accept },
          timeoutMs: TIMEOUT_MS,
          maxBytes: MAX_PAGE_BYTES,
          attempts: ATTEMPTS,
        });
        requireGoodAnswer(got, url);
        return { text: got.text, link: got.headers['link'] ?? null };
      },
    });
    yield readPage(readServiceJson(answer.text, url), url);
    next = readNextLink(answer.link, url);
  }
}

/** Throws `lti.service-answer` (502) before any request for a page that may not be asked for. */
export function requireNextPage(options: {
  url: string;
  first: string;
  read: ReadonlySet<string>;
  most?: number;
}): void {
  const { url, first, read, most = MAX_PAGES } = options;
  if (URL.parse(url)?.origin !== URL.parse(first)?.origin)
    throw badAnswer(url, 'its next page is on another host');
  if (read.has(url) || read.size >= most) throw badAnswer(url, 'its pages do not end');
}
