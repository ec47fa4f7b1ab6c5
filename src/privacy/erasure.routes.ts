// Erasing a person, for administrators of the deployment: finding them, a preview of what goes and what stays, and the word to
// do it. The erase itself is a job, so that it goes on when the browser is closed or the process ends.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { noteAdminLook } from '../admin/note-admin-look.js';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCurrentLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { personLabel } from '../lti/person-label.js';
import { listDestinations } from '../outbox/destination.model.js';
import { noteLook } from '../reports/note-look.js';
import { findErasure, listErasures, type Erasure } from './erasure.model.js';
import { findPeople } from './find-people.js';
import { noteHeldAccess } from './note-held-access.js';
import { describeKinds } from './privacy-view.js';
import { readHeldPage, type HeldPage } from './read-held-page.js';
import { requestErasure } from './request-erasure.js';

const ERASE_JOB = 'erase-people';
const SHOWN_ERASURES = 50;
const Params = z.object({ user: z.string().max(200) });
const Query = z.object({ q: z.string().trim().max(200).catch('') });
const Confirmed = z.object({ confirmed: z.string().max(10).optional() });

export interface ErasureDeps {
  now: () => Date;
  nudge: (job: string) => void;
}

export function erasureRoutes(deps: ErasureDeps): Router {
  const { now, nudge } = deps;
  const router = Router();
  const administrator = [requireLaunch(), requireRole('Administrator')];

  router.get('/privacy/people', ...administrator, (req, res) => showPeople(req, res, now()));

  router.get('/privacy/:user/erasure', ...administrator, (req, res) =>
    showErasure(req, res, { now: now(), fault: null }),
  );

  router.post('/privacy/:user/erasure', ...administrator, checkForm(), async (req, res) => {
    const { user } = parseInput(Params, req.params);
    const { confirmed } = parseInput(Confirmed, req.body);
    if (confirmed !== 'yes')
      return showErasure(req, res, { now: now(), fault: 'privacy:erasure.unconfirmed' });
    const { deployment, user: by } = getCurrentLaunch(req);
    await requestErasure({ deployment, user, by, now: now() });
    nudge(ERASE_JOB);
    const search = new URLSearchParams(pageShell(req).courseQuery);
    search.set('notice', 'erasure-asked');
    res.redirect(303, `/privacy/${encodeURIComponent(user)}/erasure?${search.toString()}`);
  });

  return router;
}

async function showPeople(req: Request, res: Response, now: Date): Promise<void> {
  const { deployment, platform, language } = getCurrentLaunch(req);
  const words = wordsFor(language);
  const { q } = parseInput(Query, req.query);
  const [people, erasures] = await Promise.all([
    q === '' ? null : findPeople({ platform, deployment, text: q }),
    listErasures({ deployment, limit: SHOWN_ERASURES }),
  ]);
  await noteAdminLook(req, {
    ...{ noteLook, subject: 'search', names: 'shown', now },
    shown: (people ?? []).map(({ _id: user }) => ({ deployment, user })),
  });
  renderPage(req, res, {
    view: 'privacy/people',
    title: words('privacy:people.title'),
    data: {
      q,
      people: people?.map(({ _id, name }) => ({
        user: _id,
        label: personLabel({ user: _id, name, roles: [], words }),
      })),
      erasures: erasures.map(({ user, requestedAt, state, reason }) => ({
        label: personLabel({ user, name: null, roles: [], words }),
        requestedAt,
        state: words(`privacy:people.states.${state}`),
        reason: words(`privacy:people.reasons.${reason}`),
      })),
    },
  });
}

async function showErasure(
  req: Request,
  res: Response,
  of: { now: Date; fault: string | null },
): Promise<void> {
  const { user } = parseInput(Params, req.params);
  const launch = getCurrentLaunch(req);
  const { deployment } = launch;
  const words = wordsFor(launch.language);
  const [held, erasure, destinations] = await Promise.all([
    readHeldPage({ deployment, user, now: of.now }),
    findErasure({ deployment, user }),
    listDestinations(),
  ]);
  if (!held && !erasure) throw new AppError('privacy.nothing-held', { status: 404 });
  if (held) await noteHeldAccess({ launch, user, action: 'look', now: of.now });
  const name = personLabel({ user, name: held?.person?.name ?? null, roles: [], words });
  const isWaiting = erasure?.state === 'waiting';
  renderPage(req, res, {
    view: 'privacy/erasure',
    title: words('privacy:erasure.title', { name }),
    status: of.fault === null ? 200 : 400,
    data: {
      user,
      name,
      fault: of.fault,
      done: erasure && describeErasure(erasure, launch.language),
      preview: held && !isWaiting && describePreview(held, launch.language),
      others: destinations
        .filter(({ isOwn }) => !isOwn)
        .map((one) => words('privacy:erasure.destination', { name: one.name })),
    },
  });
}

function describePreview({ counts, listedIn }: HeldPage, language: string) {
  const words = wordsFor(language);
  const listed = words('privacy:erasure.listed', { count: listedIn });
  return { kinds: describeKinds(counts, words), listed: listedIn > 0 ? listed : null };
}

function describeErasure({ state, erasedAt, counts, voided }: Erasure, language: string) {
  const words = wordsFor(language);
  const at = erasedAt?.toISOString().slice(0, 10) ?? '';
  return {
    state: words(`privacy:erasure.states.${state}`, { at }),
    kinds: describeKinds(counts, words),
    voided: voided > 0 ? words('privacy:erasure.voided', { count: voided }) : null,
  };
}
