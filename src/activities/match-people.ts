// Which learner each row of a gradebook file is about: found by ids alone, never by a name or an e-mail address. Where a row
// could be two people, or two rows one, nobody is chosen. Pure.
import type { MemberIds } from '../lti/list-member-ids.js';
import type { TableRow } from '../tables/table.js';
import type { Gradebook, IdKind } from './read-gradebook.js';

/** A column, and what its ids are. */
export interface IdWay {
  at: number;
  by: IdKind;
}

export type UnmatchedReason = 'blank' | 'unknown' | 'twice' | 'two-people' | 'not-counted';

export interface UnmatchedRow {
  row: number;
  /** As the file has it: what was looked for. */
  id: string;
  reason: UnmatchedReason;
}

export interface Matched {
  people: { row: TableRow; user: string }[];
  unmatched: UnmatchedRow[];
}

type Index = Record<IdKind, Map<string, Set<string>>>;

/** The ways that find the most people: all of a Canvas file, whose columns are known, else the one best column. */
export function chooseWays(book: Gradebook, members: readonly MemberIds[]): IdWay[] {
  const ways = listWays(book);
  if (book.kind === 'canvas') return ways;
  const index = indexIds(members);
  const counted = ways.map((way) => ({ way, count: countFound(book, way, index) }));
  const best = counted.reduce<(typeof counted)[number] | null>(
    (found, one) => (one.count > (found?.count ?? 0) ? one : found),
    null,
  );
  return best ? [best.way] : ways.slice(0, 1);
}

export function listWays(book: Pick<Gradebook, 'idColumns'>): IdWay[] {
  return book.idColumns.flatMap(({ at, by }) => by.map((one) => ({ at, by: one })));
}

export function matchPeople(options: {
  book: Pick<Gradebook, 'people'>;
  ways: readonly IdWay[];
  members: readonly MemberIds[];
}): Matched {
  const { book, ways, members } = options;
  const index = indexIds(members);
  const counted = new Set(members.filter((one) => one.countsAsLearner).map(({ user }) => user));
  const found = book.people.map((row) => ({ row, ...findPerson({ row, ways, index }) }));
  const rowsOf = new Map<string, number>();
  for (const { user } of found) if (user !== null) rowsOf.set(user, (rowsOf.get(user) ?? 0) + 1);
  const result: Matched = { people: [], unmatched: [] };
  for (const { row, user, id, reason } of found) {
    const fault =
      user === null
        ? reason
        : (rowsOf.get(user) ?? 0) > 1
          ? 'twice'
          : counted.has(user)
            ? null
            : 'not-counted';
    if (user !== null && fault === null) result.people.push({ row, user });
    else result.unmatched.push({ row: row.row, id, reason: fault ?? 'unknown' });
  }
  return result;
}

function findPerson(options: { row: TableRow; ways: readonly IdWay[]; index: Index }): {
  user: string | null;
  id: string;
  reason: UnmatchedReason;
} {
  const { row, ways, index } = options;
  const ids = ways.map(({ at, by }) => ({ by, id: cleanId(row.cells[at] ?? '') }));
  const given = ids.filter(({ id }) => id !== '');
  const id = given[0]?.id ?? '';
  const people = new Set(given.flatMap((one) => [...(index[one.by].get(one.id) ?? [])]));
  const [only, ...more] = people;
  if (only !== undefined && more.length === 0) return { user: only, id, reason: 'unknown' };
  if (only !== undefined) return { user: null, id, reason: 'two-people' };
  return { user: null, id, reason: given.length === 0 ? 'blank' : 'unknown' };
}

function indexIds(members: readonly MemberIds[]): Index {
  const index: Index = { lms: new Map(), sis: new Map() };
  const add = (by: IdKind, id: string | null, user: string): void => {
    const clean = cleanId(id ?? '');
    if (clean === '') return;
    index[by].set(clean, (index[by].get(clean) ?? new Set()).add(user));
  };
  for (const { user, lmsIds, sisId } of members) {
    add('sis', sisId, user);
    for (const id of lmsIds) add('lms', id, user);
  }
  return index;
}

function countFound(book: Gradebook, way: IdWay, index: Index): number {
  return book.people.filter(({ cells }) => index[way.by].has(cleanId(cells[way.at] ?? ''))).length;
}

/** Spaces around an id are no part of it; capitals are. */
function cleanId(cell: string): string {
  return cell.trim();
}
