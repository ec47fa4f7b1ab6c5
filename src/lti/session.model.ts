// Browser sessions: one holds the launches of several courses, so that tabs do not disturb each other. Only hashes of the
// cookie's values are stored. A token that was replaced lives on for a minute, for requests that were under way.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { isDuplicateKey } from '../db/duplicate-key.js';
import type { CurrentLaunch } from './current-launch.js';
import { createYoungSessions } from './young-sessions.js';

/** What a launch leaves in the session. Roles and rights are read anew with each request, from the URIs and settings. */
export interface SessionLaunch extends Omit<
  CurrentLaunch,
  | 'roles'
  | 'granted'
  | 'edits'
  | 'personName'
  | 'mayReadNames'
  | 'mayAttest'
  | 'mayChangeRules'
  | 'visitKey'
  | 'startedAt'
> {
  roleUris: string[];
  startedAt: Date;
  /** Session epochs of platform and deployment when it began; it holds only while they stand. Older sessions have none. */
  epochs?: { platform: string; deployment: string };
}

interface SessionToken {
  hash: string;
  supersededAt: Date | null;
}

export interface SessionRecord {
  /** SHA-256 of the first half of the cookie. */
  _id: string;
  /** Hashes of the second half: the current one, and those replaced a moment ago. */
  tokens: SessionToken[];
  csrfSecret: string;
  /** Oldest first. */
  launches: SessionLaunch[];
  /** Until when the browser may open the operator's pages. */
  operatorUntil: Date | null;
  lastSeenAt: Date;
  /** The end whatever happens, moved by launches. */
  absoluteEndAt: Date;
  /** The sooner of idle and absolute end, moved by requests. */
  expiresAt: Date;
}

export const MAX_LAUNCHES = 20;
const SUPERSEDED_TOKEN_MS = 60_000;
const MAX_TOKENS = 12;

const youngSessions = createYoungSessions<SessionRecord>();

const required = { type: String, required: true };
const schema = new mongoose.Schema<SessionRecord>({
  _id: required,
  tokens: { type: mongoose.Schema.Types.Mixed, required: true },
  csrfSecret: required,
  launches: { type: mongoose.Schema.Types.Mixed, required: true },
  operatorUntil: { type: Date, default: null },
  lastSeenAt: { type: Date, required: true },
  absoluteEndAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
});
schema.index({ expiresAt: 1 });
const SessionModel = defineModel({
  name: 'Session',
  collection: 'sessions',
  schema,
  shardKey: ['_id'],
  expires: 'expiresAt',
  backup: 'never',
  people: { otherwise: 'erase-person.ts: the launches it holds' },
});

