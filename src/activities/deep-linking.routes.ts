// The choice that a deep linking request opens: competencies, whole subdomains, lessons and resources to place, answered once.
// Nothing chosen, or the button that says so, is the answer without items.
import { randomUUID } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { listServingResources } from '../library/learning-resource.model.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { buildDeepLinkingResponse } from '../lti/deep-linking.js';
import { allowOnly } from '../lti/door-request.js';
import { requireDeepLinking, requireRole } from '../lti/guards.js';
import { sendHandOver } from '../lti/hand-over.js';
import type { LtiServices } from '../lti/lti-services.js';
import { readCourseTree } from './course-framework.js';
import {
  buildContentItems,
  findContent,
  listChosen,
  listAlignable,
  listContentTree,
  listLessonChoices,
  type Content,
  type FoundContent,
} from './choose-content.js';
import type { CourseLaunch } from './complete-object.js';
import { DateFields, readLinkDates } from './link-dates.js';
import { buildAlignChoices, readAlignChoice } from './place-aligned.js';
import { insertPlacements, type Placement } from './placement.model.js';
import { readStageWords } from './stage-words.js';
import { COURSE_STAFF, wordsOf } from './signed-in.js';

const OUR_TYPE = 'ltiResourceLink';
const MAX_CHOSEN = 100;

const GROUPS = ['competencies', 'subdomains', 'lessons', 'resources'] as const;
const ALL = 'all';
const DATES = ['from', 'until', 'due'] as const;

const choice = z.string().max(200);
const Query = z.object({ q: z.string().max(200).default('') });
const ChoiceForm = z.looseObject({
  ...DateFields.shape,
  choice: z.union([choice.transform((one) => [one]), z.array(choice).max(MAX_CHOSEN)]).default([]),
  columns: z.string().optional(),
  cancel: z.string().optional(),
  q: z.string().max(200).default(''),
  /** The button that searches, or with `all` shows everything again. */
  find: z.string().optional(),
  /** The button that leads to aligning, and the mark of the form that aligned. */
  align: z.string().optional(),
  aligned: z.string().optional(),
});
type ChoiceForm = z.infer<typeof ChoiceForm>;
const FRESH: ChoiceForm = ChoiceForm.parse({ columns: '1' });

