// key list | rotate: our signing keys, which platforms fetch at /lti/keys. Platforms need not be told of a rotation.
import { Command } from 'commander';
import { foreseeToolKeys } from '../lti/plan-tool-keys.js';
import { ensureToolKey, offerNextToolKey, replaceToolKeys } from '../lti/rotate-tool-keys.js';
import type { Output } from './output.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const HOUR_MS = 3_600_000;
const CHANGES = { signs: 'signs from', followed: 'followed on', removed: 'removed on' };

interface RotateOptions extends CommandOptions {
  now?: true;
}

export function keyCommand(frame: CommandFrame): Command {
  const noun = new Command('key').description(
    'our signing keys, offered to platforms at /lti/keys',
  );
  addVerb(noun, 'list', 'show our signing keys, and what happens to each next').action(
    (options: CommandOptions) => frame.run(options, list),
  );
  addVerb(noun, 'rotate', 'offer the next key now; it signs once platforms can know it')
    .option(
      '--now',
      'for keys that may have become known: withdraw all of them, a new one signs at once',
    )
    .action((options: RotateOptions) =>
      frame.run(options, (output) => (options.now === true ? replace(output) : rotate(output))),
    );
  return noun;
}

async function list(output: Output): Promise<void> {
  const rows = await withDatabase({ announce: output.note }, async ({ config, now }) => {
    const keys = await ensureToolKey({ secret: config.secret, now: now() });
    return foreseeToolKeys({ keys, ages: config.keyAges }).map(({ key, change }) => ({
      kid: key._id,
      state: key.state,
      offeredSince: key.createdAt,
      signsSince: key.activatedAt,
      change,
    }));
  });
  output.table({
    rows,
    empty: 'There is no key yet.',
    columns: [
      { title: 'kid', value: (row) => row.kid },
      { title: 'state', value: (row) => row.state },
      { title: 'offered since', value: (row) => row.offeredSince },
      { title: 'signs since', value: (row) => row.signsSince },
      {
        title: 'next',
        value: ({ change }) =>
          change === null ? '' : `${CHANGES[change.what]} ${change.at.toISOString()}`,
      },
    ],
  });
}

async function rotate(output: Output): Promise<void> {
  const { kid, overlapMs } = await withDatabase(
    { announce: output.note },
    async ({ config, now }) => ({
      kid: await offerNextToolKey({ secret: config.secret, now: now() }),
      overlapMs: config.keyAges.overlapMs,
    }),
  );
  output.result({
    text: `The key ${kid} is offered to platforms. The server lets it sign ${String(overlapMs / HOUR_MS)} hours after it was made.`,
    value: { kid },
  });
}

async function replace(output: Output): Promise<void> {
  const { kid, withdrawn } = await withDatabase({ announce: output.note }, ({ config, now }) =>
    replaceToolKeys({ secret: config.secret, now: now() }),
  );
  output.result({
    text: [
      `The key ${kid} signs from now on; withdrawn: ${String(withdrawn)}. A running server follows within seconds.`,
      'A platform that keeps our key set may refuse what we send until it fetches the set anew, and may trust a withdrawn key as long.',
    ].join('\n'),
    value: { kid, withdrawn },
  });
}
