// The address of a resource: which ones are taken, and when two are the same. Pure.

type UrlFault = 'url-missing' | 'url-scheme' | 'url-malformed' | 'url-credentials' | 'url-too-long';

const MAX_CHARACTERS = 2_000;
const TRACKING = /^(utm_\w+|fbclid|gclid|mc_[ce]id|msclkid)$/i;

/** An http or https address in its canonical spelling, or why it is refused. `javascript:`, `data:`, `file:` and all others are. */
export function readResourceUrl(typed: string): { url: string } | { fault: UrlFault } {
  const text = typed.trim();
  if (text === '') return { fault: 'url-missing' };
  if (text.length > MAX_CHARACTERS) return { fault: 'url-too-long' };
  if (!/^https?:/i.test(text))
    return { fault: /^[a-z][a-z0-9+.-]*:/i.test(text) ? 'url-scheme' : 'url-malformed' };
  if (!URL.canParse(text) || !/^https?:\/\//i.test(text)) return { fault: 'url-malformed' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return { fault: 'url-credentials' };
  if (!url.hostname.includes('.') && url.hostname !== 'localhost')
    return { fault: 'url-malformed' };
  return { url: url.href };
}

/** What two spellings of one address have in common: no scheme, `www.`, fragment, tracking, trailing slash. */
export function normaliseUrl(url: string): string {
  const parsed = new URL(url);
  const host = parsed.host.toLowerCase().replace(/^www\./, '');
  const query = [...parsed.searchParams]
    .filter(([name]) => !TRACKING.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const path = parsed.pathname.replace(/\/+$/, '');
  // An address with #! or #/ names a page of its own; any other fragment is a place on one.
  const fragment = /^#[!/]/.test(parsed.hash) ? parsed.hash : '';
  const search = new URLSearchParams(query).toString();
  return `${host}${path}${search === '' ? '' : `?${search}`}${fragment}`;
}
