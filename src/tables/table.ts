// What a table is once it is read, and how much of one is read.
import { AppError } from '../http/errors.js';

export interface TableRow {
  /** As a spreadsheet counts, from 1. */
  row: number;
  cells: string[];
}

export interface TableLimits {
  rows: number;
  columns: number;
  cells: number;
  /** What a workbook may hold when it is unpacked. */
  unpackedBytes: number;
  /** The memory in which a workbook is read. */
  threadMegabytes: number;
}

/** Says which bound was passed; `table.too-large` (413). */
export function tooLarge(limits: TableLimits, what: 'rows' | 'columns' | 'cells'): AppError {
  return new AppError('table.too-large', { status: 413, values: { limit: limits[what], what } });
}
