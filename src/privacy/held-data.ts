// What is held about a person in one deployment: counted, and put into the kinds that people know. A collection that has no kind
// of its own is counted under "other", so that nothing held is passed over.
import { countPersonalRows } from '../db/personal-rows.js';
import { countPersonalStatements } from '../outbox/personal-statement.model.js';

const KINDS: Record<string, readonly string[]> = {
  courses: ['memberships', 'courseVisits'],
  launches: ['launches'],
  statements: ['statements'],
  evidence: ['evidence', 'attestations', 'ratings'],
  progress: ['attainments'],
  list: ['resourceChoices'],
  grades: ['scoreDeliveries', 'scoreLanes', 'resultStates', 'columnValues'],
  files: ['storedFiles', 'reviewWorks'],
  pseudonyms: ['actorKeys'],
  shared: ['sharedPages'],
  rights: ['grants'],
  looksAt: ['accessLog'],
};

export interface HeldKind {
  /** Key of the words: `privacy:kinds.KIND`. */
  kind: string;
  count: number;
}

/** By collection; those with nothing are left out. Empty for who was never here. */
export async function countHeldData(of: {
  deployment: string;
  user: string;
}): Promise<Record<string, number>> {
  const [rows, statements] = await Promise.all([
    countPersonalRows(of),
    countPersonalStatements(of),
  ]);
  return { ...rows, ...(statements > 0 && { statements }) };
}

/** In a fixed order; kinds with nothing are left out. Pure. */
export function groupHeldData(counts: Record<string, number>): HeldKind[] {
  const named = new Set(Object.values(KINDS).flat());
  const other = Object.keys(counts).filter((collection) => !named.has(collection));
  return Object.entries({ ...KINDS, other }).flatMap(([kind, collections]) => {
    const count = collections.reduce((sum, collection) => sum + (counts[collection] ?? 0), 0);
    return count > 0 ? [{ kind, count }] : [];
  });
}
