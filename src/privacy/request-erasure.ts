// Asks for everything that a deployment holds of a person to be erased. The request is the fact; the job `erase-people` and the
// command `person erase` carry it out.
import { AppError } from '../http/errors.js';
import { insertErasure, type Erasure } from './erasure.model.js';
import { countHeldData } from './held-data.js';

/** Repeatable: while an erasure waits, it stands. Throws `privacy.nothing-held` (404) where there is nothing to erase. */
export async function requestErasure(options: {
  deployment: string;
  user: string;
  by: string;
  now: Date;
}): Promise<Erasure> {
  const { deployment, user, by, now } = options;
  const held = await countHeldData({ deployment, user });
  if (Object.keys(held).length === 0) throw new AppError('privacy.nothing-held', { status: 404 });
  return insertErasure({ deployment, user, course: null, reason: 'request', by, now });
}
