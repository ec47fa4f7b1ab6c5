// Makes every stored shape known (db/models.ts), also those no command imports: a backup must know how to read each
// collection, and a restore which ones never to touch.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Idempotent. */
export async function loadModels(): Promise<void> {
  const source = join(import.meta.dirname, '..');
  const names = await readdir(source, { recursive: true });
  const models = names.filter((name) => /\.model\.[jt]s$/.test(name)).sort();
  for (const name of models) await import(pathToFileURL(join(source, name)).href);
}
