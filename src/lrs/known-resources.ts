// The resources /activities and /agents (Communication 2.4, 2.6): the full description of one activity or person.
import { agentKey } from '../xapi/actor.js';
import type { Statement } from '../xapi/statement.js';
import { describeActivity, describePerson } from './describe-known.js';
import { mayDo, requireScope, type LrsAnswer, type LrsRequest } from './lrs-request.js';
import { findDefiners } from './lrs-keys.js';
import { searchStatements } from './lrs-statement.model.js';
import { allowParameters, badParameter, readAgent, readIri } from './read-parameters.js';
import { searchKey, type SearchTerm } from './statement-search.js';

/** The newest statements that are asked what they say; what is older than all of them has long been said again. */
const MOST_ASKED = 100;
const MOST_BYTES = 2 * 1024 * 1024;

export async function getActivity(_deps: unknown, request: LrsRequest): Promise<LrsAnswer> {
  const { params, caller } = request;
  requireScope(caller, 'statements/read', 'profile', 'state', 'define');
  allowParameters(params, ['activityId']);
  const activityId = readIri(params, 'activityId');
  if (activityId === null) throw badParameter('activityId', 'is missing');
  const statements = await listNewest('activity', activityId);
  return answer(describeActivity({ activityId, statements }));
}

export async function getPerson(_deps: unknown, request: LrsRequest): Promise<LrsAnswer> {
  const { params, caller } = request;
  requireScope(caller, 'statements/read', 'profile', 'state', 'define');
  allowParameters(params, ['agent']);
  const agent = readAgent(params);
  if (agent === null) throw badParameter('agent', 'is missing');
  // Names are what statements say of a person: for whoever may read statements.
  const mayRead = mayDo(caller, 'statements/read');
  const statements = mayRead ? await listNewest('agent', agentKey(agent)) : [];
  return answer(describePerson({ agent, statements }));
}

/** Only statements of keys that may define activities and agents say what these are (Communication 4.3, `define`). */
async function listNewest(term: SearchTerm, value: string): Promise<Statement[]> {
  const found = await searchStatements({
    keys: [searchKey(term, value)],
    afterUs: null,
    throughUs: null,
    ascending: false,
    limit: MOST_ASKED,
    maxBytes: MOST_BYTES,
  });
  const definers = await findDefiners({ authorities: found.map((one) => one.authorityKey) });
  return found.flatMap(({ json, authorityKey }) =>
    // What is stored passed the rules when it came.
    definers.has(authorityKey) ? [JSON.parse(json) as Statement] : [],
  );
}

function answer(value: object): LrsAnswer {
  const headers = { 'Content-Type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(value) };
}
