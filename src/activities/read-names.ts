// Names of people by our ids, as far as the platform shares them.
import { listUsers } from '../lti/user.model.js';

/** One query; none for nobody. Whoever has no name is left out. */
export async function readNames(ids: Iterable<string>): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const users = await listUsers({ ids: wanted });
  return new Map(users.flatMap(({ _id, name }) => (name === null ? [] : [[_id, name]])));
}
