// The parameters of GET /statements (Communication 2.1.3), read strictly: unknown ones, wrong case and wrong values are
// refused, each in words. Pure.
import { AppError } from '../http/errors.js';
import { actor } from '../xapi/actor-rules.js';
import { agentKey } from '../xapi/actor.js';
import { isIri, isUuid } from '../xapi/formats.js';
import { readMomentUs } from '../xapi/moment.js';
import type { Fault } from '../xapi/shape.js';
import type { Actor } from '../xapi/statement.js';
import { JsonFault, readJson } from './json-text.js';
import type { MoreSearch, StatementFormat } from './more-token.js';
import { searchKey } from './statement-search.js';

/** Most statements of one page. */
const MOST_ON_PAGE = 500;
const SINGLE = ['statementId', 'voidedStatementId'] as const;
const WITH_SINGLE = new Set<string>([...SINGLE, 'attachments', 'format']);
const KNOWN = new Set<string>([
  ...WITH_SINGLE,
  'agent',
  'verb',
  'activity',
  'registration',
  'related_activities',
  'related_agents',
  'since',
  'until',
  'limit',
  'ascending',
]);

/** In which form statements are returned. */
export type AnswerForm = Pick<MoreSearch, 'format' | 'attachments'>;

export type StatementsQuery =
  | { kind: 'one'; statementId: string; isVoided: boolean; form: AnswerForm }
  | { kind: 'many'; search: MoreSearch }
  | { kind: 'more'; token: string };

/** Throws `lrs.parameter` (400) naming the parameter. */
export function readStatementsQuery(params: URLSearchParams): StatementsQuery {
  const token = params.get('more');
  if (token !== null && params.size === 1) return { kind: 'more', token };
  for (const name of params.keys()) {
    if (!KNOWN.has(name)) throw badParameter(name, 'is not a parameter of this resource');
    if (params.getAll(name).length > 1) throw badParameter(name, 'stands more than once');
  }
  const form = { format: readFormat(params), attachments: readFlag(params, 'attachments') };
  const single = SINGLE.find((name) => params.has(name));
  return single ? readOne(params, single, form) : readMany(params, form);
}

/** `lrs.parameter` (400). */
export function badParameter(name: string, fault: string): AppError {
  return new AppError('lrs.parameter', { status: 400, values: { name: name.slice(0, 60), fault } });
}

function readOne(
  params: URLSearchParams,
  name: (typeof SINGLE)[number],
  form: AnswerForm,
): StatementsQuery {
  for (const other of params.keys())
    if (!WITH_SINGLE.has(other) || (other !== name && SINGLE.some((one) => one === other)))
      throw badParameter(other, `may not stand beside ${name}`);
  const statementId = (params.get(name) ?? '').toLowerCase();
  if (!isUuid(statementId)) throw badParameter(name, 'is not a UUID');
  return { kind: 'one', statementId, isVoided: name === 'voidedStatementId', form };
}

function readMany(params: URLSearchParams, form: AnswerForm): StatementsQuery {
  const agent = readAgent(params);
  const verb = readChecked(params, 'verb', isIri, 'is not an absolute IRI');
  const activity = readChecked(params, 'activity', isIri, 'is not an absolute IRI');
  const registration = readChecked(params, 'registration', isUuid, 'is not a UUID');
  const agentTerm = readFlag(params, 'related_agents') ? 'relatedAgent' : 'agent';
  const activityTerm = readFlag(params, 'related_activities') ? 'relatedActivity' : 'activity';
  return {
    kind: 'many',
    search: {
      // The rarest first: it is what the index is asked for.
      keys: [
        ...(registration === null ? [] : [searchKey('registration', registration.toLowerCase())]),
        ...(agent === null ? [] : [searchKey(agentTerm, agent)]),
        ...(activity === null ? [] : [searchKey(activityTerm, activity)]),
        ...(verb === null ? [] : [searchKey('verb', verb)]),
      ],
      afterUs: readMoment(params, 'since'),
      untilUs: readMoment(params, 'until'),
      limit: readLimit(params),
      ascending: readFlag(params, 'ascending'),
      ...form,
    },
  };
}

/** The key of the agent asked for; a group needs an identifier to be asked for. */
function readAgent(params: URLSearchParams): string | null {
  const text = params.get('agent');
  if (text === null) return null;
  const value = readParameterJson(text);
  const faults: Fault[] = [];
  actor(value, 'agent', faults);
  const [fault] = faults;
  if (fault) throw badParameter(fault.path, fault.message);
  const key = agentKey(value as Actor); // the rule for actors holds, as just checked
  if (key === '') throw badParameter('agent', 'has no identifier');
  return key;
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

function readMoment(params: URLSearchParams, name: string): number | null {
  const text = params.get(name);
  if (text === null) return null;
  const us = readMomentUs(text);
  if (us === null) throw badParameter(name, 'is not an ISO 8601 moment with its zone');
  return us;
}

/** 0 asks for as many as the server gives. */
function readLimit(params: URLSearchParams): number {
  const text = params.get('limit') ?? '0';
  if (!/^\d{1,9}$/.test(text)) throw badParameter('limit', 'is not a whole number of 0 or more');
  const limit = Number(text);
  return limit === 0 ? MOST_ON_PAGE : Math.min(limit, MOST_ON_PAGE);
}

function readFlag(params: URLSearchParams, name: string): boolean {
  const text = params.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw badParameter(name, 'is neither true nor false');
  return text === 'true';
}

function readFormat(params: URLSearchParams): StatementFormat {
  const text = params.get('format') ?? 'exact';
  if (text !== 'exact' && text !== 'ids' && text !== 'canonical')
    throw badParameter('format', 'is none of exact, ids and canonical');
  return text;
}
