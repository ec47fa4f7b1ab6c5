// Keeps a note of a refused login, launch or registration for the administrator: at most so many a minute and in all, and never with a
// person's data. A note that cannot be written is only logged: the refusal itself stands.
import type { AppError } from '../http/errors.js';
import type { LtiServices } from './lti-services.js';
import { insertRefusal, type RefusedStep } from './refusal.model.js';

const NOTES_PER_MINUTE = 120;
const NOTES_IN_ALL = 10_000;
const DAYS_MS = 24 * 60 * 60 * 1_000;
const KEPT_MS = 30 * DAYS_MS;
/** Values of our words that may be kept; an error's own description could name a person. */
const KEPT_VALUES = [
  'name',
  'fault',
  'claim',
  'seen',
  'issuer',
  'clientId',
  'deployment',
  'host',
  'message',
  'error',
  'environment',
  'known',
  'context',
  'status',
  'platform',
];

/** Filled on the way, so that a refusal can say how far it came. */
export interface RefusalTrace {
  platform: string | null;
  /** Our id of the deployment that the login or the token named. */
  deployment: string | null;
  claimNames: string[];
}

export type NoteRefusal = (options: {
  step: RefusedStep;
  error: AppError;
  trace: RefusalTrace;
  reference: string;
}) => Promise<void>;

export function createRefusalNotes(services: Pick<LtiServices, 'now' | 'log'>): NoteRefusal {
  const { now, log } = services;
  let minute = { startedAt: 0, count: 0 };
  return async ({ step, error, trace, reference }) => {
    const at = now();
    if (at.getTime() - minute.startedAt >= 60_000) minute = { startedAt: at.getTime(), count: 0 };
    minute.count += 1;
    if (minute.count > NOTES_PER_MINUTE) return;
    const details = Object.entries(error.values).filter(([name]) => KEPT_VALUES.includes(name));
    await insertRefusal(
      {
        at,
        platform: trace.platform,
        deployment: trace.deployment,
        step,
        code: error.code,
        status: error.status,
        details: Object.fromEntries(details.map(([name, value]) => [name, String(value)])),
        claimNames: trace.claimNames,
        reference,
        expiresAt: new Date(at.getTime() + KEPT_MS),
      },
      { cap: NOTES_IN_ALL },
    ).catch((failure: unknown) => log.warn({ err: failure }, 'a refusal could not be noted'));
  };
}
