// What an operator's machines ask: is it alive, can it work, how does it fare. No session, no data of anybody.
import { timingSafeEqual } from 'node:crypto';
import { Router, type Request } from 'express';
import { AppError } from './errors.js';
import type { Metrics } from './metrics.js';

export interface Readiness {
  isReady: boolean;
  /** One word or sentence a part, for instance `{ database: 'connected' }`. */
  parts: Record<string, string>;
}

/** `metricsToken`: the bearer that /metrics asks for; null leaves it open (outside production). */
export function operationRoutes(options: {
  metrics: Metrics;
  metricsToken: string | null;
  readiness: () => Promise<Readiness>;
}): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'alive' });
  });
  router.get('/readyz', async (_req, res) => {
    const { isReady, parts } = await options.readiness();
    res.set('Cache-Control', 'no-store').status(isReady ? 200 : 503);
    res.json({ status: isReady ? 'ready' : 'not ready', parts });
  });
  router.get('/metrics', async (req, res) => {
    if (!mayReadMetrics(req, options.metricsToken))
      throw new AppError('page.not-found', { status: 404 });
    res
      .set('Cache-Control', 'no-store')
      .type(options.metrics.mediaType)
      .send(await options.metrics.text());
  });
  return router;
}

function mayReadMetrics(req: Request, token: string | null): boolean {
  if (token === null) return true;
  if (token === '') return false;
  const given = Buffer.from(req.get('authorization') ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
