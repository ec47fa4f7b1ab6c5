// Runs the command line as a person does: its own process, the test engine's database under a name of its own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { packageRoot } from '../../src/package-root.js';

export const CLI_SECRET = 'a secret of the command line tests, long enough';

export interface CliOutcome {
  code: number | null;
  out: string;
  err: string;
  /** Standard output as JSON. */
  json(): unknown;
}

/** `dbName` must be the test's own: see ownDatabase. */
export async function runCli(
  args: string[],
  options: { dbName: string; environment?: Record<string, string> },
): Promise<CliOutcome> {
  const root = packageRoot();
  const uri = process.env['CROSSWALK_TEST_ENGINE_URI'];
  if (uri === undefined) throw new Error('the test engine was not started');
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src', 'cli.ts'), ...args], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      NODE_ENV: 'test',
      MONGODB_URI: uri,
      CROSSWALK_DATABASE: options.dbName,
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

/** A database beside the test's own: `clear` empties its collections and keeps their indexes. */
export function ownDatabase(name: string): {
  dbName: string;
  clear(): Promise<void>;
  drop(): Promise<void>;
} {
  const dbName = `cw-${name}-${String(process.pid)}`.slice(0, 38);
  const open = () => mongoose.connection.useDb(dbName);
  return {
    dbName,
    async clear() {
      const { db } = open();
      for (const { name: collection } of (await db?.listCollections().toArray()) ?? [])
        await db?.collection(collection).deleteMany({});
    },
    async drop() {
      await open().dropDatabase();
    },
  };
}
