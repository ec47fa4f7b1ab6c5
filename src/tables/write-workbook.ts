// A table as an Excel workbook: one sheet, its head bold and held in view, dates and numbers as such. Text stays text,
// whatever it begins with: a cell of the type string is never run as a formula, so nothing needs an apostrophe.
import writeExcelFile, { type SheetData } from 'write-excel-file/node';
import type { CsvCell, CsvColumn } from './write-csv.js';

/** ISO 8601 without a time, which every locale of a spreadsheet reads. */
const DATE_FORMAT = 'yyyy-mm-dd';
const LONGEST_TEXT = 32_767;
const LONGEST_SHEET_NAME = 31;
const WIDTHS = { least: 8, most: 60 };

/** The whole workbook in memory: for tables of some ten thousand rows. */
export async function writeWorkbook<Row>(options: {
  columns: CsvColumn<Row>[];
  rows: Row[];
  sheet: string;
}): Promise<Buffer> {
  const { columns, rows, sheet } = options;
  const head = columns.map(({ header }) => ({ value: header, type: String, fontWeight: 'bold' }));
  const body = rows.map((row) => columns.map((column) => toCell(column.value(row))));
  return writeExcelFile([head, ...body] as SheetData, {
    sheet: sheetName(sheet),
    columns: columns.map(({ header }) => ({ width: widthOf(header) })),
    dateFormat: DATE_FORMAT,
    stickyRowsCount: 1,
  }).toBuffer();
}

function toCell(value: CsvCell): SheetData[number][number] {
  if (value === null || value === '') return null;
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? { value, type: Number }
      : { value: String(value), type: String };
  if (value instanceof Date) return { value, type: Date, format: DATE_FORMAT };
  return { value: value.slice(0, LONGEST_TEXT), type: String };
}

/** Excel opens no sheet whose name is longer or holds one of these. */
function sheetName(name: string): string {
  const clean = name
    .replace(/[[\]:*?/\\]/g, ' ')
    .replace(/^'|'$/g, '')
    .trim();
  return clean.slice(0, LONGEST_SHEET_NAME) || 'Table';
}

function widthOf(header: string): number {
  return Math.min(WIDTHS.most, Math.max(WIDTHS.least, header.length + 2));
}
