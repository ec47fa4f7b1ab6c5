// A roster of the fake platform, generated page by page, so that a large one costs no memory here either.
import { sendJson, type FakePlatform } from './fake-platform.js';

export interface FakeMember {
  user_id: string | number;
  roles: string[];
  status?: string;
  name?: string;
}

export interface FakeRoster {
  /** Addresses that were asked for. */
  asked: string[];
  /** Page (from 0) that answers 500 in place of members. */
  brokenPage: number | null;
}

/** `member` makes the one at a position, `size` says how many there are; pages are no larger than the caller asks for. */
export function openRoster(
  platform: FakePlatform,
  roster: { size: () => number; member: (at: number) => FakeMember; pageSize?: number },
): FakeRoster {
  const { size, member, pageSize = 1_000 } = roster;
  const book: FakeRoster = { asked: [], brokenPage: null };
  platform.respond('/courses/1/memberships', ({ url }, res) => {
    book.asked.push(url);
    const query = new URL(url, platform.origin).searchParams;
    const limit = Math.min(pageSize, Number(query.get('limit') ?? pageSize));
    const from = Number(query.get('from') ?? '0');
    if (book.brokenPage === from / limit) return void res.writeHead(500).end();
    const count = Math.max(0, Math.min(limit, size() - from));
    const members = Array.from({ length: count }, (_, at) => member(from + at));
    const next = `<${platform.membershipsUrl}?limit=${limit}&from=${from + limit}>; rel="next"`;
    sendJson(res, 200, { members }, from + limit < size() ? { link: next } : {});
  });
  return book;
}

/** A roster of these members. */
export function listOf(members: FakeMember[]) {
  return {
    size: () => members.length,
    member: (at: number): FakeMember => {
      const found = members[at];
      if (!found) throw new Error(`there is no member ${at}`);
      return found;
    },
  };
}
