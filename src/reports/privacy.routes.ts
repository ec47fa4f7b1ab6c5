// What is held about a person, in counts by kind: opened by the platform's data privacy message (for whoever it names, where an
// administrator opens it), and by everybody for themselves. Within one deployment; shows no content of others.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getCurrentLaunch, hasRole, type CurrentLaunch } from '../lti/current-launch.js';
import { requireLaunch } from '../lti/guards.js';
import { personLabel } from '../lti/person-label.js';
import { findUser } from '../lti/user.model.js';
import { countAccessesAbout } from './access-log.model.js';
import { groupHeldData } from './held-data.js';

const Params = z.object({ user: z.string().max(200) });

export interface PrivacyDeps {
  /** Counts by collection; given by the composition, which knows every stored shape. */
  countHeldData: (options: { deployment: string; user: string }) => Promise<Record<string, number>>;
}

export function privacyRoutes(deps: PrivacyDeps): Router {
  const router = Router();
  router.get('/privacy', requireLaunch(), (req, res) =>
    showHeldData(req, res, deps, getCurrentLaunch(req).user),
  );
  router.get('/privacy/:user', requireLaunch(), async (req, res) => {
    const { user } = parseInput(Params, req.params);
    requireSubject(getCurrentLaunch(req), user);
    await showHeldData(req, res, deps, user);
  });
  return router;
}

/** Oneself, whom a data privacy launch names, and for an administrator anybody of the deployment. Throws `privacy.other` (403). */
function requireSubject(launch: CurrentLaunch, user: string): void {
  const isNamed = launch.messageType === 'DataPrivacyLaunchRequest' && launch.subject === user;
  if (user === launch.user || isNamed || hasRole(launch, 'Administrator')) return;
  throw new AppError('privacy.other', { status: 403 });
}

async function showHeldData(
  req: Request,
  res: Response,
  deps: PrivacyDeps,
  user: string,
): Promise<void> {
  const { deployment, language, user: reader } = getCurrentLaunch(req);
  const words = wordsFor(language);
  const [counts, accesses] = await Promise.all([
    deps.countHeldData({ deployment, user }),
    countAccessesAbout({ deployment, user }),
  ]);
  const kinds = groupHeldData(counts);
  // A person of the platform who was never in this deployment is a stranger here, whatever is known of them elsewhere.
  const person = kinds.length === 0 ? null : await findUser({ user });
  const isOwn = user === reader;
  const name = personLabel({ user, name: person?.name ?? null, roles: [], words });
  renderPage(req, res, {
    view: 'reports/privacy',
    title: isOwn ? words('reports:privacy.titleOwn') : words('reports:privacy.title', { name }),
    status: kinds.length === 0 ? 404 : 200,
    data: {
      isOwn,
      kinds: [...kinds, ...(accesses > 0 ? [{ kind: 'looksAt', count: accesses }] : [])],
      person: person && {
        hasName: person.name !== null,
        hasEmail: person.email !== null,
        hasSisId: person.sisId !== null,
        firstSeenAt: person.firstSeenAt,
      },
    },
  });
}
