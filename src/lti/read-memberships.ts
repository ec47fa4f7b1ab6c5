// A course's roster by all pages (NRPS 2.0), one page at a time: our own client, because ltijs gathers all members in memory
// and loses a query that the address already has. Gives names and roles, never rights.
import { z } from 'zod';
import { missingService, type ServiceTarget } from './call-service.js';
import type { LtiServices } from './lti-services.js';
import { readPages } from './read-pages.js';
import { badAnswer, isRefusedWith } from './service-answer.js';
import { MEDIA_TYPE, SCOPE } from './vocabulary.js';

const MAX_MEMBERS = 200_000;
/** Without it Moodle sends the whole course in one answer. */
const PAGE_SIZE = 1_000;
/** What a platform says that knows no page size. */
const NO_PAGE_SIZE = [400, 404, 422];

const text = z.string().nullish();
const MembersAnswer = z.looseObject({
  members: z.array(
    z.looseObject({
      user_id: z.coerce.string().min(1).max(255),
      roles: z
        .array(z.string())
        .nullish()
        .transform((roles) => roles ?? []),
      status: text,
      name: text,
      given_name: text,
      family_name: text,
      email: text,
      lis_person_sourcedid: text,
    }),
  ),
});

export interface Member {
  sub: string;
  /** As the platform writes them; may be short names. */
  roleUris: string[];
  status: 'Active' | 'Inactive' | 'Deleted';
  name: string | null;
  email: string | null;
  sisId: string | null;
}

/**
 * Yields the members page by page. Throws `lti.service-missing` (403), `lti.service-refused` or, for pages that lead to
 * another host or never end and for too many members, `lti.service-answer` (502).
 */
export async function* readMemberships(options: {
  services: LtiServices;
  target: ServiceTarget;
}): AsyncGenerator<Member[]> {
  const { services, target } = options;
  const first = target.services.membershipsUrl;
  if (first === null) throw missingService('roster');
  let members = 0;
  for await (const page of readFrom({ services, target, url: first })) {
    members += page.length;
    if (members > MAX_MEMBERS) throw badAnswer(first, 'too many members');
    yield page;
  }
}

/** Asks for pages of our size, and where the platform refuses that, for those of its own. */
async function* readFrom(options: {
  services: LtiServices;
  target: ServiceTarget;
  url: string;
}): AsyncGenerator<Member[]> {
  const read = (url: string) =>
    readPages({
      ...options,
      url,
      scope: SCOPE.memberships,
      accept: MEDIA_TYPE.memberships,
      readPage: readMembers,
    });
  let isBegun = false;
  try {
    for await (const page of read(withPageSize(options.url))) {
      isBegun = true;
      yield page;
    }
  } catch (error) {
    if (isBegun || !isRefusedWith(error, ...NO_PAGE_SIZE)) throw error;
    yield* read(options.url);
  }
}

function withPageSize(address: string): string {
  const url = new URL(address);
  if (url.searchParams.has('limit')) return address;
  url.search = `${url.search === '' ? '?' : `${url.search}&`}limit=${PAGE_SIZE}`;
  return url.href;
}

function readMembers(value: unknown, url: string): Member[] {
  const parsed = MembersAnswer.safeParse(value);
  if (!parsed.success) throw badAnswer(url, 'not a list of members');
  return parsed.data.members.map((member) => ({
    sub: member.user_id,
    roleUris: member.roles,
    status: readStatus(member.status),
    name: readName(member),
    email: member.email || null,
    sisId: member.lis_person_sourcedid || null,
  }));
}

/** Absent stands for active (NRPS 2.0, 2.3). */
function readStatus(status: string | null | undefined): Member['status'] {
  return status === 'Inactive' || status === 'Deleted' ? status : 'Active';
}

function readName(member: {
  name?: string | null | undefined;
  given_name?: string | null | undefined;
  family_name?: string | null | undefined;
}): string | null {
  const joined = [member.given_name, member.family_name].filter(Boolean).join(' ');
  return member.name || joined || null;
}
