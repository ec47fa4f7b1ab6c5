// The reviewers of a deployment, for the administrator who decides which of them may see names.
import type { Words } from '../http/catalogue.js';
import type { Deployment } from '../lti/deployment.model.js';
import { listDeploymentMembers } from '../lti/membership.model.js';
import { personLabel } from '../lti/person-label.js';
import { listUsers } from '../lti/user.model.js';

const MOST_REVIEWERS = 1_000;

export interface Reviewer {
  user: string;
  label: string;
  seesNames: boolean;
}

/** Whoever launched as a reviewer, and whoever is entitled already. */
export async function listReviewers(options: {
  deployment: Deployment;
  words: Words;
}): Promise<Reviewer[]> {
  const { deployment, words } = options;
  const { _id, reviewersWithNames } = deployment;
  const found = await listDeploymentMembers({
    deployment: _id,
    role: 'Reviewer',
    limit: MOST_REVIEWERS,
  });
  const ids = [...new Set([...found, ...reviewersWithNames])];
  const users = await listUsers({ ids });
  const nameOf = new Map(users.map((user) => [user._id, user.name]));
  return ids
    .map((user) => ({
      user,
      label: personLabel({ user, name: nameOf.get(user) ?? null, roles: ['Reviewer'], words }),
      seesNames: reviewersWithNames.includes(user),
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
