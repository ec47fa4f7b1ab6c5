// Reads what the pages about one person show. Within one deployment; a person of the platform who was never in it is a stranger
// here, whatever is known of them elsewhere.
import { findDeployment } from '../lti/deployment.model.js';
import { listMembershipsOf } from '../lti/membership.model.js';
import { findUser, listUsers, type User } from '../lti/user.model.js';
import { listAccessesAbout, type AccessLogEntry } from '../reports/access-log.model.js';
import type { Deployment } from '../lti/deployment.model.js';
import { countHeldData } from './held-data.js';
import { findRetention, type Retention } from './retention.model.js';

const SHOWN_LOOKS = 100;

export interface HeldPage {
  counts: Record<string, number>;
  person: User | null;
  deployment: Pick<Deployment, 'reviewersWithNames'>;
  looks: AccessLogEntry[];
  /** Who looked, as far as they are known. */
  lookers: User[];
  /** How long the deployment keeps what is held. */
  retention: Retention;
  /** Courses whose roster lists the person. */
  listedIn: number;
}

/** Null where nothing is held of the person here. */
export async function readHeldPage(of: {
  deployment: string;
  user: string;
}): Promise<HeldPage | null> {
  const { user } = of;
  const counts = await countHeldData(of);
  if (Object.keys(counts).length === 0) return null;
  const [person, deployment, memberships, retention] = await Promise.all([
    findUser({ user }),
    findDeployment({ deployment: of.deployment }),
    listMembershipsOf(of),
    findRetention({ deployment: of.deployment }),
  ]);
  const courses = memberships.map(({ course }) => course);
  const looks = await listAccessesAbout({ ...of, courses, limit: SHOWN_LOOKS });
  const lookers = await listUsers({ ids: [...new Set(looks.map((look) => look.user))] });
  return {
    counts,
    person,
    deployment: deployment ?? { reviewersWithNames: [] },
    looks,
    lookers,
    retention,
    listedIn: memberships.filter(({ listed }) => listed === true).length,
  };
}
