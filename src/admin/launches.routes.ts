// The launch doctor: refused logins and launches, newest first, each with a page of its own that says what usually causes it,
// and as a file for a support request. Notes hold no person's data; of claims only the names.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { listDeployments } from '../lti/deployment.model.js';
import { requireOperatorOr } from '../lti/guards.js';
import { listPlatforms, type Platform } from '../lti/platform.model.js';
import {
  findRefusal,
  findRefusalPage,
  listRefusalCodes,
  type Refusal,
  type RefusalScope,
} from '../lti/refusal.model.js';
import { readAdminScope, type AdminScope } from './admin-scope.js';
import { describeRefusal } from './describe-refusal.js';
import { adminWords, renderAdmin } from './render-admin.js';

const PAGE_REFUSALS = 50;
const choice = z.string().max(200).catch('');
const ListQuery = z.object({
  code: choice,
  platform: choice,
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
});
const Params = z.object({ refusal: z.string().max(100) });

export interface LaunchesDeps {
  now: () => Date;
  /** Our public base address. */
  url: string;
}

export function launchesRoutes(deps: LaunchesDeps): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/launches', mayRead, (req, res) => showRefusals(req, res, deps));

  router.get('/admin/launches/:refusal.json', mayRead, async (req, res) => {
    const { refusal, platform } = await getRefusal(req, deps);
    res.attachment(`refused-launch-${refusal.reference}.json`);
    res.json({ ...toFile(refusal, platform), ...describe(req, deps, refusal, platform) });
  });

  router.get('/admin/launches/:refusal', mayRead, async (req, res) => {
    const { refusal, platform } = await getRefusal(req, deps);
    const diagnosis = describe(req, deps, refusal, platform);
    renderPage(req, res, {
      view: 'admin/launch',
      title: diagnosis.reason,
      data: { refusal, diagnosis, platformName: platform?.name ?? null },
    });
  });

  return router;
}

async function showRefusals(req: Request, res: Response, deps: LaunchesDeps): Promise<void> {
  const { code, platform, page } = parseInput(ListQuery, req.query);
  const now = deps.now();
  const scope = await readRefusalScope(readAdminScope(req));
  const words = adminWords(req);
  const [found, codes, platforms] = await Promise.all([
    findRefusalPage({
      scope,
      ...(code === '' ? {} : { code }),
      ...(platform === '' ? {} : { platform }),
      now,
      skip: (page - 1) * PAGE_REFUSALS,
      limit: PAGE_REFUSALS,
    }),
    listRefusalCodes({ scope, now }),
    listPlatforms(),
  ]);
  const byId = new Map(platforms.map((one) => [one._id, one]));
  const reasonOf = (one: string) =>
    describeRefusal({ refusal: { code: one, details: {} }, platform: null, url: deps.url, words })
      .reason;
  renderAdmin(req, res, {
    section: 'launches',
    data: {
      isShared: scope.kind === 'deployment',
      refusals: found.refusals.map((refusal) => {
        const known = byId.get(refusal.platform ?? '') ?? null;
        const { reason, seen } = describe(req, deps, refusal, known);
        return { ...refusal, reason, seen, platformName: known?.name ?? null };
      }),
      isFiltered: code !== '' || platform !== '',
      codes: codes.map((one) => ({ code: one, reason: reasonOf(one), isCurrent: one === code })),
      platforms:
        scope.kind === 'all'
          ? platforms.map(({ _id, name }) => ({ id: _id, name, isCurrent: _id === platform }))
          : [],
      chosen: { code, platform },
      pager: {
        newer: page > 1 ? page - 1 : null,
        older: page * PAGE_REFUSALS < found.total ? page + 1 : null,
      },
    },
  });
}

/**
 * A refused launch proves no deployment, it only names one: an administrator sees the notes that name theirs, and all of
 * their platform's where it holds no other deployment.
 */
async function readRefusalScope(scope: AdminScope): Promise<RefusalScope> {
  if (scope.kind === 'operator') return { kind: 'all' };
  const { platform, deployment } = scope;
  const deployments = await listDeployments({ platform });
  return deployments.length > 1
    ? { kind: 'deployment', deployment }
    : { kind: 'platform', platform };
}

/** Throws `admin.not-found` (404) for what is not there or out of scope. */
async function getRefusal(
  req: Request,
  deps: LaunchesDeps,
): Promise<{ refusal: Refusal; platform: Platform | null }> {
  const { refusal: id } = parseInput(Params, req.params);
  const scope = await readRefusalScope(readAdminScope(req));
  const refusal = await findRefusal({ refusal: id, scope, now: deps.now() });
  if (!refusal) throw new AppError('admin.not-found', { status: 404 });
  const platforms = refusal.platform === null ? [] : await listPlatforms();
  return { refusal, platform: platforms.find(({ _id }) => _id === refusal.platform) ?? null };
}

function describe(
  req: Request,
  { url }: LaunchesDeps,
  refusal: Refusal,
  platform: Platform | null,
) {
  return describeRefusal({ refusal, platform, url, words: adminWords(req) });
}

/** What a support request may hold: no person, no token, and of claims only the names. */
function toFile(refusal: Refusal, platform: Platform | null) {
  const { at, step, code, status, reference, details, claimNames } = refusal;
  const registration = platform && {
    issuer: platform.issuer,
    clientId: platform.clientId,
    product: platform.productFamily,
  };
  return { at, step, code, status, reference, platform: registration, details, claimNames };
}
