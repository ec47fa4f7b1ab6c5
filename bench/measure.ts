// Runs one step over and over, N at a time, for a set time, and says how many a second and how long each took.

export interface Measured {
  perSecond: number;
  count: number;
  failures: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  firstFailure: string | null;
  /** Length of the measured stretches together. */
  seconds: number;
  /** Milliseconds of each step that succeeded, sorted. */
  times: number[];
  /** What the steps themselves reported (milliseconds to the first byte), sorted. */
  marks: number[];
}

/**
 * `step` gets a running number and may report a time of its own; a rejected step counts as a failure. A warm-up of
 * `warmUp` steps is not counted.
 */
export async function measure(options: {
  seconds: number;
  concurrency: number;
  warmUp?: number;
  step: (index: number) => Promise<number | void>;
}): Promise<Measured> {
  const { seconds, concurrency, warmUp = concurrency * 3, step } = options;
  let next = 0;
  for (let done = 0; done < warmUp; done += concurrency)
    await Promise.allSettled(Array.from({ length: concurrency }, () => step(next++)));

  const times: number[] = [];
  const marks: number[] = [];
  let failures = 0;
  let firstFailure: string | null = null;
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        const from = performance.now();
        try {
          const mark = await step(next++);
          times.push(performance.now() - from);
          if (mark !== undefined) marks.push(mark);
        } catch (error) {
          failures += 1;
          firstFailure ??= error instanceof Error ? error.message : String(error);
        }
      }
    }),
  );
  const elapsed = (performance.now() - begun) / 1_000;
  return summarise({ times, marks, failures, firstFailure, seconds: elapsed });
}

/** Several stretches of the same thing as one. */
export function merge(stretches: Measured[]): Measured {
  return summarise({
    times: stretches.flatMap((stretch) => stretch.times),
    marks: stretches.flatMap((stretch) => stretch.marks),
    failures: stretches.reduce((sum, stretch) => sum + stretch.failures, 0),
    firstFailure: stretches.find((stretch) => stretch.firstFailure !== null)?.firstFailure ?? null,
    seconds: stretches.reduce((sum, stretch) => sum + stretch.seconds, 0),
  });
}

/** Does `total` steps, `concurrency` at a time, and throws with the first failure. */
export async function runAll(options: {
  total: number;
  concurrency: number;
  step: (index: number) => Promise<void>;
}): Promise<{ seconds: number; perSecond: number }> {
  const { total, concurrency, step } = options;
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < total) await step(next++);
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  return { seconds, perSecond: total / seconds };
}

/** A row of fixed width, so that runs can be read beside each other. */
export function row(cells: (string | number)[], widths: number[]): string {
  return cells
    .map((cell, index) => {
      const text = typeof cell === 'number' ? format(cell) : cell;
      return index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0);
    })
    .join('  ');
}

function summarise(
  found: Pick<Measured, 'times' | 'marks' | 'failures' | 'firstFailure' | 'seconds'>,
): Measured {
  const times = found.times.toSorted((a, b) => a - b);
  return {
    ...found,
    times,
    marks: found.marks.toSorted((a, b) => a - b),
    count: times.length,
    perSecond: times.length / found.seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

function format(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

/** `-` stands for nothing measured. */
export function percentile(sorted: number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
