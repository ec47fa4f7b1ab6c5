// A table that somebody sent, as rows of text with the numbers that a spreadsheet shows: CSV of every usual encoding and
// delimiter, or an Excel workbook. What the columns mean is the reader's business; how much there may be is checked here.
import { AppError } from '../http/errors.js';
import { decodeText } from './decode-text.js';
import { readCsvRows } from './read-csv.js';
import { readWorkbook } from './read-workbook.js';
import { tooLarge, type TableLimits, type TableRow } from './table.js';

export interface Table {
  format: 'csv' | 'xlsx';
  /** Without the empty ones; never none. */
  rows: TableRow[];
}

const DEFAULTS: TableLimits = {
  rows: 20_000,
  columns: 1_000,
  cells: 500_000,
  unpackedBytes: 32 * 1024 * 1024,
  threadMegabytes: 256,
};
const WORKBOOK = Buffer.from('PK\u0003\u0004', 'latin1');
/** How a workbook with a password, and an old .xls file, begins. */
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/**
 * Throws `table.empty`, `table.encrypted`, `table.damaged`, `table.costly`, `table.unreadable`, `file.binary`, `file.damaged-characters`
 * (400), each with row or line where it has one, and `table.too-large` (413).
 */
export async function readTable(options: {
  bytes: Buffer;
  limits?: Partial<TableLimits>;
}): Promise<Table> {
  const { bytes } = options;
  const limits = { ...DEFAULTS, ...options.limits };
  if (bytes.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE))
    throw new AppError('table.encrypted', { status: 400 });
  const isWorkbook = bytes.subarray(0, WORKBOOK.length).equals(WORKBOOK);
  const rows = isWorkbook
    ? dropEmpty(await readWorkbook({ bytes, limits }))
    : await readCsv({ bytes, limits });
  if (rows.length === 0) throw new AppError('table.empty', { status: 400 });
  return { format: isWorkbook ? 'xlsx' : 'csv', rows };
}

async function readCsv(options: { bytes: Buffer; limits: TableLimits }): Promise<TableRow[]> {
  const { bytes, limits } = options;
  const rows: TableRow[] = [];
  let cells = 0;
  for await (const row of readCsvRows(decodeText(bytes).text)) {
    cells += row.cells.length;
    if (row.cells.length > limits.columns) throw tooLarge(limits, 'columns');
    if (cells > limits.cells) throw tooLarge(limits, 'cells');
    if (rows.push(row) > limits.rows) throw tooLarge(limits, 'rows');
  }
  return rows;
}

function dropEmpty(rows: TableRow[]): TableRow[] {
  return rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
}
