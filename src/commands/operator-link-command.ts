// operator-link: a one-time link into the administration pages, for whoever may use the command line.
import { Command } from 'commander';
import { createOperatorLink } from '../lti/create-operator-link.js';
import { jsonOption, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const LINK_MINUTES = 15;
const MINUTE_MS = 60_000;

export function operatorLinkCommand(frame: CommandFrame): Command {
  return new Command('operator-link')
    .description('print a link that opens the administration pages once')
    .addOption(jsonOption())
    .action((options: CommandOptions) =>
      frame.run(options, async (output) => {
        const { address, expiresAt } = await withDatabase(
          { announce: output.note },
          ({ config, now }) =>
            createOperatorLink({
              url: config.url,
              ttlMs: LINK_MINUTES * MINUTE_MS,
              now: now(),
            }),
        );
        output.result({
          text: `${address}\nOpens once, within ${String(LINK_MINUTES)} minutes. Whoever has it is the operator.`,
          value: { address, expiresAt },
        });
      }),
    );
}
