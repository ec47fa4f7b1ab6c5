// What a deployment sets for one framework, or for all that have nothing of their own: the scale on which work is rated, and
// the words for the stages of an alignment. The administrator of the deployment decides.
import { randomUUID } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import {
  ANY_FRAMEWORK,
  findFrameworkSetting,
  writeFrameworkLabels,
  writeScale,
  type ScaleRevision,
} from '../activities/framework-setting.model.js';
import { DEFAULT_SCALE, nameLevel } from '../activities/rating-scale.js';
import { findFramework } from '../frameworks/cf-document.model.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { actorOf } from '../lti/current-operator.js';
import { requireOperatorOr } from '../lti/guards.js';
import { adminPath } from './admin-path.js';
import { readAdminScope, requireInScope } from './admin-scope.js';
import { buildScaleRows, readScaleForm, ScaleInput } from './rating-scale-form.js';
import { tryForm, type FormFaults } from './read-form.js';
import { adminWords } from './render-admin.js';
import { buildStageFields, StageLabelsInput } from './stage-labels.js';

const Params = z.object({ deployment: z.string().max(100), framework: z.string().max(100) });

interface Target {
  deployment: string;
  framework: string;
  /** Null for what holds for all frameworks. */
  title: string | null;
}

interface Faults {
  scale?: FormFaults;
  stages?: FormFaults;
  /** Key of a sentence above the form. */
  message?: string;
}

export function frameworkSettingsRoutes(deps: { now: () => Date }): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');
  const one = '/admin/deployments/:deployment/frameworks/:framework';

  router.get(one, mayRead, async (req, res) => sendSettings(req, res, await getTarget(req), {}));

  router.post(`${one}/scale`, mayRead, checkForm(), async (req, res) => {
    const target = await getTarget(req);
    const faults = await saveScale(req, target, deps.now());
    if (faults) return sendSettings(req, res, target, faults);
    res.redirect(303, adminPath(req, pathOf(target), 'saved'));
  });

  router.post(`${one}/stage-labels`, mayRead, checkForm(), async (req, res) => {
    const target = await getTarget(req);
    if (target.title === null) throw new AppError('admin.not-found', { status: 404 });
    const outcome = await tryForm(req.body, () => parseInput(StageLabelsInput, req.body));
    if (!outcome.isDone) return sendSettings(req, res, target, { stages: outcome.faults });
    await writeFrameworkLabels({ ...target, labels: outcome.value });
    res.redirect(303, adminPath(req, pathOf(target), 'saved'));
  });

  return router;
}

/** Null where it was saved; the one write is the fact. */
async function saveScale(req: Request, target: Target, now: Date): Promise<Faults | null> {
  const form = parseInput(ScaleInput, req.body);
  const { history } = await findFrameworkSetting(target);
  const by = actorOf(req);
  const write = (scale: Pick<ScaleRevision, 'levels' | 'meets'>) =>
    writeScale({ ...target, expectedRevision: form.revision, entry: { ...scale, by, at: now } });
  const typed = Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value.slice(0, 100)] as const] : [],
    ),
  );
  const changed = { scale: { fields: {}, typed }, message: 'scale:faults.changed' };
  if (form.lift !== undefined) return (await write({ levels: null, meets: null })) ? null : changed;
  const read = readScaleForm({
    form,
    before: history.flatMap(({ levels }) => levels ?? []),
    newId: () => randomUUID(),
  });
  if ('faults' in read) return { scale: { fields: read.faults, typed } };
  return (await write(read)) ? null : changed;
}

async function sendSettings(
  req: Request,
  res: Response,
  target: Target,
  faults: Faults,
): Promise<void> {
  const words = adminWords(req);
  const { language } = pageShell(req);
  const setting = await findFrameworkSetting(target);
  const last = setting.history.at(-1) ?? null;
  const current = last?.levels ? last : null;
  const isFaulty = Object.keys(faults).length > 0;
  renderPage(req, res, {
    view: 'admin/framework-settings',
    title:
      target.title === null
        ? words('scale:generalTitle')
        : words('scale:title', { title: target.title }),
    status: faults.message ? 409 : isFaulty ? 400 : 200,
    data: {
      target,
      path: pathOf(target),
      isGeneral: target.title === null,
      revision: setting.revision,
      hasOwn: current !== null,
      message: faults.message ? words(faults.message) : null,
      meetsFault: faults.scale?.fields['meets'] ? words(faults.scale.fields['meets']) : null,
      rows: buildScaleRows({ current, faults: faults.scale ?? null, words, language }),
      ours: DEFAULT_SCALE.levels.map(({ id }) => nameLevel({ scale: DEFAULT_SCALE, id, words })),
      stageFields: buildStageFields({
        labels: setting.stageLabels,
        faults: faults.stages ?? null,
        words,
      }),
    },
  });
}

/** Throws `admin.not-found` (404) for another deployment, or a framework that it does not see. */
async function getTarget(req: Request): Promise<Target> {
  const params = parseInput(Params, req.params);
  const deployment = requireInScope(readAdminScope(req), params.deployment);
  const { framework } = params;
  if (framework === ANY_FRAMEWORK) return { deployment, framework, title: null };
  const found = await findFramework({ framework, viewer: { deployment } });
  if (!found) throw new AppError('admin.not-found', { status: 404 });
  return { deployment, framework, title: found.title };
}

function pathOf({ deployment, framework }: Target): string {
  return `/admin/deployments/${deployment}/frameworks/${framework}`;
}
