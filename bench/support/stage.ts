// What every measuring program stands on: a temporary folder with one embedded engine, and servers as child processes.
// All of it is stopped and removed at the end, also after a failure or Ctrl-C.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedEngine, type EmbeddedEngine } from '../../src/db/embedded-engine.js';
import { createLogger } from '../../src/logger.js';
import { startPeer, type PeerProcess } from './peer-process.js';

const CACHE_MB = 256;

export interface Stage {
  folder: string;
  engine: EmbeddedEngine;
  /** A loopback port that the system gave as free, so that two runs at once do not meet. */
  port(): Promise<number>;
  start(options: Omit<Parameters<typeof startPeer>[0], 'logFile'>): Promise<PeerProcess>;
  /** Called at the end, last one first. */
  atEnd(task: () => Promise<void>): void;
}

/** Gives `play` a stage and clears it away afterwards. */
export async function withStage(
  options: { print: (line: string) => void },
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { print } = options;
  const endings: (() => Promise<void>)[] = [];
  const clear = async () => {
    for (let ending = endings.pop(); ending; ending = endings.pop())
      await ending().catch((error: unknown) => print(`# clearing away: ${String(error)}`));
  };
  const interrupted = () => void clear().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const folder = await mkdtemp(join(tmpdir(), 'crosswalk-bench-'));
    endings.push(() => rm(folder, { recursive: true, force: true }));
    const engine = await startEmbeddedEngine({
      dataFolder: join(folder, 'data'),
      cacheSizeMb: CACHE_MB,
      allowLoaderDownload: true,
      loaderFolder: join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'crosswalk'),
      announce: (line) => print(`# ${line}`),
      log: createLogger({ level: 'silent' }),
    });
    endings.push(() => engine.close());
    print(`# one embedded engine for all, cache ${CACHE_MB} MB`);
    await play({
      folder,
      engine,
      port: findFreePort,
      async start(peer) {
        const logFile = join(folder, `${peer.file}.log`);
        const started = await startPeer({ ...peer, logFile });
        endings.push(() => started.stop());
        return started;
      },
      atEnd: (task) => void endings.push(task),
    });
  } finally {
    await clear();
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      // A listening TCP server has an address with a port.
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
