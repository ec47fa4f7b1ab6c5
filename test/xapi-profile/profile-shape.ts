// An xAPI Profile as the specification describes it, and what it asks of the document beyond its shape: own versions, ids that
// are there, patterns that end. Shares no code with src/.
import { z } from 'zod';
import { parsePath } from './json-path.js';

const CONTEXT = 'https://w3id.org/xapi/profiles/context';
const Iri = z.string().regex(/^[a-z][a-z0-9+.-]*:\/\/\S+$/i);
const LanguageMap = z.record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/), z.string().min(1));
const described = { id: Iri, inScheme: Iri, prefLabel: LanguageMap, definition: LanguageMap };
const iris = z.array(Iri).min(1).optional();

const Term = z.strictObject({
  ...described,
  type: z.enum(['Verb', 'ActivityType', 'AttachmentUsageType']),
  deprecated: z.boolean().optional(),
  broader: iris,
  broadMatch: iris,
  narrower: iris,
  narrowMatch: iris,
  relatedMatch: iris,
  exactMatch: iris,
});
const Extension = z.strictObject({
  ...described,
  type: z.enum(['ContextExtension', 'ResultExtension', 'ActivityExtension']),
  recommendedVerbs: iris,
  recommendedActivityTypes: iris,
  schema: Iri.optional(),
  inlineSchema: z.string().optional(),
});
const Rule = z
  .strictObject({
    location: z.string(),
    selector: z.string().optional(),
    presence: z.enum(['included', 'excluded', 'recommended']).optional(),
    any: z.array(z.unknown()).min(1).optional(),
    all: z.array(z.unknown()).min(1).optional(),
    none: z.array(z.unknown()).min(1).optional(),
    scopeNote: LanguageMap.optional(),
  })
  .refine(({ presence, any, all, none }) => presence ?? any ?? all ?? none, {
    message: 'a rule without presence, any, all and none',
  });
const Template = z.strictObject({
  ...described,
  type: z.literal('StatementTemplate'),
  allowedSolo: z.boolean().optional(),
  verb: Iri.optional(),
  objectActivityType: Iri.optional(),
  contextGroupingActivityType: iris,
  contextParentActivityType: iris,
  contextOtherActivityType: iris,
  contextCategoryActivityType: iris,
  attachmentUsageType: iris,
  objectStatementRefTemplate: iris,
  contextStatementRefTemplate: iris,
  rules: z.array(Rule).optional(),
});
const several = z.array(Iri).min(2).optional();
const Pattern = z.strictObject({
  ...described,
  type: z.literal('Pattern'),
  primary: z.boolean().optional(),
  alternates: several,
  sequence: several,
  optional: Iri.optional(),
  oneOrMore: Iri.optional(),
  zeroOrMore: Iri.optional(),
});
const Version = z.strictObject({
  id: Iri,
  wasRevisionOf: iris,
  generatedAtTime: z.iso.datetime({ offset: true }),
});
const Profile = z.strictObject({
  '@context': z.literal(CONTEXT),
  id: Iri,
  type: z.literal('Profile'),
  conformsTo: z.literal('https://w3id.org/xapi/profiles#1.0'),
  prefLabel: LanguageMap,
  definition: LanguageMap,
  seeAlso: Iri.optional(),
  versions: z.array(Version).min(1),
  author: z.strictObject({
    type: z.enum(['Organization', 'Person']),
    name: z.string(),
    url: Iri.optional(),
  }),
  concepts: z.array(z.union([Term, Extension])),
  templates: z.array(Template),
  patterns: z.array(Pattern),
});

export type XapiProfile = z.infer<typeof Profile>;
export type StatementTemplate = z.infer<typeof Template>;
export type TemplateRule = z.infer<typeof Rule>;
export type ProfilePattern = z.infer<typeof Pattern>;

/** Throws for a document of another shape. */
export function readProfile(document: unknown): XapiProfile {
  return Profile.parse(document);
}

/** What the specification forbids and no shape shows. */
export function findProfileFaults(profile: XapiProfile): string[] {
  const { concepts, templates, patterns, versions } = profile;
  const all = [...concepts, ...templates, ...patterns];
  const ids = all.map(({ id }) => id);
  const current = versions.at(-1)?.id;
  const steps = new Set([...templates, ...patterns].map(({ id }) => id));
  return [
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id}: twice`),
    ...all.filter((one) => one.inScheme !== current).map(({ id }) => `${id}: of another version`),
    ...versions.slice(1).flatMap((one) => (one.wasRevisionOf ? [] : [`${one.id}: revises none`])),
    ...(versions.some(({ id }) => id === profile.id)
      ? ['a version has the id of the profile']
      : []),
    ...templates.flatMap((template) => findTemplateFaults(template, profile)),
    ...patterns.flatMap((pattern) => findPatternFaults(pattern, { steps, patterns })),
  ];
}

function findTemplateFaults(template: StatementTemplate, profile: XapiProfile): string[] {
  const { id, verb, objectActivityType, objectStatementRefTemplate } = template;
  const known = new Set(profile.concepts.map((concept) => concept.id));
  const named = [verb, objectActivityType].flatMap((iri) => iri ?? []);
  const references = [
    ...(objectStatementRefTemplate ?? []),
    ...(template.contextStatementRefTemplate ?? []),
  ];
  const templateIds = new Set(profile.templates.map((one) => one.id));
  return [
    ...named.filter((iri) => !known.has(iri)).map((iri) => `${id}: ${iri} is no concept`),
    ...references.filter((one) => !templateIds.has(one)).map((one) => `${id}: no template ${one}`),
    ...(objectActivityType && objectStatementRefTemplate
      ? [`${id}: an object that is an activity and a reference`]
      : []),
    ...(template.rules ?? []).flatMap(({ location, selector }) =>
      [location, selector ?? '$'].flatMap((path) =>
        faultOfPath(path).map((one) => `${id}: ${one}`),
      ),
    ),
  ];
}

function faultOfPath(path: string): string[] {
  try {
    parsePath(path);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

function findPatternFaults(
  pattern: ProfilePattern,
  options: { steps: ReadonlySet<string>; patterns: readonly ProfilePattern[] },
): string[] {
  const { steps, patterns } = options;
  const { id, alternates, sequence, optional, oneOrMore, zeroOrMore } = pattern;
  const forms = [alternates, sequence, optional, oneOrMore, zeroOrMore].filter(Boolean);
  const byId = new Map(patterns.map((one) => [one.id, one]));
  const looseAlternates = (alternates ?? []).filter((one) => {
    const named = byId.get(one);
    return named?.optional !== undefined || named?.zeroOrMore !== undefined;
  });
  return [
    ...(forms.length === 1 ? [] : [`${id}: ${forms.length} forms`]),
    ...partsOf(pattern)
      .filter((one) => !steps.has(one))
      .map((one) => `${id}: no ${one}`),
    ...looseAlternates.map((one) => `${id}: ${one} may be nothing, in alternates`),
    ...(reachesItself(pattern, byId) ? [`${id}: refers to itself`] : []),
  ];
}

function reachesItself(
  pattern: ProfilePattern,
  byId: ReadonlyMap<string, ProfilePattern>,
): boolean {
  const seen = new Set<string>();
  const waiting = partsOf(pattern);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === pattern.id) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    const named = byId.get(id);
    if (named) waiting.push(...partsOf(named));
  }
  return false;
}

function partsOf(pattern: ProfilePattern): string[] {
  const { alternates, sequence, optional, oneOrMore, zeroOrMore } = pattern;
  return [alternates ?? sequence ?? optional ?? oneOrMore ?? zeroOrMore ?? []].flat();
}
