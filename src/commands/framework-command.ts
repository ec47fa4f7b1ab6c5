// framework import FILE | list: competency frameworks of the whole instance.
import { basename } from 'node:path';
import { Command } from 'commander';
import { importFramework } from '../frameworks/import-framework.js';
import { listFrameworksWithNumbers } from '../library/list-for-cli.js';
import type { Output } from './output.js';
import { readNamedFile } from './read-file.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

interface ImportOptions extends CommandOptions {
  as?: string;
  confirmRetire?: true;
}

export function frameworkCommand(frame: CommandFrame): Command {
  const noun = new Command('framework').description('competency frameworks');
  addVerb(noun, 'import <file>', 'import a framework from the text of its published page')
    .option('--as <id>', 'its short name in addresses, for instance him')
    .option('--confirm-retire', 'import even if more than half of the framework would be retired')
    .action((file: string, options: ImportOptions) =>
      frame.run(options, (output) => importFile({ file, options, output })),
    );
  addVerb(noun, 'list', 'show the frameworks with their numbers').action(
    (options: CommandOptions) => frame.run(options, list),
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
  const result = await withDatabase({ announce: output.note }, ({ config, now }) =>
    importFramework({
      text,
      format: 'him-page',
      now: now(),
      url: config.url,
      sourceName: basename(file),
      ...(options.as === undefined ? {} : { framework: options.as }),
      confirmRetire: options.confirmRetire === true,
    }),
  );
  const { title, domains, subdomains, competencies, publishedResources } = result;
  const numbers = `${String(domains)} domains, ${String(subdomains)} subdomains, ${String(competencies)} competencies, ${String(publishedResources)} published resources`;
  const change = result.isChanged
    ? `Revision ${String(result.revision)}: ${String(result.added)} items added, ${String(result.changed)} changed, ${String(result.retired)} retired.`
    : 'Nothing changed: the file says what is already there.';
  output.result({
    text: `${title} (${result.framework}): ${numbers}.\n${change}`,
    value: result,
  });
}

async function list(output: Output): Promise<void> {
  const rows = await withDatabase({ announce: output.note }, () => listFrameworksWithNumbers());
  output.table({
    rows,
    empty: 'There is no framework yet. Import one with: crosswalk framework import FILE',
    columns: [
      { title: 'id', value: (row) => row.id },
      { title: 'title', value: (row) => row.title },
      { title: 'edition', value: (row) => row.edition },
      { title: 'domains', value: (row) => row.domains },
      { title: 'subdomains', value: (row) => row.subdomains },
      { title: 'competencies', value: (row) => row.competencies },
      { title: 'published resources', value: (row) => row.publishedResources },
      { title: 'live resources', value: (row) => row.liveResources },
      { title: 'different ones', value: (row) => row.distinctResources },
    ],
  });
}
