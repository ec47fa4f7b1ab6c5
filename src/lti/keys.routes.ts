// /lti/keys: our public key set (RFC 7517), which platforms fetch to check our deep linking messages and client assertions.
import { Router } from 'express';
import { allowOnly } from './door-request.js';
import type { LtiServices } from './lti-services.js';

const MAX_AGE_S = 300;

export function keysRoutes(services: LtiServices): Router {
  const router = Router();
  router.all('/lti/keys', allowOnly('GET', 'HEAD'), async (_req, res) => {
    const keySet = await services.keys.publicKeySet();
    res.setHeader('Cache-Control', `public, max-age=${MAX_AGE_S}`);
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    res.json(keySet);
  });
  return router;
}
