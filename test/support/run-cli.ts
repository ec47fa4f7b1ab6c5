// Runs the command line as a person does, in its own process, on the database of the running test.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkSchemaVersion } from '../../src/db/schema-version.js';
import { createLogger } from '../../src/logger.js';
import { packageRoot } from '../../src/package-root.js';
import { testDatabaseName, testEngineUri } from './engine.js';

export const CLI_SECRET = 'a secret of the command line tests, long enough';

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
  const root = packageRoot();
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src', 'cli.ts'), ...args], {
    cwd: root,
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
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
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
