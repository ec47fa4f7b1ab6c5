// A learning resource for people of a course: open it, put it on one's list, mark it as done, answer a lesson's questions.
// The public page at the same address stands behind these routes (library/).
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import type { Words } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import {
  findResource,
  getResource,
  type LearningResource,
} from '../library/learning-resource.model.js';
import { findLesson, getLesson } from '../library/lesson.model.js';
import { REPORT_REASONS } from '../library/resource-report.model.js';
import { readServedTrees } from '../library/read-served-trees.js';
import { buildResourceView } from '../library/resource-view.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { offerLaunch, requireLaunch, requireRole, takeVisit } from '../lti/guards.js';
import { changeCompletion } from './change-completion.js';
import { answerLesson, getAttempt, readAnswers } from './answer-lesson.js';
import { beginAttempt, isLearner, openObject, type CompletionRequest } from './complete-object.js';
import { describeResource } from './describe-object.js';
import { buildFeedbackView, buildLessonForm } from './lesson-view.js';
import { addChoice, removeChoices } from './resource-choice.model.js';
import { buildResourceExtras } from './resource-extras.js';
import { readExtrasSetting } from './read-extras.js';
import { readReturnPath, redirectBack, addressOf } from './return-path.js';
import {
  isFromCourse,
  onlySignedIn,
  openAgain,
  refusePrefetch,
  wordsOf,
  type ActivityDeps,
} from './signed-in.js';

const Params = z.object({ resource: z.string().max(100) });
const AttemptParams = Params.extend({ attempt: z.coerce.number().int().min(1).max(100_000) });
const back = z.string().max(2_000).optional();
const ChoiceForm = z.object({ state: z.enum(['added', 'removed']), back });
const AttemptForm = z.object({ attempt: z.coerce.number().int().min(1).max(100_000), back });
const OUTBOX_JOB = 'deliver-outbox';

export function resourceRoutes(deps: ActivityDeps): Router {
  const router = Router();
  const learner = [requireLaunch(), requireRole('Learner')];

  router.get('/resources/:resource', offerLaunch(), onlySignedIn(), (req, res) =>
    sendResource(deps, req, res),
  );

  router.get('/resources/:resource/visit', refusePrefetch(), takeVisit(), async (req, res) => {
    if (!isFromCourse(req)) return leadToPublic(req, res);
    const request = await readRequest(deps, req);
    const { launch, resource } = request;
    const page = addressOf({
      path: `/resources/${resource.id}`,
      course: launch.course,
      notice: null,
    });
    if (resource.url === null) return res.redirect(303, page);
    if (req.method === 'GET') await openObject(request);
    deps.nudge(OUTBOX_JOB);
    res.redirect(303, resource.url);
  });

  router.post('/resources/:resource/choices', ...learner, checkForm(), async (req, res) => {
    const form = parseInput(ChoiceForm, req.body);
    const { launch, resource, now } = await readRequest(deps, req);
    const { deployment, user, course } = launch;
    if (form.state === 'added')
      await addChoice({ deployment, user, resource: resource.id, course, now });
    else await removeChoices({ deployment, user, resources: [resource.id] });
    redirectBack(req, res, {
      ...form,
      back: form.back,
      otherwise: `/resources/${resource.id}`,
      notice: form.state === 'added' ? 'choice-added' : 'choice-removed',
    });
  });

  router.post('/resources/:resource/completions', ...learner, checkForm(), async (req, res) => {
    const request = await readRequest(deps, req);
    const { id, completion } = request.resource;
    const hasQuestions = completion === 'question-set';
    await changeCompletion(req, res, { deps, request, page: `/resources/${id}`, hasQuestions });
  });

  router.post('/resources/:resource/attempts', ...learner, checkForm(), async (req, res) => {
    const form = parseInput(AttemptForm, req.body);
    const request = await readRequest(deps, req);
    const lesson = await getLesson({ resource: request.resource.id });
    const body = parseInput(z.record(z.string(), z.unknown()), req.body);
    const answers = readAnswers({ lesson, body });
    const { outcome, attempt, grade } = await answerLesson({
      ...request,
      lesson,
      answers,
      attempt: form.attempt,
    });
    deps.nudge(OUTBOX_JOB);
    const path = readReturnPath(form.back);
    if (outcome !== 'not-counted') {
      const query = path === null ? '' : `?back=${encodeURIComponent(path)}`;
      const feedback = `/resources/${request.resource.id}/attempts/${attempt}${query}`;
      return res.redirect(
        303,
        addressOf({ path: feedback, course: request.launch.course, notice: `attempt-${outcome}` }),
      );
    }
    renderFeedback(req, res, {
      resource: request.resource,
      view: buildFeedbackView({
        lesson,
        grade,
        showsAnswers: grade.passed,
        words: wordsOf(req),
        language: pageShell(req).language,
      }),
      back: path,
    });
  });

  router.get('/resources/:resource/attempts/:attempt', ...learner, async (req, res) => {
    const { attempt } = parseInput(AttemptParams, req.params);
    const { back: path } = parseInput(z.object({ back }), req.query);
    const request = await readRequest(deps, req);
    const lesson = await getLesson({ resource: request.resource.id });
    const { grade, showsAnswers } = await getAttempt({ ...request, lesson, attempt });
    renderFeedback(req, res, {
      resource: request.resource,
      view: buildFeedbackView({
        lesson,
        grade,
        showsAnswers,
        words: wordsOf(req),
        language: pageShell(req).language,
      }),
      back: readReturnPath(path),
    });
  });

  return router;
}

