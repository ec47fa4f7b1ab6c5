// Rights of named persons: an administrator names one person of their deployment as a reviewer until a day, or as an editor,
// and takes it back. Theirs alone: the operator answers for no person of a school.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import type { Log } from '../logger.js';
import { listFrameworks } from '../frameworks/cf-document.model.js';
import { checkForm } from '../lti/check-form.js';
import { getCurrentLaunch } from '../lti/current-launch.js';
import {
  endGrant,
  frameworkObject,
  giveGrant,
  GRANT_KINDS,
  LIBRARY,
  PROGRAMMES,
  type GrantObject,
} from '../lti/grant.model.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import type { NoteLook } from '../lti/note-look.js';
import { personLabel } from '../lti/person-label.js';
import { findUser, type User } from '../lti/user.model.js';
import { adminPath } from './admin-path.js';
import { editorForm, latestDay, reviewerForm, usualDay } from './grant-form.js';
import { readGrantRows } from './list-grants.js';
import { noteAdminLook } from './note-admin-look.js';
import { tryForm, type FormFaults } from './read-form.js';
import { adminWords, renderAdmin } from './render-admin.js';

/** From src/privacy/, which knows who is known in a deployment. */
export interface PeopleOfDeployment {
  find(of: { platform: string; deployment: string; text: string }): Promise<User[]>;
  isKnown(of: { deployment: string; user: string }): Promise<boolean>;
}

interface GrantsDeps {
  now: () => Date;
  log: Log;
  people: PeopleOfDeployment;
  noteLook: NoteLook;
}

const Search = z.object({ q: z.string().trim().max(200).catch('') });
const Person = z.object({ user: z.string().max(100).catch('') });
const EndingInput = z.object({
  user: z.string().max(100),
  kind: z.enum(GRANT_KINDS),
  object: z.string().max(200),
});

export function grantsRoutes(deps: GrantsDeps): Router {
  const router = Router();
  const administrator = [requireLaunch(), requireRole('Administrator')];

  router.get('/admin/grants', ...administrator, (req, res) => showGrants(deps, req, res));
  router.get('/admin/grants/new', ...administrator, async (req, res) => {
    const { user } = parseInput(Person, req.query);
    await showPerson(deps, req, res, { user, faults: null });
  });

  router.post('/admin/grants/reviewers', ...administrator, checkForm(), async (req, res) => {
    const { user } = await requirePerson(deps, req, req.body);
    const outcome = await tryForm(req.body, () => parseInput(reviewerForm(deps.now()), req.body));
    if (!outcome.isDone)
      return showPerson(deps, req, res, { user, faults: { of: 'reviewer', ...outcome.faults } });
    const { names, until } = outcome.value;
    await give(deps, req, { user, kind: 'reviewer', object: PROGRAMMES, names, until });
    res.redirect(303, adminPath(req, '/admin/grants', 'grant-given'));
  });

  router.post('/admin/grants/editors', ...administrator, checkForm(), async (req, res) => {
    const { user } = await requirePerson(deps, req, req.body);
    const { deployment } = getCurrentLaunch(req);
    const frameworks = await listFrameworks({ viewer: { deployment } });
    const form = editorForm(frameworks.map(({ id }) => id));
    const outcome = await tryForm(req.body, () => parseInput(form, req.body));
    if (!outcome.isDone)
      return showPerson(deps, req, res, { user, faults: { of: 'editor', ...outcome.faults } });
    for (const object of outcome.value.object)
      await give(deps, req, { user, kind: 'editor', object, names: 'hidden', until: null });
    res.redirect(303, adminPath(req, '/admin/grants', 'grant-given'));
  });

  router.post('/admin/grants/endings', ...administrator, checkForm(), async (req, res) => {
    const { user, kind, object } = parseInput(EndingInput, req.body);
    const { deployment, user: by } = getCurrentLaunch(req);
    // Found by its name or not at all: what is none of ours names no grant.
    const name = { deployment, user, kind, object: object as GrantObject };
    const isEnded = await endGrant({ ...name, by, now: deps.now() });
    if (!isEnded) throw new AppError('admin.not-found', { status: 404 });
    deps.log.info({ deployment, kind, object }, 'a right of a named person was taken back');
    res.redirect(303, adminPath(req, '/admin/grants', 'grant-ended'));
  });

  return router;
}

