// Addresses that platforms fetch to set us up, beside our keys: Canvas's JSON configuration (`?names=yes` also asks for
// names) and our icon, both at addresses that stay.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import { packageRoot } from '../package-root.js';
import { buildCanvasConfiguration } from './canvas-configuration.js';
import { allowOnly, readQuery } from './door-request.js';
import type { LtiServices } from './lti-services.js';
import { toolWords } from './tool-words.js';

const MAX_AGE_S = 300;
const ICON_MAX_AGE_S = 86_400;

export function toolConfigurationRoutes(services: LtiServices): Router {
  const router = Router();
  const icon = readFileSync(join(packageRoot(), 'public', 'icon.svg'));

  router.all('/lti/config/canvas.json', allowOnly('GET', 'HEAD'), (req, res) => {
    const shareNames = readQuery(req)['names'] === 'yes';
    res.setHeader('Cache-Control', `public, max-age=${MAX_AGE_S}`);
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    const { url } = services.config;
    res.json(buildCanvasConfiguration({ url, shareNames, words: toolWords() }));
  });

  router.all('/lti/icon.svg', allowOnly('GET', 'HEAD'), (_req, res) => {
    res.setHeader('Cache-Control', `public, max-age=${ICON_MAX_AGE_S}`);
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    res.type('image/svg+xml').send(icon);
  });
  return router;
}
