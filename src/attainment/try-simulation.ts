// Tries a rule for whoever is about to save it: of a course its learners by name, where names may be read, of a framework
// numbers by course alone.
import type { Words } from '../http/catalogue.js';
import { listCoursesById } from '../lti/course.model.js';
import { labelLearners, readCohort } from '../lti/read-cohort.js';
import type { CompletionRule } from './completion-rule.js';
import { groupBy } from './group-by.js';
import type { RulePlace } from './set-rule.js';
import { simulateRule, type Simulation } from './simulate-rule.js';
import { buildSimulationView, type SimulationView } from './simulation-view.js';

export async function trySimulation(options: {
  place: RulePlace;
  rule: CompletionRule;
  by: string;
  now: Date;
  competencies: ReadonlyMap<string, { fullStatement: string }>;
  names: 'shown' | 'hidden';
  words: Words;
  language: string;
}): Promise<SimulationView> {
  const { place, names, words, language } = options;
  const { deployment, course } = place;
  const cohort = course === null ? null : (await readCohort({ deployment, course })).users;
  const simulation = await simulateRule({ ...options, cohort });
  if (course === null)
    return buildSimulationView({
      ...options,
      simulation,
      learners: null,
      courses: await readTitles(simulation),
    });
  const users = [...new Set(simulation.changes.map(({ after }) => after.user))];
  const learners = await labelLearners({ users, names, words, language });
  return buildSimulationView({ ...options, simulation, learners, courses: new Map() });
}

async function readTitles({ changes }: Simulation): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  const ofCourses = changes.filter(({ after }) => after.scope.kind === 'course');
  for (const [deployment, group] of groupBy(ofCourses, ({ after }) => after.deployment)) {
    const courses = [...new Set(group.map(({ after }) => after.scope.id))];
    for (const { _id, title, label } of await listCoursesById({ deployment, courses }))
      titles.set(_id, title ?? label ?? _id);
  }
  return titles;
}
