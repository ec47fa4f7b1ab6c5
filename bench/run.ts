// `npm run bench -- NAME [--seconds N] …`: runs one measuring program. Each prints ratios against a peer or against the
// engine's own limit, measured in the same run. They load this machine only, are bounded, and stop by themselves.
import { cpus, totalmem } from 'node:os';

const PROGRAMS: Record<string, () => Promise<{ run(options: BenchOptions): Promise<void> }>> = {
  launches: () => import('./launches.js'),
  pages: () => import('./pages.js'),
  course: () => import('./course.js'),
  class: () => import('./class.js'),
  outbox: () => import('./outbox.js'),
  lrs: () => import('./lrs.js'),
  stating: () => import('./stating.js'),
  memory: () => import('./memory.js'),
  attainment: () => import('./attainment.js'),
};

export interface BenchOptions {
  /** Length of each measured stretch. */
  seconds: number;
  /** How many launches `memory` makes. */
  launches: number;
  /** How many statements `attainment` builds from, and `lrs` asks among. */
  statements: number;
  /** Another LRS for `lrs` to measure beside ours. */
  other: { endpoint: string; key: string; password: string } | null;
  print: (line: string) => void;
}

const DEFAULT_SECONDS = 8;
const LONGEST_SECONDS = 60;
const DEFAULT_LAUNCHES = 100_000;
const DEFAULT_STATEMENTS = 1_000_000;
/** Storing a million takes ten minutes. */
const DEFAULT_ASKED_AMONG = 100_000;

async function main(): Promise<void> {
  const [name = '', ...rest] = process.argv.slice(2);
  const load = PROGRAMS[name];
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (!load) {
    print(
      `Which one? npm run bench -- NAME, where NAME is ${Object.keys(PROGRAMS).join(', ')}. Options: --seconds 1 to ${LONGEST_SECONDS}; --launches 1000 to ${DEFAULT_LAUNCHES} for memory; --statements 1000 to ${DEFAULT_STATEMENTS} for attainment and lrs; --lrs URL --key KEY --password PASSWORD for lrs.`,
    );
    process.exitCode = 1;
    return;
  }
  const seconds = readNumber(rest, {
    name: '--seconds',
    least: 1,
    most: LONGEST_SECONDS,
    otherwise: DEFAULT_SECONDS,
  });
  const launches = readNumber(rest, {
    name: '--launches',
    least: 1_000,
    most: DEFAULT_LAUNCHES,
    otherwise: DEFAULT_LAUNCHES,
  });
  const statements = readNumber(rest, {
    name: '--statements',
    least: 1_000,
    most: DEFAULT_STATEMENTS,
    otherwise: name === 'lrs' ? DEFAULT_ASKED_AMONG : DEFAULT_STATEMENTS,
  });
  print(
    `# bench ${name}: ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
  );
  print(`# command: npm run bench -- ${[name, ...hidePassword(rest)].join(' ')}`);
  const program = await load();
  try {
    await program.run({ seconds, launches, statements, other: readOther(rest), print });
  } catch (error) {
    print(`failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

function readOther(words: string[]): BenchOptions['other'] {
  const valueOf = (name: string) =>
    words.includes(name) ? (words[words.indexOf(name) + 1] ?? '') : '';
  const endpoint = valueOf('--lrs');
  return endpoint === ''
    ? null
    : { endpoint, key: valueOf('--key'), password: valueOf('--password') };
}

function hidePassword(words: string[]): string[] {
  return words.map((word, index) => (words[index - 1] === '--password' ? '…' : word));
}

/** What is no number within the bounds is as good as not given. */
function readNumber(
  words: string[],
  option: { name: string; least: number; most: number; otherwise: number },
): number {
  const { name, least, most, otherwise } = option;
  if (!words.includes(name)) return otherwise;
  const given = Number(words[words.indexOf(name) + 1]);
  return given >= least && given <= most ? given : otherwise;
}

await main();
