// doctor: looks at everything the application depends on, and says of each what it found and what to do. Exit code 1 where
// something is broken. Changes nothing but what a start would: indexes, the first key of ours.
import { statfs } from 'node:fs/promises';
import { Command } from 'commander';
import { readConfig, type Config } from '../config.js';
import { readDatabaseFacts } from '../db/database-facts.js';
import { findSecretFingerprint } from '../db/schema-version.js';
import { createLogger } from '../logger.js';
import { listDeployments } from '../lti/deployment.model.js';
import { listPlatforms } from '../lti/platform.model.js';
import { createToolKeys } from '../lti/tool-keys.js';
import { countBacklog } from '../outbox/outbox-metrics.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { secretFingerprint } from '../secrets.js';
import { createCommandOutgoing } from './command-outgoing.js';
import {
  checkAddress,
  checkClock,
  checkDemo,
  checkDestination,
  checkDisk,
  checkEngine,
  checkKeys,
  checkParked,
  checkPlatforms,
  checkSecret,
  type Check,
} from './doctor-checks.js';
import type { Output } from './output.js';
import {
  describeError,
  jsonOption,
  type CommandFrame,
  type CommandOptions,
} from './run-command.js';
import { readAppVersion, withDatabase, type CommandDatabase } from './with-database.js';

const ASK_TIMEOUT_MS = 5_000;
const WORDS = { good: 'good', attention: 'look', bad: 'BROKEN' };

export function doctorCommand(frame: CommandFrame, setExitCode: (code: number) => void): Command {
  return new Command('doctor')
    .description('check database, record stores, clock, addresses, keys and disk; says what to do')
    .addOption(jsonOption())
    .action((options: CommandOptions) =>
      frame.run(options, async (output) => {
        const checks = await examine(output);
        tell(output, checks);
        if (checks.some(({ state }) => state === 'bad')) setExitCode(1);
      }),
    );
}

async function examine(output: Output): Promise<Check[]> {
  const config = readConfig();
  const log = createLogger({ level: config.logLevel });
  const outgoing = createCommandOutgoing({
    config,
    log,
    now: () => new Date(),
    app: readAppVersion(),
  });
  try {
    return [
      ...(await examineDatabase(output, outgoing)),
      checkDisk({ folder: config.dataFolder, freeBytes: await findFreeBytes(config) }),
      checkAddress({ config, status: await askStatus(outgoing, `${config.url}/healthz`) }),
      checkDemo(config),
    ];
  } finally {
    await outgoing.close();
  }
}

/** Without a database the other checks still tell something. */
async function examineDatabase(output: Output, outgoing: OutgoingClient): Promise<Check[]> {
  try {
    return await withDatabase({ announce: output.note }, (opened) => examineData(opened, outgoing));
  } catch (error) {
    const { text } = describeError(error);
    const advice = 'See above; nothing else can be checked without the database.';
    return [{ name: 'database', state: 'bad', text, advice }];
  }
}

async function examineData(opened: CommandDatabase, outgoing: OutgoingClient): Promise<Check[]> {
  const { config, database, now } = opened;
  const { version, skewMs } = await readDatabaseFacts({ now });
  const [platforms, deployments] = [await listPlatforms(), await listDeployments()];
  return [
    checkEngine({ kind: database.kind, version, production: config.production }),
    checkClock({ skewMs }),
    checkSecret({ kept: await findSecretFingerprint(), own: secretFingerprint(config.secret) }),
    await examineKeys(opened),
    checkPlatforms({
      active: platforms.filter(({ status }) => status === 'active').length,
      waiting: deployments.filter(({ status }) => status === 'pending').length,
    }),
    ...(await examineDestinations(opened, outgoing)),
  ];
}

async function examineKeys({ config, now }: CommandDatabase): Promise<Check> {
  const keys = createToolKeys({ secret: config.secret, now });
  const { keys: offered } = await keys.publicKeySet();
  const canSign = await keys.signingKey().then(
    () => true,
    () => false, // The reason is always the secret, and the check says so.
  );
  return checkKeys({ count: offered.length, canSign });
}

/** Each record store is asked at its /about, which needs no key (xAPI Communication 2.8). */
async function examineDestinations(
  { now }: CommandDatabase,
  outgoing: OutgoingClient,
): Promise<Check[]> {
  const backlogs = await countBacklog();
  const checks = await Promise.all(
    backlogs.map(async ({ destination, count, oldestAt }) => {
      const { name, endpoint: url, lastError, status } = destination;
      return checkDestination({
        name,
        url,
        status: await askStatus(outgoing, `${url}/about`),
        isStopped: status === 'stopped',
        backlog: count,
        oldestMs: oldestAt === null ? null : now().getTime() - oldestAt.getTime(),
        lastError,
      });
    }),
  );
  const parked = backlogs.reduce((sum, backlog) => sum + backlog.parked, 0);
  return [...checks, checkParked({ parked })];
}

/** Null where the folder is not there or may not be read. */
async function findFreeBytes({ dataFolder }: Config): Promise<number | null> {
  return statfs(dataFolder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}

/** The status of an address; null where nothing answers. */
async function askStatus(outgoing: OutgoingClient, url: string): Promise<number | null> {
  return outgoing.request({ url, timeoutMs: ASK_TIMEOUT_MS }).then(
    ({ status }) => status,
    () => null,
  );
}

function tell(output: Output, checks: Check[]): void {
  const lines = checks.map(({ name, state, text, advice }) => {
    const head = `${WORDS[state].padEnd(6)}  ${name}: ${text}`;
    return advice === null ? head : `${head}\n        -> ${advice}`;
  });
  output.result({ text: lines.join('\n'), value: checks });
}
