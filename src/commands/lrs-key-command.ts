// lrs-key add | list | revoke: the keys with which other tools speak to our record store at /xapi.
import { Command } from 'commander';
import { addLrsKey, listLrsKeys, revokeLrsKey } from '../lrs/lrs-keys.js';
import { LRS_SCOPES } from '../lrs/lrs-request.js';
import type { Output } from './output.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

interface AddOptions extends CommandOptions {
  name: string;
  scope: string[];
}

export function lrsKeyCommand(frame: CommandFrame): Command {
  const noun = new Command('lrs-key').description('keys of the record store (LRS) at /xapi');
  addVerb(noun, 'add', 'make a key; key and secret are shown once')
    .requiredOption(
      '--name <name>',
      'which tool it is for; statements it stores name it as authority',
    )
    .requiredOption(
      '--scope <scope>',
      `what it may do, once for each: ${LRS_SCOPES.join(', ')}`,
      (scope: string, before: string[] | undefined) => [
        ...(before ?? []),
        ...scope.split(/[\s,]+/),
      ],
    )
    .action((options: AddOptions) => frame.run(options, (output) => add(options, output)));
  addVerb(noun, 'list', 'show the keys, without their secrets').action((options: CommandOptions) =>
    frame.run(options, list),
  );
  addVerb(noun, 'revoke <key>', 'refuse a key from now on').action(
    (key: string, options: CommandOptions) => frame.run(options, (output) => revoke(key, output)),
  );
  return noun;
}

async function add({ name, scope: scopes }: AddOptions, output: Output): Promise<void> {
  const { made, endpoint } = await withDatabase(
    { announce: output.note },
    async ({ config, now }) => ({
      made: await addLrsKey({ name, scopes, now: now() }),
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
    value: { endpoint, name, scopes, ...made },
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
