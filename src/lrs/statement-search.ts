// What a statement is found by (Communication 2.1.3): short keys for its agents, verb, activities and registration, kept
// beside the text in one indexed list. Hashed, because IRIs are long and every index entry holds one. Pure.
import { createHash } from 'node:crypto';
import { actorKeys, agentKey } from '../xapi/actor.js';
import type {
  Activity,
  Actor,
  Statement,
  StatementContext,
  StatementObject,
  SubStatement,
} from '../xapi/statement.js';
import { listDeclaredAttachments } from './declared-attachments.js';
import { VERBS } from '../xapi/vocabulary.js';

export type SearchTerm =
  | 'agent'
  | 'relatedAgent'
  | 'verb'
  | 'activity'
  | 'relatedActivity'
  | 'registration'
  | 'authority'
  | 'attachment';

const KEY_CHARACTERS = 22;
const MOST_REMEMBERED = 20_000;
const remembered = new Map<string, string>();

/** The key under which statements with this value of a term are found: 128 bits of a hash. */
export function searchKey(term: SearchTerm, value: string): string {
  const text = `${term} ${value}`;
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const key = createHash('sha256').update(text).digest('base64url').slice(0, KEY_CHARACTERS);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(text, key);
  return key;
}

/** All keys of a statement of its own; those of a statement it refers to are added where both are known. */
export function listSearchKeys(statement: Statement, authority: Actor): string[] {
  const { actor, verb, object, context } = statement;
  const agents = [...actorKeys(actor), ...agentsOfObject(object)];
  const activities = isActivity(object) ? [object.id] : [];
  const related = listRelated(statement);
  const registration = context?.registration?.toLowerCase();
  return [
    ...new Set([
      ...agents.map((key) => searchKey('agent', key)),
      ...[...agents, ...related.agents, ...actorKeys(authority)].map((key) =>
        searchKey('relatedAgent', key),
      ),
      searchKey('verb', verb.id),
      ...activities.map((iri) => searchKey('activity', iri)),
      ...[...activities, ...related.activities].map((iri) => searchKey('relatedActivity', iri)),
      ...(registration === undefined ? [] : [searchKey('registration', registration)]),
      searchKey('authority', agentKey(authority)),
      ...listDeclaredAttachments(statement).map(({ sha2 }) =>
        searchKey('attachment', sha2.toLowerCase()),
      ),
    ]),
  ];
}

/** Keys of everybody a statement names: who did it, whom it was done to, who taught or was in the team. */
export function listNamedAgents(statement: Statement): string[] {
  const { actor, object } = statement;
  const named = [...actorKeys(actor), ...agentsOfObject(object), ...listRelated(statement).agents];
  return [...new Set(named)];
}

/** Id of the statement that this one has as its object, in lower case. */
export function referredStatement(statement: Statement): string | null {
  const { object } = statement;
  return object.objectType === 'StatementRef' ? object.id.toLowerCase() : null;
}

/** Id of the statement that this one voids (Data 2.3.2). */
export function voidedStatement(statement: Statement): string | null {
  return statement.verb.id === VERBS.voided ? referredStatement(statement) : null;
}

function listRelated(statement: Statement | SubStatement): {
  agents: string[];
  activities: string[];
} {
  const { object, context = {} } = statement;
  const inner = object.objectType === 'SubStatement' ? listOwnAndRelated(object) : null;
  return {
    agents: [...agentsOfContext(context), ...(inner?.agents ?? [])],
    activities: [...activitiesOfContext(context), ...(inner?.activities ?? [])],
  };
}

function listOwnAndRelated(statement: SubStatement): { agents: string[]; activities: string[] } {
  const { actor, object } = statement;
  const related = listRelated(statement);
  return {
    agents: [...actorKeys(actor), ...agentsOfObject(object), ...related.agents],
    activities: [...(isActivity(object) ? [object.id] : []), ...related.activities],
  };
}

function agentsOfObject(object: StatementObject): string[] {
  return object.objectType === 'Agent' || object.objectType === 'Group' ? actorKeys(object) : [];
}

function agentsOfContext(context: StatementContext): string[] {
  const { instructor, team, contextAgents = [], contextGroups = [] } = context;
  const actors: Actor[] = [
    ...(instructor ? [instructor] : []),
    ...(team ? [team] : []),
    ...contextAgents.map(({ agent }) => agent),
    ...contextGroups.map(({ group }) => group),
  ];
  return actors.flatMap((actor) => actorKeys(actor));
}

function activitiesOfContext({ contextActivities = {} }: StatementContext): string[] {
  const { parent = [], grouping = [], category = [], other = [] } = contextActivities;
  return [parent, grouping, category, other].flat().map(({ id }) => id);
}

/** Without `objectType` an object is an activity. */
function isActivity(object: StatementObject): object is Activity {
  return object.objectType === undefined || object.objectType === 'Activity';
}
