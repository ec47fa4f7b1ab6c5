// The floor: answers a launch with the tool's own redirects, headers and page bytes and makes the engine calls that the
// tool was seen to make, in the same order and side by side where it did, on a copy of its data. It checks nothing.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import express, { type Request, type Response } from 'express';
import mongoose from 'mongoose';
import { z } from 'zod';
import { watchEngineCalls } from '../support/engine-calls.js';
import { LaunchTrace } from '../support/launch-trace.js';
import { hostPeer } from '../support/peer-host.js';
import { compileCalls, type Replay } from '../support/replay-calls.js';

const COOKIE = 'floor';
const POOL_SIZE = 20;
const Settings = z.object({
  port: z.number(),
  /** The address of the door, which may be another process's. */
  publicUrl: z.string(),
  databaseUri: z.string(),
  databaseName: z.string(),
  pageFile: z.string(),
  traceFile: z.string(),
  authorizationUrl: z.string(),
});
const KeyQuery = z.object({ key: z.string().optional() });

await hostPeer(async () => {
  const settings = Settings.parse(JSON.parse(process.argv[2] ?? '{}'));
  const { port, databaseUri, databaseName, authorizationUrl } = settings;
  const url = settings.publicUrl;
  const page = readFileSync(settings.pageFile);
  const trace = LaunchTrace.parse(JSON.parse(readFileSync(settings.traceFile, 'utf8')));
  const watch = watchEngineCalls({ keep: 'names' });
  await mongoose.connect(databaseUri, { dbName: databaseName, maxPoolSize: POOL_SIZE });
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected');
  watch.attach(mongoose.connection.getClient());
  const replays = trace.launches.map((launch) => compileCalls({ db, steps: launch.steps }));
  const underWay = new Map<string, { replay: Replay; step: number }>();
  let next = 0;

  /** Makes the calls of the next step, answers where the tool did, and ends with the calls the tool made after that. */
  async function play(key: string, answer: () => unknown): Promise<void> {
    const launch = underWay.get(key);
    if (!launch) throw new Error('no such launch');
    const step = launch.step++;
    if (launch.step === launch.replay.steps) underWay.delete(key);
    await launch.replay.before(step);
    answer();
    await launch.replay.after(step);
  }

  const app = express();
  app.disable('x-powered-by');
  app.use(express.urlencoded({ extended: false }));
  const stepOf = (key: string) => underWay.get(key)?.step ?? 0;
  app.all('/login', async (req: Request, res: Response) => {
    const key = KeyQuery.parse(req.query).key ?? randomBytes(16).toString('hex');
    if (!underWay.has(key)) {
      const make = replays[next++ % replays.length];
      if (!make) throw new Error('no launch to replay');
      underWay.set(key, { replay: make(), step: 0 });
    }
    const query = new URLSearchParams({ state: key, nonce: key, redirect_uri: `${url}/launch` });
    await play(key, () => {
      const isLast = stepOf(key) === trace.loginSteps;
      res.redirect(302, isLast ? `${authorizationUrl}?${query.toString()}` : `/login?key=${key}`);
    });
  });
  app.post('/launch', async (req: Request, res: Response) => {
    const { state } = z.object({ state: z.string() }).parse(req.body);
    await play(state, () => {
      res.append('Set-Cookie', `${COOKIE}=${state}; Path=/; HttpOnly`).redirect(303, '/page');
    });
  });
  app.get('/page', async (req: Request, res: Response) => {
    const key = (req.headers.cookie ?? '').slice(COOKIE.length + 1);
    await play(key, () => {
      if (underWay.has(key)) return res.redirect(303, '/page');
      for (const [name, value] of Object.entries(trace.pageHeaders)) res.setHeader(name, value);
      return res.end(page);
    });
  });
  const server = app.listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://localhost:${String(port)}`,
    watch,
    async stop() {
      server.close();
      server.closeAllConnections();
      await mongoose.disconnect();
    },
  };
});
