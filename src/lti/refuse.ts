// How the door refuses: one error with a code, and beside its words what was expected and seen, for the launch doctor.
// What is seen may be an address, an id of a registration or a name of a claim; never a person's data or a token.
import { AppError } from '../http/errors.js';

const MAX_SEEN_CHARACTERS = 200;

/** A malformed parameter or message (400). */
export function refuseParameter(name: string, fault: string): AppError {
  return new AppError('lti.parameter', { status: 400, values: { name: short(name), fault } });
}

/** A claim that is missing or of the wrong shape (400). */
export function refuseClaim(claim: string, fault: string): AppError {
  return new AppError('lti.claim', { status: 400, values: { claim, fault } });
}

/** A token that does not prove what it says (401). */
export function refuseToken(fault: string, seen?: unknown): AppError {
  const values = seen === undefined ? { fault } : { fault, seen: short(String(seen)) };
  return new AppError('lti.token', { status: 401, values });
}

function short(text: string): string {
  return text.slice(0, MAX_SEEN_CHARACTERS);
}
