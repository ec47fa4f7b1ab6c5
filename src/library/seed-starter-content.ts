// The starter content: the published HIM framework, the articles around it, the starter library and the hosted lessons.
// Called at each start; one query where the files are those of last time. The hash is written last, so a stop repeats it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../http/errors.js';
import { packageRoot } from '../package-root.js';
import { importFramework, type ImportResult } from '../frameworks/import-framework.js';
import {
  importPageArticles,
  readPageFile,
  type PageFile,
} from '../frameworks/import-page-articles.js';
import { INSTANCE_OWNER, ownerKeyOf } from '../frameworks/viewer.js';
import { importLessons } from './import-lessons.js';
import { importResources } from './import-resources.js';
import { findStarterHash, saveStarterHash } from './library-state.model.js';

interface StarterResult {
  /** False where everything was there already. */
  isChanged: boolean;
  framework: string;
}

const FILES = [
  'frameworks/him-competency-framework.txt',
  'frameworks/him-page.json',
  'library/resources.json',
  'library/lessons.json',
] as const;

/** Idempotent. Throws what the imports throw, and `framework.seed-incomplete` where the framework's text is not whole. */
export async function seedStarterContent(options: {
  now: Date;
  url: string;
}): Promise<StarterResult> {
  const { now, url } = options;
  const [frameworkText, pageText, resources, lessons] = await Promise.all(FILES.map(readSeed));
  const page = readPageFile(pageText ?? '');
  const { framework } = page;
  const ownerKey = ownerKeyOf(INSTANCE_OWNER);
  const starterHash = hashOf([frameworkText, pageText, resources, lessons]);
  if ((await findStarterHash(ownerKey)) === starterHash) return { isChanged: false, framework };
  const imported = await importFramework({
    text: frameworkText ?? '',
    format: 'him-page',
    framework,
    now,
    url,
    sourceName: 'him-competency-framework.txt',
  });
  checkWhole(imported, page);
  await importPageArticles({ file: page, now });
  await importLessons({ text: lessons ?? '', framework, now, url });
  await importResources({ text: resources ?? '', format: 'json', framework, now, url });
  await saveStarterHash({ ownerKey, starterHash });
  return { isChanged: true, framework };
}

function readSeed(name: string): Promise<string> {
  return readFile(join(packageRoot(), 'seeds', ...name.split('/')), 'utf8');
}

function checkWhole(imported: ImportResult, page: PageFile): void {
  for (const [name, expected] of Object.entries(page.expected)) {
    const found = Object.entries(imported).find(([key]) => key === name)?.[1];
    if (found !== expected)
      throw new AppError('framework.seed-incomplete', {
        status: 500,
        values: { found: `${String(found)} ${name}`, expected: `${String(expected)}` },
      });
  }
}

function hashOf(texts: (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
