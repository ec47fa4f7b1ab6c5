// What a tried rule would change, in words: for a course who and why, for a framework how many in each course. Pure.
import type { LabelledLearner } from '../lti/read-cohort.js';
import type { Words } from '../http/catalogue.js';
import type { Attainment } from './attainment-row.model.js';
import { groupBy } from './group-by.js';
import { describeProgress } from './progress-words.js';
import type { Simulation } from './simulate-rule.js';

const MOST_ROWS = 200;

export interface SimulationView {
  summary: string;
  /** Where not everybody was looked at. */
  bound: string | null;
  rows: { who: string; competency: string; before: string; after: string }[];
  /** Where there are more rows than are shown. */
  more: string | null;
  courses: { title: string; count: number }[];
}

export function buildSimulationView(options: {
  simulation: Simulation;
  /** Of a course; null where people are not named. */
  learners: readonly LabelledLearner[] | null;
  competencies: ReadonlyMap<string, { fullStatement: string }>;
  /** Titles of courses by id. */
  courses: ReadonlyMap<string, string>;
  words: Words;
  language: string;
}): SimulationView {
  const { simulation, learners, competencies, courses, words, language } = options;
  const { changes, people, isComplete } = simulation;
  const gained = changes.filter(({ after }) => after.status === 'achieved').length;
  const say = (one: Attainment) =>
    describeProgress({ progress: { ...one, beingCounted: 0 }, words, language });
  const labels = new Map(learners?.map(({ user, label }) => [user, label]));
  const rows = [...labels].flatMap(([user, who]) =>
    changes
      .filter(({ after }) => after.user === user)
      .map(({ before, after }) => ({
        who,
        competency: competencies.get(after.item)?.fullStatement ?? after.item,
        before: say(before),
        after: say(after),
      })),
  );
  const key = changes.length === 0 ? 'none' : 'some';
  return {
    summary: words(`attainment:rules.try.${key}`, {
      people,
      count: changes.length,
      gained,
    }),
    bound: isComplete ? null : words('attainment:rules.try.bound', { count: people }),
    rows: rows.slice(0, MOST_ROWS),
    more:
      rows.length > MOST_ROWS ? words('attainment:rules.try.more', { count: rows.length }) : null,
    courses:
      learners === null
        ? [...groupBy(changes, ({ after }) => after.scope.id)].map(([id, list]) => ({
            title: courses.get(id) ?? words('attainment:rules.try.framework'),
            count: list.length,
          }))
        : [],
  };
}
