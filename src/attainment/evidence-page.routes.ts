// A learner's evidence as a whole, at /progress/evidence: everything that counted and why, and what did not and why, by
// competency, in both answers.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { readCourseTree } from '../activities/course-framework.js';
import { nameRatings } from '../activities/name-rating.js';
import { listRatings } from '../activities/rating.model.js';
import { wordsOf } from '../activities/signed-in.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { readLabels } from '../work/read-work-view.js';
import { listAcceptedWork } from '../work/review-work.model.js';
import { listAttainments } from './attainment.model.js';
import { buildEvidenceGroups } from './evidence-groups.js';
import { listEvidence } from './evidence.model.js';

const MAX_EVIDENCE = 2_000;
const GROUPS_A_PAGE = 10;
const KINDS = ['declared', 'observed', 'assessed', 'attested'] as const;

const Query = z.object({
  item: z.string().max(100).catch(''),
  kind: z.enum(KINDS).nullable().catch(null).default(null),
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
});

export function evidencePageRoutes(): Router {
  const router = Router();
  router.get('/progress/evidence', requireLaunch(), requireRole('Learner'), (req, res) =>
    sendEvidence(req, res),
  );
  return router;
}

async function sendEvidence(req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course, user } = launch;
  const query = parseInput(Query, req.query);
  const words = wordsOf(req);
  const { language } = pageShell(req);
  const tree = await readCourseTree(launch);
  const users = [user];
  const [evidence, ofCourse, ofFramework, accepted, ratings] = await Promise.all([
    listEvidence({ deployment, users, limit: MAX_EVIDENCE }),
    listAttainments({ deployment, users, scope: { kind: 'course', id: course } }),
    listAttainments({ deployment, users, scope: { kind: 'framework', id: tree.framework.id } }),
    listAcceptedWork({ deployment, user }),
    listRatings({ deployment, course, users }),
  ]);
  const people = await readLabels({
    ids: evidence.flatMap(({ by }) => by ?? []),
    learners: new Set(),
    words,
  });
  const setting = {
    tree,
    evidence,
    attainments: [...ofCourse, ...ofFramework],
    course,
    people,
    works: new Map(
      accepted
        .filter((work) => work.course === course)
        .flatMap(({ id, history }) =>
          history.flatMap((event) =>
            event.accepted.map(({ statementId }) => [statementId, `/work/${id}`] as const),
          ),
        ),
    ),
    ratings: nameRatings({ ratings, words, language }),
    words,
    language,
  };
  const all = buildEvidenceGroups({ ...setting, item: null, kind: null });
  const groups = buildEvidenceGroups({
    ...setting,
    item: query.item === '' ? null : query.item,
    kind: query.kind,
  });
  const pages = Math.max(1, Math.ceil(groups.length / GROUPS_A_PAGE));
  const page = Math.min(query.page, pages);
  renderPage(req, res, {
    view: 'attainment/evidence',
    title: words('evidence:title'),
    data: {
      groups: groups.slice((page - 1) * GROUPS_A_PAGE, page * GROUPS_A_PAGE),
      isAny: all.length > 0,
      items: all.flatMap(({ item, statement }) =>
        item === null ? [] : [{ item, statement, isChosen: item === query.item }],
      ),
      kinds: KINDS.map((kind) => ({
        kind,
        label: words(`attainment:evidence.kinds.${kind}`),
        isChosen: kind === query.kind,
      })),
      courseFields: [...new URLSearchParams(pageShell(req).courseQuery)].map(([name, value]) => ({
        name,
        value,
      })),
      chosen: { item: query.item, kind: query.kind },
      pager:
        pages === 1
          ? null
          : {
              sentence: words('evidence:page', { page, pages }),
              previous: page > 1 ? page - 1 : null,
              next: page < pages ? page + 1 : null,
            },
      more: evidence.length === MAX_EVIDENCE ? MAX_EVIDENCE : null,
    },
  });
}
