// platform empty-test-data: removes what the people of a test platform left; the registration stays.
import type { Command } from 'commander';
import { emptyTestData } from '../empty-test-data.js';
import { AppError } from '../http/errors.js';
import { findPlatform } from '../lti/platform.model.js';
import { platformRecordId } from '../lti/record-ids.js';
import { loadModels } from './load-models.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

interface EmptyOptions extends CommandOptions {
  issuer: string;
  clientId: string;
}

/** Adds the verb to the noun `platform`. */
export function addEmptyTestData(noun: Command, frame: CommandFrame): void {
  addVerb(noun, 'empty-test-data', 'remove what the people of a test platform left')
    .requiredOption('--issuer <url>', 'issuer, exactly as the platform writes it')
    .requiredOption('--client-id <id>', 'client id the platform gave the tool')
    .action((options: EmptyOptions) => frame.run(options, (output) => empty(options, output)));
}

async function empty(
  options: EmptyOptions,
  output: Parameters<Parameters<CommandFrame['run']>[1]>[0],
): Promise<void> {
  const { issuer, clientId } = options;
  await loadModels();
  const { name, rows } = await withDatabase({ announce: output.note }, async () => {
    const found = await findPlatform({ platform: platformRecordId({ issuer, clientId }) });
    if (!found)
      throw new AppError('cli.no-such-platform', {
        status: 404,
        values: { platform: `${issuer}, client id ${clientId}` },
      });
    return { name: found.name, rows: await emptyTestData({ platform: found._id }) };
  });
  const counts = Object.entries(rows).map(([collection, count]) => `  ${collection}: ${count}`);
  output.result({
    text: [
      counts.length === 0
        ? `Platform ${name} held no test data.`
        : `The test data of platform ${name} are gone. It stays registered. Rows removed:`,
      ...counts,
    ].join('\n'),
    value: { platform: name, rows },
  });
}
