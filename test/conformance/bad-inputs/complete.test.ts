// That none of the 160 bad inputs is left out: each number stands in the title of a test in this folder.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../../src/package-root.js';

const HOW_MANY = 160;

describe('the bad inputs', () => {
  it('are all tried, from 1 to 160', () => {
    const folder = join(packageRoot(), 'test', 'conformance', 'bad-inputs');
    const titles = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((text) => [...text.matchAll(/['"`](?:\[\d+\] )+/g)].map(([title]) => title))
      .flatMap((title) => [...title.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number)));

    const tried = new Set(titles);
    const missing = Array.from({ length: HOW_MANY }, (_, index) => index + 1).filter(
      (number) => !tried.has(number),
    );
    expect(missing).to.deep.equal([]);
  });
});
