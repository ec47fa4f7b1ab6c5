// What the page of who needs a look answers: the lists of who is stuck and who is ready, with the reasons, as a page and as a file.
import type { CsvColumn } from '../tables/write-csv.js';
import type { ReportAnswer } from './answer-report.js';
import {
  MANY_ATTEMPTS,
  QUIET_DAYS,
  type ReadyLearner,
  type StuckReason,
} from './class-attention.js';
import { readAttention } from './read-class.js';
import type { ReportRequest } from './report-request.js';

/** Longer lists are cut, and say so. */
const MOST_LISTED = 100;
/** Of one learner; the page of the learner has all. */
const MOST_REASONS = 5;
const DAY_FORMAT = { dateStyle: 'medium', timeZone: 'UTC' } as const;

export async function buildAttentionAnswer(
  request: ReportRequest,
  asOf: Date,
): Promise<ReportAnswer<{ label: string; list: string; reason: string }>> {
  const { words, language } = request;
  const { learners, competencies, stuck, ready } = await readAttention(request, { now: asOf });
  const labels = new Map(learners.map(({ user, label }) => [user, label]));
  const items = new Map(competencies.map((one) => [one.identifier, one]));
  const day = new Intl.DateTimeFormat(language, DAY_FORMAT);
  const reasonOf = (reason: StuckReason) => ({
    item: 'item' in reason ? reason.item : null,
    statement: 'item' in reason ? (items.get(reason.item)?.fullStatement ?? '') : null,
    sentence: words(`class:stuck.${reason.kind}`, {
      count: reason.kind === 'quiet' ? reason.open : 'failed' in reason ? reason.failed : 1,
      ...(reason.kind === 'quiet' ? { days: reason.days } : {}),
      ...(reason.kind === 'withdrawn' ? { date: day.format(reason.since) } : {}),
    }),
  });
  const stepOf = ({ item, needs }: ReadyLearner['steps'][number]) => ({
    item,
    statement: items.get(item)?.fullStatement ?? '',
    sentence: words(`class:ready.${needs}`),
  });
  // Sentences are made for what is drawn or written, not for all that was found.
  const lists = [
    {
      list: 'stuck',
      people: stuck.map(({ user, reasons }) => ({
        user,
        reasons: reasons.length,
        say: (most?: number) => reasons.slice(0, most).map(reasonOf),
      })),
    },
    {
      list: 'ready',
      people: ready.map(({ user, steps }) => ({
        user,
        reasons: steps.length,
        say: (most?: number) => steps.slice(0, most).map(stepOf),
      })),
    },
  ];
  const labelOf = (user: string) => labels.get(user) ?? '';
  return {
    request,
    subject: 'learners',
    asOf,
    name: 'class-attention',
    columns: attentionColumns,
    rows: listAttentionRows({ lists, labelOf }),
    json: { asOf, stuck, ready },
    page: {
      view: 'reports/class-attention',
      title: words('class:attention.title'),
      data: {
        lists: lists.map(({ list, people }) => ({
          list,
          rows: people.slice(0, MOST_LISTED).map(({ user, reasons, say }) => ({
            user,
            label: labelOf(user),
            reasons: say(MOST_REASONS),
            more:
              reasons > MOST_REASONS
                ? words('class:attention.more', { count: reasons - MOST_REASONS })
                : null,
          })),
          count: words(`class:attention.${list}.count`, { count: people.length }),
          cut:
            people.length > MOST_LISTED
              ? words('class:attention.cut', { count: MOST_LISTED })
              : null,
        })),
        rule: words('class:attention.rule', { attempts: MANY_ATTEMPTS, days: QUIET_DAYS }),
      },
    },
  };
}

function* listAttentionRows(options: {
  lists: {
    list: string;
    people: { user: string; say: () => { statement: string | null; sentence: string }[] }[];
  }[];
  labelOf: (user: string) => string;
}): Generator<{ label: string; list: string; reason: string }> {
  const { lists, labelOf } = options;
  for (const { list, people } of lists)
    for (const { user, say } of people)
      for (const { statement, sentence } of say()) {
        const reason = statement === null ? sentence : `${statement}: ${sentence}`;
        yield { label: labelOf(user), list, reason };
      }
}

/** `list` is stuck or ready. */
const attentionColumns: CsvColumn<{ label: string; list: string; reason: string }>[] = [
  { header: 'learner', value: (row) => row.label },
  { header: 'list', value: (row) => row.list },
  { header: 'reason', value: (row) => row.reason },
];
