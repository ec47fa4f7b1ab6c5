// Keeps the demo LMS's records in memory and, where there is a data folder, in demo-lms.json.
// Changes run one after another: each is made on a copy, written beside the file and renamed
// over it, and only then seen. A change that throws, or cannot be written, leaves all as it was.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DemoCourse } from './demo-course.js';
import type { DemoLog } from './demo-log.js';
import { DemoError } from './demo-errors.js';
import {
  buildFirstRecords,
  demoRecordsSchema,
  seedCourses,
  type DemoRecords,
} from './demo-records.js';

const RECORDS_FILE = 'demo-lms.json';

export interface DemoRecordStore {
  read(): Readonly<DemoRecords>;
  change<T>(make: (draft: DemoRecords) => T): Promise<T>;
  /** Waits for the changes under way. */
  close(): Promise<void>;
}

export async function openDemoRecords({
  dataFolder,
  courses,
  log,
}: {
  dataFolder: string | null;
  courses: readonly DemoCourse[];
  log: DemoLog;
}): Promise<DemoRecordStore> {
  const file = dataFolder === null ? null : join(dataFolder, RECORDS_FILE);
  const stored = file === null ? null : await load(file, log);
  let records = stored ? seedCourses(stored, courses) : buildFirstRecords(courses);
  let queue: Promise<unknown> = Promise.resolve();

  return {
    read: () => records,
    change(make) {
      const changed = queue.then(async () => {
        const draft = structuredClone(records);
        const result = make(draft);
        if (file !== null) await save({ file, records: draft, log });
        records = draft;
        return result;
      });
      // The caller hears of a failure by `changed`; the next change begins either way.
      queue = changed.catch(() => undefined);
      return changed;
    },
    async close() {
      await queue;
    },
  };
}

async function load(file: string, log: DemoLog): Promise<DemoRecords | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;

  const parsed = demoRecordsSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;

  const aside = `${file}.broken-${Date.now()}`;
  await rename(file, aside);
  log.warn({ file: aside }, 'the records of the demo LMS were unreadable; it begins anew');
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no record has this shape, so the schema refuses it
  }
}

async function save({
  file,
  records,
  log,
}: {
  file: string;
  records: DemoRecords;
  log: DemoLog;
}): Promise<void> {
  const draftFile = `${file}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draftFile, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(records, null, 2));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draftFile, file);
  } catch (error) {
    log.warn({ err: error, file }, 'the demo LMS could not write its records');
    await rm(draftFile, { force: true }).catch(() => undefined); // the disk may refuse this too
    throw new DemoError({
      status: 503,
      code: 'temporarily_unavailable',
      message: 'The demo LMS could not write this down, so nothing was changed. Try again later.',
    });
  }
}
