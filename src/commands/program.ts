// All commands, wired: the noun in the singular, then the verb. What a command does is in its own file.
import { Command } from 'commander';
import { attainmentCommand } from './attainment-command.js';
import { backupCommand, restoreCommand } from './backup-command.js';
import { destinationCommand } from './destination-command.js';
import { doctorCommand } from './doctor-command.js';
import { frameworkCommand } from './framework-command.js';
import { keyCommand } from './key-command.js';
import { lrsKeyCommand } from './lrs-key-command.js';
import { operatorLinkCommand } from './operator-link-command.js';
import type { Terminal } from './output.js';
import { personCommand } from './person-command.js';
import { platformCommand } from './platform-command.js';
import { reportCommand } from './report-command.js';
import { resourceCommand } from './resource-command.js';
import { createFrame } from './run-command.js';
import { retentionCommand } from './retention-command.js';
import { sourceCommand } from './source-command.js';
import { secretCommand } from './secret-command.js';
import { startCommand } from './start-command.js';
import { statementCommand } from './statement-command.js';
import { readAppVersion } from './with-database.js';

/** Results go to `terminal.out`, everything else to `terminal.err`; exit code 0, or 1 with the reason. */
export function createProgram(options: {
  terminal: Terminal;
  setExitCode: (code: number) => void;
}): Command {
  const { setExitCode } = options;
  const frame = createFrame(options);
  return new Command('crosswalk')
    .description('From a competency framework to evidence: an LTI 1.3 Advantage tool.')
    .version(readAppVersion())
    .showHelpAfterError('(add --help for the options)')
    .addCommand(startCommand(frame))
    .addCommand(platformCommand(frame))
    .addCommand(personCommand(frame))
    .addCommand(retentionCommand(frame))
    .addCommand(sourceCommand(frame))
    .addCommand(frameworkCommand(frame))
    .addCommand(resourceCommand(frame))
    .addCommand(keyCommand(frame))
    .addCommand(secretCommand(frame))
    .addCommand(lrsKeyCommand(frame))
    .addCommand(destinationCommand(frame))
    .addCommand(statementCommand(frame))
    .addCommand(attainmentCommand(frame))
    .addCommand(reportCommand(frame))
    .addCommand(backupCommand(frame))
    .addCommand(restoreCommand(frame))
    .addCommand(operatorLinkCommand(frame))
    .addCommand(doctorCommand(frame, setExitCode));
}
