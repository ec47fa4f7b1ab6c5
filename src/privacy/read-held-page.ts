// Reads what the pages about one person show. Within one deployment; a person of the platform who was never in it is a stranger
// here, whatever is known of them elsewhere.
import { findDeployment } from '../lti/deployment.model.js';
import { readStandingGrants } from '../lti/grant.model.js';
import { isInTime } from '../lti/granted-rights.js';
import { listMembershipsOf } from '../lti/membership.model.js';
import { findUser, listUsers, type User } from '../lti/user.model.js';
import { listAccessesAbout, type AccessLogEntry } from '../reports/access-log.model.js';
import { countHeldData } from './held-data.js';
import { findRetention, type Retention } from './retention.model.js';

const SHOWN_LOOKS = 100;

export interface HeldPage {
  counts: Record<string, number>;
  person: User | null;
  /** How many people review here with names. */
  reviewersWithNames: number;
  looks: AccessLogEntry[];
  /** Who looked, as far as they are known. */
  lookers: User[];
  /** How long the deployment keeps what is held. */
  retention: Retention;
  /** Courses whose roster lists the person. */
  listedIn: number;
}

/** Null where nothing is held of the person here. */
export async function readHeldPage(options: {
  deployment: string;
  user: string;
  now: Date;
}): Promise<HeldPage | null> {
  const { now, ...of } = options;
  const { user } = of;
  const counts = await countHeldData(of);
  if (Object.keys(counts).length === 0) return null;
  const [person, deployment, grants, memberships, retention] = await Promise.all([
    findUser({ user }),
    findDeployment({ deployment: of.deployment }),
    readStandingGrants({ deployment: of.deployment }),
    listMembershipsOf(of),
    findRetention({ deployment: of.deployment }),
  ]);
  const named = grants.filter((grant) => grant.names === 'shown' && isInTime(grant, now));
  const entitled = [...(deployment?.reviewersWithNames ?? []), ...named.map((one) => one.user)];
  const courses = memberships.map(({ course }) => course);
  const looks = await listAccessesAbout({ ...of, courses, limit: SHOWN_LOOKS });
  const lookers = await listUsers({ ids: [...new Set(looks.map((look) => look.user))] });
  return {
    counts,
    person,
    reviewersWithNames: new Set(entitled).size,
    looks,
    lookers,
    retention,
    listedIn: memberships.filter(({ listed }) => listed === true).length,
  };
}
