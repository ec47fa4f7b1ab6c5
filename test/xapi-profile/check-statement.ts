// Checks a statement against the templates of a profile, by the specification alone (xAPI Profiles 1.0, part two, 8 and 8.1):
// determining properties say which templates are meant, rules and references say what the statement must hold. Shares no
// code with src/.
import { readPath } from './json-path.js';
import type { StatementTemplate, TemplateRule, XapiProfile } from './profile-shape.js';

export type Json = Record<string, unknown>;

export interface Checking {
  profile: XapiProfile;
  /** A statement that another refers to; undefined where nobody has it. */
  find: (id: string) => Json | undefined;
}

/** Empty where the statement follows each template it is meant by, and is meant by one at least. */
export function checkStatement(statement: Json, checking: Checking): string[] {
  const normal = normalise(statement);
  const templates = findTemplates(normal, checking.profile);
  if (templates.length === 0) return ['no template is meant by this statement'];
  return templates.flatMap((template) =>
    [
      ...(template.rules ?? []).flatMap((rule) => checkRule(normal, rule)),
      ...checkReferences(normal, template, checking),
    ].map((fault) => `${template.id}: ${fault}`),
  );
}

/** Templates all of whose determining properties the statement has. */
export function findTemplates(statement: Json, profile: XapiProfile): StatementTemplate[] {
  const normal = normalise(statement);
  const typesOf = (role: string) =>
    readPath(normal, `$.context.contextActivities.${role}[*].definition.type`);
  const has = (found: unknown[], wanted: readonly string[] = []) =>
    wanted.every((one) => found.includes(one));
  return profile.templates.filter(
    (template) =>
      (template.verb === undefined || readPath(normal, '$.verb.id')[0] === template.verb) &&
      has(
        readPath(normal, '$.object.definition.type'),
        template.objectActivityType === undefined ? [] : [template.objectActivityType],
      ) &&
      has(typesOf('grouping'), template.contextGroupingActivityType) &&
      has(typesOf('parent'), template.contextParentActivityType) &&
      has(typesOf('other'), template.contextOtherActivityType) &&
      has(typesOf('category'), template.contextCategoryActivityType) &&
      has(readPath(normal, '$.attachments[*].usageType'), template.attachmentUsageType),
  );
}

export function checkRule(statement: Json, rule: TemplateRule): string[] {
  const { location, selector, presence, any, all, none } = rule;
  const places = readPath(statement, location);
  const found = places.map((place) =>
    selector === undefined ? [place] : readPath(place, selector),
  );
  const values = found.flat();
  const isUnmatchable = found.some((one) => one.length === 0);
  const where = selector === undefined ? location : `${location} ${selector}`;
  if (presence === 'excluded') return values.length > 0 ? [`${where} must not be there`] : [];
  if (presence === 'included' && (values.length === 0 || isUnmatchable))
    return [`${where} is missing`];
  if (presence === 'recommended' && places.length === 0) return [];
  const isAmong = (list: readonly unknown[]) => (value: unknown) =>
    list.some((one) => JSON.stringify(one) === JSON.stringify(value));
  return [
    ...(any && !values.some(isAmong(any)) ? [`${where} has none of the values`] : []),
    ...(all && (isUnmatchable || !values.every(isAmong(all)))
      ? [`${where} has another value`]
      : []),
    ...(none && values.some(isAmong(none)) ? [`${where} has a forbidden value`] : []),
  ];
}

function checkReferences(
  statement: Json,
  template: StatementTemplate,
  { profile, find }: Checking,
): string[] {
  const check = (place: string, wanted: readonly string[] | undefined): string[] => {
    if (wanted === undefined) return [];
    const [reference] = readPath(statement, place);
    const [type] = readPath(reference, '$.objectType');
    const [id] = readPath(reference, '$.id');
    if (type !== 'StatementRef' || typeof id !== 'string')
      return [`${place} is no reference to a statement`];
    const named = find(id);
    if (named === undefined) return [`${place} names a statement that nobody has`];
    const templates = findTemplates(named, profile).map((one) => one.id);
    return templates.some((one) => wanted.includes(one))
      ? []
      : [`${place} names a statement of another template`];
  };
  return [
    ...check('$.object', template.objectStatementRefTemplate),
    ...check('$.context.statement', template.contextStatementRefTemplate),
  ];
}

/** Single context activities as lists of one (Data 2.4.6.2). */
function normalise(statement: Json): Json {
  const [activities] = readPath(statement, '$.context.contextActivities');
  if (typeof activities !== 'object' || activities === null) return statement;
  const lists = Object.fromEntries(
    Object.entries(activities).map(([role, one]) => [role, [one].flat()]),
  );
  return {
    ...statement,
    context: { ...(statement['context'] as Json), contextActivities: lists },
  };
}
