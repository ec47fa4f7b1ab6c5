// Reads whose answer is the same for many people at once (a framework, what a course holds): kept in the process for two
// seconds, shared while under way. What this process writes it forgets at once; another process sees it within those two
// seconds (docs/decisions/shared-reads.md). For pages, and for what only a restore changes: whoever computes attainment
// reads from the database.

const KEPT_MS = 2_000;
const MOST_KEPT = 2_000;

interface Kept {
  value: Promise<unknown>;
  readAt: number;
}

/** By what they are about, then by reading and options. */
const kept = new Map<string, Map<string, Kept>>();
let count = 0;
let readings = 0;

/**
 * Wraps a read. `about` names what the answer is made of, in the words that its writers give to forgetReads; `options` are
 * plain data. The answer is shared: do not change it. What throws is not kept.
 */
export function shareReads<Options, Value>(settings: {
  about: (options: Options) => string;
  read: (options: Options) => Promise<Value>;
  /** Milliseconds that only grow. */
  clock?: () => number;
}): (options: Options) => Promise<Value> {
  const { about, read, clock = () => performance.now() } = settings;
  readings += 1;
  const name = String(readings);
  return (options) => {
    const place = { topic: about(options), key: `${name} ${JSON.stringify(options)}` };
    const readAt = clock();
    const found = kept.get(place.topic)?.get(place.key);
    // What is kept under the name of this reading is an answer of it.
    if (found && readAt - found.readAt < KEPT_MS) return found.value as Promise<Value>;
    const value = read(options);
    const fresh = { value, readAt };
    keep(place, fresh);
    value.catch(() => drop(place, fresh));
    return value;
  };
}

/** Call it after a write, also after one that failed, for it may have been done. Without a topic all is forgotten. */
export function forgetReads(topic?: string): void {
  if (topic === undefined) {
    kept.clear();
    count = 0;
    return;
  }
  count -= kept.get(topic)?.size ?? 0;
  kept.delete(topic);
}

interface Place {
  topic: string;
  key: string;
}

function keep({ topic, key }: Place, fresh: Kept): void {
  if (count >= MOST_KEPT) forgetReads();
  const known = kept.get(topic) ?? new Map<string, Kept>();
  if (!known.has(key)) count += 1;
  known.set(key, fresh);
  kept.set(topic, known);
}

function drop({ topic, key }: Place, failed: Kept): void {
  const known = kept.get(topic);
  if (known?.get(key) !== failed) return;
  known.delete(key);
  count -= 1;
}
