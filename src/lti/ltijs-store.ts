// The Database contract that ltijs's checks and services expect (setup, Get, Insert, …), as far as we let them use it: nothing
// is stored by it. The nonce was consumed with our login row, in one step, before ltijs is asked.

/** What ltijs calls; `Get` answers false for nothing, else a list. */
export interface LtijsStore {
  Get(key: unknown, collection: string, query: Record<string, unknown>): Promise<false | object[]>;
  Insert(key: unknown, collection: string, item: Record<string, unknown>): Promise<true>;
}

/** Knows one nonce, that of the consumed login: any other counts as received already, and so does a second insert. */
export function createLaunchStore(options: { isNonce: (nonce: string) => boolean }): LtijsStore {
  let isTaken = false;
  const isFree = (nonce: unknown) =>
    !isTaken && typeof nonce === 'string' && options.isNonce(nonce);
  return {
    async Get(_key, collection, query) {
      if (collection !== 'nonce') throw new Error(`ltijs may not read ${collection}`);
      return isFree(query['nonce']) ? false : [{}];
    },
    async Insert(_key, collection, item) {
      if (collection !== 'nonce') throw new Error(`ltijs may not write ${collection}`);
      if (!isFree(item['nonce'])) throw new Error('NONCE_ALREADY_RECEIVED');
      isTaken = true;
      return true;
    },
  };
}

/** For the services, which get their access token and platform from us and need no store at all. */
export function createClosedStore(): LtijsStore {
  return {
    async Get(_key, collection) {
      throw new Error(`ltijs may not read ${collection}`);
    },
    async Insert(_key, collection) {
      throw new Error(`ltijs may not write ${collection}`);
    },
  };
}
