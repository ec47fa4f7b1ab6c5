// Reading of parameters that several resources of the LRS have: strictly, each refusal naming its parameter. Pure.
import { AppError } from '../http/errors.js';
import { agent, actor } from '../xapi/actor-rules.js';
import { isIri, isUuid } from '../xapi/formats.js';
import { readMomentUs } from '../xapi/moment.js';
import type { Fault } from '../xapi/shape.js';
import type { Actor, Agent } from '../xapi/statement.js';
import { JsonFault, readJson } from './json-text.js';

/** `lrs.parameter` (400). */
export function badParameter(name: string, fault: string): AppError {
  return new AppError('lrs.parameter', { status: 400, values: { name: name.slice(0, 60), fault } });
}

/** Throws `lrs.parameter` (400) for a parameter that is none of these, or stands twice. */
export function allowParameters(params: URLSearchParams, known: readonly string[]): void {
  for (const name of params.keys()) {
    if (!known.includes(name)) throw badParameter(name, 'is not a parameter of this resource');
    if (params.getAll(name).length > 1) throw badParameter(name, 'stands more than once');
  }
}

/** The text of a parameter that must be there. */
export function requireText(params: URLSearchParams, name: string): string {
  const text = params.get(name);
  if (text === null || text === '') throw badParameter(name, 'is missing');
  return text;
}

export function readIri(params: URLSearchParams, name: string): string | null {
  return readChecked(params, name, isIri, 'is not an absolute IRI');
}

export function readUuid(params: URLSearchParams, name: string): string | null {
  return readChecked(params, name, isUuid, 'is not a UUID')?.toLowerCase() ?? null;
}

/** Microseconds since 1970. */
export function readMoment(params: URLSearchParams, name: string): number | null {
  const text = params.get(name);
  if (text === null) return null;
  const us = readMomentUs(text);
  if (us === null) throw badParameter(name, 'is not an ISO 8601 moment with its zone');
  return us;
}

/** An agent or a group, as JSON. */
export function readActor(params: URLSearchParams): Actor | null {
  const text = params.get('agent');
  return text === null ? null : (checkJson(text, actor) as Actor);
}

/** An agent, as JSON; no group. */
export function readAgent(params: URLSearchParams): Agent | null {
  const text = params.get('agent');
  return text === null ? null : (checkJson(text, agent) as Agent);
}

/** A value that keeps the rule; the callers' types are what the rule says. */
function checkJson(text: string, rule: typeof actor): unknown {
  const value = readParameterJson(text);
  const faults: Fault[] = [];
  rule(value, 'agent', faults);
  const [fault] = faults;
  if (fault) throw badParameter(fault.path, fault.message);
  return value;
}

function readParameterJson(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonFault) throw badParameter('agent', 'is not JSON');
    throw error;
  }
}

function readChecked(
  params: URLSearchParams,
  name: string,
  accepts: (text: string) => boolean,
  fault: string,
): string | null {
  const text = params.get(name);
  if (text !== null && !accepts(text)) throw badParameter(name, fault);
  return text;
}
