// Time to the framework page, first byte and whole, for the public, for a student with progress, and for a student of a
// course with 30 aligned activities; beside a static handler that sends the same bytes and the engine's own findOne.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import mongoose from 'mongoose';
import { Pool } from 'undici';
import { merge, measure, percentile, row, type Measured } from './measure.js';
import type { BenchOptions } from './run.js';
import { startFakePlatform, type FakePlatform } from './support/fake-platform.js';
import { createLauncher } from './support/launch-once.js';
import { describeCalls, sharedHeaders } from './support/launch-trace.js';
import type { PeerProcess } from './support/peer-process.js';
import { prepareCourses } from './support/prepare-courses.js';
import { withStage, type Stage } from './support/stage.js';
import { prepareTool, type ToolStarter } from './support/start-tool.js';

const CONCURRENCIES = [1, 8];
const ROUNDS = 2;
const WATCHED_PAGES = 20;
/** The tool sees what another process wrote after two seconds. */
const SHARED_READS_MS = 2_100;
const WIDTHS = [30, 14, 3, 8, 9, 9, 9, 9, 7];
const HEADS = ['page', 'server', 'at', 'a second', 'byte p50', 'byte p99', 'all p50', 'all p99'];

interface Page {
  name: string;
  path: string;
  cookies: string;
  body: Buffer;
  headers: Record<string, string>;
}

export async function run(options: BenchOptions): Promise<void> {
  const { seconds, print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const watched = await tool.start({ watched: true });
    const pages = await openPages({ tool, platform });
    for (const page of pages) await describePage({ page, tool, peer: watched, print });
    await watched.stop();

    const toolPeer = await tool.start({ watched: false });
    const fixed = await startStatic({ stage, pages });
    toolPeer.pause();
    fixed.pause();
    print(row([...HEADS, 'errors'], WIDTHS));
    const stretch = seconds / ROUNDS / 2;
    for (const concurrency of CONCURRENCIES) {
      for (const [index, page] of pages.entries())
        await comparePage({
          page,
          index,
          tool: toolPeer,
          fixed,
          concurrency,
          seconds: stretch,
          print,
        });
      const found = await measureFindOne({ concurrency, seconds: stretch });
      print(line({ page: 'findOne of the framework', server: 'engine', concurrency, found }));
    }
    toolPeer.resume();
  });
}

/** The public page, and the first pages of two launches: one without and one with aligned activities in its course. */
async function openPages(options: { tool: ToolStarter; platform: FakePlatform }): Promise<Page[]> {
  const { tool, platform } = options;
  const plain = { name: 'student with progress', user: 1, course: 1 };
  const aligned = { name: 'student, 30 aligned activities', user: 2, course: 2 };
  const seats = [plain, aligned];
  const launcher = createLauncher({ door: tool.door, platform, connections: 1 });
  for (const seat of seats) await launcher.launch(seat);
  await prepareCourses({ tool, platform, plain, aligned });
  await delay(SHARED_READS_MS);
  const opened: Omit<Page, 'body' | 'headers'>[] = [
    { name: 'public', path: new URL(tool.door.targetLinkUri).pathname, cookies: '' },
  ];
  for (const seat of seats) {
    const { path, cookies } = await launcher.launch(seat);
    opened.push({ name: seat.name, path, cookies });
  }
  await launcher.close();
  const pool = new Pool(tool.url);
  const pages: Page[] = [];
  for (const page of opened) {
    const { statusCode, headers, body } = await get(pool, page);
    if (statusCode !== 200) throw new Error(`${page.name} answered ${String(statusCode)}`);
    pages.push({ ...page, body, headers: sharedHeaders(headers) });
  }
  await pool.close();
  return pages;
}

async function describePage(options: {
  page: Page;
  tool: ToolStarter;
  peer: PeerProcess;
  print: (line: string) => void;
}): Promise<void> {
  const { page, tool, peer, print } = options;
  const pool = new Pool(tool.url, { connections: 1 });
  await get(pool, page);
  await peer.ask({ type: 'watch' }, 'watching');
  for (let index = 0; index < WATCHED_PAGES; index += 1) await get(pool, page);
  const { requests } = await peer.ask({ type: 'calls' }, 'calls');
  await pool.close();
  const calls = describeCalls(requests.map((request) => ({ steps: [request] })));
  const packed = gzipSync(page.body).length;
  print(
    `# ${page.name}: ${String(page.body.length)} bytes, ${String(packed)} with gzip; engine calls ${calls.total.toFixed(2)}${calls.total > 0 ? ` (${calls.byStep[0] ?? ''})` : ''}`,
  );
}

