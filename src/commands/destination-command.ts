// destination add | list | set | test | pause | resume | retry | remove: the record stores (LRSs) that statements are told to.
import { Command } from 'commander';
import { AppError } from '../http/errors.js';
import { wordsFor } from '../http/catalogue.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import {
  getDestination,
  openPassword,
  pauseDestination,
  resumeDestination,
} from '../outbox/destinations.js';
import {
  addDestination,
  changeDestination,
  getOther,
  removeDestination,
} from '../outbox/manage-destinations.js';
import { countBacklog } from '../outbox/outbox-metrics.js';
import { retryAllParked } from '../outbox/parked-statements.js';
import { isConnectionGood, testConnection } from '../outbox/test-connection.js';
import { createCommandOutgoing } from './command-outgoing.js';
import type { Output } from './output.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase, type CommandDatabase } from './with-database.js';

interface SettingsOptions extends CommandOptions {
  name?: string;
  endpoint?: string;
  key?: string;
  password?: string;
  xapi?: string;
  gzip?: 'on' | 'off';
}

type Work = (
  opened: CommandDatabase & { outgoing: OutgoingClient },
) => Promise<{ text: string; value: unknown }>;

export function destinationCommand(frame: CommandFrame): Command {
  const noun = new Command('destination').description(
    'record stores (LRSs) that statements are told to',
  );
  addSettings(
    addVerb(noun, 'add', 'add a record store of others, paused until it is resumed'),
  ).action((options: SettingsOptions) => runWork(frame, options, (opened) => add(options, opened)));
  addVerb(noun, 'list', 'show the record stores, with what is on its way to each').action(
    (options: CommandOptions) => frame.run(options, list),
  );
  addSettings(addVerb(noun, 'set <id>', 'change the settings that are named')).action(
    (id: string, options: SettingsOptions) =>
      runWork(frame, options, (opened) => set(id, options, opened)),
  );
  const verbs: [verb: string, about: string, work: (id: string) => Work][] = [
    ['test', 'try the connection, and say exactly what is wrong', (id) => (o) => test(id, o)],
    ['pause', 'send it nothing until it is resumed', (id) => () => pause(id)],
    ['resume', 'go on sending, at once', (id) => () => resume(id)],
    ['retry', 'send what it refused once more', (id) => () => retry(id)],
    [
      'remove',
      'send it nothing any more, and forget how far it was told',
      (id) => () => remove(id),
    ],
  ];
  for (const [verb, about, work] of verbs)
    addVerb(noun, `${verb} <id>`, about).action((id: string, options: CommandOptions) =>
      runWork(frame, options, work(id)),
    );
  return noun;
}

function addSettings(command: Command): Command {
  return command
    .option('--name <name>', 'what to call it')
    .option('--endpoint <url>', 'its base address, without /statements')
    .option('--key <key>', 'user name of Basic authentication')
    .option('--password <password>', 'password of Basic authentication')
    .option('--xapi <version>', 'version of xAPI to speak: 1.0.3 or 2.0.0')
    .option('--gzip <on|off>', 'compress what is sent; only where it takes that');
}

function runWork(frame: CommandFrame, options: CommandOptions, work: Work): Promise<void> {
  return frame.run(options, async (output) => {
    const result = await withDatabase({ announce: output.note }, async (opened) => {
      const outgoing = createCommandOutgoing(opened);
      try {
        return await work({ ...opened, outgoing });
      } finally {
        await outgoing.close();
      }
    });
    output.result(result);
  });
}

/** What was named, as the form would hold it. */
function typed({ xapi, gzip, name, endpoint, key, password }: SettingsOptions) {
  return {
    ...(name !== undefined && { name }),
    ...(endpoint !== undefined && { endpoint }),
    ...(key !== undefined && { key }),
    ...(password !== undefined && { password }),
    ...(xapi !== undefined && { version: xapi }),
    ...(gzip !== undefined && { gzip: gzip === 'on' ? 'yes' : undefined }),
  };
}

async function add(options: SettingsOptions, opened: Parameters<Work>[0]) {
  const { config, now, outgoing } = opened;
  const { id, name, endpoint, version, gzip } = await addDestination({
    input: typed(options),
    status: 'paused',
    mayReach: outgoing.mayReach,
    secret: config.secret,
    now: now(),
  });
  return {
    text: `${name} is added, paused, as ${id}. Try it: crosswalk destination test ${id}. Then: crosswalk destination resume ${id}`,
    value: { id, name, endpoint, version, gzip, status: 'paused' },
  };
}

async function set(id: string, options: SettingsOptions, opened: Parameters<Work>[0]) {
  const { config, outgoing } = opened;
  const { name, endpoint, key, version, gzip } = await getOther(id);
  const saved = { name, endpoint, key, version, ...(gzip && { gzip: 'yes' }) };
  await changeDestination({
    destination: id,
    input: { ...saved, ...typed(options) },
    mayReach: outgoing.mayReach,
    secret: config.secret,
  });
  return { text: `The settings of ${id} are changed.`, value: { id, isChanged: true } };
}

/** Throws `outbox.connection` (502) when statements cannot be told to it. */
async function test(id: string, { config, outgoing }: Parameters<Work>[0]) {
  const destination = await getDestination({ destination: id });
  const password = await openPassword({ destination: id, secret: config.secret });
  const { signal } = new AbortController();
  const connection = { ...destination, password };
  const checks = await testConnection({ outgoing, connection, signal });
  const words = wordsFor('en');
  const lines = checks.map(({ step, verdict, code, values }) => {
    const said = verdict !== 'good' && values['words'] ? ` It says: “${values['words']}”` : '';
    return `${verdict.padEnd('doubtful'.length)}  ${words(`destinations:steps.${step}`)}: ${words(`destinations:test.${code}`, values)}${said}`;
  });
  if (!isConnectionGood(checks))
    throw new AppError('outbox.connection', { status: 502, values: { lines: lines.join('\n') } });
  return { text: lines.join('\n'), value: { id, checks } };
}

async function pause(id: string) {
  await pauseDestination({ destination: id });
  return { text: `${id} is paused.`, value: { id, status: 'paused' } };
}

async function resume(id: string) {
  await resumeDestination({ destination: id });
  return { text: `${id} goes on.`, value: { id, status: 'active' } };
}

async function retry(id: string) {
  await getDestination({ destination: id });
  const { count } = await retryAllParked({ destination: id });
  return {
    text: `${String(count)} statements are sent again at the next delivery.`,
    value: { id, count },
  };
}

async function remove(id: string) {
  await removeDestination({ destination: id });
  return { text: `${id} is removed.`, value: { id, isRemoved: true } };
}

async function list(output: Output): Promise<void> {
  const backlogs = await withDatabase({ announce: output.note }, () => countBacklog());
  output.table({
    rows: backlogs.map(
      ({ destination: { key: _key, ...destination }, count, oldestAt, parked }) => ({
        ...destination,
        onTheWay: count,
        oldestAt,
        parked,
      }),
    ),
    empty: 'There is no record store yet; our own is on the first start.',
    columns: [
      { title: 'id', value: (row) => row.id },
      { title: 'name', value: (row) => row.name },
      { title: 'endpoint', value: (row) => row.endpoint },
      { title: 'xapi', value: (row) => row.version },
      { title: 'state', value: (row) => row.status },
      { title: 'on the way', value: (row) => row.onTheWay },
      { title: 'parked', value: (row) => row.parked },
      { title: 'last error', value: (row) => row.lastError },
    ],
  });
}
