// Where a learner turns their shared page on and off and chooses what is on it, item by item: /progress/shared.
import { randomBytes } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { isCounted, type CourseLaunch } from '../activities/complete-object.js';
import { readCourseTree } from '../activities/course-framework.js';
import { addressOf } from '../activities/return-path.js';
import { wordsOf } from '../activities/signed-in.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { listAchieved } from './read-shared-page.js';
import {
  EXPIRIES,
  isShared,
  readSharedForm,
  SharedForm,
  sumOpenings,
  type SharedFaults,
} from './shared-page.js';
import {
  changeSharedPage,
  findOwnSharedPage,
  turnSharedPageOff,
  turnSharedPageOn,
} from './shared-page.model.js';

export interface SharedPageDeps {
  config: { url: string };
  now: () => Date;
}

/** 144 bits: docs/decisions/shared-page.md. */
const ADDRESS_BYTES = 18;

const PageAddress = z.object({ address: z.string().max(100) });

export function sharedPageRoutes(deps: SharedPageDeps): Router {
  const router = Router();
  const learner = [requireLaunch(), requireRole('Learner')];

  router.get('/progress/shared', ...learner, (req, res) =>
    sendForm(deps, req, res, { form: null, faults: {} }),
  );

  router.post('/progress/shared', ...learner, checkForm(), async (req, res) => {
    await saveForm(deps, req, res, async ({ key, settings }) => {
      const address = randomBytes(ADDRESS_BYTES).toString('base64url');
      const isNew = await turnSharedPageOn({ key, address, settings, now: deps.now() });
      if (!isNew) throw changed();
      return 'shared-on';
    });
  });

  router.post('/progress/shared/settings', ...learner, checkForm(), async (req, res) => {
    const { address } = parseInput(PageAddress, req.body);
    await saveForm(deps, req, res, async ({ key, settings }) => {
      if (!(await changeSharedPage({ key, address, settings }))) throw changed();
      return 'shared-saved';
    });
  });

  router.post('/progress/shared/endings', ...learner, checkForm(), async (req, res) => {
    const launch = getCourseLaunch(req);
    const { address } = parseInput(PageAddress, req.body);
    const { key } = await readOwn(launch);
    await turnSharedPageOff({ key, address });
    redirectBack(res, launch, 'shared-off');
  });

  return router;
}

async function readOwn(launch: CourseLaunch) {
  const { deployment, user } = launch;
  const tree = await readCourseTree(launch);
  const key = { deployment, user, framework: tree.framework.id };
  const [page, achieved] = await Promise.all([
    findOwnSharedPage(key),
    listAchieved({ deployment, user, tree }),
  ]);
  return { key, tree, page, achieved };
}

type Own = Awaited<ReturnType<typeof readOwn>>;
type Settings = Extract<ReturnType<typeof readSharedForm>, { settings: unknown }>['settings'];

/** Judges the form and hands it on; a faulty one is drawn again as it was sent. */
async function saveForm(
  deps: SharedPageDeps,
  req: Request,
  res: Response,
  save: (options: { key: Own['key']; settings: Settings }) => Promise<string>,
): Promise<void> {
  const launch = getCourseLaunch(req);
  if (!isCounted(launch)) throw new AppError('shared.not-counted', { status: 403 });
  const form = parseInput(SharedForm, req.body);
  const { key, page, achieved } = await readOwn(launch);
  const read = readSharedForm({
    form,
    achieved: new Set(achieved.map(({ competency }) => competency.identifier)),
    page,
    now: deps.now(),
    words: wordsOf(req),
  });
  if ('faults' in read) return sendForm(deps, req, res, { form, faults: read.faults });
  redirectBack(res, launch, await save({ key, settings: read.settings }));
}

async function sendForm(
  deps: SharedPageDeps,
  req: Request,
  res: Response,
  sent: { form: SharedForm | null; faults: SharedFaults },
): Promise<void> {
  const { form, faults } = sent;
  const launch = getCourseLaunch(req);
  const words = wordsOf(req);
  const { page, achieved, tree } = await readOwn(launch);
  const isOn = page !== null && isShared(page, deps.now());
  const chosen = new Set(form?.items ?? page?.items ?? []);
  const expiry = form?.expiry ?? (isOn ? 'keep' : '90');
  const choices = isOn ? (['keep', ...EXPIRIES] as const) : EXPIRIES;
  renderPage(req, res, {
    view: 'attainment/shared',
    title: words('shared:title'),
    status: Object.keys(faults).length > 0 ? 400 : 200,
    data: {
      isTestUser: !isCounted(launch),
      page: isOn
        ? {
            address: page.address,
            href: new URL(`/shared/${page.address}`, deps.config.url).href,
            expiresAt: page.expiresAt,
            ...sumOpenings(page),
          }
        : null,
      hasEnded: page !== null && !isOn,
      action: isOn ? '/progress/shared/settings' : '/progress/shared',
      frameworkLanguage: tree.framework.language,
      items: achieved.map(({ competency, attainment }) => ({
        item: competency.identifier,
        code: competency.humanCodingScheme,
        statement: competency.fullStatement,
        isSelfReported: attainment.selfReported,
        isChosen: chosen.has(competency.identifier),
      })),
      name: form?.name ?? page?.name ?? '',
      showsLinks: form ? form.links === 'yes' : (page?.showsLinks ?? false),
      expiries: choices.map((value) => ({
        value,
        label: words(`shared:expiry.${value}`),
        isChosen: value === expiry,
      })),
      faults,
      isFaulty: Object.keys(faults).length > 0,
    },
  });
}

function redirectBack(res: Response, { course }: CourseLaunch, notice: string): void {
  res.redirect(303, addressOf({ path: '/progress/shared', course, notice }));
}

/** The page was turned on or off elsewhere since the form was drawn. */
function changed(): AppError {
  return new AppError('shared.changed', { status: 409 });
}
