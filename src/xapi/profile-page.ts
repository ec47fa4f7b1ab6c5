// Our xAPI Profile for people: its words, templates and patterns, in the reader's language. Pure.
import type { Words } from '../http/catalogue.js';
import type { ProfileRule, PublishedProfile } from './profile-document.js';

interface Described {
  id: string;
  prefLabel: Record<string, string>;
  definition: Record<string, string>;
}

export function buildProfilePage(options: {
  profile: PublishedProfile;
  versions: readonly PublishedProfile[];
  words: Words;
  language: string;
}) {
  const { profile, versions, words, language } = options;
  const { document, version } = profile;
  const describe = (one: Described) => ({
    id: one.id,
    label: pick(one.prefLabel, language),
    definition: pick(one.definition, language),
  });
  const labels = new Map(
    [...document.concepts, ...document.templates, ...document.patterns].map((one) => [
      one.id,
      pick(one.prefLabel, language),
    ]),
  );
  const conceptsOf = (...types: string[]) =>
    document.concepts.filter(({ type }) => types.includes(type)).map(describe);
  const current = document.versions.at(-1);
  return {
    ...describe(document),
    version,
    versionId: current?.id ?? document.id,
    publishedAt: current?.generatedAtTime ?? null,
    documentHref: `/xapi-profile/${version}.jsonld`,
    versions: versions.map((one) => ({
      version: one.version,
      href: `/xapi-profile/${one.version}`,
      isThis: one.version === version,
    })),
    vocabularies: [
      { heading: words('xapi-profile:verbs'), concepts: conceptsOf('Verb') },
      { heading: words('xapi-profile:types'), concepts: conceptsOf('ActivityType') },
      {
        heading: words('xapi-profile:extensions'),
        concepts: conceptsOf('ResultExtension', 'ContextExtension', 'ActivityExtension'),
      },
    ],
    templates: document.templates.map((template) => ({
      ...describe(template),
      anchor: anchorOf(template.id),
      verb: labels.get(template.verb) ?? template.verb,
      rules: template.rules.map((rule) => ({
        location: rule.location,
        demand: describeRule(rule, words),
        note: rule.scopeNote === undefined ? null : pick(rule.scopeNote, language),
      })),
    })),
    patterns: document.patterns.map((pattern) => ({
      ...describe(pattern),
      isPrimary: pattern.primary,
      form: describePattern(pattern, { words, labels }),
    })),
  };
}

function describeRule(rule: ProfileRule, words: Words): string {
  const { presence, any, all, none } = rule;
  const values = (list: readonly unknown[]) => list.map(String).join(', ');
  return [
    ...(presence === undefined ? [] : [words(`xapi-profile:presence.${presence}`)]),
    ...(any === undefined ? [] : [words('xapi-profile:any', { values: values(any) })]),
    ...(all === undefined ? [] : [words('xapi-profile:all', { values: values(all) })]),
    ...(none === undefined ? [] : [words('xapi-profile:none', { values: values(none) })]),
  ].join('; ');
}

const FORMS = ['sequence', 'alternates', 'oneOrMore', 'zeroOrMore', 'optional'] as const;

function describePattern(
  pattern: Record<string, unknown>,
  options: { words: Words; labels: ReadonlyMap<string, string> },
): string {
  const { words, labels } = options;
  const form = FORMS.find((name) => pattern[name] !== undefined);
  if (form === undefined) return '';
  const parts = [pattern[form]].flat().map((id) => labels.get(String(id)) ?? String(id));
  return words(`xapi-profile:form.${form}`, { parts: parts.join(', ') });
}

/** What links to a template end in: the last part of its id. */
function anchorOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}

/** The text of the page's language, else of its main language, else English. */
function pick(texts: Record<string, string>, language: string): string {
  return texts[language] ?? texts[language.split('-')[0] ?? ''] ?? texts['en'] ?? '';
}
