// Checks that the statements of each registration follow a primary pattern, or are allowed alone (xAPI Profiles 1.0, part two,
// 9 and part three): ordered by timestamp, matched as far as they go. Shares no code with src/.
import { findTemplates, type Json } from './check-statement.js';
import { readPath } from './json-path.js';
import type { ProfilePattern, XapiProfile } from './profile-shape.js';

/** One sentence for each registration whose statements follow no pattern, and each that may not stand alone. */
export function checkPatterns(statements: readonly Json[], profile: XapiProfile): string[] {
  const groups = new Map<string, Json[]>();
  for (const statement of statements) {
    const registration = textOf(statement, '$.context.registration') ?? '';
    groups.set(registration, [...(groups.get(registration) ?? []), statement]);
  }
  return [...groups].flatMap(([registration, group]) => {
    if (registration === '')
      return group.flatMap((one) => (isSolo(one, profile) ? [] : [soloFault(one)]));
    const ordered = group.toSorted((a, b) => momentOf(a) - momentOf(b));
    return followsPattern(ordered, profile)
      ? []
      : [`${registration}: ${ordered.map((one) => textOf(one, '$.verb.id')).join(', ')}`];
  });
}

/** Whether the statements, in this order, are one of the profile's primary patterns from first to last. */
export function followsPattern(statements: readonly Json[], profile: XapiProfile): boolean {
  const matching = statements.map((one) => findTemplates(one, profile).map(({ id }) => id));
  const [only] = statements;
  if (only && statements.length === 1 && isSolo(only, profile)) return true;
  return profile.patterns
    .filter(({ primary }) => primary === true)
    .some((pattern) =>
      readOn({ matching, profile, id: pattern.id, from: new Set([0]) }).has(matching.length),
    );
}

interface Reading {
  /** Templates that each statement follows, in order. */
  matching: string[][];
  profile: XapiProfile;
  /** A template or a pattern. */
  id: string;
  /** How many statements may have been read before. */
  from: ReadonlySet<number>;
}

/** How many statements may have been read after it. */
function readOn(reading: Reading): Set<number> {
  const { matching, profile, id, from } = reading;
  const pattern = profile.patterns.find((one) => one.id === id);
  if (!pattern)
    return new Set([...from].filter((at) => matching[at]?.includes(id)).map((at) => at + 1));
  return readPattern(pattern, reading);
}

function readPattern(pattern: ProfilePattern, reading: Reading): Set<number> {
  const { from } = reading;
  const { alternates, sequence, optional, oneOrMore, zeroOrMore } = pattern;
  if (alternates) return new Set(alternates.flatMap((id) => [...readOn({ ...reading, id })]));
  if (sequence)
    return sequence.reduce((at, id) => readOn({ ...reading, id, from: at }), new Set(from));
  if (optional !== undefined) return new Set([...from, ...readOn({ ...reading, id: optional })]);
  const repeated = oneOrMore ?? zeroOrMore ?? '';
  const reached = new Set(zeroOrMore === undefined ? [] : from);
  let next = readOn({ ...reading, id: repeated });
  while ([...next].some((at) => !reached.has(at))) {
    for (const at of next) reached.add(at);
    next = readOn({ ...reading, id: repeated, from: next });
  }
  return reached;
}

function isSolo(statement: Json, profile: XapiProfile): boolean {
  return findTemplates(statement, profile).some(({ allowedSolo }) => allowedSolo === true);
}

function soloFault(statement: Json): string {
  return `${textOf(statement, '$.verb.id')}: without a registration`;
}

function momentOf(statement: Json): number {
  return Date.parse(textOf(statement, '$.timestamp') ?? '');
}

function textOf(statement: Json, path: string): string | undefined {
  const [found] = readPath(statement, path);
  return typeof found === 'string' ? found : undefined;
}
