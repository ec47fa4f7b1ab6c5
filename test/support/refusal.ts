// For tests of what is refused: the application error of an attempt, so that its code and values can be asserted.
import { isAppError, type AppError } from '../../src/http/errors.js';

/** The error of ours that the attempt ends with; fails when it succeeds or ends with anything else. */
export async function refusal(attempt: Promise<unknown>): Promise<AppError> {
  const error: unknown = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw new Error('nothing was refused', { cause: error });
  return error;
}
