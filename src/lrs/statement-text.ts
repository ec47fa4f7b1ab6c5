// The text of a statement as the LRS keeps and returns it: every member as it was sent, byte for byte, beside those that
// the LRS sets (Data 2.4: id, timestamp, stored, authority, version). Pure.
import type { Actor, ContextActivities, Statement, StatementContext } from '../xapi/statement.js';
import { memberKey, splitJson } from './json-text.js';

/** What the LRS always sets; a sender's values give way. */
const SET_BY_LRS = new Set(['stored', 'authority']);

/** Everything but `stored`, which is known when the statement has its place; closed by completeText. */
export function openText(options: {
  /** The statement as it was sent. */
  text: string;
  statement: Statement;
  id: string;
  authority: Actor;
  version: string;
}): { open: string; hasTimestamp: boolean } {
  const { text, statement, id, authority, version } = options;
  const rewritten = rewriteSingles(statement);
  const members = splitJson(text).filter((member) => {
    const key = memberKey(member);
    return !SET_BY_LRS.has(key) && !Object.hasOwn(rewritten, key);
  });
  for (const [key, value] of Object.entries(rewritten))
    members.push(`"${key}":${JSON.stringify(value)}`);
  if (statement.id === undefined) members.push(`"id":${JSON.stringify(id)}`);
  if (statement.version === undefined) members.push(`"version":${JSON.stringify(version)}`);
  members.push(`"authority":${JSON.stringify(authority)}`);
  return { open: `{${members.join(',')}`, hasTimestamp: statement.timestamp !== undefined };
}

/** The whole text; a statement without timestamp happened when it was stored (Data 2.4.7). */
export function completeText(
  options: { open: string; hasTimestamp: boolean },
  stored: string,
): string {
  const { open, hasTimestamp } = options;
  return `${open}${hasTimestamp ? '' : `,"timestamp":"${stored}"`},"stored":"${stored}"}`;
}

/** Single context activities come back as arrays (Data 2.4.6.2): the members that change by it, anew. */
function rewriteSingles({ object, context }: Statement): Partial<Statement> {
  const inner = object.objectType === 'SubStatement' ? object : null;
  return {
    ...(context && hasSingles(context) && { context: withArrays(context) }),
    ...(inner?.context &&
      hasSingles(inner.context) && { object: { ...inner, context: withArrays(inner.context) } }),
  };
}

function hasSingles({ contextActivities = {} }: StatementContext): boolean {
  return !Object.values(contextActivities).every((value) => Array.isArray(value));
}

function withArrays(context: StatementContext): StatementContext {
  const contextActivities: ContextActivities = Object.fromEntries(
    Object.entries(context.contextActivities ?? {}).map(([role, value]) => [role, [value].flat()]),
  );
  return { ...context, contextActivities };
}
