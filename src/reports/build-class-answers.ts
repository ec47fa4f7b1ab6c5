// What the page of a class answers: the map of one page of learners with its table in words, and the whole class as a file.
import type { Words } from '../http/catalogue.js';
import type { ReportAnswer } from './answer-report.js';
import {
  buildMapRows,
  groupColumns,
  readCellStatus,
  type MapRow,
  type NumberedCompetency,
} from './class-map.js';
import type { CsvColumn } from '../tables/write-csv.js';
import {
  ANSWERS,
  COLUMNS,
  readClassInParts,
  readClassPage,
  readColumns,
  type ClassChoice,
} from './read-class.js';
import type { ReportRequest } from './report-request.js';

export const LAYOUTS = ['map', 'table'] as const;
export interface ClassView extends ClassChoice {
  layout: (typeof LAYOUTS)[number];
  page: number;
}

/** One learner in one competency, as a file says it. */
interface FileRow {
  label: string;
  competency: NumberedCompetency;
  status: string;
  n: number;
  required: number;
  achievedAt: Date | null;
}

export async function buildClassAnswer(
  request: ReportRequest,
  view: ClassView,
  asOf: Date,
): Promise<ReportAnswer<FileRow>> {
  const { words, reported } = request;
  const isFile = request.format === 'csv';
  const found = isFile ? null : await readClassPage(request, view);
  const rows = found === null ? [] : buildMapRows({ ...found, words });
  const competencies = found?.competencies ?? [];
  return {
    request,
    subject: 'learners',
    asOf,
    name: 'class',
    columns: fileColumns,
    rows: isFile ? listFileRows(request, view) : [],
    json: { answer: view.answer, page: found?.page, pages: found?.pages, competencies, rows },
    page: {
      view: 'reports/class',
      title: words('class:title'),
      scripts: ['class.js'],
      data: {
        ...buildChoices(view, words),
        isTable: view.layout === 'table',
        choice: view,
        course: reported.course,
        domains: groupColumns(competencies),
        competencies: competencies.map((one) => ({ ...one, above: one.path.join(' / ') })),
        rows: rows.map((row) => ({ ...row, cells: linkCells(row, request, view) })),
        records: view.layout === 'table' ? listRecords(rows, competencies) : [],
        shown: words('class:shown', {
          count: rows.length,
          total: found?.total.learners ?? 0,
        }),
        pager: found && buildPager(found),
        legend: describeLegend(words),
      },
    },
  };
}

/** `status` is achieved, selfReport, progress, attempted or open. */
const fileColumns: CsvColumn<FileRow>[] = [
  { header: 'learner', value: (row) => row.label },
  { header: 'number', value: (row) => row.competency.number },
  { header: 'competency_identifier', value: (row) => row.competency.identifier },
  { header: 'competency', value: (row) => row.competency.fullStatement },
  { header: 'domain', value: (row) => row.competency.path[0] ?? '' },
  { header: 'status', value: (row) => row.status },
  { header: 'done', value: (row) => row.n },
  { header: 'required', value: (row) => row.required },
  { header: 'achieved_at', value: (row) => row.achievedAt },
];

async function* listFileRows(request: ReportRequest, choice: ClassChoice): AsyncGenerator<FileRow> {
  const competencies = await readColumns(request, choice);
  for await (const { learners, cells } of readClassInParts(request, choice)) {
    const known = new Map(cells.map((cell) => [`${cell.user} ${cell.item}`, cell]));
    for (const { user, label } of learners)
      for (const competency of competencies) {
        const cell = known.get(`${user} ${competency.identifier}`);
        const { n = 0, required = 0, achievedAt = null } = cell ?? {};
        yield { label, competency, status: readCellStatus(cell), n, required, achievedAt };
      }
  }
}

/** Written here: a page has two thousand of them. */
function linkCells(row: MapRow, { launch, reported }: ReportRequest, { answer }: ClassChoice) {
  const query = new URLSearchParams({
    course: launch.course,
    framework: reported.framework.id,
    answer,
  }).toString();
  return row.cells.map((cell) => ({
    ...cell,
    href: `/class/learners/${row.user}/items/${encodeURIComponent(cell.item)}?${query}`,
  }));
}

/** What anybody has begun, one row each, for the table in words. */
function listRecords(rows: readonly MapRow[], competencies: readonly NumberedCompetency[]) {
  return rows.map(({ user, label, cells, achieved }) => ({
    user,
    label,
    achieved,
    open: cells.filter(({ status }) => status === 'open').length,
    begun: cells.flatMap(({ item, status, sentence }, index) => {
      const competency = competencies[index];
      return status === 'open' || !competency
        ? []
        : [{ item, sentence, number: competency.number, statement: competency.fullStatement }];
    }),
  }));
}

function buildChoices({ answer, columns, layout }: ClassView, words: Words) {
  return {
    answers: ANSWERS.map((value) => ({
      value,
      label: words(`class:answers.${value}`),
      isCurrent: value === answer,
    })),
    answerSentence: words(`class:answerSentences.${answer}`),
    columnChoices: COLUMNS.map((value) => ({
      value,
      label: words(`class:columns.${value}`),
      isCurrent: value === columns,
    })),
    layouts: LAYOUTS.map((value) => ({
      value,
      label: words(`class:layouts.${value}`),
      isCurrent: value === layout,
    })),
  };
}

function buildPager({ page, pages }: { page: number; pages: number }) {
  return {
    page,
    pages,
    previous: page > 1 ? page - 1 : null,
    next: page < pages ? page + 1 : null,
  };
}

function describeLegend(words: Words) {
  const example = { n: 1, required: 2 };
  return (
    [
      ['achieved', 5],
      ['selfReport', 4],
      ['progress', 3],
      ['attempted', 1],
      ['open', 0],
    ] as const
  ).map(([status, step]) => ({
    step,
    letter: words(`class:letters.${status}`, example),
    meaning: words(`class:legend.${status}`),
  }));
}
