#!/usr/bin/env node
// The command line: the noun in the singular, then the verb. Only wires commander; what a command does is in commands/.
// Results go to standard output, everything else to standard error; exit code 0, or 1 with the reason.
import { Command } from 'commander';
import { backupCommand, restoreCommand } from './commands/backup-command.js';
import { doctorCommand } from './commands/doctor-command.js';
import { frameworkCommand } from './commands/framework-command.js';
import { lrsKeyCommand } from './commands/lrs-key-command.js';
import { operatorLinkCommand } from './commands/operator-link-command.js';
import { platformCommand } from './commands/platform-command.js';
import { reportCommand } from './commands/report-command.js';
import { resourceCommand } from './commands/resource-command.js';
import { createFrame } from './commands/run-command.js';
import { startCommand } from './commands/start-command.js';
import { statementCommand } from './commands/statement-command.js';
import { readAppVersion } from './commands/with-database.js';

const setExitCode = (code: number) => {
  process.exitCode = code;
};
const frame = createFrame({
  terminal: { out: process.stdout, err: process.stderr },
  setExitCode,
});

// A reader that has seen enough (`crosswalk statement export | head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

await new Command('crosswalk')
  .description('From a competency framework to evidence: an LTI 1.3 Advantage tool.')
  .version(readAppVersion())
  .showHelpAfterError('(add --help for the options)')
  .addCommand(startCommand(frame))
  .addCommand(platformCommand(frame))
  .addCommand(frameworkCommand(frame))
  .addCommand(resourceCommand(frame))
  .addCommand(lrsKeyCommand(frame))
  .addCommand(statementCommand(frame))
  .addCommand(reportCommand(frame))
  .addCommand(backupCommand(frame))
  .addCommand(restoreCommand(frame))
  .addCommand(operatorLinkCommand(frame))
  .addCommand(doctorCommand(frame, setExitCode))
  .parseAsync();
