// The three ways in which a statement is returned (Communication 2.1.3, `format`): exact as it came, ids only, or canonical
// with one language of each map. Pure.
import type {
  Activity,
  ActivityDefinition,
  Actor,
  Agent,
  InteractionComponent,
  LanguageMap,
  Statement,
  StatementContext,
  StatementObject,
  SubStatement,
  Verb,
} from '../xapi/statement.js';
import type { StatementFormat } from './more-token.js';

/** The text of a stored statement in the wished format. `languages` are those of Accept-Language, the best first. */
export function formatStatement(options: {
  json: string;
  format: StatementFormat;
  languages: string[];
}): string {
  const { json, format, languages } = options;
  if (format === 'exact') return json;
  // What is stored passed the rules when it came.
  const statement = JSON.parse(json) as Statement;
  const shaper = format === 'ids' ? idsOnly : canonicalIn(languages);
  return JSON.stringify(shapeStatement(statement, shaper));
}

/** Languages of an Accept-Language header (RFC 9110, 12.5.4), the most wished first. */
export function readLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters.find((one) => one.trim().startsWith('q='));
      return { tag: tag.trim(), weight: weight ? Number(weight.split('=')[1]) : 1 };
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

interface Shaper {
  actor(actor: Actor): Actor;
  verb(verb: Verb): Verb;
  activity(activity: Activity): Activity;
}

const idsOnly: Shaper = {
  actor: minimalActor,
  verb: ({ id }) => ({ id }),
  activity: ({ id }) => ({ id }),
};

function canonicalIn(languages: string[]): Shaper {
  const choose = (map: LanguageMap) => chooseLanguage(map, languages);
  return {
    actor: (actor) => actor,
    verb: (verb) => ({ ...verb, ...(verb.display && { display: choose(verb.display) }) }),
    activity: (activity) => ({
      ...activity,
      ...(activity.definition && { definition: canonicalDefinition(activity.definition, choose) }),
    }),
  };
}

function shapeStatement<Kind extends Statement | SubStatement>(
  statement: Kind,
  shaper: Shaper,
): Kind {
  const { actor, verb, object, context } = statement;
  return {
    ...statement,
    actor: shaper.actor(actor),
    verb: shaper.verb(verb),
    object: shapeObject(object, shaper),
    ...(context && { context: shapeContext(context, shaper) }),
  };
}

function shapeObject(object: StatementObject, shaper: Shaper): StatementObject {
  switch (object.objectType) {
    case 'Agent':
    case 'Group':
      return shaper.actor(object);
    case 'StatementRef':
      return object;
    case 'SubStatement':
      return shapeStatement(object, shaper);
    default:
      // Without objectType it is an activity; an agent as object always names itself.
      return shaper.activity(object as Activity);
  }
}

function shapeContext(context: StatementContext, shaper: Shaper): StatementContext {
  const { instructor, team, contextActivities } = context;
  return {
    ...context,
    ...(instructor && { instructor: shaper.actor(instructor) }),
    ...(team && { team: { ...shaper.actor(team), objectType: 'Group' as const } }),
    ...(contextActivities && {
      contextActivities: Object.fromEntries(
        Object.entries(contextActivities).map(([role, value]) => [
          role,
          [value].flat().map((one: Activity) => shaper.activity(one)),
        ]),
      ),
    }),
  };
}

/** What identifies an agent or group; an anonymous group is its members. */
function minimalActor(actor: Actor): Actor {
  const { objectType, mbox, mbox_sha1sum: sha1, openid, account } = actor;
  const identifier = {
    ...(mbox !== undefined && { mbox }),
    ...(sha1 !== undefined && { mbox_sha1sum: sha1 }),
    ...(openid !== undefined && { openid }),
    ...(account && { account }),
  };
  if (objectType !== 'Group') return { ...(objectType && { objectType }), ...identifier };
  const isAnonymous = Object.keys(identifier).length === 0;
  const members = (actor.member ?? []).map((one): Agent => {
    const minimal = minimalActor(one);
    return minimal.objectType === 'Group' ? {} : minimal;
  });
  return { objectType, ...identifier, ...(isAnonymous && { member: members }) };
}

function canonicalDefinition(
  definition: ActivityDefinition,
  choose: (map: LanguageMap) => LanguageMap,
): ActivityDefinition {
  const { name, description, choices, scale, source, target, steps } = definition;
  const components = (list: InteractionComponent[]) =>
    list.map((one) => ({
      ...one,
      ...(one.description && { description: choose(one.description) }),
    }));
  return {
    ...definition,
    ...(name && { name: choose(name) }),
    ...(description && { description: choose(description) }),
    ...(choices && { choices: components(choices) }),
    ...(scale && { scale: components(scale) }),
    ...(source && { source: components(source) }),
    ...(target && { target: components(target) }),
    ...(steps && { steps: components(steps) }),
  };
}

/** One entry: the wished language, one that it begins, its own language, any, in this order. */
function chooseLanguage(map: LanguageMap, languages: string[]): LanguageMap {
  const tags = Object.keys(map);
  const wished = languages.flatMap((language) => [
    ...tags.filter((tag) => tag.toLowerCase() === language),
    ...tags.filter((tag) => tag.toLowerCase().startsWith(`${language}-`)),
    ...tags.filter((tag) => tag.toLowerCase() === language.split('-')[0]),
  ]);
  const chosen = wished[0] ?? tags.find((tag) => /^(?:en|und)\b/i.test(tag)) ?? tags[0];
  return chosen === undefined ? {} : { [chosen]: map[chosen] ?? '' };
}
