// The people of a course that rates count, and how pages call them: those whom the roster lists as active learners, and
// where no roster was read, those who launched. Staff and test users never enter: who is a learner is decided where the
// membership is written.
import type { Words } from '../http/catalogue.js';
import { findCourseRead } from './course-read.model.js';
import { listCourseLearners } from './membership.model.js';
import { personLabel } from './person-label.js';
import { listUsers } from './user.model.js';

const PAGE = 1_000;

export interface LabelledLearner {
  user: string;
  /** "Ana Ruiz" or "Learner 7F3KQ2". */
  label: string;
}

/** Whom the course's rates count. */
export interface Cohort {
  /** Ids of all its learners. */
  users: string[];
  /** How many of them have opened the course here. */
  opened: number;
  /** When the roster was read that says who is enrolled; null where there is none, and those who launched are counted. */
  rosterAt: Date | null;
}

export async function readCohort(options: { deployment: string; course: string }): Promise<Cohort> {
  const { deployment, course } = options;
  const read = await findCourseRead({ kind: 'roster', deployment, course });
  const cohort: Cohort = { users: [], opened: 0, rosterAt: read?.lastReadAt ?? null };
  for (let after: string | null = ''; after !== null;) {
    const { members, next } = await listCourseLearners({
      deployment,
      course,
      page: { after, limit: PAGE },
      rosterAt: cohort.rosterAt,
    });
    cohort.users.push(...members.map(({ user }) => user));
    cohort.opened += members.filter(({ launchCount }) => launchCount > 0).length;
    after = next;
  }
  return cohort;
}

/** Labels in the order of names, pseudonyms by their code. Without a right to names none is even read. */
export async function labelLearners(options: {
  users: string[];
  names: 'shown' | 'hidden';
  words: Words;
  language: string;
}): Promise<LabelledLearner[]> {
  const { users, names, words, language } = options;
  const nameOf = names === 'shown' ? await readNames(users) : new Map<string, string | null>();
  const order = new Intl.Collator(language);
  return users
    .map((user) => ({
      user,
      label: personLabel({ user, name: nameOf.get(user) ?? null, roles: ['Learner'], words }),
    }))
    .sort((a, b) => order.compare(a.label, b.label) || order.compare(a.user, b.user));
}

async function readNames(users: string[]): Promise<Map<string, string | null>> {
  const names = new Map<string, string | null>();
  for (let at = 0; at < users.length; at += PAGE)
    for (const { _id, name } of await listUsers({ ids: users.slice(at, at + PAGE) }))
      names.set(_id, name);
  return names;
}
