// retention preview, retention run: which courses were kept long enough, and emptying them now instead of with the next job.
import { Command } from 'commander';
import { createStatementSource } from '../activities/statement-source.js';
import { AppError } from '../http/errors.js';
import { findDeployment } from '../lti/deployment.model.js';
import { countWhatGoes, readOutlook, type WhatGoes } from '../privacy/read-outlook.js';
import {
  changePeriod,
  FEWEST_MONTHS,
  MOST_MONTHS,
  type Period,
} from '../privacy/retention-period.js';
import { findRetention, listRetentions } from '../privacy/retention.model.js';
import { runRetention } from '../privacy/run-retention.js';
import { loadModels } from './load-models.js';
import type { Output } from './output.js';
import { addVerb, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const DEPLOYMENTS_AT_ONCE = 100;

interface PreviewOptions extends CommandOptions {
  deployment?: string;
  months?: string;
}

export function retentionCommand(frame: CommandFrame): Command {
  const noun = new Command('retention').description('erase what was kept long enough');
  addVerb(noun, 'preview', 'say which courses are emptied in the next 30 days; changes nothing')
    .option('--deployment <id>', 'our id of one deployment')
    .option('--months <number>', 'as if this were set, and not what is; with --deployment')
    .action((options: PreviewOptions) => frame.run(options, (output) => preview(options, output)));
  addVerb(noun, 'run', 'announce what is due, and erase what was announced 30 days ago').action(
    (options: CommandOptions) => frame.run(options, run),
  );
  return noun;
}

async function preview(options: PreviewOptions, output: Output): Promise<void> {
  await loadModels();
  await withDatabase({ announce: output.note }, async ({ now }) => {
    const going: (WhatGoes & { deployment: string })[] = [];
    for (const { deployment, period } of await listPeriods({ ...options, now: now() })) {
      const { courses } = await readOutlook({ deployment, period, now: now() });
      const due = courses.filter(({ standing }) => standing === 'due' || standing === 'erasing');
      const counted = await countWhatGoes({ deployment, courses: due });
      going.push(...counted.map((one) => ({ deployment, ...one })));
    }
    output.result({
      text:
        going.length === 0
          ? 'No course is emptied in the next 30 days.'
          : ['These courses are emptied of what learners did:', ...going.map(lineOf)].join('\n'),
      value: {
        courses: going.map(
          ({ deployment, course, endedAt, eraseAt, people, statements, files }) => ({
            deployment,
            course,
            endedAt,
            eraseAt,
            people,
            statements,
            files,
          }),
        ),
      },
    });
  });
}

async function run(output: Output): Promise<void> {
  await loadModels();
  await withDatabase({ announce: output.note }, async ({ config, now }) => {
    const source = createStatementSource({ url: config.url, secret: config.secret, now });
    const { url, deriveId } = source;
    const done = await runRetention({ url, deriveId, now });
    output.result({
      text: [
        `Courses emptied: ${String(done.emptied.length)}`,
        ...done.emptied.map(
          ({ course, people, statements, files }) =>
            `  ${course}: people ${String(people)}, statements ${String(statements)}, files ${String(files)}`,
        ),
        `Looks erased from the access log: ${String(done.looks)}`,
        `Launches erased: ${String(done.launches)}`,
      ].join('\n'),
      value: done,
    });
  });
}

function lineOf({
  deployment,
  course,
  title,
  eraseAt,
  people,
  statements,
  files,
}: WhatGoes & {
  deployment: string;
}): string {
  const day = eraseAt?.toISOString().slice(0, 10) ?? '';
  const counts = `people ${String(people)}, statements ${String(statements)}, files ${String(files)}`;
  return `  ${day}  ${title ?? course} (${course} of ${deployment}): ${counts}`;
}

/** Throws `cli.no-such-deployment` (404), or `cli.bad-months` (400). */
async function listPeriods(
  options: PreviewOptions & { now: Date },
): Promise<{ deployment: string; period: Period | null }[]> {
  const { deployment, months, now } = options;
  if (deployment === undefined) {
    if (months !== undefined) throw new AppError('cli.bad-months', { status: 400 });
    return listAllPeriods();
  }
  if ((await findDeployment({ deployment })) === null)
    throw new AppError('cli.no-such-deployment', {
      status: 404,
      values: {
        deployment,
        known: (await listAllPeriods()).map((one) => one.deployment).join(', '),
      },
    });
  const { courses: before } = await findRetention({ deployment });
  if (months === undefined) return [{ deployment, period: before }];
  return [{ deployment, period: changePeriod({ before, months: readMonths(months), now }) }];
}

async function listAllPeriods(): Promise<{ deployment: string; period: Period | null }[]> {
  const found: { deployment: string; period: Period | null }[] = [];
  for (let after = ''; ;) {
    const page = await listRetentions({ after, limit: DEPLOYMENTS_AT_ONCE });
    found.push(...page.map(({ deployment, courses: period }) => ({ deployment, period })));
    const last = page.at(-1);
    if (!last || page.length < DEPLOYMENTS_AT_ONCE) return found;
    after = last.deployment;
  }
}

function readMonths(text: string): number {
  const months = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(months >= FEWEST_MONTHS && months <= MOST_MONTHS))
    throw new AppError('cli.bad-months', { status: 400 });
  return months;
}
