// Competencies x cohort: for each competency which activities cover it, how many of the cohort attempted and achieved it,
// and how many of those by self-report alone. Pure: the numbers come from one aggregation over attainments, never from
// statements. Every count stands beside its denominator, the learners of the cohort.
import type { Stage } from '../activities/alignment.model.js';

export interface CoveringActivity {
  activity: string;
  title: string;
  stage: Stage;
}

export interface AttainmentReportRow {
  item: string;
  statement: string;
  code: string | null;
  domain: string;
  subdomain: string | null;
  activities: CoveringActivity[];
  learners: number;
  attempted: number;
  achieved: number;
  achievedBySelfReport: number;
}

export interface AttainmentTotals {
  competencies: number;
  covered: number;
  /** Competencies that nobody can have met in this course: neither covered nor attempted. */
  untouched: number;
  activities: number;
  learners: number;
  /** Those of the learners who have opened the course here. */
  opened: number;
  /** Competencies achieved by at least one learner. */
  achievedBySomeone: number;
  /** Pairs of a learner and a competency of `counted`, and how many there could be. */
  achievements: number;
  achievementsBySelfReport: number;
  attempts: number;
  possible: number;
  /** Competencies that are covered or were attempted: what `possible` multiplies with the learners. */
  counted: number;
}

export interface ReportGroup {
  domain: string;
  counted: number;
  attempts: number;
  achievements: number;
  achievementsBySelfReport: number;
  possible: number;
  subdomains: { subdomain: string | null; rows: AttainmentReportRow[] }[];
}

export interface AttainmentReport {
  course: { id: string; title: string };
  framework: { id: string; title: string };
  rows: AttainmentReportRow[];
  groups: ReportGroup[];
  totals: AttainmentTotals;
  /** When the roster was read that says who is enrolled; null where the learners are those who launched. */
  rosterAt: Date | null;
  asOf: Date;
}

export interface ReportCompetency {
  identifier: string;
  fullStatement: string;
  humanCodingScheme: string | null;
  /** Titles from the top down, without the competency itself. */
  path: string[];
}

export interface ItemCount {
  item: string;
  attempted: number;
  achieved: number;
  achievedBySelfReport: number;
}

/** The whole report of one course and framework; competencies stay in reading order. */
export function buildAttainmentReport(options: {
  course: { id: string; title: string };
  framework: { id: string; title: string };
  competencies: ReportCompetency[];
  /** Coverage by item identifier. */
  coverage: Map<string, CoveringActivity[]>;
  counts: ItemCount[];
  learners: number;
  opened: number;
  rosterAt: Date | null;
  asOf: Date;
}): AttainmentReport {
  const { course, framework, competencies, coverage, learners, opened, rosterAt, asOf } = options;
  const counts = new Map(options.counts.map((count) => [count.item, count]));
  const rows = competencies.map((competency): AttainmentReportRow => {
    const count = counts.get(competency.identifier);
    return {
      item: competency.identifier,
      statement: competency.fullStatement,
      code: competency.humanCodingScheme,
      domain: competency.path[0] ?? '',
      subdomain: competency.path[1] ?? null,
      activities: coverage.get(competency.identifier) ?? [],
      learners,
      attempted: count?.attempted ?? 0,
      achieved: count?.achieved ?? 0,
      achievedBySelfReport: count?.achievedBySelfReport ?? 0,
    };
  });
  return {
    course,
    framework,
    rows,
    groups: groupRows(rows),
    totals: { ...totalRows(rows, learners), opened },
    rosterAt,
    asOf,
  };
}

/** True for a competency that an activity covers or a learner attempted: only these enter rates. */
export function isCounted(row: AttainmentReportRow): boolean {
  return row.activities.length > 0 || row.attempted > 0;
}

/** The report with only the rows that hold for `keep`; totals still speak of the whole. */
export function narrowReport(
  report: AttainmentReport,
  keep: (row: AttainmentReportRow) => boolean,
): AttainmentReport {
  const rows = report.rows.filter(keep);
  return { ...report, rows, groups: groupRows(rows) };
}

function totalRows(
  rows: AttainmentReportRow[],
  learners: number,
): Omit<AttainmentTotals, 'opened'> {
  const counted = rows.filter(isCounted);
  const activities = new Set(rows.flatMap((row) => row.activities.map(({ activity }) => activity)));
  return {
    competencies: rows.length,
    covered: rows.filter((row) => row.activities.length > 0).length,
    untouched: rows.length - counted.length,
    activities: activities.size,
    learners,
    achievedBySomeone: rows.filter((row) => row.achieved > 0).length,
    ...sumPairs(counted, learners),
  };
}

function sumPairs(counted: AttainmentReportRow[], learners: number) {
  return {
    attempts: sum(counted.map((row) => row.attempted)),
    achievements: sum(counted.map((row) => row.achieved)),
    achievementsBySelfReport: sum(counted.map((row) => row.achievedBySelfReport)),
    possible: counted.length * learners,
    counted: counted.length,
  };
}

/** Domains in reading order; a domain whose heading comes twice is one group. */
function groupRows(rows: AttainmentReportRow[]): ReportGroup[] {
  const domains = new Map<string, Map<string | null, AttainmentReportRow[]>>();
  for (const row of rows) {
    const subdomains = domains.get(row.domain) ?? new Map<string | null, AttainmentReportRow[]>();
    domains.set(row.domain, subdomains);
    subdomains.set(row.subdomain, [...(subdomains.get(row.subdomain) ?? []), row]);
  }
  return [...domains].map(([domain, subdomains]) => {
    const all = [...subdomains.values()].flat();
    return {
      domain,
      ...sumPairs(all.filter(isCounted), all[0]?.learners ?? 0),
      subdomains: [...subdomains].map(([subdomain, inside]) => ({ subdomain, rows: inside })),
    };
  });
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
