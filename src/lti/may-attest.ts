// Who may vouch for a learner, accept their work or rate it: whoever teaches the course, and teaching assistants where the
// deployment lets them. The one place that decides it; a launch carries the answer (CurrentLaunch.mayAttest). Pure.
import type { Deployment } from './deployment.model.js';
import type { Role } from './roles.js';

export function mayAttest(options: {
  roles: readonly Role[];
  deployment: Pick<Deployment, 'assistantsMayAttest'>;
}): boolean {
  const { roles, deployment } = options;
  if (roles.includes('Instructor')) return true;
  return roles.includes('TeachingAssistant') && deployment.assistantsMayAttest === true;
}
