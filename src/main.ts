// The process: settings, port, database, seeds, routes, jobs and the demo LMS, started in an order in which each finds what
// it needs, and stopped in the reverse, losing nothing. Composition only: no rule and no query stands here.
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createApp } from './app.js';
import { databaseSettings, readAppVersion } from './commands/with-database.js';
import type { Config } from './config.js';
import { databaseState } from './db/connect.js';
import { openDatabase, type OpenDatabase } from './db/open-database.js';
import { createDemoPlatform } from './demo/create-demo-platform.js';
import { AppError } from './http/errors.js';
import { createMetrics } from './http/metrics.js';
import { listJobs } from './jobs.js';
import { seedStarterContent } from './library/seed-starter-content.js';
import { createLogger, type AppLog } from './logger.js';
import { setReviewerRoles } from './lti/deployment.model.js';
import { createLtiServices } from './lti/lti-services.js';
import { addPlatform } from './lti/manage-platforms.js';
import { joinOwnLrs } from './own-lrs.js';
import { createOutgoingClient, type OutgoingClient } from './outgoing/outgoing-client.js';
import { startWorkers } from './workers.js';

const DATABASE_CONNECTIONS = 32;
const LAST_REQUESTS_MS = 8_000;
const READY_TIMEOUT_MS = 2_000;
const DEMO_HOST = '127.0.0.1';

