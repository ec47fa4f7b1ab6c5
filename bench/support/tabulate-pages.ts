// Pages of a course in a table: the calls to the engine that each makes, then its first byte and the whole, for one reader and
// for two, and the processor time of server and engine a page, which says more where the machine does other work.
import { Pool } from 'undici';
import { measure, percentile, row } from '../measure.js';
import { awaitQuiet } from './await-quiet.js';
import { readCpuSeconds } from './cpu-time.js';
import { describeCalls } from './launch-trace.js';
import type { PeerProcess } from './peer-process.js';
import type { Stage } from './stage.js';
import type { ToolStarter } from './start-tool.js';

const CONCURRENCIES = [1, 2];
const WATCHED_PAGES = 20;
const WARM_UP = 5;
const WIDTHS = [34, 4, 9, 9, 9, 9, 9, 8, 8, 7];
const HEADS = [
  'page',
  'at',
  'a second',
  'byte p50',
  'byte p99',
  'all p50',
  'all p99',
  'CPU ms',
  'eng. ms',
  'errors',
];

export interface MeasuredPage {
  name: string;
  /** The nth time it is asked for. */
  path: (index: number) => string;
}

/** `peer` is a watched start of the tool; it is stopped before the times are taken. */
export async function tabulatePages(options: {
  stage: Stage;
  tool: ToolStarter;
  peer: PeerProcess;
  pages: readonly MeasuredPage[];
  headers: Record<string, string>;
  seconds: number;
  print: (line: string) => void;
}): Promise<void> {
  const { stage, tool, peer, pages, headers, seconds, print } = options;
  await awaitQuiet({ print });
  for (const page of pages) {
    const pool = new Pool(tool.url, { connections: 1 });
    await timePage(pool, page.path(0), headers);
    await peer.ask({ type: 'watch' }, 'watching');
    for (let index = 0; index < WATCHED_PAGES; index += 1)
      await timePage(pool, page.path(index), headers);
    const { requests } = await peer.ask({ type: 'calls' }, 'calls');
    await pool.close();
    const calls = describeCalls(requests.map((request) => ({ steps: [request] })));
    print(`# ${page.name}: engine calls ${calls.total.toFixed(2)} (${calls.byStep[0] ?? ''})`);
  }
  await peer.stop();

  const { pid } = await tool.start({ watched: false });
  await awaitQuiet({ print });
  const readCpu = () => [readCpuSeconds(pid), readCpuSeconds(stage.engine.pid())];
  print(row(HEADS, WIDTHS));
  for (const concurrency of CONCURRENCIES)
    for (const page of pages) {
      const pool = new Pool(tool.url, { connections: concurrency, pipelining: 1 });
      for (let index = 0; index < WARM_UP; index += 1)
        await timePage(pool, page.path(index), headers);
      const before = readCpu();
      const found = await measure({
        warmUp: 0,
        seconds: seconds / 2,
        concurrency,
        step: (index) => timePage(pool, page.path(index), headers),
      });
      const cpu = readCpu().map(
        (after, index) => ((after - (before[index] ?? 0)) * 1_000) / found.count,
      );
      await pool.close();
      const marks = [percentile(found.marks, 0.5), percentile(found.marks, 0.99)];
      const times = [found.perSecond, ...marks, found.p50, found.p99, ...cpu];
      print(row([page.name, String(concurrency), ...times, String(found.failures)], WIDTHS));
      if (found.firstFailure !== null) print(`  first error: ${found.firstFailure}`);
    }
}

/** Milliseconds to the first byte; throws for anything but 200. */
async function timePage(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  const from = performance.now();
  const answer = await pool.request({ path, method: 'GET', headers });
  const firstByte = performance.now() - from;
  await answer.body.arrayBuffer();
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${String(answer.statusCode)}`);
  return firstByte;
}
