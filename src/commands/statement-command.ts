// statement export: the statements of our record store as JSON Lines, in the order they were stored, one read at a time, so
// that memory stays the same however many there are. Voided statements are left out, as in an LRS's own answers.
import { once } from 'node:events';
import { Command } from 'commander';
import { AppError } from '../http/errors.js';
import { readStatementFeed, type StatementFeedEntry } from '../lrs/statement-feed.js';
import { VERBS } from '../xapi/vocabulary.js';
import type { Output } from './output.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const READ_AT_ONCE = 500;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface ExportOptions extends CommandOptions {
  since?: string;
  until?: string;
  verb?: string;
  activity?: string;
}

export interface ExportFilter {
  /** Stored after this moment, and up to that one, as in the LRS (xAPI Communication 2.1.3). */
  since: Date | null;
  until: Date | null;
  verb: string | null;
  activity: string | null;
}

export function statementCommand(frame: CommandFrame): Command {
  const noun = new Command('statement').description('xAPI statements of our record store');
  addVerb(noun, 'export', 'write statements to standard output, one JSON text a line')
    .option('--since <time>', 'stored after this day or time')
    .option('--until <time>', 'stored up to this day or time')
    .option('--verb <verb>', `address of a verb, or one of ${Object.keys(VERBS).join(', ')}`)
    .option('--activity <iri>', 'address of the activity that is the object')
    .action((options: ExportOptions) =>
      frame.run(options, (output) => exportStatements(readFilter(options), output)),
    );
  return noun;
}

async function exportStatements(filter: ExportFilter, output: Output): Promise<void> {
  const count = await withDatabase({ announce: output.note }, async ({ now }) => {
    let written = 0;
    for (let after = 0; ;) {
      const { entries, through } = await readStatementFeed({
        after,
        limit: READ_AT_ONCE,
        now: now(),
      });
      const lines = entries
        .filter((entry) => isWanted(entry, filter))
        .map(({ statement }) => `${JSON.stringify(statement)}\n`);
      written += lines.length;
      if (lines.length > 0 && !output.stream.write(lines.join('')))
        await once(output.stream, 'drain');
      if (through <= after || entries.length < READ_AT_ONCE) return written;
      after = through;
    }
  });
  output.note(`${String(count)} statements`);
}

export function isWanted(
  entry: Pick<StatementFeedEntry, 'statement' | 'stored' | 'isVoided'>,
  filter: ExportFilter,
): boolean {
  const { statement, stored, isVoided } = entry;
  const { since, until, verb, activity } = filter;
  if (isVoided) return false;
  if (since !== null && stored <= since) return false;
  if (until !== null && stored > until) return false;
  if (verb !== null && statement.verb.id !== verb) return false;
  if (activity === null) return true;
  const { object } = statement;
  return 'id' in object && object.objectType !== 'StatementRef' && object.id === activity;
}

function readFilter(options: ExportOptions): ExportFilter {
  const { since, until, verb = null, activity = null } = options;
  const known: [string, string][] = Object.entries(VERBS);
  return {
    since: since === undefined ? null : readTime('--since', since, 'start'),
    until: until === undefined ? null : readTime('--until', until, 'end'),
    verb: known.find(([name]) => name === verb)?.[1] ?? verb,
    activity,
  };
}

/** A day stands for its first moment after --since and its last one up to --until, in UTC. */
function readTime(option: string, value: string, side: 'start' | 'end'): Date {
  const text = DAY.test(value)
    ? `${value}T${side === 'start' ? '00:00:00.000' : '23:59:59.999'}Z`
    : value;
  const time = new Date(text);
  const isTime = DAY.test(value) || /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(value);
  if (!isTime || Number.isNaN(time.getTime()))
    throw new AppError('cli.bad-time', { status: 400, values: { option, value } });
  return time;
}
