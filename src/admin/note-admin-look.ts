// Notes which people a page of the administration showed, in the log of each deployment they belong to.
import type { Request } from 'express';
import { getCurrentLaunch } from '../lti/current-launch.js';
import { isOperator, OPERATOR } from '../lti/current-operator.js';
import type { NoteLook } from '../lti/note-look.js';

/** Once a page view and deployment; nothing where nobody but the looker stood there. */
export async function noteAdminLook(
  req: Request,
  options: {
    noteLook: NoteLook;
    subject: Parameters<NoteLook>[0]['subject'];
    names: 'shown' | 'hidden';
    shown: readonly { deployment: string | null; user: string | null }[];
    now: Date;
  },
): Promise<void> {
  const { noteLook, subject, names, shown, now } = options;
  const { user, roles } = isOperator(req) ? { user: OPERATOR, roles: [] } : getCurrentLaunch(req);
  const peopleOf = new Map<string, string[]>();
  for (const { deployment, user: person } of shown) {
    if (deployment === null || person === null || person === user) continue;
    peopleOf.set(deployment, [...(peopleOf.get(deployment) ?? []), person]);
  }
  for (const [deployment, people] of peopleOf)
    await noteLook({ deployment, course: null, user, roles, subject, people, names, at: now });
}
