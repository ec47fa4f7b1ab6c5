// The same as last term: earlier courses and the template of the course code at /earlier-alignments, the comparison with one
// of them at /earlier-alignments/preview, and the form that keeps this course's alignments as the template. Nothing is
// applied unasked; what was applied is undone on the course's page.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError, isAppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { COURSE_AUTHORS } from '../lti/roles.js';
import { findTemplate, listTemplateHistory } from './alignment-template.model.js';
import { readCourseCode } from './course-code.js';
import { readCourseTree } from './course-framework.js';
import { getAlignmentSource, listAlignmentSources } from './find-alignment-source.js';
import { readNames } from './read-names.js';
import { redirectBack, redirectChanged } from './return-path.js';
import { saveTemplate, withdrawTemplate } from './save-template.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';
import { buildSourceView, hasNews } from './source-view.js';
import { readStageWords } from './stage-words.js';
import { takeAlignments } from './take-alignments.js';

const MAX_CHOSEN = 2_000;
const ATTAINMENT_JOB = 'project-attainment';
const FAULTS = 'template:faults';

const id = z.string().max(100);
/** `course:ID` or `template:CODE`. */
const source = z
  .string()
  .max(120)
  .regex(/^(course|template):.+$/u)
  .transform((text) => ({
    kind: text.startsWith('course:') ? ('course' as const) : ('template' as const),
    id: text.slice(text.indexOf(':') + 1),
  }));
const Query = z.object({ from: source });
const TakeForm = z.object({
  from: source,
  activity: z.union([id.transform((one) => [one]), z.array(id).max(MAX_CHOSEN)]).default([]),
});
const SaveForm = z.object({
  code: z
    .string(`${FAULTS}.code`)
    .trim()
    .max(60, `${FAULTS}.code`)
    .transform((text, context) => {
      const code = readCourseCode(text);
      if (code !== null) return code;
      context.addIssue({ code: 'custom', message: `${FAULTS}.code` });
      return z.NEVER;
    }),
  withdraw: z.string().optional(),
  /** The revision the page showed, and the code it was of: another code's is looked up. */
  revision: z.coerce.number().int().min(0).default(0),
  shown: z.string().max(60).default(''),
});
const Typed = z.object({ code: z.string().catch('') });

export interface TemplateDeps {
  now: () => Date;
  nudge: (job: string) => void;
}

export function templateRoutes(deps: TemplateDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...COURSE_STAFF)];
  const authors = [requireLaunch(), requireRole(...COURSE_AUTHORS)];

  router.get('/earlier-alignments', ...staff, (req, res) => sendSources(req, res, null));

  router.get('/earlier-alignments/preview', ...staff, (req, res) => sendPreview(req, res));

  router.post('/earlier-alignments', ...staff, checkForm(), async (req, res) => {
    const form = parseInput(TakeForm, req.body);
    const launch = getCourseLaunch(req);
    const { diff } = await getAlignmentSource({ launch, source: form.from });
    const chosen = diff.pairs.filter(
      (pair) => hasNews(pair) && form.activity.includes(pair.activity.id),
    );
    if (chosen.length === 0) throw new AppError('course-copy.nothing-chosen', { status: 400 });
    const taken = chosen.map(({ activity, adds, restaged }) => ({
      activity: activity.id,
      items: [...adds, ...restaged.map(({ item }) => item)],
    }));
    const changed = await takeAlignments({ launch, taken, now: deps.now() });
    deps.nudge(ATTAINMENT_JOB);
    redirectChanged(req, res, { changed, notice: 'alignments-copied' });
  });

  router.post('/templates', ...authors, checkForm(), async (req, res) => {
    try {
      const notice = await keepTemplate(req, deps.now());
      redirectBack(req, res, { back: undefined, otherwise: '/earlier-alignments', notice });
    } catch (error) {
      if (!isAppError(error) || !isShownInForm(error)) throw error;
      await sendSources(req, res, error);
    }
  });

  return router;
}

function isShownInForm({ code, fields }: AppError): boolean {
  return code.startsWith('template.') || fields['code'] !== undefined;
}

/** The notice that says what was done. */
async function keepTemplate(req: Request, now: Date): Promise<string> {
  const { code, withdraw, revision, shown } = parseInput(SaveForm, req.body);
  const launch = getCourseLaunch(req);
  const { deployment } = launch;
  const isShown = code === shown;
  const expectedRevision = isShown
    ? revision
    : ((await findTemplate({ deployment, code }))?.revision ?? 0);
  const request = { launch, code, expectedRevision, now };
  if (withdraw === undefined) await saveTemplate(request);
  else await withdrawTemplate(request);
  return withdraw === undefined ? 'template-saved' : 'template-withdrawn';
}

async function sendSources(req: Request, res: Response, fault: AppError | null): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment } = launch;
  const words = wordsOf(req);
  const { code, courses, template } = await listAlignmentSources(launch);
  const history = code === null ? [] : await listTemplateHistory({ deployment, code });
  const names = await readNames(history.map(({ by }) => by));
  const rows = history.map((one) => ({
    at: one.at,
    by: names.get(one.by) ?? null,
    sentence:
      one.activityCount === 0
        ? words('template:withdrawn')
        : words('template:activities', { count: one.activityCount }),
  }));
  const field = fault?.fields['code'];
  renderPage(req, res, {
    view: 'activities/earlier-alignments',
    title: words('template:title'),
    status: fault?.status ?? 200,
    data: {
      code,
      courses,
      template: template && {
        from: `template:${template.code}`,
        code: template.code,
        saved: rows[0],
      },
      history: rows,
      mayKeep: hasRole(launch, ...COURSE_AUTHORS),
      form: {
        code: fault === null ? (code ?? '') : Typed.parse(req.body).code,
        shown: code ?? '',
        revision: history[0]?.revision ?? 0,
        fault: field === undefined ? null : words(field),
        message: fault && field === undefined ? `errors:${fault.code}.text` : null,
      },
    },
  });
}

async function sendPreview(req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { from } = parseInput(Query, req.query);
  const words = wordsOf(req);
  const [found, tree, stageWords] = await Promise.all([
    getAlignmentSource({ launch, source: from }),
    readCourseTree(launch),
    readStageWords({ ...launch, words }),
  ]);
  renderPage(req, res, {
    view: 'activities/earlier-preview',
    title: words(`template:preview.${from.kind}`, { title: found.title }),
    data: {
      from: `${from.kind}:${from.id}`,
      diff: buildSourceView({ diff: found.diff, tree, words, stageWords }),
    },
  });
}
