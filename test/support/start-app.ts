// The whole tool as it is served, all rooms and guards in their order, on a real loopback port. For tests of what holds
// everywhere; a test of one room is quicker with start-tool.ts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import { createStatementSource } from '../../src/activities/statement-source.js';
import { createApp } from '../../src/app.js';
import { readConfig, type Config } from '../../src/config.js';
import { createMetrics } from '../../src/http/metrics.js';
import { createLogger } from '../../src/logger.js';
import { createLtiServices } from '../../src/lti/lti-services.js';
import { createOutgoingClient, type OutgoingClient } from '../../src/outgoing/outgoing-client.js';
import type { TestTool } from './start-tool.js';

export interface TestApp extends TestTool {
  app: Express;
}

/** `patienceMs` shortens how long other servers are waited for. */
export async function startApp(
  options: { now?: () => Date; config?: Partial<Config>; patienceMs?: number } = {},
): Promise<TestApp> {
  const now = options.now ?? (() => new Date());
  const log = createLogger({ level: 'silent' });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  const url = `http://localhost:${port}`;
  const settings = readConfig({
    NODE_ENV: 'test',
    CROSSWALK_URL: url,
    CROSSWALK_DATA: join(tmpdir(), 'crosswalk-app-of-a-test'),
    CROSSWALK_SECRET: 'a secret for tests that is long enough for everybody',
    CROSSWALK_PRIVATE_HOSTS: '127.0.0.1:*,localhost:*',
  });
  const config: Config = { ...settings, ...options.config };
  const client = createOutgoingClient({
    privateHosts: config.privateHosts,
    exemptHosts: [],
    userAgent: 'Crosswalk/test (+http://localhost)',
    log,
    now,
    pause: () => Promise.resolve(),
  });
  const { patienceMs } = options;
  const outgoing: OutgoingClient =
    patienceMs === undefined
      ? client
      : { ...client, request: (asked) => client.request({ ...asked, timeoutMs: patienceMs }) };
  const services = createLtiServices({ config, log, now, outgoing });
  const app = createApp({
    config,
    log,
    now,
    lti: services,
    metrics: createMetrics(),
    readiness: () => Promise.resolve({ isReady: true, parts: {} }),
    outgoing,
    source: createStatementSource({ url, secret: config.secret, now }),
    nudge: () => undefined,
  });
  server.on('request', app);
  return {
    url,
    services,
    app,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await outgoing.close();
    },
  };
}
