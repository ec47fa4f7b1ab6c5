// An Excel workbook (.xlsx) as rows of text: checked before it is unpacked, then read in a thread with a bound on memory and
// time (workbook-thread.cjs), since a sheet of a few hundred bytes may name a cell a million rows down.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { checkArchive } from './check-archive.js';
import { tooLarge, type TableLimits, type TableRow } from './table.js';

const DEADLINE_MS = 10_000;
/** The address of a row or a cell, as every program writes it. */
const ADDRESS = ' r="';

const Answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('read'), rows: z.array(z.array(z.string())) }),
  z.object({ type: z.literal('too-large'), what: z.enum(['rows', 'columns', 'cells']) }),
  z.object({ type: z.literal('unreadable'), reason: z.string() }),
]);
type Answer = z.infer<typeof Answer>;

/** The first sheet. Throws `table.too-large` (413), `table.encrypted`, `table.damaged` or `table.costly` (400). */
export async function readWorkbook(options: {
  bytes: Buffer;
  limits: TableLimits;
}): Promise<TableRow[]> {
  const { bytes, limits } = options;
  const look = (content: Buffer): void => refuseFarCells({ content, limits });
  await checkArchive({ bytes, unpackedBytes: limits.unpackedBytes, look });
  const answer = await readInThread({ bytes, limits });
  if (answer.type === 'too-large') throw tooLarge(limits, answer.what);
  if (answer.type === 'unreadable')
    throw new AppError('table.damaged', { status: 400, cause: new Error(answer.reason) });
  return answer.rows.map((cells, at) => ({ row: at + 1, cells }));
}

/** The reader makes every row and cell up to the last one, however empty. What it could not find ends with the thread. */
function refuseFarCells(options: { content: Buffer; limits: TableLimits }): void {
  const { content, limits } = options;
  for (let at = content.indexOf(ADDRESS); at >= 0; at = content.indexOf(ADDRESS, at + 1)) {
    const start = at + ADDRESS.length;
    const found = /^([A-Z]*)([0-9]+)"/.exec(content.toString('latin1', start, start + 20));
    if (!found) continue;
    const [, letters = '', digits = ''] = found;
    if (Number(digits) > limits.rows) throw tooLarge(limits, 'rows');
    if (columnNumber(letters) > limits.columns) throw tooLarge(limits, 'columns');
  }
}

function columnNumber(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

async function readInThread(options: { bytes: Buffer; limits: TableLimits }): Promise<Answer> {
  const thread = new Worker(join(import.meta.dirname, 'workbook-thread.cjs'), {
    workerData: options,
    // Nothing of ours: no environment with secrets, no loader of a parent.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: options.limits.threadMegabytes },
  });
  const deadline = setTimeout(() => void thread.terminate(), DEADLINE_MS).unref();
  try {
    return await new Promise<Answer>((resolve, reject) => {
      thread.once('message', (message) => resolve(Answer.parse(message)));
      thread.once('error', (error) => reject(costly(error)));
      thread.once('exit', () => reject(costly(new Error('it takes too long'))));
    });
  } finally {
    clearTimeout(deadline);
    await thread.terminate();
  }
}

function costly(cause: unknown): AppError {
  return new AppError('table.costly', { status: 400, cause });
}
