// Gives the browser a session that holds the new launch, with a new token (no session id that was there before a launch is
// good after it). The same person's launches stay beside it; another person of the same platform takes that platform's place.
import type { Request, Response } from 'express';
import {
  hashSecret,
  makeSecret,
  presentedSessionName,
  readSessionCookie,
  setSessionCookie,
  type PresentedSession,
} from './cookies.js';
import type { DoorConfig } from './lti-services.js';
import {
  deleteSession,
  findSession,
  insertSession,
  joinSession,
  MAX_LAUNCHES,
  type SessionLaunch,
  type SessionRecord,
} from './session.model.js';

interface StartSession {
  req: Request;
  res: Response;
  config: Pick<DoorConfig, 'sessionIdleMs' | 'sessionMaxMs'>;
  now: Date;
}

/** Sets the cookie. One write for a first launch and for a further one of the same person. */
export async function startSession(
  options: StartSession & { launch: SessionLaunch },
): Promise<void> {
  const { req, res, launch, now, config } = options;
  const presented = readSessionCookie(req);
  const name = presentedSessionName(req);
  const token = makeSecret();
  const ends = sessionEnds({ now, config });
  const fresh = freshRecord({ token, now, ends, launches: [launch] });
  // A cookie that only names a session to come: make it, or find that the twin of this launch was quicker.
  if (
    presented?.fresh &&
    name !== null &&
    (await insertSession({ ...fresh, _id: presented.session }))
  )
    return setSessionCookie(res, { name, token });
  const isJoined =
    presented !== null &&
    (await joinSession({
      session: presented.session,
      presentedHash: presented.tokenHash,
      newHash: hashSecret(token),
      launch,
      now,
      ...ends,
    }));
  if (isJoined && name !== null) return setSessionCookie(res, { name, token });
  const before = presented && (await replaceSession(presented, now));
  const kept = (before?.launches ?? []).filter((one) => one.platform !== launch.platform);
  await insertNamed(res, token, {
    ...fresh,
    launches: [...kept, launch].slice(-MAX_LAUNCHES),
    ...(before ? { csrfSecret: before.csrfSecret, operatorUntil: before.operatorUntil } : {}),
  });
}

/** Opens the operator's pages for this browser, beside what it holds. */
export async function startOperatorSession(options: StartSession): Promise<void> {
  const { req, res, now, config } = options;
  const presented = readSessionCookie(req);
  const before = presented && (await replaceSession(presented, now));
  const token = makeSecret();
  const ends = sessionEnds({ now, config });
  const fresh = freshRecord({ token, now, ends, launches: before?.launches ?? [] });
  await insertNamed(res, token, { ...fresh, operatorUntil: ends.absoluteEndAt });
}

/** When a session ends if nothing more happens, and when at the latest. */
export function sessionEnds(options: {
  now: Date;
  config: Pick<DoorConfig, 'sessionIdleMs' | 'sessionMaxMs'>;
  absoluteEndAt?: Date;
}): { absoluteEndAt: Date; expiresAt: Date } {
  const { now, config } = options;
  const absoluteEndAt = options.absoluteEndAt ?? new Date(now.getTime() + config.sessionMaxMs);
  const idleEnd = now.getTime() + config.sessionIdleMs;
  return { absoluteEndAt, expiresAt: new Date(Math.min(idleEnd, absoluteEndAt.getTime())) };
}

/** The session that ends now because its place is taken; null for a cookie that opens none. */
async function replaceSession(
  presented: PresentedSession,
  now: Date,
): Promise<SessionRecord | null> {
  const before = await findSession({ ...presented, now });
  if (before) await deleteSession({ session: before._id });
  return before;
}

async function insertNamed(
  res: Response,
  token: string,
  record: Omit<SessionRecord, '_id'>,
): Promise<void> {
  const name = makeSecret();
  await insertSession({ ...record, _id: hashSecret(name) });
  setSessionCookie(res, { name, token });
}

function freshRecord(options: {
  token: string;
  now: Date;
  ends: { absoluteEndAt: Date; expiresAt: Date };
  launches: SessionLaunch[];
}): Omit<SessionRecord, '_id'> {
  const { token, now, ends, launches } = options;
  return {
    tokens: [{ hash: hashSecret(token), supersededAt: null }],
    csrfSecret: makeSecret(),
    launches,
    operatorUntil: null,
    lastSeenAt: now,
    ...ends,
  };
}
