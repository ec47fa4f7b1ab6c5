// platform add | invite | list | pause | resume | remove: the platforms (LMS registrations) that may launch the tool.
import { Command } from 'commander';
import { toPlatformInput, PlatformForm } from '../admin/platform-form.js';
import { AppError, isAppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { deleteDeployments, listDeployments } from '../lti/deployment.model.js';
import { addPlatform, type AddPlatformInput } from '../lti/manage-platforms.js';
import {
  deletePlatform,
  listPlatforms,
  setPlatformStatus,
  type Platform,
} from '../lti/platform.model.js';
import { addEmptyTestData } from './empty-test-data-command.js';
import { createCommandOutgoing } from './command-outgoing.js';
import { addInvite } from './invite-command.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const FLAGS: Record<string, string> = {
  issuer: '--issuer',
  clientId: '--client-id',
  deploymentId: '--deployment-id',
  name: '--name',
  authorizationUrl: '--auth-url',
  tokenUrl: '--token-url',
  jwksUrl: '--jwks-url',
  authorizationServer: '--authorization-server',
  kind: '--kind',
};

interface AddOptions extends CommandOptions {
  issuer: string;
  clientId: string;
  deploymentId?: string;
  authUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  name?: string;
  kind?: string;
  authorizationServer?: string;
}

export function platformCommand(frame: CommandFrame): Command {
  const noun = new Command('platform').description('platforms (LMS registrations)');
  addVerb(noun, 'add', 'register a platform, or add a deployment to one')
    .requiredOption('--issuer <url>', 'issuer, exactly as the platform writes it')
    .requiredOption('--client-id <id>', 'client id the platform gave the tool')
    .option('--deployment-id <id>', 'deployment id; without it the first launch waits for approval')
    .requiredOption('--auth-url <url>', "the platform's OIDC authentication request address")
    .requiredOption('--token-url <url>', "the platform's access token address")
    .requiredOption('--jwks-url <url>', "the platform's public keyset address")
    .option('--name <name>', 'what to call it')
    .option('--kind <kind>', 'production or test')
    .option(
      '--authorization-server <audience>',
      'audience for service tokens where it is not the token address (Brightspace)',
    )
    .action((options: AddOptions) => frame.run(options, (output) => add(options, output)));
  addInvite(noun, frame);
  addVerb(noun, 'list', 'show the platforms and their deployments').action(
    (options: CommandOptions) => frame.run(options, (output) => list(output)),
  );
  for (const [verb, status] of [
    ['pause', 'paused'],
    ['resume', 'active'],
  ] as const) {
    addVerb(noun, `${verb} <platform>`, `${verb} launches of a platform`).action(
      (platform: string, options: CommandOptions) =>
        frame.run(options, (output) => changeStatus({ platform, status, output })),
    );
  }
  addVerb(noun, 'remove <platform>', 'remove a platform; what its courses hold is kept').action(
    (platform: string, options: CommandOptions) =>
      frame.run(options, (output) => remove(platform, output)),
  );
  addEmptyTestData(noun, frame);
  return noun;
}

type Output = Parameters<Parameters<CommandFrame['run']>[1]>[0];

async function add(options: AddOptions, output: Output): Promise<void> {
  const { authUrl: authorizationUrl, json: _json, ...rest } = options;
  const input = readInput({ ...rest, authorizationUrl });
  const { platform, deployment } = await withDatabase({ announce: output.note }, async (opened) => {
    const outgoing = createCommandOutgoing(opened);
    const { mayReach } = outgoing;
    return addPlatform(input, { now: opened.now(), mayReach })
      .catch(nameOptions)
      .finally(() => outgoing.close());
  });
  const waits = 'Its first launch will wait for approval in the administration pages.';
  output.result({
    text: [
      `Platform ${platform.name} is registered as ${platform._id}.`,
      deployment === null
        ? waits
        : `Deployment ${deployment.deploymentId} is ${deployment.status}.`,
    ].join('\n'),
    value: { platform: describePlatform(platform), deployment: deployment?.deploymentId ?? null },
  });
}

function readInput(given: Record<string, unknown>): AddPlatformInput {
  try {
    return toPlatformInput(parseInput(PlatformForm, given));
  } catch (error) {
    return nameOptions(error);
  }
}

/** Faults are named by the option, not by the field. */
function nameOptions(error: unknown): never {
  if (!isAppError(error)) throw error;
  const named = Object.entries(error.fields).map(([field, fault]) => [
    FLAGS[field] ?? field,
    fault,
  ]);
  throw new AppError(error.code, { status: 400, fields: Object.fromEntries(named), cause: error });
}

async function list(output: Output): Promise<void> {
  const rows = await withDatabase({ announce: output.note }, async () => {
    const [platforms, deployments] = [await listPlatforms(), await listDeployments()];
    return platforms.map((platform) => ({
      ...describePlatform(platform),
      deployments: deployments
        .filter((deployment) => deployment.platform === platform._id)
        .map(({ deploymentId, status }) => ({ deploymentId, status })),
    }));
  });
  output.table({
    rows,
    empty: 'No platform is registered yet. Register one with: crosswalk platform add --help',
    columns: [
      { title: 'id', value: (row) => row.id },
      { title: 'name', value: (row) => row.name },
      { title: 'state', value: (row) => row.status },
      { title: 'issuer', value: (row) => row.issuer },
      { title: 'client id', value: (row) => row.clientId },
      {
        title: 'deployments',
        value: (row) =>
          row.deployments.map((one) => `${one.deploymentId} (${one.status})`).join(', '),
      },
    ],
  });
}

async function changeStatus(options: {
  platform: string;
  status: Platform['status'];
  output: Output;
}): Promise<void> {
  const { platform: asked, status, output } = options;
  const platform = await withDatabase({ announce: output.note }, async () => {
    const found = await getPlatformByWord(asked);
    await setPlatformStatus({ platform: found._id, status });
    return { ...found, status };
  });
  const state = status === 'paused' ? 'paused: its launches are refused' : 'active again';
  output.result({
    text: `Platform ${platform.name} is ${state}.`,
    value: describePlatform(platform),
  });
}

async function remove(asked: string, output: Output): Promise<void> {
  const platform = await withDatabase({ announce: output.note }, async () => {
    const found = await getPlatformByWord(asked);
    await deletePlatform({ platform: found._id });
    await deleteDeployments({ platform: found._id });
    return found;
  });
  output.result({
    text: `Platform ${platform.name} is removed. What its courses hold is kept, and is there again when it is registered again.`,
    value: describePlatform(platform),
  });
}

/** By our id, or by the issuer where it has one registration only. */
async function getPlatformByWord(word: string): Promise<Platform> {
  const platforms = await listPlatforms();
  const matching = platforms.filter(({ _id, issuer }) => _id === word || issuer === word);
  const [platform] = matching;
  if (platform === undefined || matching.length > 1) {
    throw new AppError('cli.no-such-platform', { status: 404, values: { platform: word } });
  }
  return platform;
}

function describePlatform(platform: Platform) {
  const { _id: id, name, status, issuer, clientId, authorizationUrl, tokenUrl, jwksUrl } = platform;
  return { id, name, status, issuer, clientId, authorizationUrl, tokenUrl, jwksUrl };
}
