// What a platform means by the error it posts in place of a launch (Security Framework 1.1, 5.1.1.5; OpenID Connect Core,
// 3.1.2.6), as one refusal in its own words. Each error that we know has its own advice in the catalogue.
import { AppError } from '../http/errors.js';

const MAX_SHOWN_CHARACTERS = 300;
const KNOWN = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'access_denied',
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'launch_no_longer_valid',
];

/** `lti.platform-error` (400). `isOurs` tells whether it answers a login that we began. */
export function platformError(options: {
  error: string | undefined;
  description: string | undefined;
  isOurs: boolean;
}): AppError {
  const { isOurs } = options;
  const error = (options.error ?? '').slice(0, MAX_SHOWN_CHARACTERS);
  const description = endSentence((options.description ?? '').slice(0, MAX_SHOWN_CHARACTERS));
  // The catalogue reads `context`: it says the words for this error, or those for any.
  const context = KNOWN.includes(error) ? { context: error } : {};
  return new AppError('lti.platform-error', {
    status: 400,
    values: { error, description, known: isOurs ? 'yes' : 'no', ...context },
  });
}

/** Our own words follow the platform's. */
function endSentence(text: string): string {
  return text === '' || /[.!?…]$/.test(text.trim()) ? text : `${text.trim()}.`;
}
