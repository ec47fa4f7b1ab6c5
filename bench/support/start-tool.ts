// Everything a measuring program needs of the tool: a fresh build, its settings, a platform and deployment it knows, and
// as many starts of it as wanted. This process then shares the tool's database, to prepare what pages show.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectDatabase, disconnectDatabase } from '../../src/db/connect.js';
import { createLogger } from '../../src/logger.js';
import { addPlatform } from '../../src/lti/manage-platforms.js';
import { buildTool } from './build-tool.js';
import type { FakePlatform } from './fake-platform.js';
import type { Door } from './launch-once.js';
import type { PeerProcess } from './peer-process.js';
import type { Stage } from './stage.js';

const DATABASE = 'crosswalk';
const SECRET = 'the secret of the bench, which protects nothing';
const FIRST_PAGE = '/frameworks/him';
const POOL_SIZE = 20;

export interface ToolStarter {
  url: string;
  secret: string;
  databaseName: string;
  /** Our id of the deployment of the launches. */
  deployment: string;
  door: Door;
  /** `port` is that of a further process behind the same address. */
  start(options: { watched: boolean; port?: number }): Promise<PeerProcess & { server: string }>;
}

export async function prepareTool(options: {
  stage: Stage;
  platform: FakePlatform;
}): Promise<ToolStarter> {
  const { stage, platform } = options;
  const build = await buildTool();
  stage.atEnd(() => build.remove());
  const port = await stage.port();
  const url = `http://localhost:${String(port)}`;
  const dataFolder = join(stage.folder, 'tool');
  await mkdir(dataFolder);
  const environment = {
    NODE_ENV: 'production',
    PORT: String(port),
    CROSSWALK_URL: url,
    CROSSWALK_DATA: dataFolder,
    CROSSWALK_DATABASE: DATABASE,
    CROSSWALK_SECRET: SECRET,
    CROSSWALK_PRIVATE_HOSTS: '127.0.0.1:*,localhost:*',
    CROSSWALK_LOGIN_LIMIT: '1000000',
  };
  const start = async (options: { watched: boolean; port?: number }) => {
    const { watched, port: ownPort = port } = options;
    const peer = await stage.start({
      name: 'tool',
      file: 'tool.ts',
      settings: { build: build.folder, watched },
      environment: {
        ...environment,
        PORT: String(ownPort),
        MONGODB_URI: `${stage.engine.uri}${watched ? '&monitorCommands=true' : ''}`,
      },
      nodeArguments: profileArguments(),
    });
    return { ...peer, server: `http://localhost:${String(ownPort)}` };
  };

  // The first start makes the database: framework, library, indexes.
  await (await start({ watched: false })).stop();
  await connectDatabase({
    uri: stage.engine.uri,
    dbName: DATABASE,
    log: createLogger({ level: 'silent' }),
    maxPoolSize: POOL_SIZE,
  });
  stage.atEnd(() => disconnectDatabase());
  const deployment = await registerPlatform({ platform });
  return {
    url,
    secret: SECRET,
    databaseName: DATABASE,
    deployment,
    door: { loginUrl: `${url}/lti/login`, targetLinkUri: `${url}${FIRST_PAGE}` },
    start,
  };
}

async function registerPlatform(options: { platform: FakePlatform }): Promise<string> {
  const { issuer, clientId, deploymentId, authorizationUrl, tokenUrl, jwksUrl } = options.platform;
  const { deployment } = await addPlatform(
    {
      name: 'Bench LMS',
      issuer,
      clientId,
      deploymentId,
      authorizationUrl,
      tokenUrl,
      jwksUrl,
    },
    { now: new Date(), mayReach: () => true },
  );
  if (!deployment) throw new Error('the deployment was not added');
  return deployment._id;
}

/** BENCH_PROFILE=FOLDER writes a CPU profile of each start of the tool there. */
function profileArguments(): string[] {
  const folder = process.env.BENCH_PROFILE ?? '';
  return folder === '' ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
