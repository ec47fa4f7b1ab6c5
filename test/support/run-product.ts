// The whole product as `npm start` runs it, in a process of its own: tool, jobs, LRS and demo LMS, on the engine of the test
// run with a database of its own. For journeys and for tests that kill it.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { programArguments } from './build-program.js';
import { createDataFolder, testEngineUri } from './engine.js';

const READY = /Crosswalk is ready at (\S+)/;
const DATABASE_CHARACTERS = 12;

export interface Product {
  /** The tool, at localhost. */
  url: string;
  /** The demo LMS, at 127.0.0.1: another site to the browser. */
  demoUrl: string;
  database: string;
  dataFolder: string;
  /** Settings for a command of the command line beside it. */
  environment: NodeJS.ProcessEnv;
  /** What it wrote to the terminal so far. */
  output(): string;
  /** As Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** As a power cut does. */
  kill(): Promise<void>;
  /** Removes its data folder. The database goes with the engine of the run. */
  remove(): Promise<void>;
}

/** Starts it and waits until it says that it is ready. `again` takes up the ports, folder and database of one that ended. */
export async function runProduct(
  options: { again?: Product; settings?: NodeJS.ProcessEnv } = {},
): Promise<Product> {
  const environment = options.again?.environment ?? (await newEnvironment());
  const child = spawn(process.execPath, [...(await programArguments()), 'start'], {
    env: { ...environment, ...options.settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      if (READY.test(output)) resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    void ended.then((code) =>
      reject(new Error(`the product ended with ${String(code)}:\n${output}`)),
    );
  });
  const remove = async () => {
    await stop(child, ended);
    await rm(environment['CROSSWALK_DATA'] ?? '', { recursive: true, force: true });
  };
  return {
    url: `http://localhost:${environment['PORT']}`,
    demoUrl: `http://127.0.0.1:${environment['CROSSWALK_DEMO_PORT']}`,
    database: environment['CROSSWALK_DATABASE'] ?? '',
    dataFolder: environment['CROSSWALK_DATA'] ?? '',
    environment,
    output: () => output,
    stop: () => stop(child, ended),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    remove,
  };
}

/** A command of the command line, run while the product runs; its answer as JSON. */
export async function runBeside(product: Product, args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [...(await programArguments()), ...args, '--json'], {
    env: product.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const out = await text(child.stdout);
  return JSON.parse(out) as unknown;
}

async function newEnvironment(): Promise<NodeJS.ProcessEnv> {
  const [port, demoPort] = await freePorts();
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('CROSSWALK_'));
  return {
    ...Object.fromEntries(kept),
    MONGODB_URI: testEngineUri(),
    CROSSWALK_DATABASE: `journey-${randomUUID().slice(0, DATABASE_CHARACTERS)}`,
    CROSSWALK_DATA: await createDataFolder(),
    CROSSWALK_LOG_LEVEL: 'warn',
    PORT: String(port),
    CROSSWALK_DEMO_PORT: String(demoPort),
  };
}

/** Two ports that were free a moment ago. */
async function freePorts(): Promise<number[]> {
  const servers = [createServer(), createServer()];
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  );
  // A listening TCP server has an address with a port.
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
  return ended;
}
