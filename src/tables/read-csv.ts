// The rows of a CSV file, one after the other (RFC 4180, and what spreadsheets make of it): the delimiter is found, Excel's
// own first line is skipped, rows without content are left out and counted.
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import type { TableRow } from './table.js';

const CHUNK_CHARACTERS = 64 * 1024;
const MAX_RECORD_CHARACTERS = 200_000;
const Cells = z.array(z.string());
const Stopped = z.object({ records: z.number() });

/** `text` with \n line ends (decode-text.ts). Throws `table.unreadable` (400) with the row, for quotes that do not close. */
export async function* readCsvRows(text: string): AsyncGenerator<TableRow> {
  const { body, skipped } = dropSeparatorLine(text);
  const parser = Readable.from(chunksOf(body)).pipe(
    parse({
      delimiter: findDelimiter(body),
      relax_column_count: true,
      max_record_size: MAX_RECORD_CHARACTERS,
    }),
  );
  let row = skipped;
  try {
    for await (const record of parser) {
      row += 1;
      const cells = Cells.parse(record);
      if (cells.some((cell) => cell.trim() !== '')) yield { row, cells };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser reads ahead of us, and knows where it stopped.
    const { records } = Stopped.parse(error);
    const values = { reason: error.message, row: skipped + records + 1 };
    throw new AppError('table.unreadable', { status: 400, values, cause: error });
  }
}

/** Excel's own first line `sep=;` is no row of the table. */
function dropSeparatorLine(text: string): { body: string; skipped: number } {
  const match = /^sep=.\n/i.exec(text);
  return match ? { body: text.slice(match[0].length), skipped: 1 } : { body: text, skipped: 0 };
}

/** The commonest of comma, semicolon and tab outside quotes in the first line. */
function findDelimiter(text: string): string {
  const head = (text.split('\n', 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const counted = [',', ';', '\t'].map((delimiter) => ({
    delimiter,
    count: head.split(delimiter).length - 1,
  }));
  return counted.sort((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}

function* chunksOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += CHUNK_CHARACTERS)
    yield text.slice(at, at + CHUNK_CHARACTERS);
}
