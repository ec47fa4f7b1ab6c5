// The rights of named persons of a deployment, as rows for its administrator: who may what, until when, given by whom, and what
// became of those that hold no longer.
import { ERASED } from '../db/models.js';
import type { Words } from '../http/catalogue.js';
import { listFrameworks } from '../frameworks/cf-document.model.js';
import {
  frameworkObject,
  listGrants,
  type Grant,
  type GrantChange,
  type GrantObject,
} from '../lti/grant.model.js';
import { isInTime } from '../lti/granted-rights.js';
import { personLabel } from '../lti/person-label.js';
import { listUsers } from '../lti/user.model.js';

export interface GrantRow extends Pick<Grant, 'user' | 'kind' | 'object' | 'until'> {
  label: string;
  what: string;
  names: string;
  state: 'standing' | 'expired' | 'ended';
  /** Newest first: what was done, when and by whom. */
  changes: { at: Date; text: string }[];
}

/** Last changed first. */
export async function readGrantRows(options: {
  deployment: string;
  /** Only those of one person. */
  user?: string;
  words: Words;
  now: Date;
}): Promise<GrantRow[]> {
  const { words, now, ...of } = options;
  const grants = await listGrants(of);
  const people = grants.flatMap(({ user, changes }) => [user, ...changes.map(({ by }) => by)]);
  const [users, frameworks] = await Promise.all([
    listUsers({ ids: [...new Set(people)] }),
    listFrameworks({ viewer: { deployment: of.deployment } }),
  ]);
  const nameOf = new Map(users.map(({ _id, name }) => [_id, name]));
  const titleOf = new Map<GrantObject, string>(
    frameworks.map(({ id, title }) => [frameworkObject(id), title]),
  );
  const labelOf = (user: string) =>
    user === ERASED
      ? words('grants:by.gone')
      : personLabel({ user, name: nameOf.get(user) ?? null, roles: [], words });
  return grants.map((grant) => {
    const { user, kind, object, names, until } = grant;
    return {
      user,
      kind,
      object,
      until,
      label: labelOf(user),
      what: describeObject({ grant, titleOf, words }),
      names: words(kind === 'editor' ? 'grants:sees.nobody' : `grants:sees.${names}`),
      state: stateOf(grant, now),
      changes: grant.changes
        .map(({ at, what, by }: GrantChange) => ({
          at,
          text: words(`grants:by.${what}`, { name: labelOf(by) }),
        }))
        .reverse(),
    };
  });
}

function describeObject(of: {
  grant: Pick<Grant, 'kind' | 'object'>;
  titleOf: ReadonlyMap<GrantObject, string>;
  words: Words;
}): string {
  const { grant, titleOf, words } = of;
  if (grant.kind === 'reviewer') return words('grants:what.reviewer');
  if (grant.object === 'library') return words('grants:what.library');
  const title = titleOf.get(grant.object) ?? words('grants:what.gone');
  return words('grants:what.framework', { title });
}

function stateOf(grant: Pick<Grant, 'endedAt' | 'until'>, now: Date): GrantRow['state'] {
  if (grant.endedAt !== null) return 'ended';
  return isInTime(grant, now) ? 'standing' : 'expired';
}
