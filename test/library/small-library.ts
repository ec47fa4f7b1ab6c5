// The small framework of test/frameworks with resources made for a test.
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import type { FrameworkTree } from '../../src/frameworks/framework-tree.js';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import {
  importResources,
  type ImportResourcesInput,
  type ImportResourcesResult,
} from '../../src/library/import-resources.js';
import { NOW, pageWith, SMALL_BODY, URL } from '../frameworks/him-page-text.js';

export const VIEWER = { deployment: null };

/** Imports the framework `small` and answers its tree. */
export async function createSmallFramework(): Promise<FrameworkTree> {
  await importFramework({ text: pageWith(SMALL_BODY), format: 'him-page', now: NOW, url: URL });
  return readTree({ framework: await getFramework({ framework: 'small', viewer: VIEWER }) });
}

/** A resource of a JSON file; overrides win. */
export function aResource(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    key: 'one',
    title: 'A resource',
    publisher: 'A publisher',
    url: 'https://resources.example/one',
    licence: 'CC BY 4.0',
    language: 'en',
    kind: 'reading',
    durationMinutes: 15,
    difficulty: 'introductory',
    description: 'About something.',
    serves: ['Do the first thing (with care).'],
    ...overrides,
  };
}

/** Imports these resources for the framework `small`. */
export function importSmall(
  resources: Record<string, unknown>[],
  options: Partial<ImportResourcesInput> & { collection?: string } = {},
): Promise<ImportResourcesResult> {
  const { collection, ...rest } = options;
  const text = JSON.stringify({
    schemaVersion: 1,
    ...(collection === undefined ? {} : { collection }),
    resources,
  });
  return importResources({ text, format: 'json', framework: 'small', now: NOW, url: URL, ...rest });
}

/** Imports a CSV text for the framework `small`. */
export function importCsv(
  text: string | Uint8Array,
  options: Partial<ImportResourcesInput> = {},
): Promise<ImportResourcesResult> {
  return importResources({
    text,
    format: 'csv',
    framework: 'small',
    now: NOW,
    url: URL,
    ...options,
  });
}
