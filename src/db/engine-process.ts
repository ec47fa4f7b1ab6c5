// One run of the engine's host program (engine-host.cjs): spawn, wait until it serves, stop.
// Restarts, the link to the socket and the settings of the engine are the business of embedded-engine.ts.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import type { Log } from '../logger.js';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
const KEPT_OUTPUT_CHARACTERS = 4_000;

const hostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), socketPath: z.string().min(1) }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);

export interface EngineProcess {
  pid: number;
  /** The real socket, in a random folder of this run. */
  socketPath: string;
  /** Resolves when the process has ended, however it ended. */
  ended: Promise<{ how: string; output: string }>;
  /** Closes the engine cleanly; after a deadline by force (its journal survives that). */
  stop(): Promise<void>;
}

/** Starts the host on `databaseFolder`. Throws `engine.start-failed`, or `engine.locked` when another process holds it. */
export async function startEngineProcess(options: {
  databaseFolder: string;
  /** Program and arguments that go before the host program: Node itself, or a loader followed by Node. */
  command: readonly string[];
  log: Log;
}): Promise<EngineProcess> {
  const { databaseFolder, command, log } = options;
  const [program = process.execPath, ...leading] = command;
  // A minimal environment: nothing secret of ours, no NODE_OPTIONS of a parent's loader.
  const child = spawn(
    program,
    [...leading, join(import.meta.dirname, 'engine-host.cjs'), databaseFolder],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { TMPDIR: tmpdir() },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS);
      log.debug({ engineOutput: text }, 'database engine output');
    });
  }
  const ended = new Promise<{ how: string; output: string }>((resolve) => {
    child.once('error', (error) => resolve({ how: error.message, output }));
    child.once('exit', (code, signal) =>
      resolve({ how: signal ?? `code ${String(code)}`, output }),
    );
  });
  const socketPath = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(startFailed('it did not answer in time', output));
    }, START_DEADLINE_MS);
    const settle = (action: () => void) => {
      clearTimeout(timer);
      action();
    };
    child.once('message', (raw) => {
      const message = hostMessage.parse(raw);
      settle(() =>
        message.type === 'ready'
          ? resolve(message.socketPath)
          : reject(describeFailure(message.message)),
      );
    });
    void ended.then((end) => settle(() => reject(startFailed(end.how, end.output))));
  });

  return {
    pid: child.pid ?? 0,
    socketPath,
    ended,
    async stop() {
      if (child.connected) child.send({ type: 'close' }, () => {});
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function describeFailure(message: string): AppError {
  if (/DBPathInUse|unable to lock/i.test(message)) {
    return new AppError('engine.locked', { status: 503, values: { reason: message } });
  }
  return startFailed(message, '');
}

function startFailed(reason: string, output: string): AppError {
  const tail = output.trim().split('\n').slice(-5).join(' ');
  return new AppError('engine.start-failed', {
    status: 503,
    values: { reason: tail ? `${reason}: ${tail}` : reason },
  });
}
