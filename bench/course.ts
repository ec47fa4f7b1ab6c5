// What an instructor waits for the night before term: the page of a course with 200 activities, the page that aligns one of
// them, and the search while somebody types, in a framework of 1,000 competencies. First byte and whole, and the calls to the
// engine each makes.
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { measure, percentile, row } from './measure.js';
import type { BenchOptions } from './run.js';
import { startFakePlatform } from './support/fake-platform.js';
import { createLauncher } from './support/launch-once.js';
import { describeCalls } from './support/launch-trace.js';
import { prepareLargeCourse } from './support/prepare-large-course.js';
import { withStage } from './support/stage.js';
import { prepareTool } from './support/start-tool.js';

const CONCURRENCIES = [1, 2];
const WATCHED_PAGES = 20;
/** The tool sees what another process wrote after two seconds. */
const SHARED_READS_MS = 2_100;
const WORDS = ['re', 'rec', 'retention', 'release of inf', 'statstics', 'health data'];
const WIDTHS = [34, 4, 9, 9, 9, 9, 9, 7];
const HEADS = ['page', 'at', 'a second', 'byte p50', 'byte p99', 'all p50', 'all p99', 'errors'];

interface Page {
  name: string;
  /** The nth time it is asked for. */
  path: (index: number) => string;
}

export async function run(options: BenchOptions): Promise<void> {
  const { seconds, print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const peer = await tool.start({ watched: true });
    const seat = { user: 1, course: 1, role: 'Instructor' as const };
    const launcher = createLauncher({ door: tool.door, platform, connections: 1 });
    await launcher.launch(seat);
    const large = await prepareLargeCourse({ tool, platform, seat });
    await delay(SHARED_READS_MS);
    const { cookies } = await launcher.launch(seat);
    await launcher.close();
    print(`# ${large.described}`);

    const headers = { accept: 'text/html, application/json', cookie: cookies };
    const course = `course=${large.course}`;
    const pages: Page[] = [
      { name: 'course', path: () => `/activities?${course}` },
      { name: 'course, not aligned yet', path: () => `/activities?${course}&show=unaligned` },
      { name: 'align one', path: () => `/alignments?${course}&activity=${large.activity}` },
      {
        name: 'search while somebody types',
        path: (index) =>
          `/alignments/competencies?${course}&q=${encodeURIComponent(WORDS[index % WORDS.length] ?? '')}`,
      },
    ];
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

    await tool.start({ watched: false });
    print(row(HEADS, WIDTHS));
    for (const concurrency of CONCURRENCIES)
      for (const page of pages) {
        const pool = new Pool(tool.url, { connections: concurrency, pipelining: 1 });
        const found = await measure({
          seconds: seconds / 2,
          concurrency,
          step: (index) => timePage(pool, page.path(index), headers),
        });
        await pool.close();
        const marks = [percentile(found.marks, 0.5), percentile(found.marks, 0.99)];
        const times = [found.perSecond, ...marks, found.p50, found.p99];
        print(row([page.name, String(concurrency), ...times, String(found.failures)], WIDTHS));
        if (found.firstFailure !== null) print(`  first error: ${found.firstFailure}`);
      }
  });
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
