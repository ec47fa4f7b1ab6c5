// What the LRS knows of an activity or an agent from the statements it holds (Communication 2.4 and 2.6), read from the
// newest of them when it is asked for: nothing is kept besides, so nothing can disagree with the log. Pure.
import { agentKey } from '../xapi/actor.js';
import type {
  Activity,
  ActivityDefinition,
  Actor,
  Agent,
  LanguageMap,
  Statement,
} from '../xapi/statement.js';

/** A person as the standard shows one: every part a list (Communication 2.4.1). */
export interface Person {
  objectType: 'Person';
  name?: string[];
  mbox?: string[];
  mbox_sha1sum?: string[];
  openid?: string[];
  account?: NonNullable<Agent['account']>[];
}

/** The activity with its definition: of each part the newest statement's, of texts the newest in each language. */
export function describeActivity(options: {
  activityId: string;
  /** Newest first; all have the activity as object. */
  statements: Statement[];
}): Activity {
  const { activityId, statements } = options;
  const definitions = statements.flatMap(({ object }) =>
    isActivity(object) && object.id === activityId && object.definition ? [object.definition] : [],
  );
  if (definitions.length === 0) return { objectType: 'Activity', id: activityId };
  const definition = definitions.reduceRight<ActivityDefinition>(
    (known, newer) => ({
      ...known,
      ...newer,
      ...mergeTexts('name', known, newer),
      ...mergeTexts('description', known, newer),
    }),
    {},
  );
  return { objectType: 'Activity', id: activityId, definition };
}

/** The person behind an agent: its own identifier, and the names that statements gave it. */
export function describePerson(options: { agent: Agent; statements: Statement[] }): Person {
  const { agent, statements } = options;
  const key = agentKey(agent);
  const names = [agent, ...statements.flatMap(listActors)].flatMap((one) =>
    one.name !== undefined && agentKey(one) === key ? [one.name] : [],
  );
  const { mbox, mbox_sha1sum: sha1, openid, account } = agent;
  return {
    objectType: 'Person',
    ...(names.length > 0 && { name: [...new Set(names)] }),
    ...(mbox !== undefined && { mbox: [mbox] }),
    ...(sha1 !== undefined && { mbox_sha1sum: [sha1] }),
    ...(openid !== undefined && { openid: [openid] }),
    ...(account && { account: [account] }),
  };
}

function listActors({ actor, object }: Statement): Actor[] {
  const people =
    object.objectType === 'Agent' || object.objectType === 'Group' ? [actor, object] : [actor];
  return people.flatMap((one) =>
    one.objectType === 'Group' ? [one, ...(one.member ?? [])] : [one],
  );
}

function mergeTexts(
  part: 'name' | 'description',
  known: ActivityDefinition,
  newer: ActivityDefinition,
): Partial<Record<typeof part, LanguageMap>> {
  const texts = { ...known[part], ...newer[part] };
  return Object.keys(texts).length > 0 ? { [part]: texts } : {};
}

function isActivity(object: Statement['object']): object is Activity {
  return object.objectType === undefined || object.objectType === 'Activity';
}
