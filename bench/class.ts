// What an instructor of a large course waits for: the class of 500 learners and the 75 competencies of the framework as a map,
// who is stuck and ready, and why one cell says what it says. First byte and whole, and the calls to the engine each makes.
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions } from './run.js';
import { startFakePlatform } from './support/fake-platform.js';
import { createLauncher } from './support/launch-once.js';
import { prepareClass } from './support/prepare-class.js';
import { withStage } from './support/stage.js';
import { prepareTool } from './support/start-tool.js';
import { tabulatePages } from './support/tabulate-pages.js';

/** The tool sees what another process wrote after two seconds. */
const SHARED_READS_MS = 2_100;

export async function run({ seconds, print }: BenchOptions): Promise<void> {
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const peer = await tool.start({ watched: true });
    const seat = { user: 1, course: 1, role: 'Instructor' as const };
    const launcher = createLauncher({ door: tool.door, platform, connections: 1 });
    await launcher.launch(seat);
    const prepared = await prepareClass({ tool, platform, seat });
    await delay(SHARED_READS_MS);
    const { cookies } = await launcher.launch(seat);
    await launcher.close();
    print(`# ${prepared.described}`);
    const course = `course=${prepared.course}`;
    const pages = [
      { name: 'class, whole framework', path: () => `/class?${course}&columns=all` },
      {
        name: 'class, last page, in words',
        path: () => `/class?${course}&columns=all&layout=table&page=99`,
      },
      { name: 'who is stuck, who is ready', path: () => `/class/attention?${course}` },
      { name: 'why', path: () => `${prepared.why}?${course}` },
    ];
    const headers = { accept: 'text/html', cookie: cookies };
    await tabulatePages({ stage, tool, peer, pages, headers, seconds, print });
  });
}
