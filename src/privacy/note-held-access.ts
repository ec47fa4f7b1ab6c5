// Notes that somebody saw, or took out, all that is held about another person. One's own is nobody else's business.
import type { CurrentLaunch } from '../lti/current-launch.js';
import { insertAccess } from '../reports/access-log.model.js';

/** Written before the answer is sent: what cannot be noted is not shown. */
export async function noteHeldAccess(options: {
  launch: Pick<CurrentLaunch, 'deployment' | 'user' | 'roles' | 'course'>;
  user: string;
  action: 'look' | 'export';
  now: Date;
}): Promise<void> {
  const { launch, user, action, now } = options;
  if (launch.user === user) return;
  await insertAccess({
    deployment: launch.deployment,
    course: launch.course,
    user: launch.user,
    roles: launch.roles,
    action,
    subject: 'held',
    subjectId: user,
    names: 'shown',
    format: action === 'export' ? 'file' : 'page',
    at: now,
  });
}
