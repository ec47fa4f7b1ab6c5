// Finds the folder that holds package.json, so that seeds/ and views/ are found alike
// from src/ (through a loader) and from dist/ (compiled).
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function findPackageRoot(from: string = import.meta.dirname): string {
  if (existsSync(join(from, 'package.json'))) return from;

  const parent = dirname(from);
  if (parent === from) throw new Error('The demo LMS finds no folder with package.json above it.');
  return findPackageRoot(parent);
}
