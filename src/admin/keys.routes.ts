// Our signing keys, for the operator: what state each is in and what happens to it next, the next change ahead of its time,
// and the replacement at once of keys that may have become known. Below: what is remembered of platforms' key sets.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Config } from '../config.js';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { requireOperatorOr } from '../lti/guards.js';
import type { LtiServices } from '../lti/lti-services.js';
import { foreseeToolKeys, type KeyOutlook } from '../lti/plan-tool-keys.js';
import { listPlatforms } from '../lti/platform.model.js';
import { ensureToolKey, offerNextToolKey, replaceToolKeys } from '../lti/rotate-tool-keys.js';
import type { ToolKeyState } from '../lti/tool-key.model.js';
import { adminPath } from './admin-path.js';
import { requireOperator } from './admin-scope.js';
import { tryForm, type FormFaults } from './read-form.js';
import { renderAdmin } from './render-admin.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STATE_CLASSES: Record<ToolKeyState, string> = {
  active: 'status-achieved',
  next: 'status-progress',
  retiring: 'status-open',
  withdrawn: 'status-bad',
};
const ReplaceForm = z.object({ confirmed: z.literal('yes', 'admin:keys.confirmMissing') });

export interface KeysDeps {
  config: Pick<Config, 'secret' | 'keyAges' | 'url'>;
  lti: Pick<LtiServices, 'keys' | 'jwks'>;
  now: () => Date;
}

export function keysAdminRoutes(deps: KeysDeps): Router {
  const router = Router();
  const mayEnter = requireOperatorOr('Administrator');

  router.get('/admin/keys', mayEnter, (req, res) => showKeys(req, res, deps, null));

  router.post('/admin/keys/next', mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    await offerNextToolKey({ secret: deps.config.secret, now: deps.now() });
    deps.lti.keys.forget();
    res.redirect(303, adminPath(req, '/admin/keys', 'key-offered'));
  });

  router.post('/admin/keys/replacement', mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    const outcome = await tryForm(req.body, () => parseInput(ReplaceForm, req.body));
    if (!outcome.isDone) return showKeys(req, res, deps, outcome.faults);
    await replaceToolKeys({ secret: deps.config.secret, now: deps.now() });
    deps.lti.keys.forget();
    res.redirect(303, adminPath(req, '/admin/keys', 'keys-replaced'));
  });

  return router;
}

async function showKeys(
  req: Request,
  res: Response,
  deps: KeysDeps,
  faults: FormFaults | null,
): Promise<void> {
  requireOperator(req);
  const { config, lti, now } = deps;
  const [keys, platforms] = [
    await ensureToolKey({ secret: config.secret, now: now() }),
    await listPlatforms(),
  ];
  const outlook = foreseeToolKeys({ keys, ages: config.keyAges });
  renderAdmin(req, res, {
    section: 'keys',
    status: faults === null ? 200 : 400,
    data: {
      address: `${config.url}/lti/keys`,
      periodDays: Math.round(config.keyAges.periodMs / DAY_MS),
      overlapHours: Math.round(config.keyAges.overlapMs / HOUR_MS),
      keys: outlook.toReversed().map((one) => describeKey(one)),
      hasNext: keys.some(({ state }) => state === 'next'),
      fault: faults === null ? null : 'admin:keys.confirmMissing',
      platforms: platforms.map(({ name, jwksUrl: url }) => ({
        name,
        url,
        set: lti.jwks.describe({ url }),
      })),
    },
  });
}

function describeKey({ key, change }: KeyOutlook) {
  const { _id: kid, state, createdAt, activatedAt, endedAt } = key;
  return {
    kid,
    state,
    stateClass: STATE_CLASSES[state],
    createdAt,
    activatedAt,
    endedAt,
    change: change && { key: `admin:keys.changes.${change.what}`, at: change.at },
  };
}
