// What is held about a person: shown and given out to the person themselves, to whom the platform's data privacy message lets see
// it, and to administrators of the deployment, whose looks are noted. Erasing is in erasure.routes.ts.
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getCurrentLaunch, hasRole, type CurrentLaunch } from '../lti/current-launch.js';
import { requireLaunch } from '../lti/guards.js';
import { personLabel } from '../lti/person-label.js';
import { noteHeldAccess } from './note-held-access.js';
import { describeKinds, describeLooks, describeViewers } from './privacy-view.js';
import { readHeldPage } from './read-held-page.js';
import { describeRetention } from './retention-view.js';
import { openPersonExport, toJsonLines } from './read-person.js';

const Params = z.object({ user: z.string().max(200) });

export function privacyRoutes(deps: { now: () => Date }): Router {
  const { now } = deps;
  const router = Router();
  router.get('/privacy', requireLaunch(), (req, res) =>
    showHeldData(req, res, { user: getCurrentLaunch(req).user, now: now() }),
  );
  router.get('/privacy/:user', requireLaunch(), (req, res) =>
    showHeldData(req, res, { user: readSubject(req), now: now() }),
  );
  router.get('/privacy/:user/export', requireLaunch(), (req, res) =>
    sendExport(req, res, { user: readSubject(req), now: now() }),
  );
  return router;
}

/** Oneself, whom a data privacy launch names, and for an administrator anybody of the deployment. Throws `privacy.other` (403). */
function readSubject(req: Request): string {
  const { user } = parseInput(Params, req.params);
  const launch = getCurrentLaunch(req);
  const isNamed = launch.messageType === 'DataPrivacyLaunchRequest' && launch.subject === user;
  if (user === launch.user || isNamed || hasRole(launch, 'Administrator')) return user;
  throw new AppError('privacy.other', { status: 403 });
}

async function showHeldData(
  req: Request,
  res: Response,
  of: { user: string; now: Date },
): Promise<void> {
  const { user, now } = of;
  const launch = getCurrentLaunch(req);
  const { deployment } = launch;
  const words = wordsFor(launch.language);
  const held = await readHeldPage({ deployment, user, now });
  if (held) await noteHeldAccess({ launch, user, action: 'look', now });
  const isOwn = user === launch.user;
  const name = personLabel({ user, name: held?.person?.name ?? null, roles: [], words });
  renderPage(req, res, {
    view: 'privacy/held',
    title: isOwn ? words('privacy:titleOwn') : words('privacy:title', { name }),
    status: held === null ? 404 : 200,
    data: {
      user,
      isOwn,
      mayErase: hasRole(launch, 'Administrator'),
      person: held?.person && {
        hasName: held.person.name !== null,
        hasEmail: held.person.email !== null,
        hasSisId: held.person.sisId !== null,
        firstSeenAt: held.person.firstSeenAt,
      },
      ...(held && {
        kinds: describeKinds(held.counts, words),
        kept: describeRetention(held.retention, words),
        viewers: describeViewers(held, words),
        looks: describeLooks({ looks: held.looks, people: held.lookers, words }),
      }),
    },
  });
}

/** Streamed: noted before the first byte, and named as a download. */
async function sendExport(
  req: Request,
  res: Response,
  of: { user: string; now: Date },
): Promise<void> {
  const { user, now } = of;
  const launch: CurrentLaunch = getCurrentLaunch(req);
  const records = await openPersonExport({ deployment: launch.deployment, user, now });
  await noteHeldAccess({ launch, user, action: 'export', now });
  res.type('application/jsonl; charset=utf-8');
  res.setHeader('Cache-Control', 'private, no-store');
  const day = now.toISOString().slice(0, 10);
  res.setHeader('Content-Disposition', `attachment; filename="crosswalk-person-${day}.jsonl"`);
  await pipeline(Readable.from(toJsonLines(records)), res);
}
