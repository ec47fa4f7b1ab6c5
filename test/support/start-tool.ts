// The tool on a real loopback port for route tests: headers, sessions, the door, and the routers a test hands in.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { loadAssets } from '../../src/http/assets.js';
import { errorHandler, notFound } from '../../src/http/error-handler.js';
import { requestLog } from '../../src/http/request-log.js';
import { defaultPolicy, securityHeaders } from '../../src/http/security.js';
import { configureViews } from '../../src/http/views.js';
import { createLogger } from '../../src/logger.js';
import { keysRoutes } from '../../src/lti/keys.routes.js';
import { launchRoutes } from '../../src/lti/launch.routes.js';
import { loginRoutes } from '../../src/lti/login.routes.js';
import { createLtiServices, type LtiServices } from '../../src/lti/lti-services.js';
import { registerRoutes } from '../../src/lti/register.routes.js';
import { openSessions } from '../../src/lti/request-session.js';
import { sessionRoutes } from '../../src/lti/session.routes.js';
import { createOutgoingClient } from '../../src/outgoing/outgoing-client.js';

export interface TestTool {
  url: string;
  services: LtiServices;
  close(): Promise<void>;
}

const SECRET = 'a secret for tests that is long enough for everybody';

/** `routes` are mounted after the door, with form bodies parsed. `now` moves the tool's clock. */
export async function startTool(
  options: {
    routes?: (services: LtiServices) => Router[];
    now?: () => Date;
    config?: Partial<LtiServices['config']>;
  } = {},
): Promise<TestTool> {
  const now = options.now ?? (() => new Date());
  const log = createLogger({ level: 'silent' });
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  // A listening TCP server has an address with a port.
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const outgoing = createOutgoingClient({
    privateHosts: ['127.0.0.1:*', 'localhost:*'],
    exemptHosts: [],
    userAgent: 'Crosswalk/test (+http://localhost)',
    log,
    now,
    pause: () => Promise.resolve(),
  });
  const services = createLtiServices({
    config: {
      url,
      secret: SECRET,
      loginLimitPerMinute: 600,
      launchMaxAgeMs: 300_000,
      launchOrigin: 'log',
      sessionIdleMs: 7_200_000,
      sessionMaxMs: 43_200_000,
      ...options.config,
    },
    log,
    now,
    outgoing,
  });
  const assets = loadAssets();
  app.disable('x-powered-by');
  configureViews(app, { assets, url, production: true });
  app.use(requestLog({ log }), securityHeaders({ secureOrigin: false }), defaultPolicy);
  app.use(assets.routes, openSessions(services));
  app.use(loginRoutes(services), launchRoutes(services), keysRoutes(services));
  app.use(
    registerRoutes(services),
    sessionRoutes(services),
    express.urlencoded({ extended: false }),
  );
  for (const router of options.routes?.(services) ?? []) app.use(router);
  app.use(notFound, errorHandler({ log }));
  return {
    url,
    services,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await outgoing.close();
    },
  };
}
