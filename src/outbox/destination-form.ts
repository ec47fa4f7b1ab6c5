// An LRS of others as people write it, on the page and on the command line. Faults are named by field, with keys of the
// catalogue. Pure.
import { z } from 'zod';
import type { DestinationSettings } from './destination.model.js';

const LONGEST_NAME = 100;
const LONGEST_ADDRESS = 1_000;
const LONGEST_SECRET = 1_000;

const text = z.string('destinations:fault.missing').trim();

/** `mayReach` says whether a request of ours could set out for an address. */
export function destinationForm(options: { mayReach: (url: string) => boolean }) {
  return z.object({
    name: text.min(1, 'destinations:fault.name').max(LONGEST_NAME, 'destinations:fault.name'),
    endpoint: text
      .max(LONGEST_ADDRESS, 'destinations:fault.endpoint')
      .transform((url) => url.replace(/\/+$/, ''))
      .refine((url) => isAddress(url), 'destinations:fault.endpoint')
      .refine((url) => !/\/statements$/i.test(url), 'destinations:fault.endpoint-statements')
      .refine(
        (url) => !isAddress(url) || options.mayReach(url),
        'destinations:fault.endpoint-closed',
      ),
    key: text
      .min(1, 'destinations:fault.key')
      .max(LONGEST_SECRET, 'destinations:fault.key')
      // Basic authentication ends the user name at the first colon (RFC 7617, 2).
      .refine((key) => !key.includes(':'), 'destinations:fault.key'),
    /** Empty: the one that is kept. */
    password: z.string().max(LONGEST_SECRET, 'destinations:fault.password').default(''),
    version: z.enum(['1.0.3', '2.0.0'], 'destinations:fault.version').default('1.0.3'),
    gzip: z
      .literal('yes')
      .optional()
      .transform((value) => value === 'yes'),
  });
}

export type DestinationInput = DestinationSettings & { password: string };

/** Whole, without credentials, query or fragment. */
function isAddress(url: string): boolean {
  const read = URL.parse(url);
  if (!read || (read.protocol !== 'https:' && read.protocol !== 'http:')) return false;
  return read.username === '' && read.password === '' && read.search === '' && read.hash === '';
}
