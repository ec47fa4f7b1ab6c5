// Reads the parameters of the door's own addresses (pure), strictly: single texts only. A repeated name, a prototype key,
// control characters, broken percent-encoding or too long a value is refused, not repaired.
import { AppError } from '../http/errors.js';
import { refuseParameter } from './refuse.js';

const MAX_PARAMETERS = 50;
const MAX_NAME_CHARACTERS = 100;
const MAX_VALUE_CHARACTERS = 2_048;
/** Platforms put what they like into their hints; an error description may be a sentence. */
const LONGER: Record<string, number> = {
  login_hint: 8_192,
  lti_message_hint: 8_192,
  id_token: 32_768,
  openid_configuration: 4_096,
  registration_token: 8_192,
  /** The sealed answer of a platform, which a page of ours carries. */
  answer: 32_768,
  state: 10_240,
  step: 8_192,
  code: 40_960,
};
const FORBIDDEN_NAMES = ['__proto__', 'constructor', 'prototype'];

export type Parameters = Readonly<Record<string, string | undefined>>;

/** `text` is a raw query string or form body. Throws `lti.parameter` (400) or `input.too-large` (413). */
export function readParameters(text: string): Parameters {
  const read = new Map<string, string>();
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > MAX_PARAMETERS) throw new AppError('input.too-large', { status: 413 });
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals), 'parameter name');
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1), name);
    if (name.length > MAX_NAME_CHARACTERS || FORBIDDEN_NAMES.includes(name))
      throw refuseParameter(name, 'not a name that is used here');
    // The name without brackets, so that `iss[$ne]` and `iss[]` do not slip past a check of `iss`.
    const plain = name.replace(/\[.*$/s, '');
    if (plain !== name) throw refuseParameter(plain, 'not a single text');
    if (read.has(name)) throw refuseParameter(name, 'given more than once');
    checkValue(name, value);
    read.set(name, value);
  }
  return Object.assign(Object.create(null), Object.fromEntries(read)) as Parameters;
}

/** Query and body together; a name that is in both must say the same. */
export function mergeParameters(query: Parameters, body: Parameters): Parameters {
  for (const [name, value] of Object.entries(body))
    if (query[name] !== undefined && query[name] !== value)
      throw refuseParameter(name, 'differs between address and form');
  return { ...query, ...body };
}

/** A parameter that must be there. */
export function requireParameter(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === '') throw refuseParameter(name, 'missing');
  return value;
}

function decode(text: string, name: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw refuseParameter(name, 'broken percent-encoding');
  }
}

function checkValue(name: string, value: string): void {
  if (value.length > (LONGER[name] ?? MAX_VALUE_CHARACTERS))
    throw new AppError('input.too-large', { status: 413 });

  if (/[\u0000-\u001f\u007f]/.test(value)) throw refuseParameter(name, 'holds control characters');
}
