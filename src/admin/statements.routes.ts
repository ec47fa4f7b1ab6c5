// Statements that a record store refused, with its words: try again, or give up with a reason; and the record stores with
// what is still on its way to each. An administrator sees the parked statements of their own deployment.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { actorOf } from '../lti/current-operator.js';
import { requireOperatorOr } from '../lti/guards.js';
import type { NoteLook } from '../lti/note-look.js';
import { listDestinations, setDestinationStatus } from '../outbox/destination.model.js';
import {
  giveUpParked,
  listParked,
  retryAllParked,
  retryParked,
} from '../outbox/parked-statements.js';
import { adminPath } from './admin-path.js';
import { noteAdminLook } from './note-admin-look.js';
import { readAdminScope, requireOperator, type AdminScope } from './admin-scope.js';
import { describeDestinations } from './describe-destinations.js';
import { renderAdmin } from './render-admin.js';
import { tryForm, type FormFaults } from './read-form.js';

const LONGEST_REASON = 500;
/** Both deliveries: to our own record store, and to those of others. */
const DELIVERIES = ['deliver-outbox', 'deliver-outbox-elsewhere'];

const PageQuery = z.object({
  page: z.coerce.number().int().min(1).catch(1),
  state: z.enum(['waiting', 'given-up']).catch('waiting'),
});
const IdInput = z.object({ id: z.string().min(1).max(200) });
const GiveUpInput = IdInput.extend({
  reason: z
    .string({ error: 'admin:fault.reason' })
    .trim()
    .min(1, 'admin:fault.reason')
    .max(LONGEST_REASON, 'admin:fault.reason-long'),
});
const DestinationInput = z.object({
  destination: z.string().max(100),
  status: z.enum(['active', 'paused']),
});

export interface StatementsAdminDeps {
  now: () => Date;
  /** Shortens the wait of the delivery. */
  nudge: (job: string) => void;
  noteLook: NoteLook;
}

export function parkedStatementsRoutes(deps: StatementsAdminDeps): Router {
  const { now, nudge } = deps;
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/statements', mayRead, (req, res) =>
    showParked(req, res, { ...deps, faults: null }),
  );

  router.post('/admin/statements/retries', mayRead, checkForm(), async (req, res) => {
    const { id } = parseInput(IdInput.partial(), req.body);
    const scope = parkedScope(readAdminScope(req));
    if (id === undefined) await retryAllParked(scope);
    else await retryParked({ id, ...scope });
    for (const job of DELIVERIES) nudge(job);
    const notice = id === undefined ? 'statements-retried' : 'statement-retried';
    res.redirect(303, adminPath(req, '/admin/statements', notice));
  });

  router.post('/admin/statements/withdrawals', mayRead, checkForm(), async (req, res) => {
    const outcome = await tryForm(req.body, () => parseInput(GiveUpInput, req.body));
    if (!outcome.isDone) return showParked(req, res, { ...deps, faults: outcome.faults });
    const scope = parkedScope(readAdminScope(req));
    await giveUpParked({ ...outcome.value, by: actorOf(req), now: now(), ...scope });
    res.redirect(303, adminPath(req, '/admin/statements', 'statement-given-up'));
  });

  router.get('/admin/destinations', mayRead, async (req, res) => {
    const destinations = await describeDestinations({ scope: readAdminScope(req) });
    renderAdmin(req, res, { section: 'destinations', data: { destinations } });
  });

  router.post('/admin/destinations', mayRead, checkForm(), async (req, res) => {
    requireOperator(req);
    const { destination, status } = parseInput(DestinationInput, req.body);
    const { isFound } = await setDestinationStatus({ destination, status, reason: null });
    if (!isFound) throw new AppError('admin.not-found', { status: 404 });
    for (const job of DELIVERIES) nudge(job);
    const notice = status === 'active' ? 'destination-resumed' : 'destination-paused';
    res.redirect(303, adminPath(req, '/admin/destinations', notice));
  });

  return router;
}

/** The list, and beside the statement whose form had a fault, what was typed. */
async function showParked(
  req: Request,
  res: Response,
  of: Pick<StatementsAdminDeps, 'noteLook' | 'now'> & { faults: FormFaults | null },
): Promise<void> {
  const { noteLook, now, faults } = of;
  const { page, state } = parseInput(PageQuery, req.query);
  const scope = parkedScope(readAdminScope(req));
  const [found, destinations] = await Promise.all([
    listParked({ page, state, ...scope }),
    listDestinations(),
  ]);
  const shown = found.parked;
  await noteAdminLook(req, {
    ...{ noteLook, subject: 'parked', names: 'hidden', shown, now: now() },
  });
  const nameOf = new Map(destinations.map(({ id, name }) => [id, name]));
  renderAdmin(req, res, {
    section: 'statements',
    status: faults === null ? 200 : 400,
    data: {
      state,
      choices: (['waiting', 'given-up'] as const).map((name) => ({
        name,
        isCurrent: name === state,
      })),
      total: found.total,
      parked: found.parked.map((one) => ({
        ...one,
        destinationName: nameOf.get(one.destination) ?? one.destination,
        json: indent(one.json),
        isWaiting: one.state === 'parked',
        isGivenUp: one.state === 'given-up',
        ...(faults?.typed['id'] === one.id && {
          fault: faults.fields['reason'] ?? null,
          reasonTyped: faults.typed['reason'] ?? '',
        }),
      })),
      pager: {
        newer: found.page > 1 ? found.page - 1 : null,
        older: found.page < found.pages ? found.page + 1 : null,
      },
    },
  });
}

function parkedScope(scope: AdminScope): { deployment?: string } {
  return scope.kind === 'operator' ? {} : { deployment: scope.deployment };
}

/** The frozen text as people read it; as it is where it is no JSON. */
function indent(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
