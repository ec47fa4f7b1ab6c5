// What a rule would change if it were saved now: the same computation as the projection's, once with the rules as they are
// and once with this one, on the same evidence. Writes nothing. Bounded: the first people in order of their id.
import type { Attainment } from './attainment-row.model.js';
import { listItemsInScope } from './attainment.model.js';
import type { CompletionRule, RuleHistory } from './completion-rule.js';
import { INSTANCE_RULES } from './completion-rule.model.js';
import { computePerson, readPeopleInputs, withRules, type PeopleInputs } from './compute-people.js';
import { listDeploymentsWithEvidence, listPeopleWithEvidence } from './evidence.model.js';
import type { AttainmentScope } from './plan-attainment.js';
import { readRule, type RulePlace } from './set-rule.js';

const PEOPLE_AT_ONCE = 100;
const MOST_PEOPLE = 1_000;

/** One learner in one competency and one scope whose status would be another. */
export interface SimulatedChange {
  before: Attainment;
  after: Attainment;
}

export interface Simulation {
  /** People looked at. */
  people: number;
  /** False where there are more people than were looked at. */
  isComplete: boolean;
  changes: SimulatedChange[];
}

/** `rule` null asks what the wider rule would change. Of a course only `cohort` is looked at: those whom its rates count. */
export async function simulateRule(options: {
  place: RulePlace;
  rule: CompletionRule | null;
  by: string;
  cohort: readonly string[] | null;
  now: Date;
}): Promise<Simulation> {
  const { place, cohort } = options;
  const { all } = await readRule({ place });
  const simulation: Simulation = { people: 0, isComplete: true, changes: [] };
  const deployments =
    place.deployment === INSTANCE_RULES ? await listDeploymentsWithEvidence() : [place.deployment];
  for (const deployment of deployments) {
    for (let after: string | null = null; ;) {
      if (simulation.people >= MOST_PEOPLE) return { ...simulation, isComplete: false };
      const page: string[] = await listPeopleWithEvidence({
        deployment,
        ...(place.course !== null && { course: place.course }),
        after,
        limit: PEOPLE_AT_ONCE,
      });
      const users = cohort === null ? page : page.filter((user) => cohort.includes(user));
      const found = await simulatePeople({ ...options, deployment, users, all });
      simulation.people += users.length;
      simulation.changes.push(...found);
      after = page.at(-1) ?? null;
      if (page.length < PEOPLE_AT_ONCE) break;
    }
  }
  return simulation;
}

async function simulatePeople(options: {
  place: RulePlace;
  rule: CompletionRule | null;
  by: string;
  now: Date;
  deployment: string;
  users: string[];
  all: readonly RuleHistory[];
}): Promise<SimulatedChange[]> {
  const { place, deployment, users } = options;
  const { framework, item, course } = place;
  const scope: AttainmentScope =
    course === null ? { kind: 'framework', id: framework } : { kind: 'course', id: course };
  const items = item === null ? await listItemsInScope({ deployment, scope }) : [item];
  if (users.length === 0 || items.length === 0) return [];
  const only = course === null ? {} : { course };
  const inputs = await readPeopleInputs({ deployment, users, framework, items, ...only });
  return compare({ ...options, inputs });
}

/** Pure. */
function compare(options: {
  place: RulePlace;
  rule: CompletionRule | null;
  by: string;
  now: Date;
  users: string[];
  inputs: PeopleInputs;
}): SimulatedChange[] {
  const { users, inputs } = options;
  const { rules, now } = imagine({ ...options, rules: inputs.rules });
  const imagined = withRules(inputs, rules);
  return users.flatMap((user) => {
    const before = computePerson({ inputs, user, now });
    const after = computePerson({ inputs: imagined, user, now });
    return after.flatMap((one, index) => {
      const other = before[index];
      return other && other.status !== one.status ? [{ before: other, after: one }] : [];
    });
  });
}

/** The histories with one more revision in this place, in force at the time that comes back. Pure. */
function imagine(options: {
  place: RulePlace;
  rule: CompletionRule | null;
  by: string;
  now: Date;
  rules: readonly RuleHistory[];
}): { rules: RuleHistory[]; now: Date } {
  const { place, rule, by, rules } = options;
  const { framework, item, course } = place;
  const isHere = (one: RuleHistory) => one.item === item && one.course === course;
  const history = rules.find(isHere)?.history ?? [];
  const last = history.at(-1);
  const at = new Date(Math.max(options.now.getTime(), (last?.at.getTime() ?? 0) + 1));
  const revision = { revision: (last?.revision ?? 0) + 1, at, by, rule };
  const own: RuleHistory = { framework, item, course, history: [...history, revision] };
  return { rules: [...rules.filter((one) => !isHere(one)), own], now: at };
}
