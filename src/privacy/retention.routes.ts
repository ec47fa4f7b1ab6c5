// How long a deployment keeps what learners did: the setting, what it would empty before anything is changed, the courses with
// their dates, and exceptions. For its administrators and the operator; the emptying itself is the job `retention`.
import { Router, type Request, type Response } from 'express';
import { adminPath } from '../admin/admin-path.js';
import { getDeploymentInScope } from '../admin/admin-scope.js';
import { tryForm, type FormFaults } from '../admin/read-form.js';
import { adminWords } from '../admin/render-admin.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { checkForm } from '../lti/check-form.js';
import { actorOf } from '../lti/current-operator.js';
import { requireOperatorOr } from '../lti/guards.js';
import { listDoneEmptyings } from './course-emptying.model.js';
import { countWhatGoes, readOutlook } from './read-outlook.js';
import {
  HoldInput,
  PageInput,
  ReleaseInput,
  RetentionInput,
  RevisionInput,
  typedMonths,
} from './retention-form.js';
import { changePeriod } from './retention-period.js';
import {
  buildPeriodFields,
  describeCourse,
  describeDone,
  describeGoing,
  describeHolds,
  monthsOf,
  pageOf,
  wordPeriod,
} from './retention-view.js';
import { findRetention, KEPT_KINDS, type KeptMonths } from './retention.model.js';
import { holdCourse, releaseCourse, setRetention } from './set-retention.js';

const RETENTION_JOB = 'retention';
const SHOWN_DONE = 50;

export interface RetentionDeps {
  now: () => Date;
  nudge: (job: string) => void;
}

export function retentionRoutes(deps: RetentionDeps): Router {
  const { now, nudge } = deps;
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');
  const one = '/admin/deployments/:deployment/retention';

  router.get(one, mayRead, (req, res) => showRetention(req, res, { now: now(), faults: null }));

  router.get(`${one}/preview`, mayRead, async (req, res) => {
    const outcome = await tryForm(req.query, () => parseInput(RetentionInput, req.query));
    if (!outcome.isDone) return showRetention(req, res, { now: now(), faults: outcome.faults });
    return showPreview(req, res, { now: now(), months: outcome.value });
  });

  router.post(one, mayRead, checkForm(), async (req, res) => {
    const { _id: deployment } = await getDeploymentInScope(req);
    const outcome = await tryForm(req.body, () => parseInput(RetentionInput, req.body));
    if (!outcome.isDone) return showRetention(req, res, { now: now(), faults: outcome.faults });
    const { revision } = parseInput(RevisionInput, req.body);
    const by = actorOf(req);
    await setRetention({ deployment, months: outcome.value, revision, by, now: now() });
    nudge(RETENTION_JOB);
    return leave(req, res, { deployment, notice: 'retention-saved' });
  });

  router.post(`${one}/holds`, mayRead, checkForm(), async (req, res) => {
    const { _id: deployment } = await getDeploymentInScope(req);
    const outcome = await tryForm(req.body, () => parseInput(HoldInput, req.body));
    if (!outcome.isDone) return showRetention(req, res, { now: now(), faults: outcome.faults });
    const { held: course, reason } = outcome.value;
    await holdCourse({ deployment, course, reason, by: actorOf(req), now: now() });
    nudge(RETENTION_JOB);
    return leave(req, res, { deployment, notice: 'course-held' });
  });

  router.post(`${one}/releases`, mayRead, checkForm(), async (req, res) => {
    const { _id: deployment } = await getDeploymentInScope(req);
    const { held: course } = parseInput(ReleaseInput, req.body);
    await releaseCourse({ deployment, course, by: actorOf(req), now: now() });
    return leave(req, res, { deployment, notice: 'course-released' });
  });

  return router;
}

async function showRetention(
  req: Request,
  res: Response,
  of: { now: Date; faults: FormFaults | null },
): Promise<void> {
  const { now, faults } = of;
  const { _id: deployment } = await getDeploymentInScope(req);
  const words = adminWords(req);
  const retention = await findRetention({ deployment });
  const [{ courses, holds }, done] = await Promise.all([
    readOutlook({ deployment, period: retention.courses, now }),
    listDoneEmptyings({ deployment, limit: SHOWN_DONE }),
  ]);
  const titles = new Map(courses.map(({ course, title }) => [course, title]));
  const { rows, ...pager } = pageOf(courses, parseInput(PageInput, req.query).page);
  const going = courses.filter(({ standing }) => standing === 'due' || standing === 'erasing');
  const heldTyped = faults?.typed['held'] ?? null;
  renderPage(req, res, {
    view: 'privacy/retention',
    title: words('retention:title'),
    status: faults === null ? 200 : 400,
    data: {
      deployment,
      isFaulty: faults !== null && heldTyped === null,
      fields: buildPeriodFields({
        months: monthsOf(retention),
        faults: heldTyped === null ? faults : null,
        words,
      }),
      next: words('retention:next.some', { count: going.length }),
      hasNext: going.length > 0,
      nextAt: going[0]?.eraseAt ?? null,
      previewQuery: new URLSearchParams(typedMonths(monthsOf(retention))).toString(),
      courses: rows.map((course) => ({
        ...describeCourse(course, words),
        ...(course.course === heldTyped && {
          reason: faults?.typed['reason'] ?? '',
          fault: faults?.fields['reason'] ?? null,
        }),
      })),
      pager,
      holds: describeHolds({ holds, titles, words }),
      done: describeDone({ done, titles, words }),
    },
  });
}

/** Changes nothing. The form below it holds what was typed, so that what is confirmed is what was shown. */
async function showPreview(
  req: Request,
  res: Response,
  of: { now: Date; months: KeptMonths },
): Promise<void> {
  const { now, months } = of;
  const { _id: deployment } = await getDeploymentInScope(req);
  const words = adminWords(req);
  const retention = await findRetention({ deployment });
  const period = changePeriod({ before: retention.courses, months: months.courses, now });
  const { courses } = await readOutlook({ deployment, period, now });
  const due = courses.filter(({ standing }) => standing === 'due' || standing === 'erasing');
  const before = monthsOf(retention);
  renderPage(req, res, {
    view: 'privacy/retention-preview',
    title: words('retention:preview.title'),
    data: {
      deployment,
      revision: retention.revision,
      hidden: Object.entries(typedMonths(months)).map(([name, value]) => ({ name, value })),
      periods: KEPT_KINDS.map((kind) => ({
        label: words(`retention:kinds.${kind}`),
        value: wordPeriod(months[kind], words),
        before:
          before[kind] === months[kind]
            ? null
            : words('retention:preview.before', { period: wordPeriod(before[kind], words) }),
      })),
      isChange: KEPT_KINDS.some((kind) => before[kind] !== months[kind]),
      ...describeGoing(await countWhatGoes({ deployment, courses: due }), words),
    },
  });
}

function leave(req: Request, res: Response, to: { deployment: string; notice: string }): void {
  const { deployment, notice } = to;
  res.redirect(303, adminPath(req, `/admin/deployments/${deployment}/retention`, notice));
}
