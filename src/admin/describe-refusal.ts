// A refused launch in words (pure): what happened, what was expected and seen, and the setting that usually causes it, in the
// terms of Canvas and of Moodle. The words are data of the catalogue (doctor.json), by code and by what was at fault.
import { hasWords, type Words } from '../http/catalogue.js';
import type { Platform } from '../lti/platform.model.js';
import type { Refusal } from '../lti/refusal.model.js';

export interface Diagnosis {
  /** The title that the person was shown; a code without words stands for itself. */
  reason: string;
  /** Null where nothing is known of this code. */
  expected: string | null;
  seen: string | null;
  canvas: string | null;
  moodle: string | null;
}

/** `platform` is the registration that the login met; `url` our public address. */
export function describeRefusal(options: {
  refusal: Pick<Refusal, 'code' | 'details'>;
  platform: Pick<Platform, 'issuer' | 'clientId' | 'jwksUrl'> | null;
  url: string;
  words: Words;
}): Diagnosis {
  const { refusal, platform, url, words } = options;
  const { code, details } = refusal;
  const values = {
    issuer: platform?.issuer ?? '',
    clientId: platform?.clientId ?? '',
    jwksUrl: platform?.jwksUrl ?? '',
    url,
    loginUrl: `${url}/lti/login`,
    launchUrl: `${url}/lti/launch`,
    ...details,
    seenPart: details['seen'] === undefined ? '' : ` (${details['seen']})`,
    // Read by the catalogue: words for this very fault, or those for any of the code.
    context: faultOf(details),
  };
  const say = (part: 'expected' | 'seen' | 'canvas' | 'moodle') => {
    const key = `doctor:${code}.${part}`;
    return hasWords(key) ? words(key, values) : null;
  };
  const title = `errors:${code}.title`;
  return {
    reason: hasWords(title) ? words(title, details) : code,
    expected: say('expected'),
    seen: say('seen'),
    canvas: say('canvas'),
    moodle: say('moodle'),
  };
}

/** The claim, the parameter, the platform's error, or the fault itself, as the catalogue's keys write it. */
function faultOf(details: Record<string, string>): string {
  const fault =
    details['claim'] ?? details['name'] ?? details['context'] ?? details['fault'] ?? 'any';
  return fault.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
}
