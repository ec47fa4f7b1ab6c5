// The tool as `npm start` runs it in production without the demo LMS, on the engine of the run: compiled from src/, with
// its workers. With `watched` its driver reports the commands it sends.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import mongoose from 'mongoose';
import { z } from 'zod';
import type * as Configuration from '../../src/config.js';
import type * as Main from '../../src/main.js';
import { watchEngineCalls } from '../support/engine-calls.js';
import { hostPeer } from '../support/peer-host.js';

const Settings = z.object({ build: z.string(), watched: z.boolean() });

await hostPeer(async () => {
  const { build, watched } = Settings.parse(JSON.parse(process.argv[2] ?? '{}'));
  const watch = watchEngineCalls({ keep: 'commands' });
  // The build has the shape of the source it was made from.
  const [{ start }, { readConfig }] = (await Promise.all([
    import(pathToFileURL(join(build, 'main.js')).href),
    import(pathToFileURL(join(build, 'config.js')).href),
  ])) as [typeof Main, typeof Configuration];
  const config = readConfig();
  const running = await start({ config, announce: () => undefined });
  if (watched) watch.attach(mongoose.connection.getClient());
  return { url: config.url, watch: watched ? watch : null, stop: () => running.stop() };
});
