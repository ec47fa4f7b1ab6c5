// Stores what an accepted launch tells. First its own record: it is the fact, and it uses the login up, so that the second of
// two equal launches stores nothing. Then, side by side, the membership, the session and what changed of course and link; the
// person's record only where the membership does not say that it is known. Ids are derived, so that a stop in between leaves
// nothing that the next launch does not complete.
import { AppError } from '../http/errors.js';
import type { AcceptedLaunch } from './accept-launch.js';
import { hashSecret } from './cookies.js';
import { recordCourse } from './course.model.js';
import { recordSeenHosts } from './deployment.model.js';
import { writeFacts } from './known-facts.js';
import { insertLaunch, type Entry } from './launch.model.js';
import { recordLaunchedMembership, setPersonHash } from './membership.model.js';
import { messageSubject } from './message-subject.js';
import { setProductFamily } from './platform.model.js';
import {
  courseRecordId,
  launchRecordId,
  resourceLinkRecordId,
  userRecordId,
} from './record-ids.js';
import { recordResourceLink, type ResourceLinkFacts } from './resource-link.model.js';
import { isTestUser } from './roles.js';
import { sessionEpochs } from './session-epoch.js';
import type { SessionLaunch } from './session.model.js';
import { recordUser, type UserFacts } from './user.model.js';
import { CUSTOM } from './vocabulary.js';

const DAYS_MS = 24 * 60 * 60 * 1_000;

/**
 * Returns what the session keeps of the launch. `openSession` runs beside the writes: all of them wait for the same journal,
 * and the browser is answered when the last is done. Throws `lti.state` (401) where the login was used before.
 */
export async function recordLaunch(options: {
  accepted: AcceptedLaunch;
  entry: Entry;
  now: Date;
  openSession: (launch: SessionLaunch) => Promise<void>;
}): Promise<SessionLaunch> {
  const { accepted, entry, now, openSession } = options;
  const { platform, deployment, context, roles } = accepted;
  const ids = deriveIds(accepted);
  const testUser = platform.kind === 'test' || isTestUser(context.roleUris);
  const launch = buildSessionLaunch({ accepted, ids, testUser, now });
  const isFirst = await insertLaunch({
    _id: launch.id,
    platform: platform._id,
    deployment: deployment._id,
    course: ids.course,
    user: ids.user,
    resourceLink: ids.resourceLink,
    messageType: context.messageType,
    roles,
    at: now,
    testUser,
    stated: testUser ? null : false,
    answeredAt: null,
    entry,
  });
  if (!isFirst) throw new AppError('lti.state', { status: 401 });
  const { frameOrigins, serviceHosts } = context;
  await Promise.all([
    openSession(launch),
    writeRecords({ accepted, ids, testUser, now }),
    recordSeenHosts({ deployment, frameOrigins, serviceHosts }),
    writeProductFamily(accepted),
  ]);
  return launch;
}

interface Ids {
  user: string;
  course: string | null;
  resourceLink: string | null;
}

interface Told {
  accepted: AcceptedLaunch;
  ids: Ids;
  testUser: boolean;
  now: Date;
}

function deriveIds({ platform, deployment, context }: AcceptedLaunch): Ids {
  const course =
    context.course &&
    courseRecordId({ deployment: deployment._id, contextId: context.course.contextId });
  const resourceLink =
    context.resourceLink &&
    resourceLinkRecordId({
      deployment: deployment._id,
      course,
      resourceLinkId: context.resourceLink.id,
    });
  return { user: userRecordId({ platform: platform._id, sub: context.sub }), course, resourceLink };
}

function buildSessionLaunch(options: Told): SessionLaunch {
  const { accepted, ids, testUser, now } = options;
  const { platform, deployment, context } = accepted;
  return {
    id: launchRecordId({ login: accepted.login.id }),
    platform: platform._id,
    deployment: deployment._id,
    course: ids.course,
    courseTitle: context.course?.title ?? context.course?.label ?? null,
    outside: context.outside,
    user: ids.user,
    userName: context.name,
    roleUris: context.roleUris,
    testUser,
    messageType: context.messageType,
    subject: messageSubject({ platform: platform._id, context, roles: accepted.roles }),
    resourceLinkId: context.resourceLink?.id ?? null,
    resourceLinkTitle: context.resourceLink?.title ?? null,
    language: context.language,
    returnUrl: context.returnUrl,
    framed: context.framed && !accepted.login.inWindow,
    services: context.services,
    deepLinking: context.deepLinking,
    startedAt: now,
    epochs: sessionEpochs({ platform, deployment }),
  };
}

