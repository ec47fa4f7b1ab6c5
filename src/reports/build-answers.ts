// For each report: reads what it counts, and says how it looks as a page, as CSV and as JSON. Routes parse and answer;
// the tables themselves are built by pure files.
import { listAttainments } from '../attainment/attainment.model.js';
import { AppError } from '../http/errors.js';
import type { ReportAnswer } from './answer-report.js';
import type { AttainmentReportRow, ReportCompetency } from './attainment-report.js';
import { buildAttainmentView, narrowToShown, type Shown } from './attainment-view.js';
import { STATUS_FILTERS, type StatusFilter } from './learner-status.js';
import {
  buildItemTable,
  buildLearnerRecord,
  buildLearnersTable,
  type ItemTableRow,
  type LearnersTableRow,
  type RecordRow,
} from './learner-tables.js';
import { readAttainmentReport, readCoverage } from './read-attainment-report.js';
import { labelLearners, readCohort } from '../lti/read-cohort.js';
import {
  attainmentColumns,
  itemColumns,
  learnersColumns,
  recordColumns,
} from './report-columns.js';
import type { ReportRequest } from './report-request.js';

export async function buildAttainmentAnswer(
  request: ReportRequest,
  shown: Shown,
  asOf: Date,
): Promise<ReportAnswer<AttainmentReportRow>> {
  const { reported, words, language } = request;
  const report = await readAttainmentReport({ reported, now: asOf });
  const narrowed = narrowToShown(report, shown);
  const { frameworks, framework } = reported;
  const choices = frameworks.map((one) => ({ ...one, isCurrent: one.id === framework.id }));
  return {
    request,
    subject: 'attainment',
    asOf,
    name: 'attainment',
    columns: attainmentColumns(report),
    rows: narrowed.rows,
    json: { ...narrowed },
    page: {
      view: 'reports/attainment',
      title: words('reports:title'),
      data: {
        ...buildAttainmentView({ report, shown, words, language }),
        course: reported.course,
        frameworks: choices.length > 1 ? choices : [],
      },
    },
  };
}

export async function buildItemAnswer(
  request: ReportRequest,
  competency: ReportCompetency,
  status: StatusFilter,
  asOf: Date,
): Promise<ReportAnswer<ItemTableRow>> {
  const item = competency.identifier;
  const { deployment, course } = request.launch;
  const framework = request.reported.framework.id;
  const [learners, attainments, coverage] = await Promise.all([
    readLabelledCohort(request),
    listAttainments({ ...scopeOf(request), items: [item] }),
    readCoverage({ deployment, course, framework }),
  ]);
  const table = buildItemTable({ learners, attainments, filter: status });
  const choices = STATUS_FILTERS.map((choice) => ({ choice, isCurrent: choice === status }));
  return {
    request,
    subject: 'item',
    subjectId: item,
    asOf,
    name: 'competency',
    columns: itemColumns(competency),
    rows: table.rows,
    json: { competency, asOf, ...table },
    page: {
      view: 'reports/item',
      title: competency.fullStatement,
      data: { competency, activities: coverage.get(item) ?? [], ...table, status, choices },
    },
  };
}

export async function buildLearnersAnswer(
  request: ReportRequest,
  asOf: Date,
): Promise<ReportAnswer<LearnersTableRow>> {
  const [learners, attainments] = await Promise.all([
    readLabelledCohort(request),
    listAttainments(scopeOf(request)),
  ]);
  const known = new Set(request.reported.competencies.map(({ identifier }) => identifier));
  const ofFramework = attainments.filter(({ item }) => known.has(item));
  const table = buildLearnersTable({ learners, attainments: ofFramework });
  return {
    request,
    subject: 'learners',
    asOf,
    name: 'learners',
    columns: learnersColumns,
    rows: table.rows,
    json: { asOf, ...table },
    page: {
      view: 'reports/learners',
      title: request.words('reports:learners.title'),
      data: { ...table },
    },
  };
}

/** Throws `report.no-learner` (404) for anyone but a learner of this course. */
export async function buildLearnerAnswer(
  request: ReportRequest,
  user: string,
  asOf: Date,
): Promise<ReportAnswer<RecordRow>> {
  const learner = (await readLabelledCohort(request)).find((one) => one.user === user);
  if (!learner) throw new AppError('report.no-learner', { status: 404 });
  const attainments = await listAttainments({ ...scopeOf(request), users: [user] });
  const { competencies, course } = request.reported;
  const table = buildLearnerRecord({ competencies, attainments });
  return {
    request,
    subject: 'learner',
    subjectId: user,
    asOf,
    name: 'learner',
    columns: recordColumns(learner),
    rows: table.rows,
    json: { learner, asOf, ...table },
    page: {
      view: 'reports/learner',
      title: request.words('reports:learner.title', { name: learner.label }),
      data: { learner, course, ...table },
    },
  };
}

/** Every learner of the course, as this reader may call them. */
export async function readLabelledCohort(request: ReportRequest) {
  const { launch, names, words, language } = request;
  const { deployment, course } = launch;
  const { users } = await readCohort({ deployment, course });
  return labelLearners({ users, names, words, language });
}

function scopeOf({ launch }: ReportRequest) {
  return { deployment: launch.deployment, scope: { kind: 'course' as const, id: launch.course } };
}
