// Reads the first sheet of an Excel workbook in a thread of its own: what a hostile sheet costs in memory and time ends with
// the thread (read-workbook.ts), and no page waits for it. Formulas are not computed and macros and links are not looked at:
// a cell is the value that was saved.
'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { readSheet } = require('read-excel-file/node');

readSheet(Buffer.from(workerData.bytes), { trim: false }).then(
  (sheet) => parentPort.postMessage(bound(sheet, workerData.limits)),
  (error) => parentPort.postMessage({ type: 'unreadable', reason: String(error.message) }),
);

function bound(sheet, limits) {
  const columns = sheet.reduce((most, row) => Math.max(most, row.length), 0);
  const cells = sheet.reduce((sum, row) => sum + row.length, 0);
  const counted = { rows: sheet.length, columns, cells };
  const over = Object.keys(counted).find((what) => counted[what] > limits[what]);
  if (over) return { type: 'too-large', what: over };
  return { type: 'read', rows: sheet.map((row) => row.map(toText)) };
}

function toText(cell) {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === 'boolean' ? String(cell).toUpperCase() : String(cell);
}
