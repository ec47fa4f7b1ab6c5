// What the report page shows: the paragraph for a self-study, the numbers with what each links to, bars and rows. Pure;
// words come from the catalogue, addresses are paths that the page completes with its course.
import type { Words } from '../http/catalogue.js';
import {
  isCounted,
  narrowReport,
  type AttainmentReport,
  type AttainmentReportRow,
} from './attainment-report.js';

export const SHOWN = ['counted', 'all', 'covered', 'achieved'] as const;
export type Shown = (typeof SHOWN)[number];

const PERCENT = 100;
const FILTERS: Record<Shown, (row: AttainmentReportRow) => boolean> = {
  counted: isCounted,
  all: () => true,
  covered: (row) => row.activities.length > 0,
  achieved: (row) => row.achieved > 0,
};

/** The report with the rows of one choice. */
export function narrowToShown(report: AttainmentReport, shown: Shown): AttainmentReport {
  return narrowReport(report, FILTERS[shown]);
}

export interface AttainmentViewInput {
  report: AttainmentReport;
  shown: Shown;
  words: Words;
  language: string;
}

/** Everything of the page but its frame. */
export function buildAttainmentView(input: AttainmentViewInput) {
  const { report, shown, words } = input;
  const { totals } = report;
  return {
    text: writeSummary(input),
    facts: buildFacts(report, words),
    bars: report.groups
      .filter((group) => group.possible > 0)
      .map((group) => buildBar(group, words)),
    groups: narrowToShown(report, shown).groups,
    shown,
    choices: SHOWN.map((choice) => ({
      choice,
      isCurrent: choice === shown,
      label: words(`reports:attainment.show.${choice}`, {
        n: report.rows.filter(FILTERS[choice]).length,
      }),
    })),
    hasRows: report.rows.some(FILTERS[shown]),
    hasAlignments: totals.covered > 0,
    hasLearners: totals.learners > 0,
    rosterAt: report.rosterAt,
  };
}

/** One paragraph that reads by itself: course, framework, population, result, date. */
export function writeSummary(options: {
  report: AttainmentReport;
  words: Words;
  language: string;
}): string {
  const { report, language } = options;
  const { totals } = report;
  const words: Words = (key, values) => options.words(`reports:attainment.text.${key}`, values);
  const sentences = [
    words(totals.covered > 0 ? 'coverage' : 'coverageNone', {
      course: report.course.title,
      framework: report.framework.title,
      covered: totals.covered,
      count: totals.competencies,
      activities: words('activities', { count: totals.activities }),
    }),
    words(report.rosterAt === null ? 'learners' : 'enrolled', {
      count: totals.learners,
      opened: totals.opened,
    }),
  ];
  if (totals.possible > 0) {
    const selfReport =
      totals.achievementsBySelfReport > 0
        ? words('selfReport', { count: totals.achievementsBySelfReport })
        : words('selfReportNone');
    sentences.push(
      words('achievements', {
        count: totals.achievements,
        possible: totals.possible,
        competencies: words('competencies', { count: totals.counted }),
        selfReport: totals.achievements > 0 ? selfReport : '',
      }),
      words('someone', { count: totals.achievedBySomeone }),
    );
  }
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  return [...sentences, words('asOf', { date: date.format(report.asOf) })].join(' ');
}

function buildFacts({ totals, rosterAt }: AttainmentReport, words: Words) {
  const fact = (key: string, value: string, path: string) => ({
    label: words(`reports:attainment.facts.${key}`),
    value,
    path,
  });
  const of = (n: number, m: number) => words('reports:attainment.facts.of', { n, m });
  return [
    rosterAt === null
      ? fact('learners', String(totals.learners), '/reports/learners')
      : fact('enrolled', of(totals.opened, totals.learners), '/reports/learners'),
    fact('covered', of(totals.covered, totals.competencies), '/reports?show=covered#table'),
    fact('attempts', of(totals.attempts, totals.possible), '/reports/learners'),
    fact('achievements', of(totals.achievements, totals.possible), '/reports/learners'),
    fact(
      'selfReport',
      of(totals.achievementsBySelfReport, totals.achievements),
      '/reports/learners',
    ),
  ];
}

/** Widths in hundredths of the bar; the label says the same in numbers. */
function buildBar(group: AttainmentReport['groups'][number], words: Words) {
  const { domain, achievements, achievementsBySelfReport: selfReport, possible } = group;
  const share = (count: number) => Math.round((count / possible) * PERCENT);
  const proven = share(achievements - selfReport);
  return {
    domain,
    proven,
    selfReport: share(achievements) - proven,
    label: words(`reports:attainment.chart.${selfReport > 0 ? 'labelSelfReport' : 'label'}`, {
      n: achievements,
      m: possible,
      selfReport,
    }),
  };
}
