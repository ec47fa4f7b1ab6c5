// A measured server as a child process of its own: started, paused while another is measured, asked, stopped.
import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PeerAnswer, type PeerOrder } from './peer-protocol.js';

const START_DEADLINE_MS = 60_000;
const ANSWER_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;
const KEPT_OUTPUT_CHARACTERS = 4_000;

export interface PeerProcess {
  name: string;
  url: string;
  pid: number;
  ask<Type extends PeerAnswer['type']>(
    order: PeerOrder,
    expected: Type,
  ): Promise<Extract<PeerAnswer, { type: Type }>>;
  /** A paused server takes no time from the one that is measured; its own backlog waits for its own turn. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Forks bench/peers/FILE with `settings` as its one argument. Throws with its output when it does not come up. */
export async function startPeer(options: {
  name: string;
  file: string;
  settings: object;
  environment?: Record<string, string>;
  /** Gets what the server writes to its standard output and error. */
  logFile: string;
  /** Arguments of node itself, for instance --cpu-prof. */
  nodeArguments?: string[];
}): Promise<PeerProcess> {
  const { name, file, settings, environment = {}, nodeArguments = [], logFile } = options;
  // Into a file, as in production: read by this process, the logs of a server would slow the load it makes.
  const log = openSync(logFile, 'a');
  const child = fork(join(import.meta.dirname, '..', 'peers', file), [JSON.stringify(settings)], {
    execArgv: [...nodeArguments, '--import', 'tsx'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      ...environment,
    },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = () => stopChild(child, ended);
  try {
    const first = await nextAnswer(child, ['ready', 'failed'], START_DEADLINE_MS);
    if (first.type === 'failed') throw new Error(first.reason);
    if (first.type !== 'ready') throw new Error(`it said ${first.type}`);
    return {
      name,
      url: first.url,
      pid: child.pid ?? 0,
      async ask(order, expected) {
        const answer = nextAnswer(child, [expected], ANSWER_DEADLINE_MS);
        child.send(order);
        // nextAnswer lets through nothing of another type.
        return (await answer) as Extract<PeerAnswer, { type: typeof expected }>;
      },
      pause: () => void child.kill('SIGSTOP'),
      resume: () => void child.kill('SIGCONT'),
      stop,
    };
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${name} did not start: ${reason}\n${readFileSync(logFile, 'utf8').slice(-KEPT_OUTPUT_CHARACTERS)}`,
      { cause: error },
    );
  }
}

function nextAnswer(
  child: ChildProcess,
  expected: PeerAnswer['type'][],
  deadlineMs: number,
): Promise<PeerAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      clearTimeout(timer);
      child.off('message', read);
      child.off('exit', gone);
      action();
    };
    const read = (message: unknown) => {
      const answer = PeerAnswer.parse(message);
      if (expected.includes(answer.type)) settle(() => resolve(answer));
    };
    const gone = (code: number | null) =>
      settle(() => reject(new Error(`it ended with code ${String(code)}`)));
    const timer = setTimeout(
      () => settle(() => reject(new Error('it did not answer in time'))),
      deadlineMs,
    );
    child.on('message', read);
    child.once('exit', gone);
  });
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGCONT');
  if (child.connected) child.send({ type: 'stop' } satisfies PeerOrder, () => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}
