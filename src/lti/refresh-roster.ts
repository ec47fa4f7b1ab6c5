// Reads a course's whole roster (NRPS 2.0) into memberships, page by page: names where the platform shares them, roles for
// counting and never for rights. Only a whole reading says who is listed no more; one that broke off leaves that open, and
// an empty one too, because no course has nobody.
import type { Course } from './course.model.js';
import type { LtiServices } from './lti-services.js';
import { recordRosterMembers, unlistMembers } from './membership.model.js';
import { readMemberships, type Member } from './read-memberships.js';
import { userRecordId } from './record-ids.js';
import { isTestUser, readRoles } from './roles.js';
import { badAnswer } from './service-answer.js';
import { recordRosterUsers } from './user.model.js';

const MEMBERS_AT_ONCE = 500;

/** Returns how many people the roster named. Throws `lti.service-…` as the platform answers; what was read stays. */
export async function refreshRoster(options: {
  services: LtiServices;
  course: Course;
  now: Date;
  signal?: AbortSignal;
}): Promise<number> {
  const { services, course, signal } = options;
  const { platform, deployment } = course;
  const target = { platform, deployment, services: { ...course.services, lineItemUrl: null } };
  const listed = new Set<string>();
  for await (const page of readMemberships({ services, target })) {
    for (let at = 0; at < page.length; at += MEMBERS_AT_ONCE) {
      signal?.throwIfAborted();
      await recordPart({ ...options, listed, members: page.slice(at, at + MEMBERS_AT_ONCE) });
    }
  }
  if (listed.size === 0) throw badAnswer(course.services.membershipsUrl ?? '', 'nobody is listed');
  await unlistMembers({
    deployment,
    course: course._id,
    isListed: (user) => listed.has(user),
  });
  return listed.size;
}

async function recordPart(options: {
  services: LtiServices;
  course: Course;
  members: Member[];
  listed: Set<string>;
  now: Date;
}): Promise<void> {
  const { services, course, members, listed, now } = options;
  const { deployment } = course;
  const [platform, settings] = await Promise.all([
    services.directory.platform(course.platform),
    services.directory.deployment(deployment),
  ]);
  const isTest = platform?.kind === 'test';
  const people = members.map(({ sub, name, sisId, roleUris, status }) => ({
    user: userRecordId({ platform: course.platform, sub }),
    sub,
    name,
    sisId,
    roleUris,
    status,
    roles: readRoles({ uris: roleUris, reviewerRoles: settings?.reviewerRoles ?? [] }),
    testUser: isTest || isTestUser(roleUris),
  }));
  await recordRosterUsers({ platform: course.platform, people, now });
  await recordRosterMembers({ deployment, course: course._id, members: people });
  for (const { user } of people) listed.add(user);
}
