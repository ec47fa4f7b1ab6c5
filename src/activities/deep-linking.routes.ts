// The choice that a deep linking request opens: competencies, subdomains and lessons to place in the course, answered once.
// Nothing chosen, or the button that says so, is the answer without items.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { listServingResources } from '../library/learning-resource.model.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { buildDeepLinkingResponse } from '../lti/deep-linking.js';
import { requireDeepLinking, requireRole } from '../lti/guards.js';
import { sendHandOver } from '../lti/hand-over.js';
import type { LtiServices } from '../lti/lti-services.js';
import { readCourseTree } from './course-framework.js';
import { buildContentItems, listContentChoices } from './choose-content.js';
import type { CourseLaunch } from './complete-object.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';

const OUR_TYPE = 'ltiResourceLink';
const MAX_CHOSEN = 100;

const choice = z.string().max(200);
const Query = z.object({ q: z.string().max(200).default('') });
const ChoiceForm = z.object({
  choice: z.union([choice.transform((one) => [one]), z.array(choice).max(MAX_CHOSEN)]).default([]),
  columns: z.string().optional(),
  cancel: z.string().optional(),
  q: z.string().max(200).default(''),
  find: z.string().optional(),
});

export function deepLinkingRoutes(deps: { config: { url: string }; lti: LtiServices }): Router {
  const router = Router();
  const staff = [requireDeepLinking(), requireRole(...COURSE_STAFF)];

  router.get('/deep-linking', ...staff, async (req, res) => {
    const { q } = parseInput(Query, req.query);
    await renderChoice(req, res, { text: q, chosen: [] });
  });

  router.post('/deep-linking', ...staff, checkForm(), async (req, res) => {
    const form = parseInput(ChoiceForm, req.body);
    if (form.find !== undefined)
      return renderChoice(req, res, { text: form.q, chosen: form.choice });
    const launch = getCourseLaunch(req);
    const { tree, lessons } = await readContent(launch);
    const withLineItems = form.columns !== undefined && launch.deepLinking?.acceptLineItem === true;
    const chosen = form.cancel === undefined ? [...new Set(form.choice)] : [];
    const contentItems = buildContentItems({
      chosen,
      tree,
      lessons,
      url: deps.config.url,
      withLineItems,
    });
    const count = contentItems.length;
    if (count < chosen.length) throw notOffered(req);
    const words = wordsOf(req);
    const message =
      count === 0
        ? words('activities:deepLinking.nothing')
        : words('activities:deepLinking.placed', { count });
    const answer = await buildDeepLinkingResponse({
      services: deps.lti,
      launch,
      contentItems,
      message,
    });
    await sendHandOver(req, res, { services: deps.lti, launch, ...answer });
  });

  return router;
}

/** Something chosen is not to be placed: made up, or gone since the page was opened. */
function notOffered(req: Request): AppError {
  const fault = wordsOf(req)('activities:deepLinking.notOffered');
  return new AppError('input.invalid', {
    status: 400,
    fields: { choice: fault },
    values: { fields: 'choice' },
  });
}

async function readContent(launch: CourseLaunch) {
  const tree = await readCourseTree(launch);
  const serving = await listServingResources({
    framework: tree.framework.id,
    viewer: { deployment: launch.deployment },
  });
  return {
    tree,
    lessons: serving.filter(
      ({ completion, status }) => completion === 'question-set' && status === 'live',
    ),
  };
}

async function renderChoice(
  req: Request,
  res: Response,
  options: { text: string; chosen: string[] },
): Promise<void> {
  const { text, chosen } = options;
  const launch = getCourseLaunch(req);
  const { tree, lessons } = await readContent(launch);
  const {
    acceptTypes = [],
    acceptMultiple = false,
    acceptLineItem = false,
  } = launch.deepLinking ?? {};
  const everything = listContentChoices({ tree, lessons, text: '' });
  const all = [...everything.competencies, ...everything.subdomains, ...everything.lessons];
  const found = listContentChoices({ tree, lessons, text });
  const isFresh = ({ value }: { value: string }) => !chosen.includes(value);
  renderPage(req, res, {
    view: 'activities/deep-linking',
    title: wordsOf(req)('activities:deepLinking.title'),
    data: {
      isTaken: acceptTypes.includes(OUR_TYPE),
      inputType: acceptMultiple ? 'checkbox' : 'radio',
      acceptMultiple,
      acceptLineItem,
      text,
      chosen: all.filter(({ value }) => chosen.includes(value)),
      competencies: found.competencies.filter(isFresh),
      subdomains: found.subdomains.filter(isFresh),
      lessons: found.lessons.filter(isFresh),
    },
  });
}
