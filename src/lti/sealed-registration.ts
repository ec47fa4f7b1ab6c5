// What a registration keeps sealed between its steps: the platform's configuration and token for the confirmation, and, where
// our database failed after the platform had said yes, the platform's answer for another try. Shapes and purposes only.
import { AppError } from '../http/errors.js';
import { tryToOpenSealedText } from '../secrets.js';
import type { PlatformConfiguration } from './openid-configuration.js';
import type { RegistrationAnswer } from './registration-answer.js';
import type { Asked } from './registration-request.js';

export const REQUEST_PURPOSE = 'registration-request';
export const ANSWER_PURPOSE = 'registration-answer';

export interface SealedRequest {
  configuration: PlatformConfiguration;
  registrationToken: string | null;
}

export interface SealedAnswer {
  invitation: string;
  attempt: string;
  configuration: PlatformConfiguration;
  asked: Asked;
  answer: RegistrationAnswer;
}

export function openRequest(options: { secret: string; sealed: string }): SealedRequest {
  // Only we can have sealed it, so its shape is the one above.
  return JSON.parse(open({ ...options, purpose: REQUEST_PURPOSE })) as SealedRequest;
}

export function openAnswer(options: { secret: string; sealed: string }): SealedAnswer {
  // As above.
  return JSON.parse(open({ ...options, purpose: ANSWER_PURPOSE })) as SealedAnswer;
}

/** Nobody confirmed this here, or the page is too old (403). */
export function withoutConsent(): AppError {
  return new AppError('registration.consent', { status: 403 });
}

function open(options: { secret: string; sealed: string; purpose: string }): string {
  const text = tryToOpenSealedText(options);
  if (text === null) throw withoutConsent();
  return text;
}
