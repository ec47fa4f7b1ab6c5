// lrs-key add | list | set | rotate | revoke: the keys with which other tools speak to our record store at /xapi.
import { Command } from 'commander';
import { AppError } from '../http/errors.js';
import {
  lastDayOf,
  readNewKey,
  readOverlapHours,
  readTerms,
  writeTerms,
} from '../lrs/lrs-key-terms.js';
import {
  addLrsKey,
  changeLrsKey,
  getLrsKey,
  listLrsKeys,
  revokeLrsKey,
  rotateLrsKey,
} from '../lrs/lrs-keys.js';
import { LRS_SCOPES } from '../lrs/lrs-request.js';
import type { Output } from './output.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const USUAL_OVERLAP_HOURS = '24';

interface TermsOptions extends CommandOptions {
  origin?: string[];
  lastDay?: string;
  requestsPerMinute?: string;
  statementsPerDay?: string;
}

interface AddOptions extends TermsOptions {
  name: string;
  scope: string[];
}

interface RotateOptions extends CommandOptions {
  overlapHours: string;
}

export function lrsKeyCommand(frame: CommandFrame): Command {
  const noun = new Command('lrs-key').description('keys of the record store (LRS) at /xapi');
  const addition = addVerb(noun, 'add', 'make a key; key and secret are shown once')
    .requiredOption(
      '--name <name>',
      'which tool it is for; statements it stores name it as authority',
    )
    .requiredOption(
      '--scope <scope>',
      `what it may do, once for each: ${LRS_SCOPES.join(', ')}`,
      collect,
    );
  addTerms(addition).action((options: AddOptions) =>
    frame.run(options, (output) => add(options, output)),
  );
  addVerb(noun, 'list', 'show the keys, without their secrets').action((options: CommandOptions) =>
    frame.run(options, list),
  );
  const change = addVerb(noun, 'set <key>', 'change terms of a key; an empty text takes one away');
  addTerms(change).action((key: string, options: TermsOptions) =>
    frame.run(options, (output) => set(key, options, output)),
  );
  addVerb(noun, 'rotate <key>', 'give a key another secret, shown once')
    .option(
      '--overlap-hours <hours>',
      'hours for which the former secret stays good (0 to 720)',
      USUAL_OVERLAP_HOURS,
    )
    .action((key: string, options: RotateOptions) =>
      frame.run(options, (output) => rotate(key, options, output)),
    );
  addVerb(noun, 'revoke <key>', 'refuse a key from now on').action(
    (key: string, options: CommandOptions) => frame.run(options, (output) => revoke(key, output)),
  );
  return noun;
}

function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(/[\s,]+/)];
}

function addTerms(command: Command): Command {
  return command
    .option('--origin <origin>', 'web page that may use it, once for each', collect)
    .option('--last-day <day>', 'last day on which it is good (2026-12-31, UTC)')
    .option('--requests-per-minute <number>', 'most requests a minute')
    .option('--statements-per-day <number>', 'most statements a day (UTC)');
}

/** The terms that were named, as the form would hold them. */
function typedTerms(options: TermsOptions): Record<string, string> {
  const { origin, lastDay, requestsPerMinute, statementsPerDay } = options;
  return {
    ...(origin !== undefined && { origins: origin.join(' ') }),
    ...(lastDay !== undefined && { lastDay }),
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(statementsPerDay !== undefined && { statementsPerDay }),
  };
}

async function add(options: AddOptions, output: Output): Promise<void> {
  const { name, scopes, terms } = readNewKey({
    name: options.name,
    scopes: options.scope,
    ...typedTerms(options),
  });
  const { made, endpoint } = await withDatabase(
    { announce: output.note },
    async ({ config, now }) => ({
      made: await addLrsKey({ name, scopes, terms, now: now() }),
      endpoint: `${config.url}/xapi`,
    }),
  );
  output.result({
    text: [
      `Endpoint  ${endpoint}`,
      `Key       ${made.key}`,
      `Secret    ${made.secret}`,
      'The secret is not shown again. Use both as user name and password (Basic authentication).',
    ].join('\n'),
    value: { endpoint, name, scopes, ...terms, ...made },
  });
}

async function set(key: string, options: TermsOptions, output: Output): Promise<void> {
  const typed = typedTerms(options);
  if (Object.keys(typed).length === 0) throw new AppError('cli.nothing-to-change', { status: 400 });
  const terms = await withDatabase({ announce: output.note }, async () => {
    const changed = readTerms({ ...writeTerms(await getLrsKey({ key })), ...typed });
    await changeLrsKey({ key, terms: changed });
    return changed;
  });
  output.result({
    text: `The terms of ${key} are changed; they count within seconds.`,
    value: { key, ...terms },
  });
}

async function rotate(key: string, options: RotateOptions, output: Output): Promise<void> {
  const overlapHours = readOverlapHours(options);
  const made = await withDatabase({ announce: output.note }, ({ now }) =>
    rotateLrsKey({ key, overlapHours, now: now() }),
  );
  const { secret, previousUntil } = made;
  const former = previousUntil
    ? `The former secret stays good until ${previousUntil.toISOString()}.`
    : 'The former secret is refused from now on.';
  output.result({
    text: [
      `Key       ${key}`,
      `Secret    ${secret}`,
      `The secret is not shown again. ${former}`,
    ].join('\n'),
    value: made,
  });
}

async function list(output: Output): Promise<void> {
  const rows = await withDatabase({ announce: output.note }, () => listLrsKeys());
  output.table({
    rows,
    empty: 'There is no key yet. Make one with: crosswalk lrs-key add --help',
    columns: [
      { title: 'key', value: (row) => row.key },
      { title: 'name', value: (row) => row.name },
      { title: 'scopes', value: (row) => row.scopes.join(' ') },
      { title: 'made', value: (row) => row.createdAt },
      { title: 'last used', value: (row) => row.lastUsedDay },
      { title: 'last day', value: (row) => row.expiresAt && lastDayOf(row.expiresAt) },
      { title: 'revoked', value: (row) => row.revokedAt },
    ],
  });
}

async function revoke(key: string, output: Output): Promise<void> {
  await withDatabase({ announce: output.note }, ({ now }) => revokeLrsKey({ key, now: now() }));
  output.result({
    text: `The key ${key} is refused from now on; what it stored stays.`,
    value: { key, isRevoked: true },
  });
}