export function deepLinkingRoutes(deps: {
  config: { url: string };
  lti: LtiServices;
  now: () => Date;
}): Router {
  const router = Router();
  const staff = [requireDeepLinking(), requireRole(...COURSE_STAFF)];

  router.get('/deep-linking', ...staff, async (req, res) => {
    const { q } = parseInput(Query, req.query);
    await renderChoice(req, res, { ...FRESH, q });
  });

  // An address of its own: what answers the platform is never opened by a link.
  router.all('/deep-linking/answers', allowOnly('POST'));
  router.post('/deep-linking/answers', ...staff, checkForm(), async (req, res) => {
    const form = parseInput(ChoiceForm, req.body);
    if (form.find !== undefined)
      return renderChoice(req, res, { ...form, q: form.find === ALL ? '' : form.q });
    const launch = getCourseLaunch(req);
    const chosen = form.cancel === undefined ? [...new Set(form.choice)] : [];
    const { dates, fault } = readLinkDates(form);
    if (fault !== null && chosen.length > 0) return renderChoice(req, res, form, fault);
    const content = await readContent(launch);
    const alignable = listAlignable({ ...content, chosen });
    if (form.align !== undefined && alignable.length > 0)
      return renderAligning(req, res, { form, content, chosen, alignable });
    const placements =
      form.aligned === undefined ? [] : readPlacements({ launch, form, content, alignable });
    const withLineItems = form.columns !== undefined && launch.deepLinking?.acceptLineItem === true;
    const contentItems = buildContentItems({
      ...content,
      chosen,
      placements: new Map(placements.map(({ value, placement }) => [value, placement.id])),
      url: deps.config.url,
      withLineItems,
      dates: dates ?? {},
    });
    const count = contentItems.length;
    if (count < chosen.length) throw notOffered(req);
    const words = wordsOf(req);
    const message =
      count === 0
        ? words('activities:deepLinking.nothing')
        : words('activities:deepLinking.placed', { count });
    if (placements.length > 0)
      await insertPlacements({
        placements: placements.map(({ placement }) => placement),
        now: deps.now(),
      });
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

/** One for each lesson and resource that was aligned to something. */
function readPlacements(options: {
  launch: CourseLaunch;
  form: ChoiceForm;
  content: Content;
  alignable: ReturnType<typeof listAlignable>;
}): { value: string; placement: Placement }[] {
  const { launch, form, content, alignable } = options;
  const { deployment, course, user } = launch;
  return alignable.flatMap(({ value, resource }) => {
    const items = readAlignChoice({ form, value, resource, tree: content.tree });
    if (items.length === 0) return [];
    const placement = {
      id: randomUUID(),
      deployment,
      course,
      address: resource.url,
      items,
      by: user,
    };
    return [{ value, placement }];
  });
}

async function renderAligning(
  req: Request,
  res: Response,
  options: {
    form: ChoiceForm;
    content: Content;
    chosen: readonly string[];
    alignable: ReturnType<typeof listAlignable>;
  },
): Promise<void> {
  const { form, content, chosen, alignable } = options;
  const words = wordsOf(req);
  const stageWords = await readStageWords({ ...getCourseLaunch(req), words });
  const dates = Object.keys(DateFields.shape).map((name) => ({ name, value: form[name] ?? '' }));
  renderPage(req, res, {
    view: 'activities/deep-linking-align',
    title: words('align:placing.title'),
    data: {
      choices: buildAlignChoices({ chosen: alignable, tree: content.tree, stageWords }),
      kept: [
        ...chosen.map((value) => ({ name: 'choice', value })),
        ...dates,
        ...(form.columns === undefined ? [] : [{ name: 'columns', value: '1' }]),
      ],
    },
  });
}

/** Something chosen is not to be placed: made up, or gone since the page was opened. */
function notOffered(req: Request): AppError {
  const fault = wordsOf(req)('activities:deepLinking.notOffered');
  return new AppError('input.invalid', {
    status: 404,
    fields: { choice: fault },
    values: { fields: 'choice' },
  });
}

async function readContent(launch: CourseLaunch): Promise<Content> {
  const tree = await readCourseTree(launch);
  const serving = await listServingResources({
    framework: tree.framework.id,
    viewer: { deployment: launch.deployment },
  });
  return { tree, resources: serving.filter(({ status }) => status === 'live') };
}

async function renderChoice(
  req: Request,
  res: Response,
  form: ChoiceForm,
  dateFault: 'unreadable' | 'order' | null = null,
): Promise<void> {
  const launch = getCourseLaunch(req);
  const words = wordsOf(req);
  const content = await readContent(launch);
  const {
    acceptTypes = [],
    acceptMultiple = false,
    acceptLineItem = false,
  } = launch.deepLinking ?? {};
  const text = form.q.trim();
  const isFresh = ({ value }: { value: string }) => !form.choice.includes(value);
  const found = text === '' ? null : findContent({ ...content, text });
  const domains = found ? [] : listContentTree(content);
  const allLessons = listLessonChoices(content);
  const lessons = found ? [] : allLessons;
  const others = content.resources.length - allLessons.length;
  renderPage(req, res, {
    view: 'activities/deep-linking',
    title: words('activities:deepLinking.title'),
    status: dateFault === null ? 200 : 400,
    scripts: ['local-times.js'],
    data: {
      isTaken: acceptTypes.includes(OUR_TYPE),
      inputType: acceptMultiple ? 'checkbox' : 'radio',
      acceptMultiple,
      offersColumns: acceptLineItem && allLessons.length > 0,
      text,
      columns: form.columns !== undefined,
      chosen: listChosen({ ...content, chosen: [...new Set(form.choice)] }),
      found: found && { groups: listGroups(found) },
      domains: domains.map((domain) => ({
        ...domain,
        subdomains: domain.subdomains.map(({ whole, competencies }) => ({
          whole,
          isFresh: isFresh(whole),
          competencies: competencies.filter(isFresh),
        })),
      })),
      lessons: lessons.filter(isFresh),
      others: others === 0 ? null : words('activities:deepLinking.others', { count: others }),
      dates: DATES.map((name) => ({
        name,
        label: words(`activities:deepLinking.dateFields.${name}`),
        value: form[name],
      })),
      hasDates: dateFault !== null || DATES.some((name) => form[name] !== ''),
      dateFault: dateFault && words(`activities:deepLinking.dateFaults.${dateFault}`),
    },
  });

  function listGroups(all: FoundContent): { legend: string; choices: object[] }[] {
    return GROUPS.map((name) => ({
      legend: words(`activities:deepLinking.groups.${name}`),
      choices: all[name].filter(isFresh),
    })).filter(({ choices }) => choices.length > 0);
  }
}