/** What this process wrote a moment ago of course and link is left out, unless the person is new: then all is written. */
async function writeRecords(told: Told): Promise<void> {
  const [isKnown, wroteCourse, wroteLink] = await Promise.all([
    writePerson(told),
    writeCourse(told),
    writeResourceLink(told),
  ]);
  if (isKnown) return;
  await Promise.all([
    wroteCourse ? undefined : writeCourse(told, { always: true }),
    wroteLink ? undefined : writeResourceLink(told, { always: true }),
  ]);
}

/** False for a person who is new in this course, or of whom other things were known. */
async function writePerson(told: Told): Promise<boolean> {
  const { accepted, ids, testUser, now } = told;
  const { platform, deployment, context, roles } = accepted;
  const facts: UserFacts = {
    name: context.name,
    email: context.email,
    sisId: context.personSisId,
    lmsId: context.personLmsId,
    testUser,
  };
  const user = { user: ids.user, platform: platform._id, sub: context.sub, facts, now };
  if (ids.course === null) return !(await recordUser(user));
  const place = { course: ids.course, user: ids.user };
  const before = await recordLaunchedMembership({
    ...place,
    deployment: deployment._id,
    roles,
    roleUris: context.roleUris,
    testUser,
    now,
  });
  const personHash = hashFacts(facts, now);
  if (before?.personHash === personHash) return true;
  await recordUser(user);
  await setPersonHash({ ...place, personHash });
  return false;
}

/** The day is part of it: a launch in another course, or a restored backup, may have left other facts in the record. */
function hashFacts(facts: UserFacts, now: Date): string {
  const day = Math.floor(now.getTime() / DAYS_MS);
  const { name, email, sisId, lmsId, testUser } = facts;
  return hashSecret(JSON.stringify([day, name, email, sisId, lmsId, testUser]));
}

async function writeCourse(told: Told, options: { always?: boolean } = {}): Promise<boolean> {
  const { accepted, ids, now } = told;
  const { platform, deployment, context } = accepted;
  const { course } = ids;
  const facts = context.course;
  if (course === null || !facts) return true;
  return writeFacts({
    ...options,
    id: course,
    facts,
    now,
    write: () =>
      recordCourse({ course, platform: platform._id, deployment: deployment._id, facts, now }),
  });
}

async function writeResourceLink(told: Told, options: { always?: boolean } = {}): Promise<boolean> {
  const { accepted, ids, now } = told;
  const { deployment, context, targetPath } = accepted;
  const { resourceLink, course } = ids;
  const link = context.resourceLink;
  if (!link || resourceLink === null) return true;
  const facts: ResourceLinkFacts = {
    title: link.title,
    description: link.description,
    targetPath,
    lineItemUrl: context.services.lineItemUrl,
    custom: ofLink(context.custom),
  };
  return writeFacts({
    ...options,
    id: resourceLink,
    facts,
    now,
    write: () =>
      recordResourceLink({
        resourceLink,
        deployment: deployment._id,
        course,
        resourceLinkId: link.id,
        facts,
        now,
      }),
  });
}

/** The only one that is about the link: the others name the course, its term, or the person who launched. */
function ofLink(custom: Record<string, string>): Record<string, string> {
  const history = custom[CUSTOM.linkHistory];
  return history === undefined ? {} : { [CUSTOM.linkHistory]: history };
}

async function writeProductFamily({ platform, context }: AcceptedLaunch): Promise<void> {
  const { productFamily } = context;
  if (productFamily === null || productFamily === platform.productFamily) return;
  await setProductFamily({ platform: platform._id, productFamily });
}
