// The page behind one cell of the class: why a learner stands where they stand, under the answer that was asked for.
import { randomUUID } from 'node:crypto';
import { acceptedEndings } from '../files/store-file.js';
import type { ReportAnswer } from './answer-report.js';
import type { CsvColumn } from '../tables/write-csv.js';
import { ANSWERS, type ClassAnswer } from './read-class.js';
import { readWhy, type WhyRow } from './read-why.js';
import type { ReportRequest } from './report-request.js';

export async function buildWhyAnswer(
  request: ReportRequest,
  asked: { user: string; item: string; answer: ClassAnswer },
  asOf: Date,
): Promise<ReportAnswer<WhyRow>> {
  const { words } = request;
  const { user, item, answer } = asked;
  const why = await readWhy(request, { ...asked, now: asOf });
  return {
    request,
    subject: 'learner',
    subjectId: user,
    asOf,
    name: 'why',
    columns: whyColumns,
    rows: [...why.counted, ...why.notCounted],
    json: { asOf, answer, ...why },
    page: {
      view: 'reports/why',
      title: words('class:why.title', {
        name: why.learner.label,
        statement: why.competency.fullStatement,
      }),
      data: {
        ...why,
        mayAttest: request.launch.mayAttest,
        // A form sent twice is one attestation.
        forms: { attest: randomUUID(), award: randomUUID() },
        accept: acceptedEndings(),
        path: `/class/learners/${user}/items/${encodeURIComponent(item)}`,
        answer,
        answerSentence: words(`class:why.answers.${answer}`),
        answers: ANSWERS.map((value) => ({
          value,
          label: words(`class:answers.${value}`),
          isCurrent: value === answer,
        })),
      },
    },
  };
}

/** `reason` is why it does not count, empty where it does. */
const whyColumns: CsvColumn<WhyRow>[] = [
  { header: 'what', value: (row) => row.title },
  { header: 'kind', value: (row) => row.kind },
  { header: 'score', value: (row) => row.score },
  { header: 'at', value: (row) => row.at },
  { header: 'by', value: (row) => row.by },
  { header: 'reason', value: (row) => row.reason },
  { header: 'statement', value: (row) => row.statementId },
];
