// The overview with the state of each part, and the frameworks with their numbers.
import { Router } from 'express';
import { listFrameworks } from '../frameworks/cf-document.model.js';
import { listFrameworksWithNumbers, type FrameworkNumbers } from '../library/list-for-cli.js';
import { pageShell } from '../http/page-shell.js';
import { requireOperatorOr } from '../lti/guards.js';
import { readAdminScope, type AdminScope } from './admin-scope.js';
import { buildHealth, type HealthState } from './health.js';
import { readHealthFacts, type ReadNextEmptyings } from './read-health-facts.js';
import { adminWords, renderAdmin } from './render-admin.js';

const STATE_CLASSES: Record<HealthState, string> = {
  good: 'status-achieved',
  attention: 'status-caution',
  bad: 'status-bad',
};

export function overviewRoutes(deps: {
  now: () => Date;
  readNextEmptyings: ReadNextEmptyings;
}): Router {
  const { now, readNextEmptyings } = deps;
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin', mayRead, async (req, res) => {
    const scope = readAdminScope(req);
    const facts = await readHealthFacts({ scope, now: now(), readNextEmptyings });
    const { language } = pageShell(req);
    const rows = buildHealth(facts, { words: adminWords(req), language }).map((row) => ({
      ...row,
      stateClass: STATE_CLASSES[row.state],
    }));
    renderAdmin(req, res, { section: 'overview', data: { rows } });
  });

  router.get('/admin/frameworks', mayRead, async (req, res) => {
    const frameworks = await listFrameworksIn(readAdminScope(req));
    renderAdmin(req, res, { section: 'frameworks', data: { frameworks } });
  });

  return router;
}

/** Each with the address of its completion rule where it is this person's to set. */
async function listFrameworksIn(
  scope: AdminScope,
): Promise<(FrameworkNumbers & { rulesHref: string | null })[]> {
  const all = await listFrameworksWithNumbers();
  const rulesHref = (id: string) => `/rules/frameworks/${id}`;
  if (scope.kind === 'operator')
    return all.map((one) => ({ ...one, rulesHref: rulesHref(one.id) }));
  const { deployment } = scope;
  const seen = await listFrameworks({ viewer: { deployment } });
  const owners = new Map(seen.map(({ id, owner }) => [id, owner]));
  return all.flatMap((one) => {
    const owner = owners.get(one.id);
    if (!owner) return [];
    const isOwn = owner.kind === 'deployment' && owner.id === deployment;
    return [{ ...one, rulesHref: isOwn ? rulesHref(one.id) : null }];
  });
}
