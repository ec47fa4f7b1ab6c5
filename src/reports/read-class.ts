// Reads what the pages of a class need, in the same few queries however many learners and competencies there are: the
// learners of one page with their cells, the columns, and for the lists of who needs a look the whole class.
import {
  listClassCells,
  listItemsInScope,
  listUnachieved,
  type ClassCell,
} from '../attainment/attainment.model.js';
import type { AttainmentScope } from '../attainment/plan-attainment.js';
import { listLatestEvidence } from '../attainment/evidence.model.js';
import type { LabelledLearner } from '../lti/read-cohort.js';
import { readLabelledCohort } from './build-answers.js';
import { findReady, findStuck, type ReadyLearner, type StuckLearner } from './class-attention.js';
import { numberCompetencies, type NumberedCompetency } from './class-map.js';
import { readCoverage } from './read-attainment-report.js';
import type { ReportRequest } from './report-request.js';

export const ANSWERS = ['course', 'framework'] as const;
/** Which of the two answers is shown: achieved in this course, or in the framework by everything done anywhere. */
export type ClassAnswer = (typeof ANSWERS)[number];
export const COLUMNS = ['course', 'all'] as const;
/** The competencies shown: those of this course, or the whole framework. */
export type ClassColumns = (typeof COLUMNS)[number];

const LEARNERS_AT_ONCE = 30;
/** A class and framework of usual size stay far below it. */
const MOST_UNACHIEVED = 50_000;

export interface ClassChoice {
  answer: ClassAnswer;
  columns: ClassColumns;
}

export interface ClassPage {
  learners: LabelledLearner[];
  competencies: NumberedCompetency[];
  /** How many learners and competencies there are in all. */
  total: { learners: number; competencies: number };
  cells: ClassCell[];
  page: number;
  pages: number;
}

/** The learners of one page and what each did; a page beyond the last is the last. */
export async function readClassPage(
  request: ReportRequest,
  options: ClassChoice & { page: number },
): Promise<ClassPage> {
  const [everyone, competencies] = await Promise.all([
    readLabelledCohort(request),
    readColumns(request, options),
  ]);
  const pages = Math.max(1, Math.ceil(everyone.length / LEARNERS_AT_ONCE));
  const page = Math.min(options.page, pages);
  const learners = everyone.slice((page - 1) * LEARNERS_AT_ONCE, page * LEARNERS_AT_ONCE);
  return {
    learners,
    competencies,
    total: {
      learners: everyone.length,
      competencies: request.reported.competencies.length,
    },
    cells: await readCells(request, { ...options, learners }),
    page,
    pages,
  };
}

/** The whole class, some learners at a time, for a file. */
export async function* readClassInParts(
  request: ReportRequest,
  choice: ClassChoice,
): AsyncGenerator<{ learners: LabelledLearner[]; cells: ClassCell[] }> {
  const everyone = await readLabelledCohort(request);
  for (let at = 0; at < everyone.length; at += LEARNERS_AT_ONCE) {
    const learners = everyone.slice(at, at + LEARNERS_AT_ONCE);
    yield { learners, cells: await readCells(request, { ...choice, learners }) };
  }
}

/** Those aligned in this course or with evidence of anybody, or all of the framework; in reading order. */
export async function readColumns(
  request: ReportRequest,
  { answer, columns }: ClassChoice,
): Promise<NumberedCompetency[]> {
  const { launch, reported } = request;
  const { deployment, course } = launch;
  const all = numberCompetencies(reported.competencies);
  if (columns === 'all') return all;
  const [coverage, items] = await Promise.all([
    readCoverage({ deployment, course, framework: reported.framework.id }),
    listItemsInScope({ deployment, scope: scopeOf(request, answer) }),
  ]);
  const touched = new Set(items);
  return all.filter(({ identifier }) => coverage.has(identifier) || touched.has(identifier));
}

export interface ClassAttention {
  learners: LabelledLearner[];
  competencies: NumberedCompetency[];
  stuck: StuckLearner[];
  ready: ReadyLearner[];
}

/** Who is stuck and who is ready, by this course's own answer. */
export async function readAttention(
  request: ReportRequest,
  { now }: { now: Date },
): Promise<ClassAttention> {
  const { deployment, course } = request.launch;
  const scope = scopeOf(request, 'course');
  const framework = request.reported.framework.id;
  const [learners, { telling, open }, latest] = await Promise.all([
    readLabelledCohort(request),
    listUnachieved({ deployment, scope, framework, limit: MOST_UNACHIEVED }),
    listLatestEvidence({ deployment, course }),
  ]);
  const competencies = numberCompetencies(request.reported.competencies);
  const known = new Set(competencies.map(({ identifier }) => identifier));
  const unachieved = telling.filter(({ item }) => known.has(item));
  const users = learners.map(({ user }) => user);
  return {
    learners,
    competencies,
    stuck: findStuck({ users, unachieved, open, latest, now }),
    ready: findReady({ users, unachieved }),
  };
}

export function scopeOf(
  { launch, reported }: Pick<ReportRequest, 'launch' | 'reported'>,
  answer: ClassAnswer,
): AttainmentScope {
  return answer === 'course'
    ? { kind: 'course', id: launch.course }
    : { kind: 'framework', id: reported.framework.id };
}

function readCells(
  request: ReportRequest,
  { answer, learners }: { answer: ClassAnswer; learners: readonly LabelledLearner[] },
): Promise<ClassCell[]> {
  const { deployment } = request.launch;
  const users = learners.map(({ user }) => user);
  return listClassCells({ deployment, scope: scopeOf(request, answer), users });
}
