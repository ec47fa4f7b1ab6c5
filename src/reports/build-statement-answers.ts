// The statement list and one statement, as page, CSV and JSON. Who they are about is shown as this reader may see them; a
// reader without a right to names gets the JSON with people replaced by pseudonyms, too.
import { listEvidence } from '../attainment/evidence.model.js';
import type { Words } from '../http/catalogue.js';
import type { ReportAnswer } from './answer-report.js';
import { readLabelledCohort } from './build-answers.js';
import type { CsvColumn } from '../tables/write-csv.js';
import { listEvidenceRows, type EvidenceFilter, type EvidenceRow } from './list-evidence-rows.js';
import type { ReportRequest } from './report-request.js';
import { hidePeople, type StatementJson } from './statement-privacy.js';
import type { ReadStatement, StatementReader } from './statement-reader.js';
import { writeSentence } from './statement-sentence.js';

const PAGE_STATEMENTS = 50;

interface Common {
  request: ReportRequest;
  statements: StatementReader;
  /** Our public base address. */
  url: string;
  asOf: Date;
}

export interface StatementView extends EvidenceRow {
  learner: string;
  /** Null while the store does not hold the statement. */
  sentence: string | null;
  statement: StatementJson | null;
  json: string | null;
  stored: Date | null;
  isVoided: boolean;
}

/** Newest first, 50 a page; JSON in the same pages, CSV whole. */
export async function buildStatementsAnswer(
  options: Common & { filter: EvidenceFilter; page: number },
): Promise<ReportAnswer<StatementView>> {
  const { request, filter, asOf } = options;
  const { deployment, course } = request.launch;
  const learners = await readLabelledCohort(request);
  const rows = await listEvidenceRows({
    deployment,
    course,
    cohort: learners.map(({ user }) => user),
    filter,
  });
  const labels = labelsOf(learners);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_STATEMENTS));
  const page = Math.min(options.page, pages);
  const start = (page - 1) * PAGE_STATEMENTS;
  const shown = rows.slice(start, start + PAGE_STATEMENTS);
  const isWhole = request.format === 'csv';
  const views = isWhole ? [] : await readViews({ ...options, rows: shown, labels });
  const item = request.reported.competencies.find(({ identifier }) => identifier === filter.item);
  return {
    request,
    subject: 'statements',
    ...(filter.user !== null && { subjectId: filter.user, person: filter.user }),
    asOf,
    name: 'statements',
    columns: statementColumns,
    rows: isWhole ? readAll({ ...options, rows, labels }) : views,
    json: { asOf, total: rows.length, page, pages, statements: views.map(toJson) },
    page: {
      view: 'reports/statements',
      title: request.words('reports:statements.title'),
      data: {
        statements: views,
        total: rows.length,
        item: item ?? null,
        filter,
        learner: learners.find(({ user }) => user === filter.user) ?? null,
        activityTitle: filter.activity === null ? null : (rows[0]?.title ?? null),
        pager: {
          page,
          pages,
          newer: page > 1 ? page - 1 : null,
          older: page < pages ? page + 1 : null,
        },
      },
    },
  };
}

/** Null where the statement is no evidence of a learner of this course. */
export async function buildStatementAnswer(
  options: Common & { statementId: string },
): Promise<ReportAnswer<StatementView> | null> {
  const { request, statementId, asOf } = options;
  const { deployment, course } = request.launch;
  const learners = await readLabelledCohort(request);
  const labels = labelsOf(learners);
  const [evidence] = await listEvidence({ deployment, course, statementIds: [statementId] });
  if (!evidence || !labels.has(evidence.user)) return null;
  const { user, kind, title, objectId, at, withdrawn } = evidence;
  const row = { statementId, user, kind, title, objectId, at };
  const rows = [{ ...row, reason: withdrawn === null ? null : ('withdrawn' as const) }];
  const views = await readViews({ ...options, rows, labels });
  const [view] = views;
  if (!view) return null;
  return {
    request,
    subject: 'statement',
    subjectId: statementId,
    person: user,
    asOf,
    name: 'statement',
    columns: statementColumns,
    rows: views,
    json: toJson(view),
    page: {
      view: 'reports/statement',
      title: view.sentence ?? request.words('reports:statements.title'),
      data: { statement: view },
    },
  };
}

/** Page by page, so that a long export needs no more memory than a short one. */
async function* readAll(
  options: Common & { rows: EvidenceRow[]; labels: Map<string, string> },
): AsyncGenerator<StatementView> {
  for (let start = 0; start < options.rows.length; start += PAGE_STATEMENTS) {
    const rows = options.rows.slice(start, start + PAGE_STATEMENTS);
    yield* await readViews({ ...options, rows });
  }
}

async function readViews(
  options: Common & { rows: EvidenceRow[]; labels: Map<string, string> },
): Promise<StatementView[]> {
  const { request, rows, labels, url, statements } = options;
  const ids = rows.map(({ statementId }) => statementId);
  const read = ids.length === 0 ? [] : await statements.listStatements({ ids });
  const byId = new Map(read.map((one) => [one.id, one]));
  return rows.map((row) => {
    const learner = labels.get(row.user) ?? '';
    const found = byId.get(row.statementId);
    return { ...row, learner, ...viewOf({ found, learner, request, url }) };
  });
}

function viewOf(options: {
  found: ReadStatement | undefined;
  learner: string;
  request: { names: 'shown' | 'hidden'; words: Words; language: string };
  url: string;
}): Pick<StatementView, 'sentence' | 'statement' | 'json' | 'stored' | 'isVoided'> {
  const { found, learner, request, url } = options;
  if (!found) return { sentence: null, statement: null, json: null, stored: null, isVoided: false };
  const { words, language, names } = request;
  const homePage = `${url}/learners`;
  const whole: StatementJson = { ...found.statement };
  const statement =
    names === 'shown' ? whole : hidePeople({ statement: whole, pseudonym: learner, homePage });
  return {
    sentence: writeSentence({ statement, who: learner, words, language }),
    statement,
    json: JSON.stringify(statement, null, 2),
    stored: found.stored,
    isVoided: found.isVoided,
  };
}

function labelsOf(learners: { user: string; label: string }[]): Map<string, string> {
  return new Map(learners.map(({ user, label }) => [user, label]));
}

function toJson({ json: _json, ...view }: StatementView): Record<string, unknown> {
  return { ...view };
}

const statementColumns: CsvColumn<StatementView>[] = [
  { header: 'statement', value: (row) => row.statementId },
  { header: 'at', value: (row) => row.at },
  { header: 'learner', value: (row) => row.learner },
  { header: 'in_words', value: (row) => row.sentence },
  { header: 'kind_of_evidence', value: (row) => row.kind },
  { header: 'title', value: (row) => row.title },
  { header: 'does_not_count_because', value: (row) => row.reason },
  {
    header: 'json',
    value: (row) => (row.statement === null ? null : JSON.stringify(row.statement)),
  },
];
