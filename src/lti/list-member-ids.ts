// Everybody whom a course knows, with the ids that an export of the platform may call them by. Names and e-mail addresses
// are no ids: nobody is ever found by them.
import { listCourseMembers } from './membership.model.js';
import { listUsers } from './user.model.js';

export interface MemberIds {
  user: string;
  /** False for staff and test users. */
  countsAsLearner: boolean;
  /** What exports call the platform's own id: the number where a launch told it, else the `sub`. */
  lmsIds: string[];
  /** The school's id: Canvas's SIS user id, Moodle's ID number. */
  sisId: string | null;
}

const MEMBERS_AT_ONCE = 2_000;

export async function listMemberIds(options: {
  deployment: string;
  course: string;
}): Promise<MemberIds[]> {
  const ids: MemberIds[] = [];
  for (let after: string | null = ''; after !== null;) {
    const page = await listCourseMembers({ ...options, page: { after, limit: MEMBERS_AT_ONCE } });
    const people = await listUsers({ ids: page.members.map(({ user }) => user) });
    const byId = new Map(people.map((person) => [person._id, person]));
    for (const { user, countsAsLearner } of page.members) {
      const person = byId.get(user);
      if (!person) continue;
      const { sub, lmsId = null, sisId } = person;
      ids.push({ user, countsAsLearner, sisId, lmsIds: lmsId === null ? [sub] : [lmsId, sub] });
    }
    after = page.next;
  }
  return ids;
}
