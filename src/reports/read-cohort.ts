// The people a course's report counts, and how they are called here. Staff and test users never enter: who is a learner is
// decided from the launch's roles where the membership is written.
import type { Words } from '../http/catalogue.js';
import { listCourseLearners } from '../lti/membership.model.js';
import { personLabel } from '../lti/person-label.js';
import { listUsers } from '../lti/user.model.js';
import type { LabelledLearner } from './learner-tables.js';

const PAGE = 1_000;

/** Ids of all learners of the course. */
export async function readCohort(options: {
  deployment: string;
  course: string;
}): Promise<string[]> {
  const { deployment, course } = options;
  const users: string[] = [];
  for (let after: string | null = ''; after !== null;) {
    const { members, next } = await listCourseLearners({
      deployment,
      course,
      page: { after, limit: PAGE },
    });
    users.push(...members.map(({ user }) => user));
    after = next;
  }
  return users;
}

/** Labels in the order of names, pseudonyms by their code. Without a right to names none is even read. */
export async function labelLearners(options: {
  users: string[];
  names: 'shown' | 'hidden';
  words: Words;
  language: string;
}): Promise<LabelledLearner[]> {
  const { users, names, words, language } = options;
  const known = names === 'shown' ? await listUsers({ ids: users }) : [];
  const nameOf = new Map(known.map(({ _id, name }) => [_id, name]));
  const order = new Intl.Collator(language);
  return users
    .map((user) => ({
      user,
      label: personLabel({ user, name: nameOf.get(user) ?? null, roles: ['Learner'], words }),
    }))
    .sort((a, b) => order.compare(a.label, b.label) || order.compare(a.user, b.user));
}
