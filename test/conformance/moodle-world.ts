// The tool and the demo LMS in Moodle mode, each on its port of this machine, and a browser between them that posts the forms
// which the pages of either hold.
import { createServer } from 'node:http';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Router } from 'express';
import request from 'supertest';
import { createDemoPlatform, type DemoPlatform } from '../../src/demo/create-demo-platform.js';
import { getCurrentLaunch, type CurrentLaunch } from '../../src/lti/current-launch.js';
import { requireLaunch } from '../../src/lti/guards.js';
import { addPlatform } from '../../src/lti/manage-platforms.js';
import { readAction, readFields } from '../demo/start-demo.js';
import { createAgent, type Answer, type BrowserAgent } from '../support/browser-agent.js';
import { createDataFolder } from '../support/engine.js';
import { comeBack } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

export interface MoodleWorld {
  tool: TestTool;
  url: string;
  platform: DemoPlatform;
  /** Moves Moodle's clock away from the tool's. */
  clock: { offsetMs: number };
  /** Connects the built-in tool by its record, as an administrator does by hand. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

export type MoodleBrowser = ReturnType<typeof request.agent>;
type Fields = Record<string, string>;

export async function startMoodle(): Promise<MoodleWorld> {
  const tool = await startTool({ routes: () => [showLaunch()] });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { offsetMs: 0 };
  const platform = await createDemoPlatform({
    url,
    toolUrl: tool.url,
    dataFolder: await keyFolder(),
    mode: 'moodle',
    log: { info: () => undefined, warn: () => undefined },
    now: () => new Date(Date.now() + clock.offsetMs),
  });
  // An Express application is a request listener, but is typed with its own request.
  server.on('request', (req, res) => void platform.app(req, res));
  return {
    tool,
    url,
    platform,
    clock,
    async connect() {
      const { name, issuer, clientId, deploymentId, ...ends } = platform.registration;
      await addPlatform(
        {
          name,
          issuer,
          clientId,
          deploymentId,
          authorizationUrl: ends.authorizationEndpoint,
          tokenUrl: ends.tokenEndpoint,
          jwksUrl: ends.jwksUri,
        },
        { now: new Date(), mayReach: () => true },
      );
    },
    async close() {
      await platform.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await tool.close();
    },
  };
}

let folder: string | null = null;

/** One for the test process, without records: making the platform's key is the slow part of a start. */
async function keyFolder(): Promise<string> {
  if (folder === null) {
    const made = await createDataFolder();
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  await rm(join(folder, 'demo-lms.json'), { force: true });
  return folder;
}

/** What the tool knows of the launch, as JSON, wherever the launch leads. */
function showLaunch(): Router {
  const router = Router();
  router.get('/*path', requireLaunch(), (req, res) => void res.json(getCurrentLaunch(req)));
  return router;
}

export async function signInAs(world: MoodleWorld, person: string): Promise<MoodleBrowser> {
  const browser = request.agent(world.url);
  await browser.post('/session').type('form').send({ person }).expect(303);
  return browser;
}

/** Login at the tool, and what the tool then asks at auth.php. */
export async function login(
  world: MoodleWorld,
  options: { browser: MoodleBrowser; path: string; agent?: BrowserAgent },
): Promise<{ agent: BrowserAgent; fields: Fields; asked: Fields; address: string }> {
  const { browser, path, agent = createAgent(world.tool.url) } = options;
  const page = await browser.get(path).expect(200);
  const fields = readFields(page.text);
  const origin = { headers: { origin: world.url } };
  const answer = await comeBack(agent, await agent.post('/lti/login', fields, origin));
  const address = new URL(answer.location, world.tool.url);
  return {
    agent,
    fields,
    asked: Object.fromEntries(address.searchParams),
    address: `${address.origin}${address.pathname}`,
  };
}

export interface MoodleLaunch {
  agent: BrowserAgent;
  answer: Answer;
  /** What Moodle posted to the tool. */
  posted: Fields;
  target: CurrentLaunch;
}

/** The whole launch; `changes` alter what the tool asks. */
export async function launchFrom(
  world: MoodleWorld,
  options: { person: string; path: string; changes?: Fields },
): Promise<{ agent: BrowserAgent; answer: Answer; posted: Fields; browser: MoodleBrowser }> {
  const browser = await signInAs(world, options.person);
  const { agent, asked } = await login(world, { browser, path: options.path });
  const page = await browser.get('/mod/lti/auth.php').query({ ...asked, ...options.changes });
  if (page.status !== 200) throw new Error(`auth.php answered ${page.status}: ${page.text}`);
  const posted = readFields(page.text);
  const path = readAction(page.text).replace(world.tool.url, '');
  const answer = await agent.post(path, posted, { headers: { origin: world.url } });
  return { agent, answer, posted, browser };
}

/** A launch that has to succeed, and what the tool knows of it. */
export async function openFrom(
  world: MoodleWorld,
  options: { person: string; path: string },
): Promise<MoodleLaunch> {
  const { agent, answer, posted } = await launchFrom(world, options);
  if (answer.status !== 303) throw new Error(`the tool answered ${answer.status}: ${answer.text}`);
  const page = await agent.get(answer.location);
  if (page.status !== 200) throw new Error(`${answer.location}: ${page.status} ${page.text}`);
  return { agent, answer, posted, target: page.json() as CurrentLaunch };
}
