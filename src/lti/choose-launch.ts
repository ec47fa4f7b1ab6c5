// Which launch of the browser's session a request means: the newest of the course that its address or form names. Says who
// is signed in now when a form was opened by somebody else. Rights are read anew from the deployment's settings each time.
import type { Request } from 'express';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { chooseLanguage } from '../http/language.js';
import type { CurrentLaunch } from './current-launch.js';
import type { Deployment } from './deployment.model.js';
import { readStandingGrants, type StandingGrant } from './grant.model.js';
import { readGrantedRights } from './granted-rights.js';
import { findLaunch } from './launch.model.js';
import { mayAttest } from './may-attest.js';
import { mayChangeRules } from './may-change-rules.js';
import { NO_COURSE } from './launch-target.js';
import { personLabel } from './person-label.js';
import type { Platform } from './platform.model.js';
import { findRequestSession, requestServices } from './request-session.js';
import { readRoles, ROLES, type Role } from './roles.js';
import type { SessionLaunch, SessionRecord } from './session.model.js';
import { requireStanding } from './session-epoch.js';
import { requireActive, requireApproved } from './start-login.js';
import { findUser } from './user.model.js';
import { createVisitKey } from './visit-key.js';

const READS_NAMES: Role[] = ['Instructor', 'TeachingAssistant', 'Administrator'];

export interface ChosenLaunch {
  session: SessionRecord;
  launch: CurrentLaunch;
  platform: Platform;
  deployment: Deployment;
}

/** What the address or the form says: a course id, `none`, or null where it says nothing. */
export function namedCourse(req: Request): string | null {
  const inForm = bodyField(req, 'course');
  const inAddress = req.query['course'];
  const course = inForm ?? (typeof inAddress === 'string' ? inAddress : null);
  return course === '' ? null : course;
}

export function bodyField(req: Request, name: string): string | null {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null) return null;
  const value: unknown = Object.getOwnPropertyDescriptor(body, name)?.value;
  return typeof value === 'string' ? value : null;
}

export type MessageType = CurrentLaunch['messageType'];

/** The newest launch of that course, or of all where `course` is null; null when there is none. */
export function pickLaunch(
  session: SessionRecord,
  course: string | null,
  messageType?: MessageType,
): SessionLaunch | null {
  const wanted = course === NO_COURSE ? null : course;
  const fits = session.launches.filter(
    (launch) =>
      (course === null || launch.course === wanted) &&
      (messageType === undefined || launch.messageType === messageType),
  );
  return fits.at(-1) ?? null;
}

/** Throws `lti.platform-paused`, `lti.deployment-…` (403), `session.ended`, or `session.missing` (401) where a record is gone. */
export async function admitLaunch(
  req: Request,
  session: SessionRecord,
  found: SessionLaunch,
): Promise<ChosenLaunch> {
  const { directory, now } = requestServices(req);
  const [platform, deployment, grants] = await Promise.all([
    directory.platform(found.platform),
    directory.deployment(found.deployment),
    readStandingGrants({ deployment: found.deployment }),
  ]);
  if (!platform || !deployment) throw new AppError('session.missing', { status: 401 });
  requireActive(platform);
  requireApproved(deployment);
  requireStanding({ found, platform, deployment });
  return {
    session,
    launch: toCurrentLaunch({ session, found, deployment, grants, now: now() }),
    platform,
    deployment,
  };
}

/**
 * The launch that a request names: by its course, and a form by its launch as well. Throws `session.missing` (401),
 * `session.other-person` (409), `session.other-course` (404) or `session.not-asked` (403), where the course was opened but the
 * platform did not ask for this.
 */
export async function findNamedLaunch(
  req: Request,
  options: { messageType?: MessageType } = {},
): Promise<ChosenLaunch> {
  const { messageType } = options;
  const session = await findRequestSession(req);
  const newest = session && pickLaunch(session, null);
  if (!session || !newest) throw new AppError('session.missing', { status: 401 });
  const course = namedCourse(req);
  const isNamed = isReading(req) || course !== null;
  const found = isNamed ? pickLaunch(session, course, messageType) : null;
  const opened = isReading(req) ? null : await findOpened(req, session);
  if (opened) await refuseOtherPerson({ opened, current: found ?? newest });
  const isOtherCourse = found && opened && opened.course !== found.course;
  if (!found && isNamed && messageType !== undefined && pickLaunch(session, course))
    throw new AppError('session.not-asked', { status: 403 });
  if (!found || isOtherCourse) throw new AppError('session.other-course', { status: 404 });
  const exact = session.launches.find(
    (one) =>
      one.id === opened?.id && (messageType === undefined || one.messageType === messageType),
  );
  return admitLaunch(req, session, exact ?? found);
}

export function isReading(req: Request): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

interface OpenedLaunch {
  id: string;
  user: string;
  course: string | null;
}

/** The launch that a form was drawn for: of this session, or one it no longer holds. */
async function findOpened(req: Request, session: SessionRecord): Promise<OpenedLaunch | null> {
  const id = bodyField(req, 'launch');
  if (id === null) return null;
  const held = session.launches.find((one) => one.id === id);
  if (held) return held;
  const record = await findLaunch({ launch: id });
  return record && { id: record._id, user: record.user, course: record.course };
}

function toCurrentLaunch(options: {
  session: SessionRecord;
  found: SessionLaunch;
  deployment: Deployment;
  grants: readonly StandingGrant[];
  now: Date;
}): CurrentLaunch {
  const { session, found, deployment, grants, now } = options;
  const { roleUris, epochs: _epochs, ...rest } = found;
  const { reviewerRoles } = deployment;
  const told = readRoles({ uris: roleUris, reviewerRoles, outside: found.outside });
  const rights = readGrantedRights({ grants, user: found.user, now });
  const roles = ROLES.filter((role) => told.includes(role) || rights.roles.includes(role));
  const mayReadNames =
    rights.seesNames ||
    roles.some((role) => READS_NAMES.includes(role)) ||
    (roles.includes('Reviewer') && deployment.reviewersWithNames.includes(found.user));
  return {
    ...rest,
    language: chooseLanguage(found.language),
    roles,
    granted: rights.roles.filter((role) => !told.includes(role)),
    edits: rights.edits,
    mayReadNames,
    mayAttest: mayAttest({ roles, deployment }),
    mayChangeRules: mayChangeRules({ roles, deployment }),
    personName: labelOf(found, roles),
    visitKey: found.framed ? createVisitKey({ session, launch: found, now }) : null,
  };
}

function labelOf(found: SessionLaunch, roles: Role[]): string {
  const { user, userName, language } = found;
  return personLabel({ user, name: userName, roles, words: wordsFor(language) });
}

/** A form carries the launch it was drawn for: its person must be the one who is signed in now. */
async function refuseOtherPerson(options: {
  opened: OpenedLaunch;
  current: SessionLaunch;
}): Promise<void> {
  const { opened, current } = options;
  if (opened.user === current.user) return;
  const person = await findUser({ user: opened.user });
  const words = wordsFor(current.language);
  const before = personLabel({ user: opened.user, name: person?.name ?? null, roles: [], words });
  const now = labelOf(current, readRoles({ uris: current.roleUris, reviewerRoles: [] }));
  throw new AppError('session.other-person', { status: 409, values: { before, now } });
}
