// Ending sessions by an administrator's word: one, all of a person, or all of a deployment. What is revoked opens nothing from
// the next request on; people come back by launching again.
import { endDeploymentSessions } from './deployment.model.js';
import { removeLaunches } from './open-sessions.model.js';
import { deleteSession } from './session.model.js';

/** Whose launches may be ended: an administrator's deployment, or any (null). */
type Border = string | null;

/** Inside a border only what it holds of that session; without one the whole session, an operator's too. */
export async function revokeSession(options: { session: string; border: Border }): Promise<void> {
  const { session, border } = options;
  if (border === null) await deleteSession({ session });
  else await removeLaunches({ session, deployment: border });
}

/** In every browser. Returns how many sessions that were. */
export async function revokePerson(options: { user: string; border: Border }): Promise<number> {
  const { user, border } = options;
  return removeLaunches({ user, ...(border === null ? {} : { deployment: border }) });
}

/** Also of launches that are on their way in another process. Returns how many sessions that were. */
export async function revokeDeployment(options: { deployment: string }): Promise<number> {
  await endDeploymentSessions(options);
  return removeLaunches(options);
}
