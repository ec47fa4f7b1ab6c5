// The overview with the state of each part, the refused launches in plain reasons, and the frameworks with their numbers.
import { Router, type Request } from 'express';
import { hasWords, type Words } from '../http/catalogue.js';
import { listFrameworks } from '../frameworks/cf-document.model.js';
import { listFrameworksWithNumbers, type FrameworkNumbers } from '../library/list-for-cli.js';
import { listDeployments } from '../lti/deployment.model.js';
import { requireOperatorOr } from '../lti/guards.js';
import { listPlatforms } from '../lti/platform.model.js';
import { listRefusals, type Refusal } from '../lti/refusal.model.js';
import { readAdminScope, type AdminScope } from './admin-scope.js';
import { buildHealth, type HealthState } from './health.js';
import { readHealthFacts } from './read-health-facts.js';
import { adminWords, renderAdmin } from './render-admin.js';

const MOST_REFUSALS = 200;
const STATE_CLASSES: Record<HealthState, string> = {
  good: 'status-achieved',
  attention: 'status-caution',
  bad: 'status-bad',
};

export function overviewRoutes(deps: { now: () => Date }): Router {
  const { now } = deps;
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin', mayRead, async (req, res) => {
    const facts = await readHealthFacts({ scope: readAdminScope(req), now: now() });
    const rows = buildHealth(facts, adminWords(req)).map((row) => ({
      ...row,
      stateClass: STATE_CLASSES[row.state],
    }));
    renderAdmin(req, res, { section: 'overview', data: { rows } });
  });

  router.get('/admin/launches', mayRead, async (req, res) => {
    const found = await listOwnRefusals(readAdminScope(req), now());
    const refusals = found === null ? [] : await describeRefusals(req, found);
    renderAdmin(req, res, { section: 'launches', data: { isShared: found === null, refusals } });
  });

  router.get('/admin/frameworks', mayRead, async (req, res) => {
    const frameworks = await listFrameworksIn(readAdminScope(req));
    renderAdmin(req, res, { section: 'frameworks', data: { frameworks } });
  });

  return router;
}

/**
 * A refused launch proves no deployment, so an administrator sees the notes of their platform only where it holds no other
 * deployment than theirs; null where it does.
 */
async function listOwnRefusals(scope: AdminScope, now: Date): Promise<Refusal[] | null> {
  if (scope.kind === 'operator') return listRefusals({ now, limit: MOST_REFUSALS });
  const { platform } = scope;
  const deployments = await listDeployments({ platform });
  if (deployments.length > 1) return null;
  return listRefusals({ platform, now, limit: MOST_REFUSALS });
}

async function describeRefusals(req: Request, refusals: Refusal[]) {
  const words = adminWords(req);
  const platforms = await listPlatforms();
  const nameOf = new Map(platforms.map(({ _id, name }) => [_id, name]));
  return refusals.map((refusal) => ({
    ...refusal,
    platformName: refusal.platform === null ? null : (nameOf.get(refusal.platform) ?? null),
    reason: writeReason(refusal, words),
    details: Object.entries(refusal.details).map(([name, value]) => ({ name, value })),
  }));
}

/** The title the person was shown; a code without words stands for itself. */
function writeReason({ code, details }: Refusal, words: Words): string {
  const key = `errors:${code}.title`;
  return hasWords(key) ? words(key, details) : code;
}

async function listFrameworksIn(scope: AdminScope): Promise<FrameworkNumbers[]> {
  const all = await listFrameworksWithNumbers();
  if (scope.kind === 'operator') return all;
  const seen = await listFrameworks({ viewer: { deployment: scope.deployment } });
  const ids = new Set(seen.map(({ id }) => id));
  return all.filter(({ id }) => ids.has(id));
}
