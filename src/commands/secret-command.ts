// secret rotate: encrypts under CROSSWALK_SECRET what the secrets in CROSSWALK_SECRET_PREVIOUS encrypted. A start does the
// same; the command says what was done, and what could not be.
import { Command } from 'commander';
import { resealAll } from '../db/reseal.js';
import { loadModels } from './load-models.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

export function secretCommand(frame: CommandFrame): Command {
  const noun = new Command('secret').description('the secret that keys and passwords are under');
  addVerb(
    noun,
    'rotate',
    'encrypt everything under CROSSWALK_SECRET, reading with CROSSWALK_SECRET_PREVIOUS',
  ).action((options: CommandOptions) =>
    frame.run(options, async (output) => {
      const done = await withDatabase({ announce: output.note }, async (opened) => {
        await loadModels();
        const { config, now } = opened;
        return resealAll({
          secret: config.secret,
          holder: `command-${String(process.pid)}`,
          now,
        });
      });
      const renewed = Object.entries(done.sealed).map(
        ([name, count]) => `${name} ${String(count)}`,
      );
      output.result({
        text: [
          renewed.length === 0
            ? 'Nothing had to be encrypted anew.'
            : `Encrypted anew: ${renewed.join(', ')}.`,
          `Under the present secret already: ${String(done.already)}.`,
          'CROSSWALK_SECRET_PREVIOUS is not needed any more once every server was started with the present secret.',
        ].join('\n'),
        value: done,
      });
    }),
  );
  return noun;
}