export interface RunningServer {
  url: string;
  /** Null where the demo LMS is off. */
  demoUrl: string | null;
  /** Finishes what is under way, then stops everything. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts everything. `announce` takes lines for the person at the terminal. Throws, with nothing left running, when the
 * port is taken (`start.port-taken`), or the database cannot be opened (`engine.*`, `database.*`).
 */
export async function start(options: {
  config: Config;
  announce: (line: string) => void;
}): Promise<RunningServer> {
  const { config, announce } = options;
  const log = createLogger({ level: config.logLevel });
  const closers: (() => Promise<unknown>)[] = [];
  const stop = once(() => closeAll(closers, log));
  try {
    const server = await listen({ port: config.port, setting: 'PORT' });
    closers.push(() => closeServer(server));
    const database = await open({ config, log, announce });
    closers.push(() => database.close());
    const demo = await startTool({ config, log, server, closers });
    tellWhere({ config, database, demoUrl: demo, announce });
    return { url: config.url, demoUrl: demo, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startTool(options: {
  config: Config;
  log: AppLog;
  server: Server;
  closers: (() => Promise<unknown>)[];
}): Promise<string | null> {
  const { config, log, server, closers } = options;
  const now = () => new Date();
  const outgoing = createOutgoing(config, log, now);
  closers.push(() => outgoing.close());
  await seedStarterContent({ now: now(), url: config.url });
  const lti = createLtiServices({ config, log, now, outgoing });
  const metrics = createMetrics();
  await joinOwnLrs({ config, now });
  const holder = holderName();
  const work = await listJobs({ config, log, now, outgoing, metrics, holder, lti });
  const workers = startWorkers({ jobs: work.jobs, holder, log });
  closers.push(() => workers.stop());
  const readiness = async () => {
    const { isReady, reason } = await databaseState({ timeoutMs: READY_TIMEOUT_MS });
    return { isReady, parts: { database: reason } };
  };
  // The demo LMS first: who is told that the tool is ready may launch at once.
  const demoUrl = config.demo ? await startDemo({ config, log, closers }) : null;
  setHandler(
    server,
    createApp({
      config,
      log,
      now,
      lti,
      metrics,
      readiness,
      outgoing,
      source: work.source,
      nudge: workers.nudge,
    }),
  );
  return demoUrl;
}

function open(options: {
  config: Config;
  log: AppLog;
  announce: (line: string) => void;
}): Promise<OpenDatabase> {
  const { config, log, announce } = options;
  return openDatabase({
    ...databaseSettings(config),
    sharing: 'refused',
    sealsAnew: true,
    maxPoolSize: DATABASE_CONNECTIONS,
    app: readAppVersion(),
    holder: holderName(),
    announce,
    now: () => new Date(),
    log,
  });
}

/** The demo LMS on its own port and site, known to the tool as any platform is: by its record. */
async function startDemo(options: {
  config: Config;
  log: AppLog;
  closers: (() => Promise<unknown>)[];
}): Promise<string> {
  const { config, log, closers } = options;
  const server = await listen({
    port: config.demoPort,
    host: DEMO_HOST,
    setting: 'CROSSWALK_DEMO_PORT',
  });
  closers.push(() => closeServer(server));
  const url = `http://${DEMO_HOST}:${config.demoPort}`;
  const demo = await createDemoPlatform({
    url,
    toolUrl: config.url,
    mode: config.demoMode,
    platformStorage: config.demoStorage,
    dataFolder: join(config.dataFolder, 'demo'),
    log,
  });
  closers.push(() => demo.close());
  const { registration } = demo;
  const { deployment } = await addPlatform(
    {
      name: registration.name,
      issuer: registration.issuer,
      clientId: registration.clientId,
      deploymentId: registration.deploymentId,
      authorizationUrl: registration.authorizationEndpoint,
      tokenUrl: registration.tokenEndpoint,
      jwksUrl: registration.jwksUri,
    },
    { now: new Date(), mayReach: () => true },
  );
  if (deployment)
    await setReviewerRoles({ deployment: deployment._id, roles: [registration.reviewerRole] });
  setHandler(server, demo.app);
  return url;
}

function createOutgoing(config: Config, log: AppLog, now: () => Date): OutgoingClient {
  const own = new URL(config.url);
  const ownPort = own.port === '' ? (own.protocol === 'https:' ? '443' : '80') : own.port;
  const exemptHosts = [`127.0.0.1:${config.port}`, `${own.hostname}:${ownPort}`];
  if (config.demo) exemptHosts.push(`${DEMO_HOST}:${config.demoPort}`);
  return createOutgoingClient({
    privateHosts: config.privateHosts,
    exemptHosts,
    userAgent: `Crosswalk/${readAppVersion()} (+${config.url})`,
    log,
    now,
  });
}

function tellWhere(options: {
  config: Config;
  database: OpenDatabase;
  demoUrl: string | null;
  announce: (line: string) => void;
}): void {
  const { config, database, demoUrl, announce } = options;
  announce('');
  announce(`Crosswalk is ready at ${config.url}`);
  if (demoUrl !== null)
    announce(`  Start here: the demo LMS at ${demoUrl} (choose a person, open the course)`);
  announce(`  Public framework page: ${config.url}/frameworks/him`);
  announce(`  LRS (xAPI): ${config.url}/xapi`);
  const where =
    database.kind === 'server'
      ? 'the server in MONGODB_URI'
      : `embedded engine, data in ${config.dataFolder}`;
  announce(`  Database: ${where}`);
  if (config.production && database.kind !== 'server')
    announce(
      '  Warning: production on the embedded engine, an alpha under the SSPL. Set MONGODB_URI for a MongoDB server.',
    );
  announce('  Stop with Ctrl-C; nothing is lost.');
}

/** Listens at once, so that a taken port is told before anything is started; answers 503 until it has a handler. */
async function listen(options: { port: number; host?: string; setting: string }): Promise<Server> {
  const { port, host, setting } = options;
  const server = createServer();
  setHandler(server, (_req, res) => {
    res.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '2' });
    res.end('Crosswalk is starting. Try again in a moment.\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  }).catch((error: unknown) => {
    throw describeListenError(error, { port, setting });
  });
  return server;
}

function describeListenError(error: unknown, values: { port: number; setting: string }): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE')
    return new AppError('start.port-taken', { status: 500, values, cause: error });
  if (code === 'EACCES')
    return new AppError('start.port-forbidden', { status: 500, values, cause: error });
  return error;
}

function setHandler(server: Server, handler: RequestListener): void {
  server.removeAllListeners('request');
  server.on('request', handler);
}

/** Lets answers under way end, then closes what is left. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearTimeout(patience);
}

async function closeAll(closers: (() => Promise<unknown>)[], log: AppLog): Promise<void> {
  for (const close of closers.reverse()) {
    try {
      await close();
    } catch (error) {
      log.error({ err: error }, 'a part did not stop cleanly');
    }
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= work());
}

/** Names this process in leases: unique, and readable for the operator who looks. */
function holderName(): string {
  return `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
}
