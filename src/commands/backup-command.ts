// backup FILE and restore FILE: the whole database in one file, on both engines, also while the server runs. A running
// server goes on with what was restored: what it keeps in memory is old within seconds, and logs notice it themselves.
import { hostname } from 'node:os';
import { Command } from 'commander';
import { restoreBackup, writeBackup } from '../db/backup.js';
import { checkSchemaVersion } from '../db/schema-version.js';
import { AppError } from '../http/errors.js';
import { loadModels } from './load-models.js';
import { jsonOption, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

export function backupCommand(frame: CommandFrame): Command {
  return new Command('backup')
    .description('write everything stored into one new file; the server may run')
    .argument('<file>', 'the file to make; an existing one is never overwritten')
    .addOption(jsonOption())
    .action((file: string, options: CommandOptions) =>
      frame.run(options, async (output) => {
        await loadModels();
        const { header, counts } = await withDatabase({ announce: output.note }, ({ app, now }) =>
          writeBackup({ file, app, now: now() }),
        );
        output.result({
          text: `${sumUp(counts)} written to ${file}. Keys in it are encrypted: keep CROSSWALK_SECRET as well.`,
          value: { file, ...header, counts },
        });
      }),
    );
}

interface RestoreOptions extends CommandOptions {
  yes?: true;
}

export function restoreCommand(frame: CommandFrame): Command {
  return new Command('restore')
    .description('put a backup in place of what is stored now')
    .argument('<file>', 'a file that backup made')
    .option('--yes', 'lose what is stored now; without it only an empty database is filled')
    .addOption(jsonOption())
    .action((file: string, options: RestoreOptions) =>
      frame.run(options, async (output) => {
        await loadModels();
        const onto = options.yes === true ? 'existing' : 'empty';
        const { header, counts } = await withDatabase(
          { announce: output.note },
          async ({ app, now, log }) => {
            const restored = await restoreBackup({ file, onto, log }).catch(explainNotEmpty);
            const holder = `restore-${String(process.pid)}-${hostname()}`;
            await checkSchemaVersion({ app, holder, now, log });
            return restored;
          },
        );
        output.result({
          text: `${sumUp(counts)} of ${header.createdAt} restored.`,
          value: { file, ...header, counts },
        });
      }),
    );
}

/** An existing database is only replaced by a second, explicit word. */
function explainNotEmpty(error: unknown): never {
  if (error instanceof AppError && error.code === 'backup.not-empty') {
    const what = 'The database is not empty, and a restore replaces everything in it.';
    throw new AppError('cli.confirm-needed', { status: 409, values: { what }, cause: error });
  }
  throw error;
}

function sumUp(counts: Record<string, number>): string {
  const records = Object.values(counts).reduce((total, count) => total + count, 0);
  return `${String(records)} records of ${String(Object.keys(counts).length)} collections`;
}
