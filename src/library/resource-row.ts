// One row of a resource file: what it may say, and each fault by row and column. Pure.
import { normaliseLine } from '../frameworks/read-him-page.js';
import type { CompetencyIndex } from './competency-index.js';
import { readResourceUrl } from './normalise-url.js';

/** Columns of the CSV file and names in the JSON file; `serves` holds competencies, one a line or with ` | ` between them. */
export const COLUMNS = [
  'key',
  'title',
  'publisher',
  'url',
  'licence',
  'language',
  'kind',
  'durationMinutes',
  'difficulty',
  'description',
  'serves',
] as const;
export type Column = (typeof COLUMNS)[number];

/** Everything as text; a column that is not there is empty. */
export type RawResource = Record<Exclude<Column, 'serves'>, string> & { serves: string[] };

export interface RowFault {
  /** As a spreadsheet counts: the head is row 1. In JSON the first resource is 1. */
  row: number;
  /** Null where the whole row is meant. */
  column: Column | null;
  /** `library:faults.CODE` has the words. */
  code: string;
  values: Record<string, string | number>;
}

export interface ResourceInput {
  row: number;
  key: string | null;
  title: string;
  publisher: string | null;
  /** Null for a lesson that we host. */
  url: string | null;
  licence: string | null;
  language: string;
  kind: string;
  durationMinutes: number | null;
  difficulty: string | null;
  description: string;
  completion: 'marked' | 'question-set';
  /** Identifiers of items. */
  serves: string[];
}

const DIFFICULTIES = ['introductory', 'intermediate', 'advanced'];
/** Characters. */
const LIMITS = [
  { column: 'key', limit: 100 },
  { column: 'title', limit: 500 },
  { column: 'publisher', limit: 300 },
  { column: 'licence', limit: 300 },
  { column: 'description', limit: 5_000 },
] as const;
const MAX_MINUTES = 100_000;
const DEFAULT_KIND = 'reference';

/** The row's resource, or all that is wrong with it. */
export function readResourceRow(options: {
  raw: RawResource;
  row: number;
  index: CompetencyIndex;
  language: string;
}): { input: ResourceInput; faults: [] } | { input: null; faults: RowFault[] } {
  const { raw, row, index } = options;
  const faults: RowFault[] = [];
  const fault = (
    column: Column,
    code: string,
    values: Record<string, string | number> = {},
  ): void => {
    faults.push({ row, column, code, values });
  };
  for (const { column, limit } of LIMITS)
    if (raw[column].length > limit) fault(column, 'too-long', { limit });
  const title = normaliseLine(raw.title);
  if (title === '') fault('title', 'title-missing');
  const address = readResourceUrl(raw.url);
  if ('fault' in address) fault('url', address.fault);
  const language = raw.language.trim() === '' ? options.language : raw.language.trim();
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language))
    fault('language', 'language-unknown', { language });
  const kind = raw.kind.trim() === '' ? DEFAULT_KIND : raw.kind.trim().toLowerCase();
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(kind) || kind === 'lesson')
    fault('kind', 'kind-unknown', { kind });
  const difficulty = textOrNull(raw.difficulty)?.toLowerCase() ?? null;
  if (difficulty !== null && !DIFFICULTIES.includes(difficulty))
    fault('difficulty', 'difficulty-unknown', { difficulty });
  const minutes = readMinutes(raw.durationMinutes);
  if (minutes === undefined)
    fault('durationMinutes', 'duration-unknown', { duration: raw.durationMinutes.slice(0, 40) });
  const serves = readServes(raw.serves, index, fault);
  if (faults.length > 0 || 'fault' in address) return { input: null, faults };
  return {
    input: {
      row,
      key: textOrNull(raw.key),
      title,
      publisher: textOrNull(raw.publisher),
      url: address.url,
      licence: textOrNull(raw.licence),
      language,
      kind,
      durationMinutes: minutes ?? null,
      difficulty,
      description: raw.description.trim(),
      completion: 'marked',
      serves,
    },
    faults: [],
  };
}

/** Null for none, undefined for what is no number of minutes. */
function readMinutes(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (!/^\d{1,6}$/.test(trimmed)) return undefined;
  const minutes = Number(trimmed);
  return minutes >= 1 && minutes <= MAX_MINUTES ? minutes : undefined;
}

function readServes(
  names: string[],
  index: CompetencyIndex,
  fault: (column: Column, code: string, values: Record<string, string | number>) => void,
): string[] {
  const found = new Set<string>();
  for (const name of names.map((text) => text.trim()).filter((text) => text !== '')) {
    const item = index.find(name);
    if (item !== null) {
      found.add(item);
      continue;
    }
    const near = index.suggest(name);
    const values = { name: name.slice(0, 300), near: near.map((path) => `“${path}”`).join(', ') };
    fault('serves', near.length > 0 ? 'competency-unknown-near' : 'competency-unknown', values);
  }
  return [...found];
}

function textOrNull(text: string): string | null {
  const clean = normaliseLine(text);
  return clean === '' ? null : clean;
}
