// Deployments: which wait for approval, which are paused, who reviews programmes in them and who of these may see names.
// Approving and pausing is the operator's; reviewers are the administrator's to name, in their own deployment.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { listFrameworks } from '../frameworks/cf-document.model.js';
import { FALLBACK_LANGUAGE, wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import {
  approveDeployment,
  changeDeployment,
  entitleReviewer,
  findDeployment,
  listDeployments,
  setDeploymentStatus,
  setReviewerRoles,
  type Deployment,
} from '../lti/deployment.model.js';
import { requireOperatorOr } from '../lti/guards.js';
import type { NoteLook } from '../lti/note-look.js';
import { findPlatform, listPlatforms } from '../lti/platform.model.js';
import { adminPath } from './admin-path.js';
import { noteAdminLook } from './note-admin-look.js';
import { getDeploymentInScope, readAdminScope, requireOperator } from './admin-scope.js';
import { ReviewerRolesInput } from './reviewer-roles.js';
import { buildStageFields, StageLabelsInput } from './stage-labels.js';
import { adminWords, renderAdmin } from './render-admin.js';
import { tryForm, type FormFaults } from './read-form.js';
import { listReviewers } from './list-reviewers.js';

const StatusInput = z.object({ status: z.enum(['approved', 'paused', 'refused']) });
const NamesInput = z.object({ user: z.string().max(100), names: z.enum(['shown', 'hidden']) });
const AssistantsInput = z.object({
  assistants: z.enum(['read', 'attest']),
  rules: z.enum(['read', 'change']),
});
const ActorInput = z.object({ actorMode: z.enum(['pseudonymous', 'issuer']) });

export interface DeploymentsDeps {
  now: () => Date;
  noteLook: NoteLook;
}

export function deploymentsRoutes(deps: DeploymentsDeps): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');
  const one = '/admin/deployments/:deployment';

  router.get('/admin/deployments', mayRead, showDeployments);
  router.get(one, mayRead, async (req, res) =>
    showDeployment(req, res, {
      ...deps,
      deployment: await getDeploymentInScope(req),
      faults: null,
    }),
  );

  router.post(`${one}/status`, mayRead, checkForm(), async (req, res) => {
    requireOperator(req);
    const deployment = await getDeploymentInScope(req);
    const { status } = parseInput(StatusInput, req.body);
    await changeStatus(deployment, status, deps.now());
    res.redirect(303, adminPath(req, '/admin/deployments', `deployment-${status}`));
  });

  router.post(`${one}/reviewer-roles`, mayRead, checkForm(), async (req, res) => {
    const deployment = await getDeploymentInScope(req);
    const outcome = await tryForm(req.body, () => parseInput(ReviewerRolesInput, req.body));
    if (!outcome.isDone)
      return showDeployment(req, res, { ...deps, deployment, faults: outcome.faults });
    await setReviewerRoles({ deployment: deployment._id, roles: outcome.value.roles });
    res.redirect(303, adminPath(req, `/admin/deployments/${deployment._id}`, 'reviewers-saved'));
  });

  router.post(`${one}/reviewers`, mayRead, checkForm(), async (req, res) => {
    const deployment = await getDeploymentInScope(req);
    const { user, names } = parseInput(NamesInput, req.body);
    await requireReviewer(deployment, user);
    await entitleReviewer({ deployment: deployment._id, user, names });
    const notice = names === 'shown' ? 'names-shown' : 'names-hidden';
    res.redirect(303, adminPath(req, `/admin/deployments/${deployment._id}`, notice));
  });

  router.post(`${one}/actors`, mayRead, checkForm(), async (req, res) => {
    const { _id: deployment } = await getDeploymentInScope(req);
    await changeDeployment({ deployment, change: parseInput(ActorInput, req.body) });
    res.redirect(303, adminPath(req, `/admin/deployments/${deployment}`, 'saved'));
  });

  router.post(`${one}/assistants`, mayRead, checkForm(), async (req, res) => {
    const { _id: deployment } = await getDeploymentInScope(req);
    const { assistants, rules } = parseInput(AssistantsInput, req.body);
    await changeDeployment({
      deployment,
      change: {
        assistantsMayAttest: assistants === 'attest',
        assistantsMayChangeRules: rules === 'change',
      },
    });
    res.redirect(303, adminPath(req, `/admin/deployments/${deployment}`, 'saved'));
  });

  router.post(`${one}/stage-labels`, mayRead, checkForm(), async (req, res) => {
    const deployment = await getDeploymentInScope(req);
    const outcome = await tryForm(req.body, () => parseInput(StageLabelsInput, req.body));
    if (!outcome.isDone)
      return showDeployment(req, res, { ...deps, deployment, faults: outcome.faults });
    await changeDeployment({ deployment: deployment._id, change: { stageLabels: outcome.value } });
    res.redirect(303, adminPath(req, `/admin/deployments/${deployment._id}`, 'saved'));
  });

  return router;
}

