// What is held about a person, put into the kinds that people know (pure). A collection that has no kind of its own is counted
// under "other", so that nothing held is passed over.

const KINDS: Record<string, readonly string[]> = {
  courses: ['memberships', 'courseVisits'],
  launches: ['launches'],
  statements: ['outboxStatements'],
  evidence: ['evidence'],
  progress: ['attainments'],
  list: ['resourceChoices'],
  files: ['storedFiles'],
  grades: ['scoreDeliveries', 'scoreLanes', 'resultStates'],
  pseudonyms: ['actorKeys'],
  looks: ['accessLog'],
};

export interface HeldKind {
  /** Key of the words: `reports:privacy.kinds.KIND`. */
  kind: string;
  count: number;
}

/** In a fixed order; kinds with nothing are left out. */
export function groupHeldData(counts: Record<string, number>): HeldKind[] {
  const named = new Set(Object.values(KINDS).flat());
  const other = Object.keys(counts).filter((collection) => !named.has(collection));
  return Object.entries({ ...KINDS, other }).flatMap(([kind, collections]) => {
    const count = collections.reduce((sum, collection) => sum + (counts[collection] ?? 0), 0);
    return count > 0 ? [{ kind, count }] : [];
  });
}
