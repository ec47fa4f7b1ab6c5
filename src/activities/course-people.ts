// Who is in a course, by role, and the list of them with when each was last seen. Pure.
import type { Words } from '../http/catalogue.js';
import type { MemberCount, Membership } from '../lti/membership.model.js';
import { personLabel, shownRole } from '../lti/person-label.js';
import type { Role } from '../lti/roles.js';

const ORDER: (Role | 'none')[] = [
  'Learner',
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Reviewer',
  'Administrator',
  'none',
];

/** "31 students (24 have opened Crosswalk), 2 instructors"; null where nobody is known. */
export function describePeople(options: {
  counts: readonly MemberCount[];
  language: string;
  words: Words;
}): string | null {
  const { counts, language, words } = options;
  const here = counts.filter(({ hasLeft }) => !hasLeft);
  const parts = ORDER.flatMap((role) => {
    const group = here.filter((one) => !isTest(one) && (shownRole(one.roles) ?? 'none') === role);
    const [count, opened] = [sumOf(group, 'count'), sumOf(group, 'opened')];
    if (count === 0) return [];
    const words1 = words(`align:people.roles.${role}`, { count });
    return role === 'Learner'
      ? [words('align:people.opened', { people: words1, count: opened })]
      : [words1];
  });
  const tests = sumOf(here.filter(isTest), 'count');
  if (tests > 0) parts.push(words('align:people.roles.test', { count: tests }));
  if (parts.length === 0) return null;
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(parts);
}

export interface PersonRow {
  label: string;
  role: string;
  lastLaunchAt: Date | null;
  hasLeft: boolean;
}

/** Students first, each role in the order of names. */
export function buildPeopleRows(options: {
  members: readonly Membership[];
  /** By user id, as far as the platform shares them. */
  names: ReadonlyMap<string, string>;
  language: string;
  words: Words;
}): PersonRow[] {
  const { members, names, language, words } = options;
  const collator = new Intl.Collator(language);
  const rankOf = ({ roles }: Membership) => ORDER.indexOf(shownRole(roles) ?? 'none');
  return members
    .map((member) => {
      const { user, roles, lastLaunchAt, listed } = member;
      const role = isTest(member) ? 'align:people.testStudent' : roleKey(roles);
      const label = personLabel({ user, name: names.get(user) ?? null, roles, words });
      return {
        rank: rankOf(member),
        row: { label, role: words(role), lastLaunchAt, hasLeft: listed === false },
      };
    })
    .sort((a, b) => a.rank - b.rank || collator.compare(a.row.label, b.row.label))
    .map(({ row }) => row);
}

function roleKey(roles: Role[]): string {
  return `page:roles.${shownRole(roles) ?? 'none'}`;
}

/** A learner who counts nowhere is the platform's own. */
function isTest({
  roles,
  countsAsLearner,
}: Pick<Membership, 'roles' | 'countsAsLearner'>): boolean {
  return !countsAsLearner && shownRole(roles) === 'Learner';
}

function sumOf(counts: readonly MemberCount[], name: 'count' | 'opened'): number {
  return counts.reduce((sum, one) => sum + one[name], 0);
}
