// Which version of the protocol a request speaks (Communication 3.3). One store serves both. Pure.
import { AppError } from '../http/errors.js';
import type { XapiVersion } from '../xapi/statement.js';

export const VERSION_HEADER = 'X-Experience-API-Version';
/** What /about says we speak. */
export const SPOKEN_VERSIONS = ['1.0.0', '1.0.1', '1.0.2', '1.0.3', '2.0.0'];

/** 1.0.x is answered as 1.0.3 and 2.0.x as 2.0.0. Throws `lrs.version` (400) for any other header and for none. */
export function readVersion(header: string | undefined): XapiVersion {
  if (isVersion1(header)) return '1.0.3';
  if (/^2\.0(?:\.\d+)?$/.test(header ?? '')) return '2.0.0';
  throw new AppError('lrs.version', { status: 400 });
}

/** True for 1.0 and 1.0.x. */
export function isVersion1(header: string | undefined): boolean {
  return /^1\.0(?:\.\d+)?$/.test(header ?? '');
}

/**
 * The version that an answer says. A request without the header would be one of version 0.9, which had none: its refusal
 * says 0.95, the last version of that time (Communication 3.3).
 */
export function answeredVersion(asked: string | undefined, path: string): string {
  if (asked === undefined && path !== '/about') return '0.95';
  return asked === undefined || asked.startsWith('2.') ? '2.0.0' : '1.0.3';
}
