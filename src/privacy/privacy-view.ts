// What the privacy pages show of a person: the kinds of records in words, who may see them here, and who has looked. Pure.
import type { Words } from '../http/catalogue.js';
import type { User } from '../lti/user.model.js';
import { personLabel, shownRole } from '../lti/person-label.js';
import type { Role } from '../lti/roles.js';
import { ROLES } from '../lti/roles.js';
import { ERASED } from '../db/models.js';
import type { AccessLogEntry } from '../reports/access-log.model.js';
import { groupHeldData } from './held-data.js';

const OPERATOR = 'operator';

export interface KindView {
  title: string;
  text: string;
}

export function describeKinds(counts: Record<string, number>, words: Words): KindView[] {
  return groupHeldData(counts).map(({ kind, count }) => ({
    title: words(`privacy:kinds.${kind}`, { count }),
    text: words(`privacy:kindTexts.${kind}`),
  }));
}

/** One sentence for each sort of people, in this deployment as it is set up now. */
export function describeViewers(
  { reviewersWithNames: count }: { reviewersWithNames: number },
  words: Words,
): string[] {
  return [
    words('privacy:who.self'),
    words('privacy:who.teachers'),
    words('privacy:who.administrators'),
    count === 0 ? words('privacy:who.reviewers_zero') : words('privacy:who.reviewers', { count }),
    words('privacy:who.operator'),
    words('privacy:who.never'),
  ];
}

export interface LookView {
  at: Date;
  who: string;
  role: string | null;
  what: string;
}

/** `people` are those of the lookers that are known. */
export function describeLooks(options: {
  looks: readonly AccessLogEntry[];
  people: readonly User[];
  words: Words;
}): LookView[] {
  const { looks, people, words } = options;
  const nameOf = new Map(people.map(({ _id, name }) => [_id, name]));
  return looks.map(({ at, user, roles, action, subject }) => {
    const known = ROLES.filter((role) => roles.includes(role));
    const role = shownRole(known);
    return {
      at,
      who: labelOf({ user, name: nameOf.get(user) ?? null, roles: known, words }),
      role: role === null ? null : words(`page:roles.${role}`),
      what: words(`privacy:looks.actions.${action}`, {
        subject: words(`privacy:looks.subjects.${subject}`),
      }),
    };
  });
}

function labelOf(of: { user: string; name: string | null; roles: Role[]; words: Words }): string {
  const { user, words } = of;
  if (user === OPERATOR) return words('privacy:looks.operator');
  return user === ERASED ? words('privacy:looks.gone') : personLabel(of);
}
