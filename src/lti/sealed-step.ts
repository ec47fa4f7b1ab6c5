// A login between two of its steps, sealed: on its way back to us, to see whether the cookie came with it (one minute, in an
// address), or behind the button that opens a window (five minutes, in a form; entry-code.model.ts lets it be used once). It
// holds the platform's parameters as they came, so that hints stay unused until the browser is known.
import { z } from 'zod';
import { sealText, tryToOpenSealedJson } from '../secrets.js';
import type { Parameters } from './read-parameters.js';

const SECONDS_MS = 1_000;
/** How long a step may take: a redirect, or a person who reads a sentence and presses a button. */
const LIFETIME_S = { return: 60, window: 300 } as const;

/** What of a login is carried on: all that checkLogin reads. */
const CARRIED = [
  'iss',
  'login_hint',
  'target_link_uri',
  'lti_message_hint',
  'client_id',
  'lti_deployment_id',
  'deployment_id',
  'lti_storage_target',
  'canvas_environment',
] as const;

type StepKind = keyof typeof LIFETIME_S;

const SealedStep = z.object({
  id: z.string(),
  parameters: z.record(z.string(), z.string()),
  limitKey: z.string(),
  expiresAt: z.number(),
});

export interface LoginStep {
  /** The login's own id (sealed-login.ts), the same in all of its steps. */
  id: string;
  parameters: Parameters;
  limitKey: string;
  expiresAt: Date;
}

export function sealStep(options: {
  kind: StepKind;
  id: string;
  parameters: Parameters;
  limitKey: string;
  secret: string;
  now: Date;
}): string {
  const { kind, id, parameters, limitKey, secret, now } = options;
  const kept = CARRIED.flatMap((name): [string, string][] => {
    const value = parameters[name];
    return value === undefined ? [] : [[name, value]];
  });
  const step: z.infer<typeof SealedStep> = {
    id,
    parameters: Object.fromEntries(kept),
    limitKey,
    expiresAt: now.getTime() + LIFETIME_S[kind] * SECONDS_MS,
  };
  return sealText({ secret, purpose: purposeOf(kind), text: JSON.stringify(step) });
}

/** Null for what we did not seal for this step, what was altered, and what came too late. */
export function openStep(options: {
  kind: StepKind;
  sealed: string;
  secret: string;
  now: Date;
}): LoginStep | null {
  const { kind, sealed, secret, now } = options;
  const read = SealedStep.safeParse(
    tryToOpenSealedJson({ sealed, secret, purpose: purposeOf(kind) }),
  );
  if (!read.success) return null;
  const { id, parameters, limitKey } = read.data;
  const expiresAt = new Date(read.data.expiresAt);
  return expiresAt <= now ? null : { id, parameters, limitKey, expiresAt };
}

const purposeOf = (kind: StepKind): string => `login-step-${kind}`;
