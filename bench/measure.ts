// Runs one step over and over, N at a time, for a set time, and says how many a second and how long each took.

export interface Measured {
  perSecond: number;
  count: number;
  failures: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  firstFailure: string | null;
}

/** `step` gets a running number; a rejected step counts as a failure. A warm-up of `warmUp` steps is not counted. */
export async function measure(options: {
  seconds: number;
  concurrency: number;
  warmUp?: number;
  step: (index: number) => Promise<void>;
}): Promise<Measured> {
  const { seconds, concurrency, warmUp = concurrency * 3, step } = options;
  let next = 0;
  for (let done = 0; done < warmUp; done += concurrency)
    await Promise.allSettled(Array.from({ length: concurrency }, () => step(next++)));

  const times: number[] = [];
  let failures = 0;
  let firstFailure: string | null = null;
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        const from = performance.now();
        try {
          await step(next++);
          times.push(performance.now() - from);
        } catch (error) {
          failures += 1;
          firstFailure ??= error instanceof Error ? error.message : String(error);
        }
      }
    }),
  );
  const elapsed = (performance.now() - begun) / 1_000;
  times.sort((a, b) => a - b);
  return {
    perSecond: times.length / elapsed,
    count: times.length,
    failures,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    firstFailure,
  };
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

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

function percentile(sorted: number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
}
