// Platforms: the list, pause, resume and removal. The operator does all of it; an administrator sees the platform of their own
// deployment. How platforms come in is in add-platform.routes.ts and invitations.routes.ts.
import { Router, type Request } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { deleteDeployments, listDeployments } from '../lti/deployment.model.js';
import { requireOperatorOr } from '../lti/guards.js';
import { listInvitations } from '../lti/invitation.model.js';
import { invitationState } from '../lti/invitation-state.js';
import {
  deletePlatform,
  findPlatform,
  listPlatforms,
  setPlatformStatus,
  type Platform,
} from '../lti/platform.model.js';
import { readAdminScope, requireOperator, type AdminScope } from './admin-scope.js';
import { adminPath } from './admin-path.js';
import { adminWords, renderAdmin } from './render-admin.js';

const StatusInput = z.object({ status: z.enum(['active', 'paused']) });

export function platformsRoutes(deps: { now: () => Date }): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/platforms', mayRead, async (req, res) => {
    const scope = readAdminScope(req);
    const [platforms, deployments, invitations] = await Promise.all([
      listPlatformsIn(scope),
      listDeployments(scope.kind === 'operator' ? {} : { platform: scope.platform }),
      scope.kind === 'operator' ? listInvitations({ now: deps.now() }) : [],
    ]);
    const isVisible = ({ _id }: { _id: string }) =>
      scope.kind === 'operator' || _id === scope.deployment;
    renderAdmin(req, res, {
      section: 'platforms',
      data: {
        platforms: platforms.map((platform) => ({
          ...platform,
          isPaused: platform.status === 'paused',
          deployments: deployments.filter((one) => one.platform === platform._id && isVisible(one)),
        })),
        openInvitations: invitations.filter((one) => invitationState(one, deps.now()) === 'open')
          .length,
      },
    });
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