async function showDeployments(req: Request, res: Response): Promise<void> {
  const scope = readAdminScope(req);
  const [found, platforms] = await Promise.all([
    scope.kind === 'operator' ? listDeployments() : listOne(scope.deployment),
    listPlatforms(),
  ]);
  const platformOf = new Map(platforms.map((one) => [one._id, one]));
  renderAdmin(req, res, {
    section: 'deployments',
    data: {
      deployments: found
        .map((one) => ({
          ...one,
          platformName: platformOf.get(one.platform)?.name ?? one.platform,
          isTest: platformOf.get(one.platform)?.kind === 'test',
          isPending: one.status === 'pending',
          isApproved: one.status === 'approved',
          isRefused: one.status === 'refused',
        }))
        .sort((a, b) => Number(b.isPending) - Number(a.isPending)),
    },
  });
}

async function showDeployment(
  req: Request,
  res: Response,
  of: DeploymentsDeps & { deployment: Deployment; faults: FormFaults | null },
): Promise<void> {
  const { deployment, faults, noteLook, now } = of;
  const words = adminWords(req);
  const reviewers = await listReviewers({ deployment, words });
  await noteAdminLook(req, {
    ...{ noteLook, subject: 'reviewers', names: 'shown', now: now() },
    shown: reviewers.map(({ user }) => ({ deployment: deployment._id, user })),
  });
  const [platform, frameworks] = await Promise.all([
    findPlatform({ platform: deployment.platform }),
    listFrameworks({ viewer: { deployment: deployment._id } }),
  ]);
  renderPage(req, res, {
    view: 'admin/deployment',
    title: words('admin:deployment.title', {
      name: deployment.accountName ?? deployment.deploymentId,
    }),
    status: faults === null ? 200 : 400,
    data: {
      deployment,
      isTest: platform?.kind === 'test',
      frameworks: frameworks.map(({ id, title }) => ({ id, title })),
      // What is held of people is shown to those who answer for the deployment, by their launch.
      isAdministrator: readAdminScope(req).kind === 'deployment',
      reviewers,
      rolesTyped: faults?.typed['roles'] ?? deployment.reviewerRoles.join('\n'),
      rolesFault: faults?.fields['roles'] ?? null,
      stageFields: buildStageFields({ labels: deployment.stageLabels ?? {}, faults, words }),
      assistants: (['read', 'attest'] as const).map((may) => ({
        may,
        isCurrent: (may === 'attest') === (deployment.assistantsMayAttest === true),
      })),
      assistantsRules: (['read', 'change'] as const).map((may) => ({
        may,
        isCurrent: (may === 'change') === (deployment.assistantsMayChangeRules === true),
      })),
      actorModes: (['pseudonymous', 'issuer'] as const).map((mode) => ({
        mode,
        isCurrent: mode === deployment.actorMode,
      })),
    },
  });
}

async function listOne(deployment: string): Promise<Deployment[]> {
  const found = await findDeployment({ deployment });
  return found === null ? [] : [found];
}

/** A waiting deployment is approved or refused; a paused or refused one goes on. */
async function changeStatus(
  deployment: Deployment,
  status: z.infer<typeof StatusInput>['status'],
  now: Date,
): Promise<void> {
  const { _id, platform, deploymentId } = deployment;
  if (status === 'approved' && deployment.status === 'pending')
    await approveDeployment({ platform, deploymentId, now });
  else await setDeploymentStatus({ deployment: _id, status });
}

/** Only who reviews in this deployment can be entitled to names there. */
async function requireReviewer(deployment: Deployment, user: string): Promise<void> {
  const reviewers = await listReviewers({ deployment, words: wordsFor(FALLBACK_LANGUAGE) });
  if (!reviewers.some((one) => one.user === user))
    throw new AppError('admin.not-found', { status: 404 });
}
