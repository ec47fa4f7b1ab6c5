// Keys of our record store, for the operator alone: made, looked at, given other terms, rotated, revoked. A secret is shown
// once, in the answer to the form that made it, for only its hash is stored.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { requireOperatorOr } from '../lti/guards.js';
import { lastDayOf, OWN_KEY_NAME, readNewKey } from '../lrs/lrs-key-terms.js';
import { readOverlapHours, readTerms, writeTerms } from '../lrs/lrs-key-terms.js';
import { addLrsKey, changeLrsKey, getLrsKey, listLrsKeys } from '../lrs/lrs-keys.js';
import { revokeLrsKey, rotateLrsKey, type LrsKey } from '../lrs/lrs-keys.js';
import { LRS_SCOPES } from '../lrs/lrs-request.js';
import { adminPath } from './admin-path.js';
import { requireOperator } from './admin-scope.js';
import { tryForm, type FormFaults } from './read-form.js';
import { adminWords, renderAdmin } from './render-admin.js';

const KeyParams = z.object({ key: z.string().max(100) });
const Confirmation = z.object({ confirmed: z.literal('yes', 'lrs-keys:fault.confirmed') });
const USUAL_OVERLAP_HOURS = '24';

export interface LrsKeysAdminDeps {
  now: () => Date;
  /** Our public base address. */
  url: string;
}

/** A secret that is shown this once. */
interface Made {
  key: string;
  secret: string;
}

export function lrsKeysAdminRoutes(deps: LrsKeysAdminDeps): Router {
  const { now } = deps;
  const router = Router();
  const mayEnter = requireOperatorOr('Administrator');

  router.get('/admin/lrs-keys', mayEnter, (req, res) => showKeys(req, res, { deps }));

  router.post('/admin/lrs-keys', mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    const outcome = await tryForm(req.body, () =>
      addLrsKey({ ...readNewKey(req.body), now: now() }),
    );
    if (outcome.isDone) return showKeys(req, res, { deps, made: outcome.value });
    await showKeys(req, res, { deps, faults: outcome.faults });
  });

  router.get('/admin/lrs-keys/:key', mayEnter, (req, res) => showKey(req, res, { deps }));

  router.post('/admin/lrs-keys/:key/terms', mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    const { key } = parseInput(KeyParams, req.params);
    const outcome = await tryForm(req.body, () =>
      changeLrsKey({ key, terms: readTerms(req.body) }),
    );
    if (!outcome.isDone) return showKey(req, res, { deps, faults: outcome.faults });
    res.redirect(303, adminPath(req, `/admin/lrs-keys/${key}`, 'saved'));
  });

  router.post('/admin/lrs-keys/:key/secrets', mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    const { key } = parseInput(KeyParams, req.params);
    const outcome = await tryForm(req.body, () =>
      rotateLrsKey({ key, overlapHours: readOverlapHours(req.body), now: now() }),
    );
    if (outcome.isDone) return showKey(req, res, { deps, made: outcome.value });
    await showKey(req, res, { deps, faults: outcome.faults });
  });

  router.post('/admin/lrs-keys/:key/revocation', mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    const { key } = parseInput(KeyParams, req.params);
    const outcome = await tryForm(req.body, () => parseInput(Confirmation, req.body));
    if (!outcome.isDone) return showKey(req, res, { deps, faults: outcome.faults });
    await revokeLrsKey({ key, now: now() });
    res.redirect(303, adminPath(req, '/admin/lrs-keys', 'lrs-key-revoked'));
  });

  return router;
}

interface PageState {
  deps: LrsKeysAdminDeps;
  faults?: FormFaults;
  made?: Made;
}

async function showKeys(req: Request, res: Response, page: PageState): Promise<void> {
  requireOperator(req);
  const { deps, faults, made } = page;
  const keys = await listLrsKeys();
  const chosen = readScopes(req.body);
  renderAdmin(req, res, {
    section: 'lrs-keys',
    title: adminWords(req)('lrs-keys:title'),
    status: faults ? 400 : 200,
    scripts: ['copy.js'],
    data: {
      endpoint: `${deps.url}/xapi`,
      made,
      typed: faults?.typed ?? {},
      faults: faults?.fields ?? {},
      hasFaults: faults !== undefined,
      scopes: LRS_SCOPES.map((scope) => ({
        scope,
        words: `lrs-keys:scopes.${scope.replaceAll('/', '-')}`,
        isChosen: faults !== undefined && chosen.includes(scope),
      })),
      keys: keys.toReversed().map((key) => describeKey(key, deps.now())),
    },
  });
}

async function showKey(req: Request, res: Response, page: PageState): Promise<void> {
  requireOperator(req);
  const { deps, faults, made } = page;
  const { key: asked } = parseInput(KeyParams, req.params);
  const key = await getLrsKey({ key: asked });
  const typed = { ...writeTerms(key), overlapHours: USUAL_OVERLAP_HOURS, ...faults?.typed };
  renderAdmin(req, res, {
    section: 'lrs-keys',
    view: 'lrs-key',
    title: adminWords(req)('lrs-keys:one.title', { name: key.name }),
    status: faults ? 400 : 200,
    scripts: ['copy.js'],
    data: {
      endpoint: `${deps.url}/xapi`,
      made,
      key: describeKey(key, deps.now()),
      typed,
      faults: faults?.fields ?? {},
      hasFaults: faults !== undefined,
    },
  });
}

/** With its state, and what may be done with it. */
function describeKey(key: LrsKey, now: Date) {
  const isExpired = key.expiresAt !== null && key.expiresAt <= now;
  const state = key.revokedAt !== null ? 'revoked' : isExpired ? 'expired' : 'active';
  const isOwn = key.name === OWN_KEY_NAME;
  return {
    ...key,
    state,
    stateClass: state === 'active' ? 'status-achieved' : 'status-bad',
    isOwn,
    isChangeable: state !== 'revoked' && !isOwn,
    isRevocable: state !== 'revoked',
    lastDay: key.expiresAt && lastDayOf(key.expiresAt),
    overlapUntil: key.previousUntil !== null && key.previousUntil > now ? key.previousUntil : null,
  };
}

/** Of a form with several boxes of one name: one text, or an array of them. */
function readScopes(body: unknown): string[] {
  const { scopes } = z
    .object({ scopes: z.union([z.string(), z.array(z.string())]).catch([]) })
    .catch({ scopes: [] })
    .parse(body ?? {});
  return typeof scopes === 'string' ? [scopes] : scopes;
}
