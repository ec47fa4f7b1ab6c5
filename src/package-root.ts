// Where the package lies on disk, from source (tsx) as from the build: views, seeds, config and public are read from there.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Absolute path of the folder that holds our package.json. Throws when the files were moved apart. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('No package.json above the program: the files were moved apart.');
    folder = parent;
  }
  return folder;
}
