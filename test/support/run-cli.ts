// Runs the command line as a person does, in its own process, on the database of the running test.
import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createProgram } from '../../src/commands/program.js';
import { checkSchemaVersion } from '../../src/db/schema-version.js';
import { createLogger } from '../../src/logger.js';
import { packageRoot } from '../../src/package-root.js';
import { programArguments } from './build-program.js';
import { testDatabaseName, testEngineUri } from './engine.js';

const CLI_SECRET = 'a secret of the command line tests, long enough';

export interface CliOutcome {
  code: number | null;
  out: string;
  err: string;
  /** Standard output as JSON. */
  json(): unknown;
}

export async function runCli(
  args: string[],
  options: { environment?: Record<string, string> } = {},
): Promise<CliOutcome> {
  const child = spawn(process.execPath, [...(await programArguments()), ...args], {
    cwd: packageRoot(),
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      NODE_ENV: 'test',
      MONGODB_URI: testEngineUri(),
      CROSSWALK_DATABASE: testDatabaseName(),
      CROSSWALK_SECRET: CLI_SECRET,
      CROSSWALK_DEMO: 'off',
      PORT: '4330',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (texts.out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (texts.err += part));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...texts, json: () => JSON.parse(texts.out) as unknown };
}

/** Marks the test's empty database as ours, so that a test may fill it before the command line sees it. */
export async function markDatabase(): Promise<void> {
  await checkSchemaVersion({
    app: 'test',
    holder: 'test',
    now: () => new Date(),
    log: createLogger({ level: 'silent' }),
  });
}

/** The same command line in this process, for commands that fail before they open anything. */
export async function runCliHere(args: string[]): Promise<Omit<CliOutcome, 'json'>> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  let code = 0;
  const setExitCode = (set: number) => (code = set);
  await createProgram({ terminal: { out, err }, setExitCode }).parseAsync(args, { from: 'user' });
  out.end();
  err.end();
  return { code, out: await text(out), err: await text(err) };
}
