// What commands write: aligned columns and sentences for people, JSON with --json for programs. Results go to standard
// output, everything else to standard error, so that a result can be piped.
import type { Writable } from 'node:stream';

export interface OutputColumn<Row> {
  title: string;
  value: (row: Row) => string | number | Date | null;
}

export interface Output {
  isJson: boolean;
  /** A list: a table, or one JSON array of the rows as they are. */
  table<Row>(options: { columns: OutputColumn<Row>[]; rows: Row[]; empty: string }): void;
  /** The one result of a command: a sentence (or lines) for people, the value for programs. */
  result(options: { text: string; value: unknown }): void;
  /** Something on the way, on standard error. */
  note(line: string): void;
  /** Standard output, for what is streamed. */
  stream: Writable;
}

export interface Terminal {
  out: Writable;
  err: Writable;
}

export function createOutput(options: { isJson: boolean; terminal: Terminal }): Output {
  const { isJson, terminal } = options;
  const json = (value: unknown) => terminal.out.write(`${JSON.stringify(value, null, 2)}\n`);
  return {
    isJson,
    table({ columns, rows, empty }) {
      if (isJson) json(rows);
      else terminal.out.write(`${rows.length === 0 ? empty : drawTable({ columns, rows })}\n`);
    },
    result({ text, value }) {
      if (isJson) json(value);
      else terminal.out.write(`${text}\n`);
    },
    note: (line) => void terminal.err.write(`${line}\n`),
    stream: terminal.out,
  };
}

/** Columns as wide as their widest cell, two spaces apart; numbers to the right. */
export function drawTable<Row>(options: { columns: OutputColumn<Row>[]; rows: Row[] }): string {
  const { columns, rows } = options;
  const cells = rows.map((row) => columns.map((column) => showCell(column.value(row))));
  const isNumber = columns.map((column) =>
    rows.every((row) => typeof column.value(row) === 'number'),
  );
  const head = columns.map((column) => column.title);
  const widths = head.map((title, index) =>
    Math.max(...[title, ...cells.map((line) => line[index] ?? '')].map((cell) => [...cell].length)),
  );
  const draw = (line: string[]) =>
    line
      .map((cell, index) => {
        const gap = ' '.repeat((widths[index] ?? 0) - [...cell].length);
        return isNumber[index] === true ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [head, ...cells].map(draw).join('\n');
}

function showCell(value: string | number | Date | null): string {
  if (value === null || value === '') return '-';
  const text = value instanceof Date ? value.toISOString() : String(value);
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
