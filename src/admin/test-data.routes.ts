// Emptying a test platform, after a page that says what goes and what stays. The operator's to do, and an administrator's where
// the platform holds no deployment but theirs.
import { Router, type Request } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import type { Log } from '../logger.js';
import { checkForm } from '../lti/check-form.js';
import { listDeployments } from '../lti/deployment.model.js';
import { requireOperatorOr } from '../lti/guards.js';
import { findPlatform, type Platform } from '../lti/platform.model.js';
import { adminPath } from './admin-path.js';
import { readAdminScope } from './admin-scope.js';
import { adminWords } from './render-admin.js';

const Params = z.object({ platform: z.string().max(100) });

export interface TestDataDeps {
  log: Log;
  /** Refuses a platform of kind production; given by the composition, for it reaches into every room. */
  emptyTestData: (options: { platform: string }) => Promise<Record<string, number>>;
}

export function testDataRoutes(deps: TestDataDeps): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');
  const path = '/admin/platforms/:platform/test-data';

  router.get(path, mayRead, async (req, res) => {
    const platform = await getTestPlatform(req);
    renderPage(req, res, {
      view: 'admin/test-data',
      title: adminWords(req)('admin:testData.title', { name: platform.name }),
      data: { platform },
    });
  });

  router.post(path, mayRead, checkForm(), async (req, res) => {
    const platform = await getTestPlatform(req);
    const rows = await deps.emptyTestData({ platform: platform._id });
    deps.log.info({ platform: platform._id, rows }, 'test data emptied');
    // Whoever launched from there is signed out by it, so only the operator is led on.
    if (readAdminScope(req).kind === 'operator')
      return res.redirect(303, adminPath(req, '/admin/platforms', 'test-data-emptied'));
    renderPage(req, res, {
      view: 'admin/test-data-gone',
      layout: 'bare',
      title: adminWords(req)('admin:testData.gone'),
    });
  });

  return router;
}

/** Throws `admin.not-found` (404), `admin.operator-only` (403) or `platform.not-test` (409). */
async function getTestPlatform(req: Request): Promise<Platform> {
  const { platform } = parseInput(Params, req.params);
  const scope = readAdminScope(req);
  const found =
    scope.kind === 'operator' || scope.platform === platform
      ? await findPlatform({ platform })
      : null;
  if (!found) throw new AppError('admin.not-found', { status: 404 });
  const isShared = (await listDeployments({ platform })).length > 1;
  if (scope.kind !== 'operator' && isShared)
    throw new AppError('admin.operator-only', { status: 403 });
  if (found.kind !== 'test')
    throw new AppError('platform.not-test', { status: 409, values: { platform: found.name } });
  return found;
}
