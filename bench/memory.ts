// The tool's memory over very many launches: resident and heap size after each twentieth of them, launches a second meanwhile.
// Flat means that nothing is kept for a launch that ended. The workers run as in production.
import { runAll } from './measure.js';
import type { BenchOptions } from './run.js';
import { SEATS, seatAt } from './support/compare-launches.js';
import { startFakePlatform } from './support/fake-platform.js';
import { createLauncher } from './support/launch-once.js';
import { withStage } from './support/stage.js';
import { prepareTool } from './support/start-tool.js';

const CONCURRENCY = 16;
const ROWS = 20;

export async function run(options: BenchOptions): Promise<void> {
  const { launches, print } = options;
  await withStage({ print }, async (stage) => {
    const platform = await startFakePlatform({ port: await stage.port() });
    stage.atEnd(() => platform.close());
    const tool = await prepareTool({ stage, platform });
    const peer = await tool.start({ watched: false });
    const launcher = createLauncher({ door: tool.door, platform, connections: CONCURRENCY });
    stage.atEnd(() => launcher.close());
    const step = async (index: number) => void (await launcher.launch(seatAt(index)));
    await runAll({ total: SEATS, concurrency: CONCURRENCY, step });
    print('launches   a second   resident MB   heap in use MB');
    const resident: number[] = [];
    for (let done = 1; done <= ROWS; done += 1) {
      const total = Math.ceil(launches / ROWS);
      const { perSecond } = await runAll({ total, concurrency: CONCURRENCY, step });
      const { residentMb, heapMb } = await peer.ask({ type: 'memory' }, 'memory');
      resident.push(residentMb);
      const cells = [total * done, perSecond.toFixed(0), residentMb.toFixed(0), heapMb.toFixed(0)];
      print(
        cells.map((cell, index) => String(cell).padStart([8, 11, 14, 17][index] ?? 0)).join(''),
      );
    }
    const [first = Number.NaN] = resident.slice(1);
    const last = resident.at(-1) ?? Number.NaN;
    print(`=> resident at the end / after a tenth: ${(last / first).toFixed(2)}`);
  });
}
