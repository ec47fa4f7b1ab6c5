// Imports a file of learning resources. All rows are read and checked before the first is written; the rows themselves
// are never held at once, so a file of 100,000 is bounded by its text. Writing a resource is one write (write-resources.ts).
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { getFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { INSTANCE_OWNER, type Owner } from '../frameworks/viewer.js';
import { dedupeKeyOf, type ImportSetting } from './build-resource.js';
import { buildCompetencyIndex, type CompetencyIndex } from './competency-index.js';
import {
  readResourceFile,
  type ReadRow,
  type ResourceFile,
  type ResourceFormat,
} from './read-resource-rows.js';
import { readResourceRow, type ResourceInput, type RowFault } from './resource-row.js';
import {
  BATCH_ROWS,
  findConflicts,
  startResourceWriter,
  type WriteCounts,
} from './write-resources.js';

export interface ImportResourcesInput {
  text: string | Uint8Array;
  format: ResourceFormat;
  /** The framework whose competencies the rows name. */
  framework: string;
  owner?: Owner;
  now: Date;
  /** Our public base address. */
  url: string;
  /** Import the good rows and tell the bad ones, instead of refusing all. */
  skipBad?: boolean;
}

export interface ImportResourcesResult extends WriteCounts {
  rows: number;
  skipped: number;
  /** At most 100. */
  faults: RowFault[];
}

interface Checked {
  rows: number;
  badRows: Set<number>;
  faults: RowFault[];
}

const MAX_FAULTS = 100;
const MAX_SHOWN = 20;

/**
 * Outcomes: imported, with numbers; `library.rows-refused` with up to twenty faults by row and column and nothing
 * written; `library.file-unreadable` for no such file; `framework.not-found`; `library.other-framework`.
 */
export async function importResources(input: ImportResourcesInput): Promise<ImportResourcesResult> {
  const { framework, now, url, owner = INSTANCE_OWNER } = input;
  const file = readResourceFile(input);
  if (file.framework !== null && file.framework !== framework)
    throw new AppError('library.other-framework', {
      status: 400,
      values: { named: file.framework, framework },
    });
  const viewer = { deployment: owner.kind === 'deployment' ? owner.id : null };
  const tree = await readTree({ framework: await getFramework({ framework, viewer }) });
  const index = buildCompetencyIndex(tree);
  const setting: ImportSetting = { framework, owner, sourceCollection: file.collection, now, url };
  const language = tree.framework.language;

  const checked = await checkRows({ file, index, setting, language });
  if (checked.rows === 0)
    throw new AppError('library.file-unreadable', {
      status: 400,
      values: { reason: 'no resource is in it', row: 1 },
    });
  if (checked.badRows.size > 0 && input.skipBad !== true) throw refuseRows(checked);

  const writer = startResourceWriter(setting);
  for await (const batch of readBatches({ file, index, language })) {
    await writer.write(batch.inputs.filter(({ row }) => !checked.badRows.has(row)));
  }
  await writer.finish();
  return {
    ...writer.counts,
    rows: checked.rows,
    skipped: checked.badRows.size,
    faults: checked.faults,
  };
}

/** A fault in words: "Row 3, url: …". */
export function describeFault(fault: RowFault, language: string): { place: string; text: string } {
  const words = wordsFor(language);
  const place = words(fault.column === null ? 'library:faults.row' : 'library:faults.cell', {
    row: fault.row,
    column: fault.column,
  });
  return { place, text: words(`library:faults.${fault.code}`, fault.values) };
}

/** First pass: every row for itself, twice the same in the file, and against what is stored. */
async function checkRows(options: {
  file: ResourceFile;
  index: CompetencyIndex;
  setting: ImportSetting;
  language: string;
}): Promise<Checked> {
  const checked: Checked = { rows: 0, badRows: new Set(), faults: [] };
  const firstRows = new Map<string, number>();
  for await (const { inputs, faults, rows } of readBatches(options)) {
    checked.rows += rows;
    note(checked, faults);
    note(
      checked,
      inputs.flatMap((input) => findRepeats(firstRows, input)),
    );
    note(checked, await findConflicts(options.setting, inputs));
  }
  return checked;
}

function findRepeats(firstRows: Map<string, number>, input: ResourceInput): RowFault[] {
  const faults: RowFault[] = [];
  const names = [
    { column: 'key' as const, name: input.key === null ? null : `key:${input.key}` },
    { column: 'url' as const, name: dedupeKeyOf(input) },
  ];
  for (const { column, name } of names) {
    if (name === null) continue;
    const first = firstRows.get(name);
    if (first === undefined) firstRows.set(name, input.row);
    else faults.push({ row: input.row, column, code: 'repeated', values: { first } });
  }
  return faults;
}

async function* readBatches(options: {
  file: ResourceFile;
  index: CompetencyIndex;
  language: string;
}): AsyncGenerator<{ inputs: ResourceInput[]; faults: RowFault[]; rows: number }> {
  let batch = { inputs: [] as ResourceInput[], faults: [] as RowFault[], rows: 0 };
  for await (const row of options.file.rows()) {
    const read = readRow(row, options);
    if (read.input) batch.inputs.push(read.input);
    batch.faults.push(...read.faults);
    batch.rows += 1;
    if (batch.rows < BATCH_ROWS) continue;
    yield batch;
    batch = { inputs: [], faults: [], rows: 0 };
  }
  if (batch.rows > 0) yield batch;
}

function readRow(
  row: ReadRow,
  options: { index: CompetencyIndex; language: string },
): { input: ResourceInput | null; faults: RowFault[] } {
  if (row.raw === null) return { input: null, faults: row.faults };
  return readResourceRow({ raw: row.raw, row: row.row, ...options });
}

function note(checked: Checked, faults: RowFault[]): void {
  for (const fault of faults) checked.badRows.add(fault.row);
  checked.faults.push(...faults.slice(0, MAX_FAULTS - checked.faults.length));
}

function refuseRows(checked: Checked): AppError {
  const shown = checked.faults.slice(0, MAX_SHOWN).map((fault) => describeFault(fault, 'en'));
  return new AppError('library.rows-refused', {
    status: 400,
    values: { bad: checked.badRows.size, rows: checked.rows },
    fields: Object.fromEntries(shown.map(({ place, text }) => [place, text])),
  });
}
