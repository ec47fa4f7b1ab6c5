// Tries what a form asks for, so that a fault leads back to the form, with what was typed, instead of to an error page.
import { isAppError } from '../http/errors.js';

export interface FormFaults {
  /** Words, or catalogue keys, by field. */
  fields: Record<string, string>;
  typed: Record<string, string>;
}

export type FormOutcome<Value> =
  { isDone: true; value: Value } | { isDone: false; faults: FormFaults };

/** Catches `input.invalid` alone. `body` gives back what was typed where the error does not hold it. */
export async function tryForm<Value>(
  body: unknown,
  work: () => Value | Promise<Value>,
): Promise<FormOutcome<Value>> {
  try {
    return { isDone: true, value: await work() };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'input.invalid') throw error;
    return { isDone: false, faults: { fields: error.fields, typed: readTyped(body) } };
  }
}

function readTyped(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  const texts = Object.entries(body).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !entry[0].startsWith('_'),
  );
  return Object.fromEntries(texts);
}
