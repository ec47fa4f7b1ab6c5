// resource import FILE | list: the library of learning resources of the whole instance.
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { AppError } from '../http/errors.js';
import { describeFault, importResources } from '../library/import-resources.js';
import { listResourcesForCli, type ResourceLine } from '../library/list-for-cli.js';
import { listAllFrameworks } from '../frameworks/cf-document.model.js';
import type { Output } from './output.js';
import { readNamedFile } from './read-file.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

interface ImportOptions extends CommandOptions {
  framework?: string;
  format?: 'csv' | 'json';
  skipBad?: true;
}

export function resourceCommand(frame: CommandFrame): Command {
  const noun = new Command('resource').description('learning resources');
  addVerb(noun, 'import <file>', 'import resources from CSV or JSON')
    .option(
      '--framework <id>',
      'framework whose competencies they serve; needed where there are several',
    )
    .addOption(
      new Option('--format <format>', "by default the file's ending").choices(['csv', 'json']),
    )
    .option('--skip-bad', 'import the good rows and tell the bad ones')
    .action((file: string, options: ImportOptions) =>
      frame.run(options, (output) => importFile({ file, options, output })),
    );
  addVerb(noun, 'list', 'show the resources').action((options: CommandOptions) =>
    frame.run(options, list),
  );
  return noun;
}

async function importFile(input: {
  file: string;
  options: ImportOptions;
  output: Output;
}): Promise<void> {
  const { file, options, output } = input;
  const text = await readNamedFile(file);
  const format = options.format ?? (extname(file).toLowerCase() === '.json' ? 'json' : 'csv');
  const result = await withDatabase({ announce: output.note }, async ({ config, now }) =>
    importResources({
      text,
      format,
      framework: options.framework ?? (await findOnlyFramework()),
      now: now(),
      url: config.url,
      skipBad: options.skipBad === true,
    }),
  );
  for (const fault of result.faults) {
    const { place, text: words } = describeFault(fault, 'en');
    output.note(`${place}: ${words}`);
  }
  const counts = [
    `${String(result.created)} new`,
    `${String(result.updated)} changed`,
    `${String(result.unchanged)} as before`,
    `${String(result.retired)} retired`,
    `${String(result.skipped)} skipped`,
  ];
  output.result({ text: `${String(result.rows)} rows: ${counts.join(', ')}.`, value: result });
}

/** Throws `cli.framework-needed` where it cannot be told. */
async function findOnlyFramework(): Promise<string> {
  const [first, ...others] = await listAllFrameworks();
  if (!first || others.length > 0) throw new AppError('cli.framework-needed', { status: 400 });
  return first.id;
}

async function list(output: Output): Promise<void> {
  const rows = await withDatabase({ announce: output.note }, async () => {
    const lines: ResourceLine[] = [];
    for await (const line of listResourcesForCli()) lines.push(line);
    return lines;
  });
  output.table({
    rows,
    empty: 'The library is empty. Import resources with: crosswalk resource import FILE',
    columns: [
      { title: 'title', value: (row) => row.title },
      { title: 'kind', value: (row) => row.kind },
      { title: 'state', value: (row) => row.status },
      { title: 'competencies', value: (row) => row.serves },
      { title: 'address', value: (row) => row.url },
    ],
  });
}
