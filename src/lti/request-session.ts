// Makes the browser's session available to guards, read from the database at most once a request and only when asked for.
// Mounted once, before all routes; keeps a session in use alive.
import type { Request, RequestHandler } from 'express';
import { readSessionCookie } from './cookies.js';
import type { LtiServices } from './lti-services.js';
import { findSession, touchSession, type SessionRecord } from './session.model.js';
import { sessionEnds } from './start-session.js';

const TOUCH_EVERY_MS = 60_000;

interface RequestState {
  services: LtiServices;
  session: Promise<SessionRecord | null> | null;
}

const states = new WeakMap<Request, RequestState>();

/** Mount before every route that has a guard of guards.ts. */
export function openSessions(services: LtiServices): RequestHandler {
  return (req, _res, next) => {
    states.set(req, { services, session: null });
    next();
  };
}

export function requestServices(req: Request): LtiServices {
  return getState(req).services;
}

/** The session this request's cookie opens, or null. */
export async function findRequestSession(req: Request): Promise<SessionRecord | null> {
  const state = getState(req);
  state.session ??= loadSession(req, state.services);
  return state.session;
}

function getState(req: Request): RequestState {
  const state = states.get(req);
  if (!state) throw new Error('openSessions is not mounted before the guards');
  return state;
}

async function loadSession(req: Request, services: LtiServices): Promise<SessionRecord | null> {
  const presented = readSessionCookie(req);
  if (!presented || presented.fresh) return null;
  const now = services.now();
  const session = await findSession({ ...presented, now });
  if (session && now.getTime() - session.lastSeenAt.getTime() >= TOUCH_EVERY_MS) {
    const { absoluteEndAt } = session;
    const { expiresAt } = sessionEnds({ now, config: services.config, absoluteEndAt });
    await touchSession({ session: session._id, now, expiresAt });
  }
  return session;
}
