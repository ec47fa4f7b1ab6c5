// Platforms: the list, registration by hand with every address to copy, pause, resume and removal. The operator does all of
// it; an administrator sees the platform of their own deployment.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { deleteDeployments, listDeployments } from '../lti/deployment.model.js';
import { requireOperatorOr } from '../lti/guards.js';
import { addPlatform } from '../lti/manage-platforms.js';
import {
  deletePlatform,
  findPlatform,
  listPlatforms,
  setPlatformStatus,
  type Platform,
} from '../lti/platform.model.js';
import { readAdminScope, requireOperator, type AdminScope } from './admin-scope.js';
import { adminPath } from './admin-path.js';
import {
  listToolAddresses,
  PlatformForm,
  PLATFORM_FIELDS,
  toPlatformInput,
} from './platform-form.js';
import { adminWords, renderAdmin } from './render-admin.js';
import { tryForm, type FormFaults } from './read-form.js';

const StatusInput = z.object({ status: z.enum(['active', 'paused']) });

export interface PlatformsDeps {
  now: () => Date;
  /** Whether a request of ours could set out for an address. */
  mayReach: (url: string) => boolean;
  /** Our public base address. */
  url: string;
}

export function platformsRoutes(deps: PlatformsDeps): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/platforms', mayRead, (req, res) => showPlatforms(req, res, deps, null));

  router.post('/admin/platforms', mayRead, checkForm(), async (req, res) => {
    requireOperator(req);
    const { mayReach, now } = deps;
    const outcome = await tryForm(req.body, () =>
      addPlatform(toPlatformInput(parseInput(PlatformForm, req.body)), {
        now: now(),
        mayReach,
      }),
    );
    if (!outcome.isDone) return showPlatforms(req, res, deps, outcome.faults);
    res.redirect(303, adminPath(req, '/admin/platforms', 'platform-added'));
  });

  router.post('/admin/platforms/:platform/status', mayRead, checkForm(), async (req, res) => {
    const platform = await getOwnPlatform(req);
    const { status } = parseInput(StatusInput, req.body);
    await setPlatformStatus({ platform: platform._id, status });
    const notice = status === 'paused' ? 'platform-paused' : 'platform-resumed';
    res.redirect(303, adminPath(req, '/admin/platforms', notice));
  });

  router.get('/admin/platforms/:platform/removal', mayRead, async (req, res) => {
    const platform = await getOwnPlatform(req);
    const deployments = await listDeployments({ platform: platform._id });
    renderPage(req, res, {
      view: 'admin/remove-platform',
      title: adminWords(req)('admin:removal.title', { name: platform.name }),
      data: { platform, deployments: deployments.length },
    });
  });

  router.post('/admin/platforms/:platform/removal', mayRead, checkForm(), async (req, res) => {
    const platform = await getOwnPlatform(req);
    await deletePlatform({ platform: platform._id });
    await deleteDeployments({ platform: platform._id });
    res.redirect(303, adminPath(req, '/admin/platforms', 'platform-removed'));
  });

  return router;
}

/** The list, and the form with its faults where there are some. */
async function showPlatforms(
  req: Request,
  res: Response,
  deps: PlatformsDeps,
  faults: FormFaults | null,
): Promise<void> {
  const scope = readAdminScope(req);
  const [platforms, deployments] = await Promise.all([
    listPlatformsIn(scope),
    listDeployments(scope.kind === 'operator' ? {} : { platform: scope.platform }),
  ]);
  const visible = deployments.filter(
    ({ _id }) => scope.kind === 'operator' || _id === scope.deployment,
  );
  renderAdmin(req, res, {
    section: 'platforms',
    status: faults === null ? 200 : 400,
    data: {
      platforms: platforms.map((platform) => ({
        ...platform,
        isPaused: platform.status === 'paused',
        deployments: visible.filter((one) => one.platform === platform._id),
      })),
      addresses: listToolAddresses(deps.url),
      hasFaults: faults !== null,
      fields: PLATFORM_FIELDS.map((field) => ({
        ...field,
        value: faults?.typed[field.name] ?? '',
        fault: faults?.fields[field.name] ?? null,
      })),
    },
  });
}

async function listPlatformsIn(scope: AdminScope): Promise<Platform[]> {
  if (scope.kind === 'operator') return listPlatforms();
  const own = await findPlatform({ platform: scope.platform });
  return own === null ? [] : [own];
}

/** Changes are the operator's: a platform may hold deployments of several owners. */
async function getOwnPlatform(req: Request): Promise<Platform> {
  requireOperator(req);
  const { platform } = parseInput(z.object({ platform: z.string().max(100) }), req.params);
  const found = await findPlatform({ platform });
  if (!found) throw new AppError('admin.not-found', { status: 404 });
  return found;
}
