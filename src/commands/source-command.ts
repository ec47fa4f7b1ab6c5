// source add | list | pause | resume: other record stores whose statements count as evidence in a deployment.
import { Command } from 'commander';
import { AppError } from '../http/errors.js';
import { findDeployment } from '../lti/deployment.model.js';
import { listSources } from '../sources/evidence-source.model.js';
import { addStoreSource, setStatus } from '../sources/evidence-sources.js';
import { createCommandOutgoing } from './command-outgoing.js';
import type { Output } from './output.js';
import { readNamedFile } from './read-file.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

interface AddOptions extends CommandOptions {
  deployment: string;
  name: string;
  endpoint: string;
  key: string;
  passwordFile: string;
  homePage?: string[];
  accountName: string;
  mailboxes?: true;
}

export function sourceCommand(frame: CommandFrame): Command {
  const noun = new Command('source').description(
    'other tools whose statements count as evidence, and which of their actors are ours',
  );
  addVerb(noun, 'add', 'read another record store')
    .requiredOption('--deployment <id>', 'our id of the deployment in which its statements count')
    .requiredOption('--name <name>', 'what to call it')
    .requiredOption('--endpoint <url>', 'address of the record store, without /statements')
    .requiredOption('--key <key>', 'key or user name')
    .requiredOption('--password-file <file>', 'file that holds its secret or password')
    .option('--home-page <iri>', 'home page of our people’s accounts, once for each', collect)
    .option('--account-name <kind>', 'what the name of an account is: sub or id-number', 'sub')
    .option('--mailboxes', 'know people by e-mail address too: the platform vouches for them')
    .action((options: AddOptions) => frame.run(options, (output) => add(options, output)));
  addVerb(noun, 'list', 'show the sources, without their secrets')
    .option('--deployment <id>', 'of one deployment')
    .action((options: CommandOptions & { deployment?: string }) =>
      frame.run(options, (output) => list(options, output)),
    );
  for (const [verb, status] of [
    ['pause', 'paused'],
    ['resume', 'active'],
  ] as const)
    addVerb(noun, `${verb} <source>`, `${verb} reading and counting`)
      .requiredOption('--deployment <id>', 'our id of its deployment')
      .action((source: string, options: CommandOptions & { deployment: string }) =>
        frame.run(options, (output) => set({ ...options, source, status }, output)),
      );
  return noun;
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

async function add(options: AddOptions, output: Output): Promise<void> {
  const { deployment, name, endpoint, key, homePage = [], accountName, mailboxes } = options;
  const password = (await readNamedFile(options.passwordFile)).toString('utf8').trim();
  const source = await withDatabase({ announce: output.note }, async (opened) => {
    const { config, now } = opened;
    if (!(await findDeployment({ deployment })))
      throw new AppError('admin.not-found', { status: 404 });
    const outgoing = createCommandOutgoing(opened);
    try {
      return await addStoreSource({
        deployment,
        body: {
          name,
          endpoint,
          key,
          password,
          homePages: homePage.join('\n'),
          accountName,
          ...(mailboxes && { mailboxes: 'yes' }),
        },
        secret: config.secret,
        mayReach: outgoing.mayReach,
        now: now(),
      });
    } finally {
      await outgoing.close();
    }
  });
  output.result({ text: `The source ${source} was added.`, value: { source } });
}

async function list(options: { deployment?: string }, output: Output): Promise<void> {
  const { deployment } = options;
  const sources = await withDatabase({ announce: output.note }, () =>
    listSources(deployment === undefined ? {} : { deployment }),
  );
  const lines = sources.map(({ id, name, endpoint, key, status, read, refused, lastError }) =>
    [id, name, endpoint ?? `key ${key}`, status, `${read} read`, `${refused} not taken`, lastError]
      .filter((part) => part !== null)
      .join('  '),
  );
  output.result({
    text: lines.length === 0 ? 'There is no source.' : lines.join('\n'),
    value: { sources },
  });
}

async function set(
  options: { deployment: string; source: string; status: 'active' | 'paused' },
  output: Output,
): Promise<void> {
  const { deployment, source, status } = options;
  await withDatabase({ announce: output.note }, () => setStatus({ deployment, source, status }));
  output.result({ text: `The source ${source} is ${status}.`, value: { source, status } });
}
