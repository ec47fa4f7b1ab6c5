// The three forms of every table: page, CSV and JSON, by the address's ending or by Accept. Column names of CSV are fixed
// and untranslated, because programs read them.
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { streamCsv, type CsvColumn } from '../tables/write-csv.js';
import { writeWorkbook } from '../tables/write-workbook.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export type ReportFormat = 'page' | 'csv' | 'json';

/** The ending decides; without one, Accept does. */
export function readFormat(req: Request): ReportFormat {
  if (req.path.endsWith('.csv')) return 'csv';
  if (req.path.endsWith('.json')) return 'json';
  const accepted = req.accepts(['html', 'json', 'text/csv']);
  if (accepted === 'json') return 'json';
  return accepted === 'text/csv' ? 'csv' : 'page';
}

/** The addresses of one table in all its forms. */
export function withFormats(path: string): string[] {
  return [`${path}.csv`, `${path}.json`, path];
}

/** Streams the table as a download; `?mark=off` leaves the byte order mark out. */
export async function sendCsv<Row>(
  req: Request,
  res: Response,
  table: {
    name: string;
    columns: CsvColumn<Row>[];
    rows: Iterable<Row> | AsyncIterable<Row>;
    asOf: Date;
  },
): Promise<void> {
  const { name, columns, rows, asOf } = table;
  prepareAnswer(res);
  nameFile(res, { name, asOf, ending: 'csv' });
  res.type('text/csv; charset=utf-8');
  await pipeline(streamCsv({ columns, rows, withMark: req.query['mark'] !== 'off' }), res);
}

/** A file at the address of its own; by `Accept` an answer to a program. */
export function sendJson(
  req: Request,
  res: Response,
  table: { name: string; json: unknown; asOf: Date },
): void {
  prepareAnswer(res);
  if (req.path.endsWith('.json')) nameFile(res, { ...table, ending: 'json' });
  res.json(table.json);
}

/** The whole table as an Excel workbook. */
export async function sendWorkbook<Row>(
  res: Response,
  table: {
    name: string;
    columns: CsvColumn<Row>[];
    rows: Iterable<Row> | AsyncIterable<Row>;
    sheet: string;
    asOf: Date;
  },
): Promise<void> {
  const { name, columns, sheet, asOf } = table;
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  prepareAnswer(res);
  nameFile(res, { name, asOf, ending: 'xlsx' });
  res.type(XLSX).send(await writeWorkbook({ columns, rows, sheet }));
}

function prepareAnswer(res: Response): void {
  res.setHeader('Cache-Control', 'private, no-store');
  res.vary('Accept');
}

/** The header makes it a download; Chromium cancels those of a link's `download` attribute in a frame of another site. */
function nameFile(res: Response, file: { name: string; asOf: Date; ending: string }): void {
  const { name, asOf, ending } = file;
  const fileName = `crosswalk-${name}-${asOf.toISOString().slice(0, 10)}.${ending}`;
  res.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
}
