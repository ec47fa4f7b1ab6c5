// What an instructor waits for the night before term: the page of a course with 200 activities, the page that aligns one of
// them, and the search while somebody types, in a framework of 1,000 competencies. First byte and whole, and the calls to the
// engine each makes.
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions } from './run.js';
import { startFakePlatform } from './support/fake-platform.js';
import { createLauncher } from './support/launch-once.js';
import { tabulatePages, type MeasuredPage } from './support/tabulate-pages.js';
import { prepareLargeCourse } from './support/prepare-large-course.js';
import { withStage } from './support/stage.js';
import { prepareTool } from './support/start-tool.js';

/** The tool sees what another process wrote after two seconds. */
const SHARED_READS_MS = 2_100;
const WORDS = ['re', 'rec', 'retention', 'release of inf', 'statstics', 'health data'];

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
    const pages: MeasuredPage[] = [
      { name: 'course', path: () => `/activities?${course}` },
      { name: 'course, not aligned yet', path: () => `/activities?${course}&show=unaligned` },
      { name: 'align one', path: () => `/alignments?${course}&activity=${large.activity}` },
      {
        name: 'search while somebody types',
        path: (index) =>
          `/alignments/competencies?${course}&q=${encodeURIComponent(WORDS[index % WORDS.length] ?? '')}`,
      },
    ];
    await tabulatePages({ stage, tool, peer, pages, headers, seconds, print });
  });
}
