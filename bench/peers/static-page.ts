// The floor of a page: a static express handler that sends given bytes with given headers, and nothing else.
import { readFileSync } from 'node:fs';
import express from 'express';
import { z } from 'zod';
import { hostPeer } from '../support/peer-host.js';

const Settings = z.object({
  port: z.number(),
  pages: z.array(
    z.object({ path: z.string(), file: z.string(), headers: z.record(z.string(), z.string()) }),
  ),
});

await hostPeer(async () => {
  const { port, pages } = Settings.parse(JSON.parse(process.argv[2] ?? '{}'));
  const app = express();
  app.disable('x-powered-by');
  for (const { path, file, headers } of pages) {
    const body = readFileSync(file);
    app.get(path, (_req, res) => {
      for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
      res.end(body);
    });
  }
  const server = app.listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://localhost:${String(port)}`,
    watch: null,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
});
