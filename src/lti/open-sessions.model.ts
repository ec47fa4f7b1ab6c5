// Sessions as an administrator sees and ends them: who, in which courses, since when. Never reads a token. The records belong
// to session.model.ts, which requests read by their id; here they are searched, rarely and without an index of their own.
import mongoose from 'mongoose';
import { forgetSession, type SessionLaunch, type SessionRecord } from './session.model.js';

/** Which launches: of a platform, a deployment, a person, and of one session alone. */
export interface LaunchChoice {
  session?: string;
  platform?: string;
  deployment?: string;
  user?: string;
}

export type OpenSession = Pick<SessionRecord, 'lastSeenAt' | 'operatorUntil'> & {
  /** Hash of the session's name; opens nothing. */
  session: string;
  /** Of the choice only, oldest first. */
  launches: Pick<
    SessionLaunch,
    | 'id'
    | 'platform'
    | 'deployment'
    | 'course'
    | 'courseTitle'
    | 'user'
    | 'userName'
    | 'roleUris'
    | 'startedAt'
    | 'epochs'
    | 'outside'
  >[];
};

/** Newest use first, up to `limit`. Without a choice every session, the operator's too. */
export async function listOpenSessions(options: {
  choice: LaunchChoice;
  now: Date;
  limit: number;
}): Promise<OpenSession[]> {
  const { choice, now, limit } = options;
  const match = matchLaunch(choice);
  const found = await sessions()
    .find({
      expiresAt: { $gt: now },
      ...(choice.session === undefined ? {} : { _id: choice.session }),
      ...(match === null ? {} : { launches: { $elemMatch: match } }),
    })
    .project<Omit<SessionRecord, 'tokens' | 'csrfSecret'>>({ tokens: 0, csrfSecret: 0 })
    .sort({ lastSeenAt: -1, _id: 1 })
    .limit(limit)
    .toArray();
  return found.map(({ _id, launches, lastSeenAt, operatorUntil }) => ({
    session: _id,
    lastSeenAt,
    operatorUntil,
    launches: launches.filter((launch) => fits(launch, choice)),
  }));
}

/**
 * Takes the chosen launches out of their sessions, and removes sessions that hold nothing more. Returns how many sessions it
 * touched. The next request of each is refused: at once here, in two seconds where another process remembers a young session.
 */
export async function removeLaunches(choice: LaunchChoice): Promise<number> {
  const match = matchLaunch(choice) ?? {};
  const filter = {
    ...(choice.session === undefined ? {} : { _id: choice.session }),
    launches: { $elemMatch: match },
  };
  const found = await sessions().find(filter).project<{ _id: string }>({ _id: 1 }).toArray();
  const ids = found.map(({ _id }) => _id);
  if (ids.length === 0) return 0;
  await sessions().updateMany({ _id: { $in: ids } }, { $pull: { launches: match } });
  await sessions().deleteMany({ _id: { $in: ids }, launches: { $size: 0 }, operatorUntil: null });
  for (const id of ids) forgetSession(id);
  return ids.length;
}

function matchLaunch({ platform, deployment, user }: LaunchChoice): Record<string, string> | null {
  const match = {
    ...(platform === undefined ? {} : { platform }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(user === undefined ? {} : { user }),
  };
  return Object.keys(match).length === 0 ? null : match;
}

function fits(launch: SessionLaunch, { platform, deployment, user }: LaunchChoice): boolean {
  return (
    (platform === undefined || launch.platform === platform) &&
    (deployment === undefined || launch.deployment === deployment) &&
    (user === undefined || launch.user === user)
  );
}

function sessions(): mongoose.mongo.Collection<SessionRecord> {
  return mongoose.connection.collection<SessionRecord>('sessions');
}
