// Whether two statements are the same (Data 2.3.1, statement immutability and exceptions): what an LRS may set or may
// change, spelling of what is case-insensitive, order of members and attachments do not count. Pure.
import { isDeepStrictEqual } from 'node:util';
import { agentKey, normaliseMailto } from './actor.js';
import { readMomentUs } from './moment.js';
import type {
  Activity,
  Actor,
  Attachment,
  ContextActivities,
  LanguageMap,
  Result,
  Statement,
  StatementContext,
  StatementObject,
  SubStatement,
} from './statement.js';

const MS_US = 1_000;

/** True when `one` and `other` say the same. Symmetric; an id or timestamp that one of them lacks is not compared. */
export function isSameStatement(one: Statement, other: Statement): boolean {
  const { id: oneId, timestamp: oneTime, ...oneSaid } = canonicalStatement(one);
  const { id: otherId, timestamp: otherTime, ...otherSaid } = canonicalStatement(other);
  return (
    isEqualWhereBoth(oneId, otherId) &&
    isEqualWhereBoth(oneTime, otherTime) &&
    isDeepStrictEqual(oneSaid, otherSaid)
  );
}

/**
 * The statement reduced to what counts, each part in one spelling. `authority`, `stored` and `version` are the LRS's to
 * set. Canonical of canonical is itself.
 */
export function canonicalStatement(statement: Statement): Statement {
  const { id } = statement;
  return { ...(id !== undefined && { id: id.toLowerCase() }), ...canonicalBody(statement) };
}

function isEqualWhereBoth(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

type Body = Omit<Statement, 'id' | 'stored' | 'authority' | 'version'>;

function canonicalBody(statement: Statement | SubStatement): Body {
  const { actor, verb, object, result, context, attachments, timestamp } = statement;
  return {
    actor: canonicalActor(actor),
    verb: { id: verb.id },
    object: canonicalObject(object),
    ...(result && { result: canonicalResult(result) }),
    ...(context && { context: canonicalContext(context) }),
    ...(timestamp !== undefined && { timestamp: canonicalMoment(timestamp) }),
    ...(attachments && { attachments: canonicalAttachments(attachments) }),
  };
}

/** To the millisecond, which every LRS keeps. */
function canonicalMoment(timestamp: string): string {
  const us = readMomentUs(timestamp);
  return us === null ? timestamp : new Date(Math.floor(us / MS_US)).toISOString();
}

function canonicalActor<Kind extends Actor>(actor: Kind): Kind;
function canonicalActor(actor: Actor): Actor {
  const { name, mbox, mbox_sha1sum: sha1, openid, account } = actor;
  const identified = {
    ...(name !== undefined && { name }),
    ...(mbox !== undefined && { mbox: normaliseMailto(mbox) }),
    ...(sha1 !== undefined && { mbox_sha1sum: sha1.toLowerCase() }),
    ...(openid !== undefined && { openid }),
    ...(account && { account }),
  };
  if (actor.objectType !== 'Group') return { objectType: 'Agent', ...identified };
  const { member } = actor;
  return {
    objectType: 'Group',
    ...identified,
    ...(member && {
      member: sortBy(
        member.map((one) => canonicalActor(one)),
        (one) => [agentKey(one), one.name],
      ),
    }),
  };
}

function canonicalObject<Kind extends StatementObject>(object: Kind): Kind;
function canonicalObject(object: StatementObject): StatementObject {
  switch (object.objectType) {
    case 'Agent':
    case 'Group':
      return canonicalActor(object);
    case 'StatementRef':
      return { objectType: 'StatementRef', id: object.id.toLowerCase() };
    case 'SubStatement':
      return { objectType: 'SubStatement', ...canonicalSubStatement(object) };
    default:
      // Without objectType it is an activity (Data 2.4.4); a validated agent as object always names itself.
      return canonicalActivity(object as Activity);
  }
}

function canonicalSubStatement(statement: SubStatement): Omit<SubStatement, 'objectType'> {
  // The rules let no sub-statement into a sub-statement, so its object is of the narrower kind.
  return canonicalBody(statement) as Omit<SubStatement, 'objectType'>;
}

/** An activity is its id: its definition may change. */
function canonicalActivity(activity: Activity): Activity {
  return { objectType: 'Activity', id: activity.id };
}

/** Durations count to a hundredth of a second (Data 4.6). */
function canonicalResult(result: Result): Result {
  const { duration, ...rest } = result;
  return { ...rest, ...(duration !== undefined && { duration: canonicalDuration(duration) }) };
}

function canonicalDuration(duration: string): string {
  return duration
    .replaceAll(',', '.')
    .replace(/(\d+)\.(\d+)S/, (_all, whole: string, fraction: string) => {
      const hundredths = fraction.slice(0, 2).replace(/0+$/, '');
      return hundredths === '' ? `${whole}S` : `${whole}.${hundredths}S`;
    });
}

function canonicalContext(context: StatementContext): StatementContext {
  const { registration, instructor, team, language, statement, contextActivities } = context;
  const { contextAgents, contextGroups, revision, platform, extensions } = context;
  return {
    ...(registration !== undefined && { registration: registration.toLowerCase() }),
    ...(instructor && { instructor: canonicalActor(instructor) }),
    ...(team && { team: canonicalActor(team) }),
    ...(language !== undefined && { language: language.toLowerCase() }),
    ...(statement && { statement: canonicalObject(statement) }),
    ...(contextActivities && { contextActivities: canonicalActivities(contextActivities) }),
    ...(contextAgents && {
      contextAgents: contextAgents.map((one) => ({ ...one, agent: canonicalActor(one.agent) })),
    }),
    ...(contextGroups && {
      contextGroups: contextGroups.map((one) => ({ ...one, group: canonicalActor(one.group) })),
    }),
    ...(revision !== undefined && { revision }),
    ...(platform !== undefined && { platform }),
    ...(extensions && { extensions }),
  };
}

function canonicalActivities(activities: ContextActivities): ContextActivities {
  return Object.fromEntries(
    Object.entries(activities).map(([role, value]) => [
      role,
      [value].flat().map((one: Activity) => canonicalActivity(one)),
    ]),
  );
}

function canonicalAttachments(attachments: Attachment[]): Attachment[] {
  return sortBy(
    attachments.map(({ display, description, sha2, ...rest }) => ({
      ...rest,
      sha2: sha2.toLowerCase(),
      display: lowerKeys(display),
      ...(description && { description: lowerKeys(description) }),
    })),
    (one) => [one.sha2, one.usageType, one.contentType, one.fileUrl],
  );
}

function lowerKeys(map: LanguageMap): LanguageMap {
  return Object.fromEntries(Object.entries(map).map(([tag, words]) => [tag.toLowerCase(), words]));
}

/** In the order of the listed texts: the order of keys inside a value must not decide. */
function sortBy<Value>(values: Value[], listTexts: (value: Value) => unknown[]): Value[] {
  return values
    .map((value) => ({ value, text: JSON.stringify(listTexts(value)) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ value }) => value);
}
