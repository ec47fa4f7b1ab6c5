// `npm run bench -- NAME [--seconds N] …`: runs one measuring program. Each prints ratios against a peer or against the
// engine's own limit, measured in the same run. They load this machine only, are bounded, and stop by themselves.
import { cpus, totalmem } from 'node:os';

const PROGRAMS: Record<string, () => Promise<{ run(options: BenchOptions): Promise<void> }>> = {
  launches: () => import('./launches.js'),
  pages: () => import('./pages.js'),
  outbox: () => import('./outbox.js'),
};

export interface BenchOptions {
  /** Length of each measured stretch. */
  seconds: number;
  print: (line: string) => void;
}

const DEFAULT_SECONDS = 8;
const LONGEST_SECONDS = 60;

async function main(): Promise<void> {
  const [name = '', ...rest] = process.argv.slice(2);
  const load = PROGRAMS[name];
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (!load) {
    print(
      `Which one? npm run bench -- NAME, where NAME is ${Object.keys(PROGRAMS).join(', ')}. Option: --seconds 1 to ${LONGEST_SECONDS}.`,
    );
    process.exitCode = 1;
    return;
  }
  const given = Number(rest[rest.indexOf('--seconds') + 1]);
  const seconds =
    rest.includes('--seconds') && given >= 1 && given <= LONGEST_SECONDS ? given : DEFAULT_SECONDS;
  print(
    `# bench ${name}: ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
  );
  print(`# command: npm run bench -- ${[name, ...rest].join(' ')}`);
  const program = await load();
  try {
    await program.run({ seconds, print });
  } catch (error) {
    print(`failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

await main();
