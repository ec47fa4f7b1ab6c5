// CSV as people and spreadsheets take it: RFC 4180 line ends, UTF-8 with or without a byte order mark, streamed row by row.
// A text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers, also negative ones.
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

export type CsvCell = string | number | Date | null;

export interface CsvColumn<Row> {
  header: string;
  value: (row: Row) => CsvCell;
}

/** A table as a stream of CSV text. `withMark` puts the UTF-8 byte order mark first, which spreadsheets ask for. */
export function streamCsv<Row>(options: {
  columns: CsvColumn<Row>[];
  rows: Iterable<Row> | AsyncIterable<Row>;
  withMark: boolean;
}): Readable {
  const { columns, rows, withMark } = options;
  const lines = Readable.from(toCells({ columns, rows }));
  const writer = stringify({
    bom: withMark,
    record_delimiter: 'windows',
    cast: { string: escapeFormula, date: (value) => value.toISOString() },
  });
  lines.on('error', (error) => writer.destroy(error));
  return lines.pipe(writer);
}

/** The text with an apostrophe before it where a spreadsheet would read it as a formula, full-width signs included. */
export function escapeFormula(text: string): string {
  return /^[\s]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

async function* toCells<Row>(options: {
  columns: CsvColumn<Row>[];
  rows: Iterable<Row> | AsyncIterable<Row>;
}): AsyncGenerator<CsvCell[]> {
  const { columns, rows } = options;
  yield columns.map((column) => column.header);
  for await (const row of rows) yield columns.map((column) => column.value(row));
}
