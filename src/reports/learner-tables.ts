// Tables of people: the learners of a course with their counts, those of one competency, and the record of one learner.
// Pure; who may be named is decided before, the labels come in.
import type { LabelledLearner } from '../lti/read-cohort.js';
import {
  isInFilter,
  readStanding,
  type AttainmentFacts,
  type Standing,
  type StatusFilter,
} from './learner-status.js';

export interface LearnerCounts {
  attempted: number;
  achieved: number;
  selfReport: number;
}

export type ItemTableRow = LabelledLearner & Standing;

/** The cohort in one competency, narrowed to a status; counts are of the whole cohort. */
export function buildItemTable(options: {
  learners: LabelledLearner[];
  attainments: AttainmentFacts[];
  filter: StatusFilter;
}): { rows: ItemTableRow[]; learners: number; counts: LearnerCounts } {
  const { learners, attainments, filter } = options;
  const byUser = new Map(attainments.map((attainment) => [attainment.user, attainment]));
  const all = learners.map(({ user, label }) => ({
    user,
    label,
    ...readStanding(byUser.get(user)),
  }));
  return {
    rows: all.filter((row) => isInFilter(row.status, filter)),
    learners: learners.length,
    counts: countStandings(all),
  };
}

export type LearnersTableRow = LabelledLearner & LearnerCounts;

/** One row a learner; the sums are what the course's report counts. */
export function buildLearnersTable(options: {
  learners: LabelledLearner[];
  attainments: AttainmentFacts[];
}): { rows: LearnersTableRow[]; total: LearnerCounts } {
  const byUser = groupByUser(options.attainments);
  const rows = options.learners.map((learner) => ({
    ...learner,
    ...countStandings((byUser.get(learner.user) ?? []).map((one) => readStanding(one))),
  }));
  const sum = (key: keyof LearnerCounts) => rows.reduce((total, row) => total + row[key], 0);
  return {
    rows,
    total: {
      attempted: sum('attempted'),
      achieved: sum('achieved'),
      selfReport: sum('selfReport'),
    },
  };
}

export interface RecordRow extends Standing {
  item: string;
  statement: string;
  domain: string;
}

/** Competencies with anything of one learner in them, in the order of `competencies`. */
export function buildLearnerRecord(options: {
  competencies: { identifier: string; fullStatement: string; path: string[] }[];
  attainments: AttainmentFacts[];
}): { rows: RecordRow[]; counts: LearnerCounts } {
  const byItem = new Map(options.attainments.map((attainment) => [attainment.item, attainment]));
  const rows = options.competencies.flatMap(({ identifier, fullStatement, path }) => {
    const standing = readStanding(byItem.get(identifier));
    if (standing.status === 'open') return [];
    return [{ item: identifier, statement: fullStatement, domain: path[0] ?? '', ...standing }];
  });
  return { rows, counts: countStandings(rows) };
}

function countStandings(standings: Pick<Standing, 'status'>[]): LearnerCounts {
  const count = (filter: StatusFilter) =>
    standings.filter(({ status }) => isInFilter(status, filter)).length;
  return {
    attempted: count('attempted'),
    achieved: count('achieved'),
    selfReport: count('self-report'),
  };
}

function groupByUser(attainments: AttainmentFacts[]): Map<string, AttainmentFacts[]> {
  const groups = new Map<string, AttainmentFacts[]>();
  for (const attainment of attainments) {
    const group = groups.get(attainment.user);
    if (group) group.push(attainment);
    else groups.set(attainment.user, [attainment]);
  }
  return groups;
}
