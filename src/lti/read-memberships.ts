// A course's roster by all pages (NRPS 2.0), one page at a time: our own client, because ltijs gathers all members in memory
// and loses a query that the address already has. Gives names and roles, never rights.
import { z } from 'zod';
import { callService, missingService, type ServiceTarget } from './call-service.js';
import type { LtiServices } from './lti-services.js';
import { badAnswer, readNextLink, readServiceJson, requireGoodAnswer } from './service-answer.js';
import { MEDIA_TYPE, SCOPE } from './vocabulary.js';

const TIMEOUT_MS = 30_000;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 2_000;
const MAX_MEMBERS = 200_000;

const text = z.string().nullish();
const MembersAnswer = z.looseObject({
  members: z.array(
    z.looseObject({
      user_id: z.coerce.string().min(1).max(255),
      roles: z.array(z.string()).default([]),
      status: z.string().default('Active'),
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
  const read = new Set<string>();
  let members = 0;
  let next: string | null = first;
  while (next !== null) {
    const url: string = next;
    if (read.has(url) || read.size >= MAX_PAGES || URL.parse(url)?.host !== URL.parse(first)?.host)
      throw badAnswer(url, 'its pages do not end, or lead to another host');
    read.add(url);
    const answer = await askForPage({ services, target, url });
    const page = readMembers(readServiceJson(answer.text, url), url);
    members += page.length;
    if (members > MAX_MEMBERS) throw badAnswer(url, 'too many members');
    yield page;
    next = readNextLink(answer.link, url);
  }
}

async function askForPage(options: {
  services: LtiServices;
  target: ServiceTarget;
  url: string;
}): Promise<{ text: string; link: string | null }> {
  const { services, target, url } = options;
  return callService({
    services,
    target,
    url,
    scopes: [SCOPE.memberships],
    send: async (token) => {
      const answer = await services.outgoing.request({
        url,
        headers: { Authorization: `Bearer ${token.access_token}`, Accept: MEDIA_TYPE.memberships },
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_PAGE_BYTES,
        attempts: 3,
      });
      requireGoodAnswer(answer, url);
      return { text: answer.text, link: answer.headers['link'] ?? null };
    },
  });
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

function readStatus(status: string): Member['status'] {
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
