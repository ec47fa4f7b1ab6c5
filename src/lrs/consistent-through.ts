// The header X-Experience-API-Consistent-Through, which every answer about statements has (Communication 2.1.3).
import { writeMoment } from '../xapi/moment.js';
import { readHorizon, type LogHorizon } from './lrs-statement.model.js';

/** What was read so recently is told again: an older moment is as true, and many answers cost one look. */
const REUSED_MS = 25;

export type Headers = Record<string, string>;

export function consistentHeader({ consistentUs }: LogHorizon): Headers {
  return { 'X-Experience-API-Consistent-Through': writeMoment(consistentUs) };
}

/** Reads the header, once for all who ask at about the same time. */
export function createConsistencyReader(options: { now: () => Date }): () => Promise<Headers> {
  const { now } = options;
  let running: Promise<Headers> | null = null;
  let known: { headers: Headers; until: number } | null = null;

  const read = async (): Promise<Headers> => {
    const at = now();
    try {
      const headers = consistentHeader(await readHorizon({ now: at }));
      known = { headers, until: at.getTime() + REUSED_MS };
      return headers;
    } finally {
      running = null;
    }
  };

  return () => {
    if (known && known.until > now().getTime()) return Promise.resolve(known.headers);
    running ??= read();
    return running;
  };
}
