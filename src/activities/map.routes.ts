// The curriculum map of a course at /map, for its staff: competencies by activities, with lists of what is odd about it; the
// same as CSV and as an Excel workbook.
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { readTree } from '../frameworks/read-tree.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { streamCsv } from '../tables/write-csv.js';
import { writeWorkbook } from '../tables/write-workbook.js';
import { listActivities } from './activity.model.js';
import { listAlignments } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import { findCourseFramework } from './course-framework.js';
import type { CourseDeps } from './course.routes.js';
import { evidenceObject } from './course-view.js';
import { buildCurriculumMap, type CurriculumMap } from './curriculum-map.js';
import { buildMapTable } from './map-table.js';
import { buildMapView } from './map-view.js';
import { COURSE_STAFF, SEES_PEOPLE, wordsOf } from './signed-in.js';
import { readStageWords } from './stage-words.js';

type MapDeps = Pick<CourseDeps, 'countEvidence' | 'now'>;

/** More activities for one competency than this are worth a look. */
const OVER = 5;
const MOST_OVER = 99;

const Query = z.object({
  over: z.coerce.number().int().min(1).max(MOST_OVER).catch(OVER),
  rows: z.enum(['all']).optional().catch(undefined),
});

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function mapRoutes(deps: MapDeps): Router {
  const router = Router();
  const staff = [requireLaunch(), requireRole(...COURSE_STAFF)];
  router.get('/map', ...staff, (req, res) => sendMap(deps, req, res));
  router.get('/map.csv', ...staff, async (req, res) => {
    const table = await readTable(deps, req);
    nameFile(res, { at: deps.now(), ending: 'csv' });
    res.type('text/csv; charset=utf-8');
    await pipeline(streamCsv({ ...table, withMark: true }), res);
  });
  router.get('/map.xlsx', ...staff, async (req, res) => {
    const table = await readTable(deps, req);
    nameFile(res, { at: deps.now(), ending: 'xlsx' });
    res.type(XLSX).send(await writeWorkbook({ ...table, sheet: wordsOf(req)('map:title') }));
  });
  return router;
}

/** Throws `alignment.no-framework` (404) where none was imported. */
async function readTable(deps: MapDeps, req: Request) {
  const launch = getCourseLaunch(req);
  const words = wordsOf(req);
  const [read, stageWords] = await Promise.all([
    readMap({ deps, launch, over: OVER }),
    readStageWords({ ...launch, words }),
  ]);
  if (!read) throw new AppError('alignment.no-framework', { status: 404 });
  return buildMapTable({ ...read, stageWords });
}

function nameFile(res: Response, file: { at: Date; ending: string }): void {
  const day = file.at.toISOString().slice(0, 10);
  res.attachment(`crosswalk-curriculum-map-${day}.${file.ending}`);
  res.setHeader('Cache-Control', 'private, no-store');
}

async function sendMap(deps: MapDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { over, rows } = parseInput(Query, req.query);
  const words = wordsOf(req);
  const [read, stageWords] = await Promise.all([
    readMap({ deps, launch, over }),
    readStageWords({ ...launch, words }),
  ]);
  renderPage(req, res, {
    view: 'activities/map',
    title: words('map:title'),
    scripts: ['grid-keys.js'],
    data: {
      over,
      mostOver: MOST_OVER,
      showsAll: rows === 'all',
      courseFields: [...new URLSearchParams(pageShell(req).courseQuery)].map(([name, value]) => ({
        name,
        value,
      })),
      hasFramework: read !== null,
      hasTargets: read?.map.hasTargets ?? false,
      map:
        read &&
        read.map.columns.length > 0 &&
        buildMapView({ ...read, over, showsAll: rows === 'all', words, stageWords }),
    },
  });
}

/** Null where no framework was imported. Four queries, whatever the size. */
async function readMap(options: {
  deps: MapDeps;
  launch: CourseLaunch;
  over: number;
}): Promise<{ map: CurriculumMap; framework: string } | null> {
  const { deps, launch, over } = options;
  const { deployment, course } = launch;
  const [activities, alignments, framework] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
    findCourseFramework({ deployment, course }),
  ]);
  if (!framework) return null;
  // That nobody completed something says of a course with one learner what that one did not.
  const evidence = hasRole(launch, ...SEES_PEOPLE)
    ? await deps.countEvidence({
        deployment,
        course,
        objectIds: activities.map(evidenceObject),
      })
    : null;
  const map = buildCurriculumMap({
    tree: await readTree({ framework }),
    activities,
    alignments,
    isCompleted:
      evidence && ((activity) => (evidence.get(evidenceObject(activity))?.people ?? 0) > 0),
    over,
  });
  return { map, framework: framework.id };
}
