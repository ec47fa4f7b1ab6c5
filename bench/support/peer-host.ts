// Inside a measured server: answers the measuring process's orders, and ends with it.
import type { CallWatch } from './engine-calls.js';
import { PeerOrder, type PeerAnswer } from './peer-protocol.js';

const BYTES_PER_MB = 1024 * 1024;
const MICROSECONDS = 1_000_000;

export interface RunningPeer {
  url: string;
  watch: CallWatch | null;
  stop(): Promise<void>;
}

/** Starts the server and serves the channel until the order to stop, or until the channel closes. */
export async function hostPeer(start: () => Promise<RunningPeer>): Promise<void> {
  // Ctrl-C reaches the whole process group; the measuring process tells us when to stop.
  process.on('SIGINT', () => undefined);
  let peer: RunningPeer;
  try {
    peer = await start();
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    answer({ type: 'failed', reason });
    process.disconnect();
    process.exitCode = 1;
    return;
  }
  process.on('message', (message) => {
    const order = PeerOrder.parse(message);
    if (order.type === 'watch') {
      peer.watch?.begin();
      answer({ type: 'watching' });
    }
    if (order.type === 'calls')
      answer({ type: 'calls', ...(peer.watch?.end() ?? { requests: [], background: 0 }) });
    if (order.type === 'memory') answer({ type: 'memory', ...readUse() });
    if (order.type === 'stop') void end(peer);
  });
  process.once('disconnect', () => void end(peer));
  answer({ type: 'ready', url: peer.url });
}

async function end(peer: RunningPeer): Promise<void> {
  await peer.stop();
  process.exit(0);
}

function readUse(): { residentMb: number; heapMb: number; cpuSeconds: number } {
  const { user, system } = process.cpuUsage();
  return {
    residentMb: process.memoryUsage.rss() / BYTES_PER_MB,
    heapMb: process.memoryUsage().heapUsed / BYTES_PER_MB,
    cpuSeconds: (user + system) / MICROSECONDS,
  };
}

function answer(message: PeerAnswer): void {
  process.send?.(message);
}
