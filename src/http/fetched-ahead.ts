// Whether a browser fetches an address ahead, before anybody asked for it: then nobody opens or reads what is there. Pure.
import type { Request } from 'express';

/** By `Sec-Purpose`, and the older `Purpose` and `X-Moz`. */
export function isFetchedAhead(req: Pick<Request, 'get'>): boolean {
  const purposes = ['Sec-Purpose', 'Purpose', 'X-Moz'].map((name) => req.get(name) ?? '');
  return /prefetch|prerender|preview/i.test(purposes.join(' '));
}
