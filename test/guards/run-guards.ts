// `npm run guards [-- --only TEXT] [--jobs N] [--unproved]`: removes each guard of config/guards.json in turn, in a copy of the sources,
// and runs the tests that have to notice. Prints killed or SURVIVED for each; ends with 1 where one survived. Takes minutes;
// not part of npm test. First all these tests must pass with every guard in place; --unproved leaves that out, for repeating.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';
import { listGuards, removeGuard, type Guard } from './guard-list.js';

const COPIED = ['src', 'test', 'config', 'views', 'public', 'seeds', 'package.json'];
const COPIED_TOO = ['tsconfig.json', '.mocharc.json', 'docs'];
const LONGEST_RUN_MS = 5 * 60_000;
const DEFAULT_JOBS = 2;

const Report = z.object({
  stats: z.object({ tests: z.number(), failures: z.number() }),
  failures: z.array(z.object({ fullTitle: z.string() })),
});

type Verdict =
  | { kind: 'killed'; by: string }
  | { kind: 'SURVIVED' }
  /** No test ran, or the sources could not be loaded: nothing is proved. */
  | { kind: 'BROKEN'; why: string };

async function main(): Promise<void> {
  const only = readOption('--only');
  const jobs = Number(readOption('--jobs') ?? DEFAULT_JOBS);
  const guards = listGuards().filter(({ name }) => only === null || new RegExp(only).test(name));
  const copies = Array.from({ length: Math.min(jobs, guards.length) }, makeCopy);
  const waiting = [...guards];
  const bad: string[] = [];
  try {
    if (copies[0] !== undefined && !process.argv.includes('--unproved'))
      await requireWhole(guards, copies[0]);
    await Promise.all(
      copies.map(async (copy) => {
        for (let guard = waiting.shift(); guard; guard = waiting.shift()) {
          const verdict = await tryWithout(guard, copy);
          if (verdict.kind !== 'killed') bad.push(guard.name);
          print(verdict, guard);
        }
      }),
    );
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
  const killed = guards.length - bad.length;
  process.stdout.write(`\n${killed} of ${guards.length} guards are missed when they are gone.\n`);
  for (const name of bad) process.stdout.write(`  not missed: ${name}\n`);
  process.exitCode = bad.length === 0 ? 0 : 1;
}

/** A whole package but for what is installed, which is shared. */
function makeCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'crosswalk-guards-'));
  for (const name of [...COPIED, ...COPIED_TOO])
    cpSync(join(packageRoot(), name), join(copy, name), { recursive: true });
  symlinkSync(join(packageRoot(), 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function tryWithout(guard: Guard, copy: string): Promise<Verdict> {
  const whole = new Map<string, string>();
  for (const { file, ...edit } of guard.edits) {
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    if (!whole.has(path)) whole.set(path, text);
    writeFileSync(path, removeGuard(text, edit));
  }
  const verdict = await runTests(guard, copy);
  for (const [path, text] of whole) writeFileSync(path, text);
  return verdict;
}

/** With all guards in their places the tests have to pass, or their failing without one proves nothing. */
async function requireWhole(guards: Guard[], copy: string): Promise<void> {
  const tests = [...new Set(guards.flatMap((guard) => guard.tests))].sort();
  const verdict = await runTests({ name: 'all', edits: [], tests }, copy);
  if (verdict.kind === 'SURVIVED') return;
  const detail = verdict.kind === 'killed' ? verdict.by : verdict.why;
  throw new Error(`The tests do not pass as they are: ${detail}`);
}

async function runTests(guard: Guard, copy: string): Promise<Verdict> {
  const { tests, grep } = guard;
  const mocha = join(copy, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const options = ['--reporter', 'json', '--bail', ...(grep === undefined ? [] : ['--grep', grep])];
  const text = await run([mocha, ...options, ...tests], copy);
  const report = Report.safeParse(parseJson(text));
  if (!report.success) return { kind: 'BROKEN', why: 'the tests could not be loaded' };
  const { stats, failures } = report.data;
  if (stats.failures > 0) return { kind: 'killed', by: failures[0]?.fullTitle ?? '' };
  return stats.tests === 0
    ? { kind: 'BROKEN', why: 'no test has such a title' }
    : { kind: 'SURVIVED' };
}

function run(args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: LONGEST_RUN_MS,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });
}

/** What tests themselves print stands before the report. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.indexOf('{\n  "stats"')));
  } catch {
    return null;
  }
}

function print(verdict: Verdict, guard: Guard): void {
  const [edit] = guard.edits;
  const detail =
    verdict.kind === 'killed' ? verdict.by : verdict.kind === 'BROKEN' ? verdict.why : '';
  process.stdout.write(
    `${verdict.kind.padEnd(9)} ${guard.name.padEnd(52)} ${(edit?.file ?? '').padEnd(36)} ${detail.slice(0, 90)}\n`,
  );
}

function readOption(name: string): string | null {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
}

await main();
