// Puts what several requests want to append into common calls to the database while earlier calls are under way: many
// single statements then cost little more than a batch. Each caller hears of its own entries only.

/** More of one call does not make it faster. */
const MOST_IN_GROUP = 200;
/** So many calls are under way at once. */
const MOST_AT_ONCE = 3;

interface Waiting<Entry> {
  entries: Entry[];
  resolve(already: Entry[]): void;
  reject(error: unknown): void;
}

/**
 * Appends by `append`, which takes a list and gives back those of its very objects that were there already. The promise
 * of a caller settles when the call that its entries were in has ended, and fails with it.
 */
export function createGroupedAppend<Entry extends object>(
  append: (entries: Entry[]) => Promise<Entry[]>,
): (entries: Entry[]) => Promise<Entry[]> {
  const queue: Waiting<Entry>[] = [];
  let underWay = 0;

  const next = () => {
    if (underWay >= MOST_AT_ONCE || queue.length === 0) return;
    const group = takeGroup(queue);
    underWay += 1;
    const end = () => {
      underWay -= 1;
      next();
    };
    append(group.flatMap(({ entries }) => entries)).then(
      (already) => {
        end();
        const known = new Set(already);
        for (const { entries, resolve } of group)
          resolve(entries.filter((entry) => known.has(entry)));
      },
      (error: unknown) => {
        end();
        for (const { reject } of group) reject(error);
      },
    );
  };

  return (entries) =>
    new Promise((resolve, reject) => {
      queue.push({ entries, resolve, reject });
      next();
    });
}

/** Whole requests, in the order they came; one at least, however large. */
function takeGroup<Entry>(queue: Waiting<Entry>[]): Waiting<Entry>[] {
  let size = queue[0]?.entries.length ?? 0;
  let count = 1;
  for (const { entries } of queue.slice(1)) {
    size += entries.length;
    if (size > MOST_IN_GROUP) break;
    count += 1;
  }
  return queue.splice(0, count);
}
