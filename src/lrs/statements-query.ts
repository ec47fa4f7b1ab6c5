// The parameters of GET /statements (Communication 2.1.3), read strictly: unknown ones, wrong case and wrong values are
// refused, each in words. Pure.
import { agentKey } from '../xapi/actor.js';
import { isUuid } from '../xapi/formats.js';
import type { MoreSearch, StatementFormat } from './more-token.js';
import {
  allowParameters,
  badParameter,
  readActor,
  readIri,
  readMoment,
  readUuid,
} from './read-parameters.js';
import { searchKey } from './statement-search.js';

/** Most statements of one page. */
const MOST_ON_PAGE = 500;
const SINGLE = ['statementId', 'voidedStatementId'] as const;
const WITH_SINGLE = new Set<string>([...SINGLE, 'attachments', 'format']);
const KNOWN = [
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
];

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
  allowParameters(params, KNOWN);
  const form = { format: readFormat(params), attachments: readFlag(params, 'attachments') };
  const single = SINGLE.find((name) => params.has(name));
  return single ? readOne(params, single, form) : readMany(params, form);
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
  const agent = readAgentKey(params);
  const verb = readIri(params, 'verb');
  const activity = readIri(params, 'activity');
  const registration = readUuid(params, 'registration');
  const agentTerm = readFlag(params, 'related_agents') ? 'relatedAgent' : 'agent';
  const activityTerm = readFlag(params, 'related_activities') ? 'relatedActivity' : 'activity';
  return {
    kind: 'many',
    search: {
      // The rarest first: it is what the index is asked for.
      keys: [
        ...(registration === null ? [] : [searchKey('registration', registration)]),
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
function readAgentKey(params: URLSearchParams): string | null {
  const asked = readActor(params);
  if (asked === null) return null;
  const key = agentKey(asked);
  if (key === '') throw badParameter('agent', 'has no identifier');
  return key;
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
