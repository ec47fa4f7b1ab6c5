// The rows of a resource file, one after the other: our JSON, or CSV of any usual encoding and delimiter (RFC 4180, and
// what spreadsheets make of it). Rows come as text; resource-row.ts says what they mean.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { decodeText } from '../tables/decode-text.js';
import { readCsvRows } from '../tables/read-csv.js';
import { COLUMNS, type Column, type RawResource, type RowFault } from './resource-row.js';

export type ResourceFormat = 'json' | 'csv';
export type ReadRow =
  { row: number; raw: RawResource; faults: [] } | { row: number; raw: null; faults: RowFault[] };

const ALIASES: Record<string, Column> = {
  license: 'licence',
  address: 'url',
  link: 'url',
  duration: 'durationMinutes',
  minutes: 'durationMinutes',
  competencies: 'serves',
  type: 'kind',
};

const text = z.string().nullish();
const JsonResource = z.strictObject({
  key: text,
  title: text,
  publisher: text,
  url: text,
  licence: text,
  language: text,
  kind: text,
  durationMinutes: z.number().nullish(),
  difficulty: text,
  description: text,
  serves: z.array(z.string()).default([]),
});
const JsonFile = z.object({
  schemaVersion: z.literal(1),
  collection: z.string().min(1).optional(),
  framework: z.string().min(1).optional(),
  resources: z.array(z.unknown()),
});

export interface ResourceFile {
  /** The set that the file replaces as a whole; null for a file that only adds. */
  collection: string | null;
  /** The framework the file names, or null. */
  framework: string | null;
  /** May be called again for another pass. */
  rows(): AsyncIterable<ReadRow>;
}

/** Throws `library.file-unreadable`, `table.unreadable` or `file.…` for what is no such file at all; faults of rows come with the rows. */
export function readResourceFile(options: {
  text: string | Uint8Array;
  format: ResourceFormat;
}): ResourceFile {
  const decoded = decodeText(options.text).text;
  if (decoded.trim() === '') throw unreadable('the file is empty', 1);
  if (options.format === 'csv')
    return { collection: null, framework: null, rows: () => readCsvFile(decoded) };
  const file = readJson(decoded);
  return {
    collection: file.collection ?? null,
    framework: file.framework ?? null,
    rows: () => readJsonRows(file.resources),
  };
}

function readJson(decoded: string): z.infer<typeof JsonFile> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoded);
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : 'not JSON', 1);
  }
  const file = JsonFile.safeParse(parsed);
  if (file.success) return file.data;
  const [issue] = file.error.issues;
  throw unreadable(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(), 1);
}

async function* readJsonRows(resources: unknown[]): AsyncGenerator<ReadRow> {
  for (const [at, resource] of resources.entries()) {
    const row = at + 1;
    const read = JsonResource.safeParse(resource);
    if (!read.success) {
      yield { row, raw: null, faults: read.error.issues.map((issue) => shapeFault(row, issue)) };
      continue;
    }
    const { serves, durationMinutes, ...rest } = read.data;
    const texts = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, value ?? '']),
    );
    yield {
      row,
      raw: {
        ...emptyRow(),
        ...texts,
        durationMinutes: String(durationMinutes ?? ''),
        serves,
      },
      faults: [],
    };
  }
}

function shapeFault(row: number, issue: { path: PropertyKey[]; message: string }): RowFault {
  const column = COLUMNS.find((name) => name === issue.path[0]) ?? null;
  return { row, column, code: 'shape', values: { reason: issue.message } };
}

async function* readCsvFile(decoded: string): AsyncGenerator<ReadRow> {
  let columns: (Column | null)[] | null = null;
  for await (const { row, cells } of readCsvRows(decoded)) {
    if (columns === null) columns = readHead(cells, row);
    else yield readCells(cells, columns, row);
  }
  if (columns === null) throw unreadable('there is no head', 1);
}

function readHead(cells: string[], row: number): (Column | null)[] {
  const columns = cells.map((cell) => {
    const name = cell
      .replace(/\(.*\)/, '')
      .replace(/[\s_-]+/g, '')
      .toLowerCase();
    return name === ''
      ? null
      : (COLUMNS.find((column) => column.toLowerCase() === name) ??
          ALIASES[name] ??
          unknownColumn(cell, row));
  });
  const twice = columns.find((column, at) => column !== null && columns.indexOf(column) !== at);
  if (twice) throw unreadable(`the column “${twice}” is there twice`, row);
  for (const needed of ['title', 'url'] as const)
    if (!columns.includes(needed)) throw unreadable(`the column “${needed}” is missing`, row);
  return columns;
}

function unknownColumn(cell: string, row: number): never {
  throw unreadable(
    `“${cell.trim().slice(0, 60)}” is no column; there are ${COLUMNS.join(', ')}`,
    row,
  );
}

function readCells(cells: string[], columns: (Column | null)[], row: number): ReadRow {
  const surplus = cells.slice(columns.length).some((cell) => cell.trim() !== '');
  if (surplus)
    return {
      row,
      raw: null,
      faults: [
        {
          row,
          column: null,
          code: 'too-many-cells',
          values: { cells: cells.length, columns: columns.length },
        },
      ],
    };
  const raw = emptyRow();
  columns.forEach((column, at) => {
    const cell = cells[at] ?? '';
    if (column === 'serves') raw.serves = cell.split(/\n|\s\|\s|\|/);
    else if (column !== null) raw[column] = cell;
  });
  return { row, raw, faults: [] };
}

function emptyRow(): RawResource {
  return {
    key: '',
    title: '',
    publisher: '',
    url: '',
    licence: '',
    language: '',
    kind: '',
    durationMinutes: '',
    difficulty: '',
    description: '',
    serves: [],
  };
}

function unreadable(reason: string, row: number): AppError {
  return new AppError('library.file-unreadable', { status: 400, values: { reason, row } });
}
