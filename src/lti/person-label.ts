// How pages name a person (pure): by the shared name, or without one by role and code, as in "Learner 7F3KQ2".
import type { Words } from '../http/catalogue.js';
import { personCode } from './record-ids.js';
import type { Role } from './roles.js';

/** Most telling role first. */
const SHOWN_ROLES: Role[] = [
  'Administrator',
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Reviewer',
  'Learner',
  'Editor',
];

/** Give `name: null` to whoever may not read names. */
export function personLabel(options: {
  user: string;
  name: string | null;
  roles: Role[];
  words: Words;
}): string {
  const { user, name, roles, words } = options;
  if (name !== null) return name;
  return words(`lti:person.${shownRole(roles) ?? 'none'}`, { code: personCode(user) });
}

/** The role a person is shown with, or null for a guest. */
export function shownRole(roles: Role[]): Role | null {
  return SHOWN_ROLES.find((role) => roles.includes(role)) ?? null;
}
