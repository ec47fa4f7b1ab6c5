// The columns of every table as CSV: names that programs may rely on, one row a thing counted.
import type {
  AttainmentReport,
  AttainmentReportRow,
  ReportCompetency,
} from './attainment-report.js';
import type { LabelledLearner } from '../lti/read-cohort.js';
import type { CsvColumn } from '../tables/write-csv.js';
import type { ItemTableRow, LearnersTableRow, RecordRow } from './learner-tables.js';
import type { Standing } from './learner-status.js';

const LIST = '; ';

export function attainmentColumns({
  asOf,
  course,
  framework,
}: AttainmentReport): CsvColumn<AttainmentReportRow>[] {
  return [
    { header: 'course', value: () => course.title },
    { header: 'framework', value: () => framework.title },
    { header: 'domain', value: (row) => row.domain },
    { header: 'subdomain', value: (row) => row.subdomain },
    { header: 'competency_identifier', value: (row) => row.item },
    { header: 'competency_code', value: (row) => row.code },
    { header: 'competency', value: (row) => row.statement },
    {
      header: 'covered_by',
      value: (row) => row.activities.map(({ title, stage }) => `${title} (${stage})`).join(LIST),
    },
    { header: 'learners', value: (row) => row.learners },
    { header: 'attempted', value: (row) => row.attempted },
    { header: 'achieved', value: (row) => row.achieved },
    { header: 'achieved_by_self_report', value: (row) => row.achievedBySelfReport },
    { header: 'as_of', value: () => asOf },
  ];
}

export function itemColumns(competency: ReportCompetency): CsvColumn<ItemTableRow>[] {
  return [
    { header: 'competency_identifier', value: () => competency.identifier },
    { header: 'competency', value: () => competency.fullStatement },
    { header: 'learner', value: (row) => row.label },
    ...standingColumns,
  ];
}

export const learnersColumns: CsvColumn<LearnersTableRow>[] = [
  { header: 'learner', value: (row) => row.label },
  { header: 'attempted', value: (row) => row.attempted },
  { header: 'achieved', value: (row) => row.achieved },
  { header: 'achieved_by_self_report', value: (row) => row.selfReport },
];

export function recordColumns(learner: LabelledLearner): CsvColumn<RecordRow>[] {
  return [
    { header: 'learner', value: () => learner.label },
    { header: 'domain', value: (row) => row.domain },
    { header: 'competency_identifier', value: (row) => row.item },
    { header: 'competency', value: (row) => row.statement },
    ...standingColumns,
  ];
}

/** `status` is achieved, selfReport, progress, attempted or open. */
const standingColumns: CsvColumn<Standing>[] = [
  { header: 'status', value: (row) => row.status },
  { header: 'achieved_at', value: (row) => row.achievedAt },
  { header: 'done', value: (row) => row.n },
  { header: 'required', value: (row) => row.required },
  { header: 'kinds_of_evidence', value: (row) => row.kinds.join(LIST) },
  { header: 'evidence', value: (row) => row.statements.map(({ title }) => title).join(LIST) },
  {
    header: 'statements',
    value: (row) => row.statements.map(({ statementId }) => statementId).join(' '),
  },
];
