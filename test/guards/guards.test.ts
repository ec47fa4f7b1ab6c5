import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/package-root.js';
import { listGuards, removeGuard } from './guard-list.js';

const inPackage = (path: string) => join(packageRoot(), path);

describe('the list of guards', () => {
  it('names what stands in the sources, each once, so that the list cannot rot', () => {
    const faults = listGuards().flatMap(({ name, edits }) =>
      edits.flatMap(({ file, ...edit }) => {
        try {
          removeGuard(readFileSync(inPackage(file), 'utf8'), edit);
          return [];
        } catch (error) {
          return [`${name}: ${file} ${error instanceof Error ? error.message : ''}`];
        }
      }),
    );

    expect(faults).to.deep.equal([]);
  });

  it('names tests that are there, and no guard twice', () => {
    const guards = listGuards();

    expect(
      guards.flatMap(({ tests }) => tests).filter((test) => !existsSync(inPackage(test))),
    ).to.deep.equal([]);
    expect(new Set(guards.map(({ name }) => name)).size).to.equal(guards.length);
  });
});