/** Nobody is known to open it: it leads where everybody may go, and nothing is recorded. Throws `activity.open-again` (401). */
async function leadToPublic(req: Request, res: Response): Promise<void> {
  const viewer = { deployment: null };
  const resource = await findResource({ ...parseInput(Params, req.params), viewer });
  if (!resource) throw openAgain();
  res.redirect(303, resource.url ?? `/resources/${resource.id}`);
}

async function readRequest(
  deps: ActivityDeps,
  req: Request,
): Promise<CompletionRequest & { resource: LearningResource }> {
  const launch = getCourseLaunch(req);
  const viewer = { deployment: launch.deployment };
  const resource = await getResource({ ...parseInput(Params, req.params), viewer });
  const [tree = null] = (await readServedTrees({ resource, viewer })).values();
  return {
    launch,
    resource,
    object: describeResource({ resource, tree }),
    source: deps.source,
    now: deps.now(),
  };
}

async function sendResource(deps: ActivityDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const viewer = { deployment: launch.deployment };
  const resource = await getResource({ ...parseInput(Params, req.params), viewer });
  const { back: from } = parseInput(z.object({ back }), req.query);
  const { language } = pageShell(req);
  const words = wordsOf(req);
  const [lesson, trees, setting] = await Promise.all([
    resource.completion === 'question-set' ? findLesson({ resource: resource.id }) : null,
    readServedTrees({ resource, viewer }),
    readExtrasSetting({
      launch,
      resources: [resource.id],
      back: readReturnPath(from) ?? `/resources/${resource.id}`,
      words,
    }),
  ]);
  if (lesson && req.method === 'GET') {
    const [tree = null] = trees.values();
    const object = describeResource({ resource, tree });
    await beginAttempt({ launch, object, source: deps.source, now: deps.now() });
  }
  const view = buildResourceView({ resource, lesson, trees, words, language });
  const extras = buildResourceExtras(resource, setting);
  const open =
    view.open && extras.open
      ? { ...view.open, url: extras.open.href, finish: extras.open.finish ?? null }
      : null;
  const isElsewhere = resource.url !== null;
  renderPage(req, res, {
    view: 'activities/resource',
    title: resource.title,
    data: {
      resource: { ...view, open },
      extras,
      lessonForm:
        lesson && isLearner(launch)
          ? {
              ...buildLessonForm({
                lesson,
                state: setting.states.get(resource.id),
                words,
                language,
              }),
              back: readReturnPath(from),
            }
          : null,
      questions: lesson?.questions.length ?? 0,
      isLearner: isLearner(launch),
      isTestUser: launch.testUser,
      report: isElsewhere && isLearner(launch) ? { reasons: buildReasons(words) } : null,
      back: readReturnPath(from),
    },
  });
}

function buildReasons(words: Words): { value: string; label: string; fieldId: string }[] {
  return REPORT_REASONS.map((reason) => ({
    value: reason,
    label: words(`student:report.reasons.${reason}`),
    fieldId: `reason-${reason}`,
  }));
}

function renderFeedback(
  req: Request,
  res: Response,
  options: {
    resource: LearningResource;
    view: ReturnType<typeof buildFeedbackView>;
    back: string | null;
  },
): void {
  const { resource, view, back } = options;
  renderPage(req, res, {
    view: 'activities/feedback',
    title: wordsOf(req)('activities:feedback.title', { title: resource.title }),
    data: { resource: { id: resource.id, title: resource.title }, feedback: view, back },
  });
}
