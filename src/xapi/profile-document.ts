// Our xAPI Profile as it is published: config/xapi-profile/VERSION.json is the document itself (xAPI Profiles 1.0, part two),
// sent as it stands and read for the page. A version that was published is never changed in what it demands.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../package-root.js';

const LanguageMap = z.record(z.string(), z.string());
const Described = { id: z.string(), prefLabel: LanguageMap, definition: LanguageMap };
const Rule = z.looseObject({
  location: z.string(),
  presence: z.enum(['included', 'excluded', 'recommended']).optional(),
  any: z.array(z.unknown()).optional(),
  all: z.array(z.unknown()).optional(),
  none: z.array(z.unknown()).optional(),
  scopeNote: LanguageMap.optional(),
});
const ProfileDocument = z.looseObject({
  ...Described,
  versions: z.array(z.looseObject({ id: z.string(), generatedAtTime: z.string() })),
  concepts: z.array(z.looseObject({ ...Described, type: z.string() })),
  templates: z.array(z.looseObject({ ...Described, verb: z.string(), rules: z.array(Rule) })),
  patterns: z.array(z.looseObject({ ...Described, primary: z.boolean() })),
});

export type ProfileDocument = z.infer<typeof ProfileDocument>;
export type ProfileRule = z.infer<typeof Rule>;

export interface PublishedProfile {
  /** `v1`: the last part of the version's id. */
  version: string;
  /** What is sent. */
  text: string;
  document: ProfileDocument;
}

let published: PublishedProfile[] | undefined;

/** Every version, newest first; read once. Throws when a file is no profile. */
export function listProfiles(): PublishedProfile[] {
  const folder = join(packageRoot(), 'config', 'xapi-profile');
  published ??= readdirSync(folder)
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const document = ProfileDocument.parse(JSON.parse(text));
      return { version: basename(name, '.json'), text, document };
    })
    .sort((a, b) => numberOf(b) - numberOf(a));
  return published;
}

function numberOf({ version }: PublishedProfile): number {
  return Number(version.slice(1));
}
