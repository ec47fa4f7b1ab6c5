// Who may change the completion rules of a course: whoever teaches it, and teaching assistants where the deployment lets them.
// The one place that decides it; a launch carries the answer (CurrentLaunch.mayChangeRules). Pure.
import type { Deployment } from './deployment.model.js';
import type { Role } from './roles.js';

export function mayChangeRules(options: {
  roles: readonly Role[];
  deployment: Pick<Deployment, 'assistantsMayChangeRules'>;
}): boolean {
  const { roles, deployment } = options;
  if (roles.includes('Instructor')) return true;
  return roles.includes('TeachingAssistant') && deployment.assistantsMayChangeRules === true;
}
