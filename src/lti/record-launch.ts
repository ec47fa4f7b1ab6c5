// Stores what an accepted launch tells of course, person, link and deployment: one read, then writes of what changed, the
// membership and the launch itself. The launch record is the fact; all ids but its own are derived, so a stop in between
// leaves nothing that the next launch does not complete.
import { randomUUID } from 'node:crypto';
import type { AcceptedLaunch } from './accept-launch.js';
import { recordCourse, type CourseFacts } from './course.model.js';
import { recordSeenHosts } from './deployment.model.js';
import { findKnownRecords, type KnownRecords } from './known-records.model.js';
import { insertLaunch } from './launch.model.js';
import { recordLaunchedMembership } from './membership.model.js';
import { setProductFamily } from './platform.model.js';
import { courseRecordId, resourceLinkRecordId, userRecordId } from './record-ids.js';
import { recordResourceLink, type ResourceLinkFacts } from './resource-link.model.js';
import { isTestUser } from './roles.js';
import { sessionEpochs } from './session-epoch.js';
import type { SessionLaunch } from './session.model.js';
import { recordUser, type UserFacts } from './user.model.js';

const HOURS_MS = 60 * 60 * 1_000;

/**
 * Returns what the session keeps of the launch. `openSession` runs beside the writes: all of them wait for the same journal,
 * and the browser is answered when the last is done.
 */
export async function recordLaunch(options: {
  accepted: AcceptedLaunch;
  now: Date;
  openSession: (launch: SessionLaunch) => Promise<void>;
}): Promise<SessionLaunch> {
  const { accepted, now, openSession } = options;
  const { platform, deployment, context, roles, targetPath } = accepted;
  const ids = deriveIds(accepted);
  const testUser = platform.kind === 'test' || isTestUser(context.roleUris);
  const userFacts: UserFacts = {
    name: context.name,
    email: context.email,
    sisId: context.personSisId,
    testUser,
  };
  const linkFacts: ResourceLinkFacts | null = context.resourceLink && {
    title: context.resourceLink.title,
    description: context.resourceLink.description,
    targetPath,
    lineItemUrl: context.services.lineItemUrl,
    custom: context.custom,
  };
  const known = await findKnownRecords({ ...ids, deployment: deployment._id });
  const launch = buildSessionLaunch({ accepted, ids, testUser, now });
  await Promise.all([
    openSession(launch),
    writeUser({ known, ids, accepted, facts: userFacts, now }),
    writeCourse({ known, ids, accepted, facts: context.course, now }),
    writeResourceLink({ known, ids, accepted, facts: linkFacts, now }),
    recordSeenHosts({
      deployment,
      frameOrigins: context.frameOrigins,
      serviceHosts: context.serviceHosts,
    }),
    writeProductFamily(accepted),
    ids.course === null
      ? undefined
      : recordLaunchedMembership({
          deployment: deployment._id,
          course: ids.course,
          user: ids.user,
          roles,
          roleUris: context.roleUris,
          testUser,
          now,
        }),
    insertLaunch({
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
    }),
  ]);
  return launch;
}

interface Ids {
  user: string;
  course: string | null;
  resourceLink: string | null;
}

interface Write<Facts> {
  known: KnownRecords;
  ids: Ids;
  accepted: AcceptedLaunch;
  facts: Facts;
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

function buildSessionLaunch(options: {
  accepted: AcceptedLaunch;
  ids: Ids;
  testUser: boolean;
  now: Date;
}): SessionLaunch {
  const { accepted, ids, testUser, now } = options;
  const { platform, deployment, context } = accepted;
  return {
    id: randomUUID(),
    platform: platform._id,
    deployment: deployment._id,
    course: ids.course,
    courseTitle: context.course?.title ?? context.course?.label ?? null,
    user: ids.user,
    userName: context.name,
    roleUris: context.roleUris,
    testUser,
    messageType: context.messageType,
    resourceLinkId: context.resourceLink?.id ?? null,
    resourceLinkTitle: context.resourceLink?.title ?? null,
    language: context.language,
    returnUrl: context.returnUrl,
    framed: context.framed,
    services: context.services,
    deepLinking: context.deepLinking,
    startedAt: now,
    epochs: sessionEpochs({ platform, deployment }),
  };
}

async function writeUser({ known, ids, accepted, facts, now }: Write<UserFacts>): Promise<void> {
  if (known.user && holds(known.user, facts)) return;
  const { platform, context } = accepted;
  await recordUser({ user: ids.user, platform: platform._id, sub: context.sub, facts, now });
}

async function writeCourse(options: Write<CourseFacts | null>): Promise<void> {
  const { known, ids, accepted, facts, now } = options;
  if (ids.course === null || !facts || (known.course && holds(known.course, facts))) return;
  const { platform, deployment } = accepted;
  await recordCourse({
    course: ids.course,
    platform: platform._id,
    deployment: deployment._id,
    facts,
    now,
  });
}

async function writeResourceLink(options: Write<ResourceLinkFacts | null>): Promise<void> {
  const { known, ids, accepted, facts, now } = options;
  const link = accepted.context.resourceLink;
  if (!link || !facts || ids.resourceLink === null) return;
  const age = known.resourceLink ? now.getTime() - known.resourceLink.lastLaunchAt.getTime() : null;
  if (known.resourceLink && age !== null && age < HOURS_MS && holds(known.resourceLink, facts))
    return;
  await recordResourceLink({
    resourceLink: ids.resourceLink,
    deployment: accepted.deployment._id,
    course: ids.course,
    resourceLinkId: link.id,
    facts,
    now,
  });
}

async function writeProductFamily({ platform, context }: AcceptedLaunch): Promise<void> {
  const { productFamily } = context;
  if (productFamily === null || productFamily === platform.productFamily) return;
  await setProductFamily({ platform: platform._id, productFamily });
}

/** True when the record says all of the facts already. Both sides come from the same builders, in the same order. */
function holds(record: object, facts: object): boolean {
  const kept: Record<string, unknown> = { ...record };
  return Object.entries(facts).every(
    ([name, value]) => JSON.stringify(kept[name]) === JSON.stringify(value),
  );
}