type GivenRight = Omit<Parameters<typeof giveGrant>[0], 'deployment' | 'by' | 'now'>;

async function give(deps: GrantsDeps, req: Request, right: GivenRight): Promise<void> {
  const { deployment, user: by } = getCurrentLaunch(req);
  await giveGrant({ ...right, deployment, by, now: deps.now() });
  const { kind, object, names, until } = right;
  deps.log.info({ deployment, kind, object, names, until }, 'a named person was given a right');
}

async function showGrants(deps: GrantsDeps, req: Request, res: Response): Promise<void> {
  const { deployment, platform, language } = getCurrentLaunch(req);
  const { q } = parseInput(Search, req.query);
  const words = wordsFor(language);
  const [rows, found] = await Promise.all([
    readGrantRows({ deployment, words, now: deps.now() }),
    q === '' ? [] : deps.people.find({ platform, deployment, text: q }),
  ]);
  await noteGrantLook(deps, req, 'grants', [...new Set(rows.map(({ user }) => user))]);
  const foundIds = found.map(({ _id }) => _id);
  await noteGrantLook(deps, req, 'search', foundIds);
  renderAdmin(req, res, {
    section: 'grants',
    data: {
      standing: rows.filter(({ state }) => state === 'standing'),
      over: rows.filter(({ state }) => state !== 'standing'),
      q,
      found: found.map(({ _id: user, name }) => ({
        user,
        label: personLabel({ user, name, roles: [], words }),
      })),
    },
  });
}

async function showPerson(
  deps: GrantsDeps,
  req: Request,
  res: Response,
  of: { user: string; faults: (FormFaults & { of: 'reviewer' | 'editor' }) | null },
): Promise<void> {
  const { user } = await requirePerson(deps, req, of);
  const { deployment } = getCurrentLaunch(req);
  const words = adminWords(req);
  const now = deps.now();
  const { faults } = of;
  const [person, frameworks, rows] = await Promise.all([
    findUser({ user }),
    listFrameworks({ viewer: { deployment } }),
    readGrantRows({ deployment, user, words, now }),
  ]);
  await noteGrantLook(deps, req, 'grants', [user]);
  const name = personLabel({ user, name: person?.name ?? null, roles: [], words });
  const standing = rows.filter(({ state }) => state === 'standing');
  const typed = faults?.of === 'reviewer' ? faults.typed : {};
  const faultOf = (form: 'reviewer' | 'editor', field: string) =>
    (faults?.of === form && faults.fields[field]) || null;
  renderAdmin(req, res, {
    section: 'grants',
    view: 'grant',
    title: words('grants:person.title', { name }),
    status: faults === null ? 200 : 400,
    data: {
      user,
      standing: standing.map(({ what }) => what),
      until: typed['until'] ?? usualDay(now),
      latest: latestDay(now),
      untilFault: faultOf('reviewer', 'until'),
      namesFault: faultOf('reviewer', 'names'),
      names: (['hidden', 'shown'] as const).map((choice) => ({
        choice,
        isChosen: choice === (typed['names'] === 'shown' ? 'shown' : 'hidden'),
      })),
      objectFault: faultOf('editor', 'object'),
      objects: [
        { object: LIBRARY, label: words('grants:editor.library') },
        ...frameworks.map(({ id, title }) => ({
          object: frameworkObject(id),
          label: title,
        })),
      ],
    },
  });
}

/** Whose names a page showed. */
async function noteGrantLook(
  { noteLook, now }: GrantsDeps,
  req: Request,
  subject: 'grants' | 'search',
  people: readonly string[],
): Promise<void> {
  const { deployment } = getCurrentLaunch(req);
  const shown = people.map((user) => ({ deployment, user }));
  await noteAdminLook(req, { noteLook, subject, names: 'shown', shown, now: now() });
}

/** Somebody of the deployment. Throws `admin.no-person` (404). */
async function requirePerson(
  deps: GrantsDeps,
  req: Request,
  named: unknown,
): Promise<{ user: string }> {
  const { user } = parseInput(Person, named);
  const { deployment } = getCurrentLaunch(req);
  if (user === '' || !(await deps.people.isKnown({ deployment, user })))
    throw new AppError('admin.no-person', { status: 404 });
  return { user };
}
