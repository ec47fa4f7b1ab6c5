// Who is signed in now, one row a person and session: launches that a pause ended are left out, for they open nothing.
import { listDeployments } from './deployment.model.js';
import { listOpenSessions, type LaunchChoice } from './open-sessions.model.js';
import { listPlatforms } from './platform.model.js';
import { readRoles, type Role } from './roles.js';
import { isStanding } from './session-epoch.js';

const MOST_LISTED = 1_000;

export interface SessionRow {
  session: string;
  /** Null for the operator, who launched from nowhere. */
  user: string | null;
  userName: string | null;
  roles: Role[];
  deployment: string | null;
  /** What the platform calls the deployment, by account name or its own id. */
  deploymentName: string | null;
  courses: { id: string; title: string | null }[];
  since: Date;
  lastSeenAt: Date;
}

/** Newest use first, of up to 1,000 sessions. */
export async function listSessions(options: {
  choice: LaunchChoice;
  now: Date;
}): Promise<SessionRow[]> {
  const { choice, now } = options;
  const [found, platforms, deployments] = await Promise.all([
    listOpenSessions({ choice, now, limit: MOST_LISTED }),
    listPlatforms(),
    listDeployments(),
  ]);
  const platformOf = new Map(platforms.map((one) => [one._id, one]));
  const deploymentOf = new Map(deployments.map((one) => [one._id, one]));
  return found.flatMap(({ session, lastSeenAt, operatorUntil, launches }) => {
    const rows = new Map<string, SessionRow>();
    for (const launch of launches) {
      const platform = platformOf.get(launch.platform);
      const deployment = deploymentOf.get(launch.deployment);
      if (!platform || !deployment || !isStanding({ found: launch, platform, deployment }))
        continue;
      const { user, userName, roleUris, startedAt, course, courseTitle, outside } = launch;
      const key = `${launch.deployment} ${user}`;
      const row = rows.get(key) ?? {
        session,
        user,
        userName,
        roles: [],
        deployment: launch.deployment,
        deploymentName: deployment.accountName ?? deployment.deploymentId,
        courses: [],
        since: startedAt,
        lastSeenAt,
      };
      const { reviewerRoles } = deployment;
      const roles = readRoles({ uris: roleUris, reviewerRoles, outside });
      row.roles = [...new Set([...row.roles, ...roles])];
      if (course !== null && !row.courses.some(({ id }) => id === course))
        row.courses.push({ id: course, title: courseTitle });
      rows.set(key, row);
    }
    const operator = operatorUntil !== null && operatorUntil > now && !hasChoice(choice);
    return [...rows.values(), ...(operator ? [operatorRow(session, lastSeenAt)] : [])];
  });
}

function hasChoice({ platform, deployment, user }: LaunchChoice): boolean {
  return platform !== undefined || deployment !== undefined || user !== undefined;
}

function operatorRow(session: string, lastSeenAt: Date): SessionRow {
  return {
    session,
    user: null,
    userName: null,
    roles: [],
    deployment: null,
    deploymentName: null,
    courses: [],
    since: lastSeenAt,
    lastSeenAt,
  };
}