async function startStatic(options: { stage: Stage; pages: Page[] }): Promise<PeerProcess> {
  const { stage, pages } = options;
  const files = await Promise.all(
    pages.map(async ({ body, headers }, index) => {
      const file = join(stage.folder, `page-${String(index)}.html`);
      await writeFile(file, body);
      return { path: staticPath(index), file, headers };
    }),
  );
  return stage.start({
    name: 'static',
    file: 'static-page.ts',
    settings: { port: await stage.port(), pages: files },
    environment: { NODE_ENV: 'production' },
  });
}

async function comparePage(options: {
  page: Page;
  index: number;
  tool: PeerProcess;
  fixed: PeerProcess;
  concurrency: number;
  seconds: number;
  print: (line: string) => void;
}): Promise<void> {
  const { page, index, tool, fixed, concurrency, seconds, print } = options;
  const sides = [
    { server: 'tool', peer: tool, path: page.path },
    { server: 'static', peer: fixed, path: staticPath(index) },
  ].map((side) => ({ ...side, stretches: [] as Measured[] }));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { peer, path, stretches } of round % 2 === 0 ? sides : sides.toReversed()) {
      peer.resume();
      const pool = new Pool(peer.url, { connections: concurrency, pipelining: 1 });
      stretches.push(
        await measure({
          seconds,
          concurrency,
          step: () => timePage(pool, { ...page, path }, page.body.length),
        }),
      );
      await pool.close();
      peer.pause();
    }
  const results = sides.map(({ server, stretches }) => ({ server, found: merge(stretches) }));
  for (const { server, found } of results) {
    print(line({ page: page.name, server, concurrency, found }));
    if (found.firstFailure !== null) print(`  first error: ${found.firstFailure}`);
  }
  const [ours, floor] = results;
  if (ours && floor)
    print(
      `=> ${page.name} at ${String(concurrency)}: tool/static ${(ours.found.perSecond / floor.found.perSecond).toFixed(2)}`,
    );
}

async function measureFindOne(options: {
  concurrency: number;
  seconds: number;
}): Promise<Measured> {
  const { concurrency, seconds } = options;
  const documents = mongoose.connection.collection<{ _id: string }>('cfDocuments');
  return measure({
    seconds,
    concurrency,
    step: async () => {
      if ((await documents.findOne({ _id: 'him' })) === null) throw new Error('not found');
    },
  });
}

/** Milliseconds to the first byte; throws for anything but the whole page. */
async function timePage(pool: Pool, page: Page, length: number): Promise<number> {
  const from = performance.now();
  const answer = await pool.request({ path: page.path, method: 'GET', headers: headersOf(page) });
  const firstByte = performance.now() - from;
  const body = await answer.body.arrayBuffer();
  // The page of a person differs by a few bytes from one request to the next (form tokens), never by much.
  if (answer.statusCode !== 200 || Math.abs(body.byteLength - length) > 200)
    throw new Error(`answered ${String(answer.statusCode)} with ${String(body.byteLength)} bytes`);
  return firstByte;
}

async function get(pool: Pool, page: { path: string; cookies: string }) {
  const answer = await pool.request({ path: page.path, method: 'GET', headers: headersOf(page) });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { statusCode: answer.statusCode, headers: answer.headers, body };
}

function headersOf({ cookies }: { cookies: string }): Record<string, string> {
  return { accept: 'text/html', ...(cookies === '' ? {} : { cookie: cookies }) };
}

function staticPath(index: number): string {
  return `/page/${String(index)}`;
}

function line(options: {
  page: string;
  server: string;
  concurrency: number;
  found: Measured;
}): string {
  const { page, server, concurrency, found } = options;
  const marks = [percentile(found.marks, 0.5), percentile(found.marks, 0.99)];
  const times = [found.p50, found.p99];
  const cells = [page, server, String(concurrency), found.perSecond, ...marks, ...times];
  return row([...cells, String(found.failures)], WIDTHS);
}
