// `npm run conformance -- PATH_TO_SUITE`: runs a checkout of the ADL LRS conformance test suite (its own dependencies
// installed) against a fresh instance of ours, for xAPI 1.0.3 and for 2.0, and prints the counts. Fails where a test failed
// or was not reached: an aborted set-up counts one failure and nothing else, so the number of passed tests decides.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { announceTestEngine, startTestEngine } from '../support/engine.js';
import { runCli } from '../support/run-cli.js';
import { runProduct, type Product } from '../support/run-product.js';

const RUNNER = join('bin', 'console_runner.js');
const VERSIONS = ['1.0.3', '2.0.0'];
const SETTINGS = {
  CROSSWALK_DEMO: 'off',
  CROSSWALK_SECRET: 'a secret for one run of the suite, on data that go with it',
};
const Key = z.object({ key: z.string(), secret: z.string() });
const Counts = z.object({ total: z.number(), passed: z.number(), failed: z.number() });
type Counts = z.infer<typeof Counts>;

async function main(suite: string | undefined): Promise<boolean> {
  if (suite === undefined || !existsSync(join(suite, RUNNER))) {
    process.stderr.write(`usage: npm run conformance -- PATH_TO_SUITE (a folder with ${RUNNER})\n`);
    return false;
  }
  const engine = await startTestEngine();
  announceTestEngine(engine.engine.uri);
  let isConformant = true;
  try {
    for (const version of VERSIONS) {
      const product = await runProduct({ settings: SETTINGS });
      try {
        const { total, passed, failed } = await runSuite({
          suite: resolve(suite),
          product,
          version,
        });
        process.stdout.write(
          `xAPI ${version}: ${total} tests, ${passed} passed, ${failed} failed\n`,
        );
        isConformant &&= failed === 0 && passed === total;
      } finally {
        await product.remove();
      }
    }
  } finally {
    await engine.remove();
  }
  return isConformant;
}

async function runSuite(options: {
  suite: string;
  product: Product;
  version: string;
}): Promise<Counts> {
  const { suite, product, version } = options;
  const made = await runCli(['lrs-key', 'add', '--name=suite', '--scope=all', '--json'], {
    environment: { ...settingsOf(product), ...SETTINGS },
  });
  if (made.code !== 0) throw new Error(`no key was made: ${made.err}`);
  const { key, secret } = Key.parse(made.json());
  const output = await runNode({
    folder: suite,
    words: [
      RUNNER,
      '-e',
      `${product.url}/xapi`,
      '-a',
      '-u',
      key,
      '-p',
      secret,
      '-x',
      version,
      '-z',
    ],
  });
  const counts = output.match(/\{"total":[^}]*\}/g)?.at(-1);
  if (counts === undefined) throw new Error(`the suite said no counts:\n${output.slice(-2_000)}`);
  return Counts.parse(JSON.parse(counts));
}

function settingsOf({ environment }: Product): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** What it wrote. Its exit code is the number of failures, which the counts say as well. */
function runNode(options: { folder: string; words: string[] }): Promise<string> {
  const { folder, words } = options;
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, words, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const listen = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('exit', () => done(output));
  });
}

process.exitCode = (await main(process.argv[2])) ? 0 : 1;
