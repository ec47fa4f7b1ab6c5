// Record stores (LRSs) of others, for the operator alone: added, changed, tried, told again what they refused, removed. The
// list, with pausing and going on, is in statements.routes.ts. A new one is paused, so that it can be tried first.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { requireOperatorOr } from '../lti/guards.js';
import type { Destination } from '../outbox/destination.model.js';
import { openPassword } from '../outbox/destinations.js';
import {
  addDestination,
  changeDestination,
  getOther,
  removeDestination,
} from '../outbox/manage-destinations.js';
import { retryAllParked } from '../outbox/parked-statements.js';
import {
  isConnectionGood,
  testConnection,
  type ConnectionCheck,
} from '../outbox/test-connection.js';
import { adminPath } from './admin-path.js';
import { requireOperator } from './admin-scope.js';
import { tryForm, type FormFaults } from './read-form.js';
import { adminWords, renderAdmin } from './render-admin.js';

const NUDGED = 'deliver-outbox-elsewhere';
const LIST = '/admin/destinations';
const Params = z.object({ destination: z.string().max(100) });
const Confirmation = z.object({ confirmed: z.literal('yes', 'destinations:fault.confirmed') });
const VERDICT_CLASSES: Record<ConnectionCheck['verdict'], string> = {
  good: 'status-achieved',
  doubtful: 'status-caution',
  bad: 'status-bad',
};

export interface DestinationsAdminDeps {
  now: () => Date;
  secret: string;
  /** The guarded client. */
  outgoing: Parameters<typeof testConnection>[0]['outgoing'] & {
    mayReach: (url: string) => boolean;
  };
  nudge: (job: string) => void;
}

export function destinationsAdminRoutes(deps: DestinationsAdminDeps): Router {
  const { now, secret, outgoing, nudge } = deps;
  const { mayReach } = outgoing;
  const router = Router();
  const mayEnter = requireOperatorOr('Administrator');

  router.get(`${LIST}/new`, mayEnter, (req, res) => {
    requireOperator(req);
    showNew(req, res, null);
  });

  router.post(`${LIST}/new`, mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    const outcome = await tryForm(req.body, () =>
      addDestination({ input: req.body, status: 'paused', mayReach, secret, now: now() }),
    );
    if (!outcome.isDone) return showNew(req, res, outcome.faults);
    res.redirect(303, adminPath(req, `${LIST}/${outcome.value.id}`, 'destination-added'));
  });

  router.get(`${LIST}/:destination`, mayEnter, async (req, res) => {
    showOne(req, res, { destination: await findOther(req) });
  });

  router.post(`${LIST}/:destination/settings`, mayEnter, checkForm(), async (req, res) => {
    const destination = await findOther(req);
    const { id } = destination;
    const outcome = await tryForm(req.body, () =>
      changeDestination({ destination: id, input: req.body, mayReach, secret }),
    );
    if (!outcome.isDone) return showOne(req, res, { destination, faults: outcome.faults });
    nudge(NUDGED);
    res.redirect(303, adminPath(req, `${LIST}/${id}`, 'saved'));
  });

  router.post(`${LIST}/:destination/tests`, mayEnter, checkForm(), async (req, res) => {
    const destination = await findOther(req);
    const password = await openPassword({ destination: destination.id, secret });
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const connection = { ...destination, password };
    const checks = await testConnection({ outgoing, connection, signal: gone.signal });
    showOne(req, res, { destination, checks });
  });

  router.post(`${LIST}/:destination/retries`, mayEnter, checkForm(), async (req, res) => {
    const { id } = await findOther(req);
    await retryAllParked({ destination: id });
    nudge(NUDGED);
    res.redirect(303, adminPath(req, `${LIST}/${id}`, 'statements-retried'));
  });

  router.post(`${LIST}/:destination/removal`, mayEnter, checkForm(), async (req, res) => {
    const destination = await findOther(req);
    const outcome = await tryForm(req.body, () => parseInput(Confirmation, req.body));
    if (!outcome.isDone) return showOne(req, res, { destination, faults: outcome.faults });
    await removeDestination({ destination: destination.id });
    res.redirect(303, adminPath(req, LIST, 'destination-removed'));
  });

  return router;
}

/** Throws `admin.operator-only` (403) before it looks. */
function findOther(req: Request): Promise<Destination> {
  requireOperator(req);
  return getOther(parseInput(Params, req.params).destination);
}

function showNew(req: Request, res: Response, faults: FormFaults | null): void {
  renderAdmin(req, res, {
    section: 'destinations',
    view: 'new-destination',
    title: adminWords(req)('destinations:new.title'),
    status: faults === null ? 200 : 400,
    data: { isNew: true, ...formData(faults, { version: '1.0.3' }) },
  });
}

function showOne(
  req: Request,
  res: Response,
  page: { destination: Destination; faults?: FormFaults; checks?: ConnectionCheck[] },
): void {
  const { destination, faults, checks } = page;
  const { name, endpoint, key, version, gzip } = destination;
  const saved = { name, endpoint, key, version, gzip: gzip ? 'yes' : '' };
  renderAdmin(req, res, {
    section: 'destinations',
    view: 'destination',
    title: name,
    status: faults ? 400 : 200,
    data: {
      destination: { ...destination, isActive: destination.status === 'active' },
      checks: checks?.map((check) => ({
        ...check,
        verdictClass: VERDICT_CLASSES[check.verdict],
        text: adminWords(req)(`destinations:test.${check.code}`, check.values),
        // What another server says stands where it says something.
        words: check.verdict === 'good' ? '' : String(check.values['words'] ?? ''),
      })),
      isGood: checks !== undefined && isConnectionGood(checks),
      ...formData(faults ?? null, saved),
    },
  });
}

/** What was typed, or what is kept. A password is never given back. */
function formData(faults: FormFaults | null, saved: Record<string, string>) {
  const isForm = faults !== null && 'endpoint' in faults.typed;
  const { password: _never, ...typed } = isForm ? faults.typed : saved;
  return {
    typed,
    faults: faults?.fields ?? {},
    hasFaults: faults !== null,
    isVersion2: typed['version'] === '2.0.0',
    isPacked: typed['gzip'] === 'yes',
  };
}
