// The files of public/, served under an address that holds their content's hash, so that browsers may keep them for ever.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Router } from 'express';
import { packageRoot } from '../package-root.js';

const HASH_CHARACTERS = 12;
const MEDIA_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

interface Asset {
  path: string;
  mediaType: string;
  content: Buffer;
}

export interface Assets {
  /** Address of a file of public/, for instance `/assets/1a2b3c/crosswalk.css`. Throws for an unknown name. */
  path(name: string): string;
  routes: Router;
}

/** Reads public/ once. Only the files that are there now are ever served. */
export function loadAssets(): Assets {
  const byName = new Map<string, Asset>();
  const byPath = new Map<string, Asset>();
  const folder = join(packageRoot(), 'public');
  for (const name of readdirSync(folder)) {
    const mediaType = MEDIA_TYPES[extname(name)];
    if (!mediaType) continue;
    const content = readFileSync(join(folder, name));
    const hash = createHash('sha256').update(content).digest('hex').slice(0, HASH_CHARACTERS);
    const asset = { path: `/assets/${hash}/${name}`, mediaType, content };
    byName.set(name, asset);
    byPath.set(asset.path, asset);
  }
  return { path: (name) => pathOf(byName, name), routes: assetRoutes(byPath) };
}

function pathOf(byName: Map<string, Asset>, name: string): string {
  const asset = byName.get(name);
  if (!asset) throw new Error(`public/${name} is not there`);
  return asset.path;
}

function assetRoutes(byPath: Map<string, Asset>): Router {
  const router = Router();
  router.get('/assets/:hash/:name', (req, res, next) => {
    const asset = byPath.get(req.path);
    if (!asset) return next();
    res.setHeader('Content-Type', asset.mediaType);
    res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    res.send(asset.content);
  });
  return router;
}
