// Reads untrusted input by a zod schema; a fault names its field in words and gives back what was typed.
import type { z } from 'zod';
import { AppError } from './errors.js';

const MAX_KEPT_CHARACTERS = 10_000;

/**
 * Parses `value` (a body, query or params object) and returns the schema's output.
 * Throws `input.invalid` (400) with one sentence per field, and with the text fields as typed.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.infer<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) {
    const name = issue.path.map(String).join('.') || 'form';
    fields[name] ??= issue.message;
  }
  throw new AppError('input.invalid', {
    status: 400,
    fields,
    typed: keepTyped(value),
    values: { fields: Object.keys(fields).join(', ') },
  });
}

function keepTyped(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const typed: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (name.startsWith('_') || typeof text !== 'string') continue;
    typed[name] = text.slice(0, MAX_KEPT_CHARACTERS);
  }
  return typed;
}
