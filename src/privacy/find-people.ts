// People of a deployment by what they are called: for administrators, who answer requests of people.
import { findPeopleCalled, type User } from '../lti/user.model.js';
import { countHeldData } from './held-data.js';

const MOST_FOUND = 20;

/** Whoever is called exactly so and is known in this deployment; the platform's other deployments keep theirs to themselves. */
export async function findPeople(options: {
  platform: string;
  deployment: string;
  text: string;
}): Promise<User[]> {
  const { platform, deployment, text } = options;
  const people = await findPeopleCalled({ platform, text, limit: MOST_FOUND });
  const isHere = await Promise.all(
    people.map(({ _id: user }) => isKnownHere({ deployment, user })),
  );
  return people.filter((_, index) => isHere[index]);
}

/** Whether anything is held of them here. */
export async function isKnownHere(of: { deployment: string; user: string }): Promise<boolean> {
  return Object.keys(await countHeldData(of)).length > 0;
}
