// What this process has just written of courses and links, by hash, so that a class that comes in at once writes them once.
// For a minute only: another process may write them too, and a write too many is harmless where one too few is not. A change
// of a platform or deployment in this process forgets everything.
import { hashSecret } from './cookies.js';
import { countDirectoryChanges } from './directory-changes.js';

const KNOWN_FOR_MS = 60_000;
const MAX_ENTRIES = 10_000;

interface Known {
  hash: string;
  writtenAt: number;
  changes: number;
  done: Promise<void>;
}

const known = new Map<string, Known>();

/**
 * Writes the facts of a record, or waits for the write of the same facts that was begun here less than a minute ago. False
 * where nothing was written anew. `always` writes whatever is known.
 */
export async function writeFacts(options: {
  id: string;
  facts: object;
  now: Date;
  always?: boolean;
  write: () => Promise<void>;
}): Promise<boolean> {
  const { id, facts, now, write, always = false } = options;
  const hash = hashSecret(JSON.stringify(facts));
  const found = known.get(id);
  if (found && !always && found.hash === hash && isFresh(found, now)) {
    await found.done;
    return false;
  }
  known.delete(id);
  if (known.size >= MAX_ENTRIES) known.delete(known.keys().next().value ?? '');
  const done = write();
  const entry = { hash, writtenAt: now.getTime(), changes: countDirectoryChanges(), done };
  known.set(id, entry);
  try {
    await done;
  } catch (error) {
    if (known.get(id) === entry) known.delete(id);
    throw error;
  }
  return true;
}

function isFresh(found: Known, now: Date): boolean {
  const age = Math.abs(now.getTime() - found.writtenAt);
  return age < KNOWN_FOR_MS && found.changes === countDirectoryChanges();
}
