import { expect } from 'chai';
import { createLogger } from '../src/logger.js';
import { startWorkers, type Job } from '../src/workers.js';
import { createGate } from './support/gate.js';

const log = createLogger({ level: 'silent' });
const NEVER_MS = 3_600_000;

describe('startWorkers', () => {
  it('runs a job at once, and again after each nudge', async () => {
    const { job, runs } = countingJob('count', NEVER_MS);
    const workers = startWorkers({ jobs: [job], holder: 'a', log });
    await runs(1);

    workers.nudge('count');
    await runs(2);
    workers.nudge('count');
    await runs(3);

    workers.nudge('no such job');
    await workers.stop();
  });

  it('lets many jobs wait without a warning of a leak', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(warning.name);
    process.on('warning', listen);
    const many = Array.from({ length: 30 }, (_, at) => countingJob(`job ${at}`, NEVER_MS));
    const workers = startWorkers({ jobs: many.map(({ job }) => job), holder: 'a', log });

    await Promise.all(many.map(({ runs }) => runs(1)));
    await workers.stop();
    process.off('warning', listen);

    expect(warnings).to.not.include('MaxListenersExceededWarning');
  });

  it('runs a job again by itself after its period', async () => {
    const { job, runs } = countingJob('count', 1);
    const workers = startWorkers({ jobs: [job], holder: 'a', log });

    await runs(3);

    await workers.stop();
  });

  it('runs once more when it is nudged while it runs', async () => {
    const begun = createGate();
    const leave = createGate();
    const { job, runs } = countingJob('slow', NEVER_MS, async (count) => {
      if (count > 1) return;
      begun.open();
      await leave.opened;
    });
    const workers = startWorkers({ jobs: [job], holder: 'a', log });
    await begun.opened;

    workers.nudge('slow');
    leave.open();
    await runs(2);

    await workers.stop();
  });

  it('goes on after a job that failed', async () => {
    const { job, runs } = countingJob('breaks', 1, (count) =>
      count === 1 ? Promise.reject(new Error('once')) : Promise.resolve(),
    );
    const workers = startWorkers({ jobs: [job], holder: 'a', log });

    await runs(2);

    await workers.stop();
  });

  it('never runs a job in two processes at once', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    const one = countingJob('shared', 1, work);
    const other = countingJob('shared', 1, work);
    const workers = [
      startWorkers({ jobs: [one.job], holder: 'a', log }),
      startWorkers({ jobs: [other.job], holder: 'b', log }),
    ];

    await Promise.all([one.runs(5), other.runs(5)]);
    await Promise.all(workers.map((each) => each.stop()));

    expect(most).to.equal(1);
  });

  it('tells a running job to come to a halt, and waits for it', async () => {
    const begun = createGate();
    let isFinished = false;
    const job: Job = {
      name: 'long',
      everyMs: NEVER_MS,
      async run(signal) {
        begun.open();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        isFinished = true;
      },
    };
    const workers = startWorkers({ jobs: [job], holder: 'a', log });
    await begun.opened;

    await workers.stop();

    expect(isFinished).to.equal(true);
  });
});

/** A job that counts its runs; `runs(n)` resolves when it has come to the end of the n-th, failed or not. */
function countingJob(
  name: string,
  everyMs: number,
  work: (count: number) => Promise<void> = () => Promise.resolve(),
): { job: Job; runs(count: number): Promise<void> } {
  let count = 0;
  let done = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    job: {
      name,
      everyMs,
      async run() {
        count += 1;
        try {
          await work(count);
        } finally {
          done += 1;
          for (const waiter of waiting) if (waiter.count <= done) waiter.resolve();
        }
      },
    },
    runs(wanted) {
      return new Promise((resolve) => {
        if (done >= wanted) resolve();
        else waiting.push({ count: wanted, resolve });
      });
    },
  };
}
