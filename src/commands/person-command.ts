// person export, person erase: what is held about one person, for requests that reach whoever runs the instance.
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { createStatementSource } from '../activities/statement-source.js';
import { AppError } from '../http/errors.js';
import { findDeployment, listDeployments } from '../lti/deployment.model.js';
import { userRecordId } from '../lti/record-ids.js';
import { findErasure } from '../privacy/erasure.model.js';
import { erasePerson } from '../privacy/erase-person.js';
import { countHeldData } from '../privacy/held-data.js';
import { noteHeldAccess } from '../privacy/note-held-access.js';
import { openPersonExport, toJsonLines } from '../privacy/read-person.js';
import { requestErasure } from '../privacy/request-erasure.js';
import { loadModels } from './load-models.js';
import type { Output } from './output.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const OPERATOR = 'operator';

interface PersonOptions extends CommandOptions {
  deployment: string;
  id: string;
}

interface EraseOptions extends PersonOptions {
  confirm?: true;
}

export function personCommand(frame: CommandFrame): Command {
  const noun = new Command('person').description('give out or erase what is held about a person');
  const add = (usage: string, description: string) =>
    addVerb(noun, usage, description)
      .requiredOption('--deployment <id>', 'our id of the deployment')
      .requiredOption('--id <id>', "the learning platform's id of the person, or ours");
  add('export', 'write everything that is held, one JSON text a line').action(
    (options: PersonOptions) => frame.run(options, (output) => exportPerson(options, output)),
  );
  add('erase', 'say what would be erased; with --confirm, erase it')
    .option('--confirm', 'erase, and do not only say what')
    .action((options: EraseOptions) => frame.run(options, (output) => erase(options, output)));
  return noun;
}

async function exportPerson(options: PersonOptions, output: Output): Promise<void> {
  await loadModels();
  await withDatabase({ announce: output.note }, async ({ now }) => {
    const place = await getPlace(options);
    const records = await openPersonExport({ ...place, now: now() });
    const launch = { deployment: place.deployment, user: OPERATOR, roles: [], course: null };
    await noteHeldAccess({ launch, user: place.user, action: 'export', now: now() });
    await pipeline(Readable.from(toJsonLines(records)), output.stream, { end: false });
  });
}

/** Without --confirm nothing is changed. With it the erase is done here, at once, and settled by the server's job. */
async function erase(options: EraseOptions, output: Output): Promise<void> {
  await loadModels();
  await withDatabase({ announce: output.note }, async ({ config, now }) => {
    const place = await getPlace(options);
    if (options.confirm !== true) return preview(await countHeldData(place), output);
    const { url, deriveId } = createStatementSource({
      url: config.url,
      secret: config.secret,
      now,
    });
    const erasure = await requestErasure({ ...place, by: OPERATOR, now: now() });
    await erasePerson({ url, deriveId, now, erasure });
    const done = await findErasure(place);
    const counts = done?.counts ?? {};
    output.result({
      text: [
        'Everything about this person is erased here. Backups made before today still hold it.',
        ...linesOf(counts),
      ].join('\n'),
      value: { erased: true, counts, voidedElsewhere: done?.voided ?? 0 },
    });
  });
}

function preview(counts: Record<string, number>, output: Output): void {
  if (Object.keys(counts).length === 0) throw new AppError('privacy.nothing-held', { status: 404 });
  output.result({
    text: ['This would be erased; add --confirm to do it:', ...linesOf(counts)].join('\n'),
    value: { erased: false, counts },
  });
}

function linesOf(counts: Record<string, number>): string[] {
  return Object.entries(counts).map(([collection, count]) => `  ${collection}: ${count}`);
}

/** The person by the platform's id or by ours. Throws `cli.no-such-deployment` (404). */
async function getPlace(options: PersonOptions): Promise<{ deployment: string; user: string }> {
  const { deployment, id } = options;
  const found = await findDeployment({ deployment });
  if (!found) {
    const known = (await listDeployments()).map(({ _id }) => _id).join(', ');
    throw new AppError('cli.no-such-deployment', { status: 404, values: { deployment, known } });
  }
  const held = await countHeldData({ deployment, user: id });
  if (Object.keys(held).length > 0) return { deployment, user: id };
  return { deployment, user: userRecordId({ platform: found.platform, sub: id }) };
}
