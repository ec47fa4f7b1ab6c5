// The peer: ltijs 5.9.9 as its documentation shows it, with its own MongoDB plugin on the engine of the run, cookies as in
// production, and a handler that sends the page's bytes. Nothing of Crosswalk runs here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { watchEngineCalls, type MonitoredClient } from '../support/engine-calls.js';
import { hostPeer } from '../support/peer-host.js';

const Settings = z.object({
  port: z.number(),
  databaseUri: z.string(),
  databaseName: z.string(),
  pageFile: z.string(),
  platform: z.object({
    issuer: z.string(),
    clientId: z.string(),
    authorizationUrl: z.string(),
    tokenUrl: z.string(),
    jwksUrl: z.string(),
  }),
});

interface PageResponse {
  type(name: string): PageResponse;
  send(body: Buffer): void;
}
/** What of ltijs's Provider is used; the package has no types. */
interface Provider {
  setup(key: string, database: object, options: object): void;
  onConnect(handler: (token: object, req: object, res: PageResponse) => void): void;
  deploy(options: { port: number; silent: true }): Promise<void>;
  registerPlatform(platform: object): Promise<object>;
  Database: { db: { getClient(): MonitoredClient } };
  close(options: { silent: true }): Promise<void>;
}

const { Provider: provider } = createRequire(import.meta.url)('ltijs') as { Provider: Provider };

await hostPeer(async () => {
  const settings = Settings.parse(JSON.parse(process.argv[2] ?? '{}'));
  const { port, databaseUri, databaseName, pageFile, platform } = settings;
  const page = readFileSync(pageFile);
  provider.setup(
    'a key of the bench that signs cookies and tokens',
    { url: databaseUri, connection: { dbName: databaseName } },
    { cookies: { secure: true, sameSite: 'None' }, devMode: false },
  );
  provider.onConnect((_token, _req, res) => res.type('html').send(page));
  const watch = watchEngineCalls({ keep: 'names' });
  await provider.deploy({ port, silent: true });
  watch.attach(provider.Database.db.getClient());
  await provider.registerPlatform({
    url: platform.issuer,
    name: 'Bench LMS',
    clientId: platform.clientId,
    authenticationEndpoint: platform.authorizationUrl,
    accesstokenEndpoint: platform.tokenUrl,
    authConfig: { method: 'JWK_SET', key: platform.jwksUrl },
  });
  return {
    url: `http://localhost:${String(port)}`,
    watch,
    stop: () => provider.close({ silent: true }),
  };
});
