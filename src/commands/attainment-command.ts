// attainment rebuild: empties what was concluded and reads every statement of our record store again. Works beside a running
// server: pages show less than there is for the while it takes.
import { Command } from 'commander';
import { createStatementSource } from '../activities/statement-source.js';
import { rebuildAttainment } from '../attainment/rebuild-attainment.js';
import { ownFeed } from '../own-lrs.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const MS_PER_S = 1_000;

export function attainmentCommand(frame: CommandFrame): Command {
  const noun = new Command('attainment').description(
    'what learners achieved, concluded from statements',
  );
  addVerb(noun, 'rebuild', 'conclude everything anew from the statements').action(
    (options: CommandOptions) =>
      frame.run(options, async (output) => {
        const seconds = await withDatabase({ announce: output.note }, async ({ config, now }) => {
          const begun = now().getTime();
          const source = createStatementSource({ url: config.url, secret: config.secret, now });
          await rebuildAttainment({ feed: ownFeed({ config, now }), source, now });
          return (now().getTime() - begun) / MS_PER_S;
        });
        output.result({ text: `Rebuilt in ${seconds.toFixed(1)} s.`, value: { seconds } });
      }),
  );
  return noun;
}
