// Says within this process that a platform or deployment record changed, so that what is cached of them is read anew at
// once. Other processes see the change when their cache of two seconds ends.

let changes = 0;

export function announceDirectoryChange(): void {
  changes += 1;
}

/** Grows with each change; a cache that kept another number is stale. */
export function countDirectoryChanges(): number {
  return changes;
}