/** False when a session of this id is there already. */
export async function insertSession(session: SessionRecord): Promise<boolean> {
  try {
    // As it is: the type holds, and a launch has no time for a second check.
    await mongoose.connection.collection<SessionRecord>('sessions').insertOne(session);
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
  youngSessions.remember(session, session.lastSeenAt);
  return true;
}

/** The session a cookie opens: known id, a token that stands or was replaced less than a minute ago, not expired. */
export async function findSession(options: {
  session: string;
  tokenHash: string;
  now: Date;
}): Promise<SessionRecord | null> {
  const { session, tokenHash, now } = options;
  const young = youngSessions.recall(session, now);
  if (young && isOpenedBy(young, { tokenHash, now })) return young;
  return SessionModel.findOne({
    _id: session,
    expiresAt: mongoose.trusted({ $gt: now }),
    tokens: mongoose.trusted({ $elemMatch: standingToken(tokenHash, now) }),
  }).lean();
}

/** A session by its id alone, for links that it signed itself. */
export async function findStandingSession(options: {
  session: string;
  now: Date;
}): Promise<SessionRecord | null> {
  const { session, now } = options;
  return SessionModel.findOne({
    _id: session,
    expiresAt: mongoose.trusted({ $gt: now }),
  }).lean();
}

/**
 * Adds a launch and a new token to the session of the same person, in one step; the presented token becomes an old one.
 * Needs a standing token, or a session that holds nobody else: two first launches at once present the same new cookie.
 * False when there is no such session.
 */
export async function joinSession(options: {
  session: string;
  presentedHash: string;
  newHash: string;
  launch: SessionLaunch;
  now: Date;
  absoluteEndAt: Date;
  expiresAt: Date;
}): Promise<boolean> {
  const { session, presentedHash, newHash, launch, now, absoluteEndAt, expiresAt } = options;
  const someoneElse = { $elemMatch: { user: { $ne: launch.user } } };
  youngSessions.forget(session);
  const joined = await SessionModel.findOneAndUpdate(
    {
      _id: session,
      expiresAt: mongoose.trusted({ $gt: now }),
      'launches.user': launch.user,
      $or: [
        { tokens: mongoose.trusted({ $elemMatch: standingToken(presentedHash, now) }) },
        { launches: mongoose.trusted({ $not: someoneElse }) },
      ],
    },
    [
      {
        $set: {
          // Titles and custom values come from platforms and may begin with a dollar sign: $literal keeps them text.
          launches: {
            $slice: [
              { $concatArrays: [otherLaunches(launch), [{ $literal: launch }]] },
              -MAX_LAUNCHES,
            ],
          },
          tokens: {
            $slice: [
              {
                $concatArrays: [
                  supersede(presentedHash, now),
                  [{ $literal: { hash: newHash, supersededAt: null } }],
                ],
              },
              -MAX_TOKENS,
            ],
          },
          lastSeenAt: now,
          absoluteEndAt,
          expiresAt,
        },
      },
    ],
    { updatePipeline: true, returnDocument: 'after' },
  ).lean();
  if (joined) youngSessions.remember(joined, now);
  return joined !== null;
}

/** Keeps a session in use from ending for idleness. */
export async function touchSession(options: {
  session: string;
  now: Date;
  expiresAt: Date;
}): Promise<void> {
  const { session, now, expiresAt } = options;
  await SessionModel.updateOne({ _id: session }, { $set: { lastSeenAt: now, expiresAt } });
}

export async function deleteSession(options: { session: string }): Promise<void> {
  youngSessions.forget(options.session);
  await SessionModel.deleteOne({ _id: options.session });
}

/** Call it for a session that this process ended by another query: it is closed here at once. */
export function forgetSession(id: string): void {
  youngSessions.forget(id);
}

/** What findSession asks of the database, of a record at hand. */
function isOpenedBy(session: SessionRecord, by: { tokenHash: string; now: Date }): boolean {
  const since = by.now.getTime() - SUPERSEDED_TOKEN_MS;
  return (
    session.expiresAt > by.now &&
    session.tokens.some(
      ({ hash, supersededAt }) =>
        hash === by.tokenHash && (supersededAt === null || supersededAt.getTime() > since),
    )
  );
}

function standingToken(hash: string, now: Date): Record<string, unknown> {
  const since = new Date(now.getTime() - SUPERSEDED_TOKEN_MS);
  return { hash, $or: [{ supersededAt: null }, { supersededAt: { $gt: since } }] };
}

/** Launches that the new one does not replace: an earlier resource link launch or review of the same course is of no more use. */
function otherLaunches(launch: SessionLaunch): Record<string, unknown> {
  const isReplaced = {
    $and: [
      { $eq: ['$$one.deployment', { $literal: launch.deployment }] },
      { $eq: ['$$one.course', { $literal: launch.course }] },
      { $in: ['$$one.messageType', ['LtiResourceLinkRequest', 'LtiSubmissionReviewRequest']] },
    ],
  };
  return { $filter: { input: '$launches', as: 'one', cond: { $not: [isReplaced] } } };
}

function supersede(hash: string, now: Date): Record<string, unknown> {
  const isPresented = {
    $and: [{ $eq: ['$$one.hash', hash] }, { $eq: ['$$one.supersededAt', null] }],
  };
  return {
    $map: {
      input: '$tokens',
      as: 'one',
      in: { $cond: [isPresented, { hash: '$$one.hash', supersededAt: now }, '$$one'] },
    },
  };
}
