// platform invite: makes a one-time, expiring invitation and prints the address to paste into the platform.
import type { Command } from 'commander';
import { AppError, isAppError } from '../http/errors.js';
import { createInvitation, DEFAULT_INVITATION_HOURS } from '../lti/create-invitation.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const FLAGS: Record<string, string> = {
  name: '--name',
  kind: '--kind',
  hours: '--hours',
  furtherHosts: '--host',
};

interface InviteOptions extends CommandOptions {
  name?: string;
  acceptDeployments?: boolean;
  shareNames?: boolean;
  kind: string;
  hours: string;
  host: string[];
  platform?: string;
}

type Output = Parameters<Parameters<CommandFrame['run']>[1]>[0];

export function addInvite(noun: Command, frame: CommandFrame): void {
  addVerb(noun, 'invite', 'print a one-time address that connects a platform')
    .option('--name <name>', 'what to call it; without it, what it calls itself')
    .option(
      '--accept-deployments',
      'let new deployments in at once instead of waiting for approval',
    )
    .option('--share-names', "ask for people's names")
    .option('--kind <kind>', 'production or test', 'production')
    .option('--hours <hours>', 'hours until it expires', String(DEFAULT_INVITATION_HOURS))
    .option('--host <host...>', "further hosts of the platform's addresses", [])
    .option('--platform <id>', 'id of a platform to connect again (platform list shows it)')
    .action((options: InviteOptions) => frame.run(options, (output) => invite(options, output)));
}

async function invite(options: InviteOptions, output: Output): Promise<void> {
  const { name = '', kind, hours, host, platform = null } = options;
  const input = {
    name,
    // Whatever else was typed is refused by name.
    kind: kind as 'production' | 'test',
    unknownDeployments: options.acceptDeployments === true ? 'approve' : 'queue',
    shareNames: options.shareNames === true,
    hours: Number(hours),
    furtherHosts: host,
    platform,
  } as const;
  const { address, invitation } = await withDatabase({ announce: output.note }, ({ config, now }) =>
    createInvitation(input, { url: config.url, now: now() }),
  ).catch((error: unknown) => nameOptions(error, platform));
  const { expiresAt, unknownDeployments, shareNames } = invitation;
  const waits = unknownDeployments === 'queue' ? 'wait for approval' : 'are let in at once';
  output.result({
    text: [
      address,
      `Paste it into the platform's registration field. It connects one platform, once, until ${expiresAt.toISOString()}.`,
      `New deployments ${waits}; names are ${shareNames ? 'asked for' : 'not asked for'}.`,
    ].join('\n'),
    value: { address, ...describe(invitation) },
  });
}

function describe(invitation: Awaited<ReturnType<typeof createInvitation>>['invitation']) {
  const { name, kind, unknownDeployments, shareNames, furtherHosts, platform, expiresAt } =
    invitation;
  return { name, kind, unknownDeployments, shareNames, furtherHosts, platform, expiresAt };
}

/** Faults are named by the option, not by the field. */
function nameOptions(error: unknown, platform: string | null): never {
  if (!isAppError(error)) throw error;
  if (error.code === 'admin.not-found')
    throw new AppError('cli.no-such-platform', {
      status: 404,
      values: { platform: platform ?? '' },
      cause: error,
    });
  const fields = Object.entries(error.fields).map(([field, fault]) => {
    const [name = ''] = field.split('.');
    return [FLAGS[name] ?? name, fault] as const;
  });
  throw new AppError(error.code, {
    status: error.status,
    values: error.values,
    fields: Object.fromEntries(fields),
    cause: error,
  });
}
