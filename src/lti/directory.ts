// Platforms and deployments as launches and requests need them: read once in two seconds. A change made in this process
// counts at once; one made in another (the command line) within those two seconds.
import { countDirectoryChanges } from './directory-changes.js';
import { findDeployment, type Deployment } from './deployment.model.js';
import { findPlatform, type Platform } from './platform.model.js';

const MAX_AGE_MS = 2_000;
const MAX_ENTRIES = 5_000;

export interface Directory {
  platform(id: string): Promise<Platform | null>;
  deployment(id: string): Promise<Deployment | null>;
}

export function createDirectory(options: { now: () => Date }): Directory {
  const { now } = options;
  return {
    platform: createCache({ now, load: (platform) => findPlatform({ platform }) }),
    deployment: createCache({ now, load: (deployment) => findDeployment({ deployment }) }),
  };
}

interface Entry<Value> {
  value: Promise<Value | null>;
  readAt: number;
  changes: number;
}

/** Shares reads under way; what was not found is asked for again. */
function createCache<Value>(options: {
  now: () => Date;
  load: (id: string) => Promise<Value | null>;
}): (id: string) => Promise<Value | null> {
  const { now, load } = options;
  const entries = new Map<string, Entry<Value>>();
  return (id) => {
    const time = now().getTime();
    const found = entries.get(id);
    const age = found ? Math.abs(time - found.readAt) : Infinity;
    if (found && age < MAX_AGE_MS && found.changes === countDirectoryChanges()) return found.value;
    if (entries.size >= MAX_ENTRIES) entries.clear();
    const value = load(id);
    const entry = { value, readAt: time, changes: countDirectoryChanges() };
    entries.set(id, entry);
    const forget = () => {
      if (entries.get(id) === entry) entries.delete(id);
    };
    value.then((loaded) => (loaded === null ? forget() : undefined), forget);
    return value;
  };
}
