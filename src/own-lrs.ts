// Joins the outbox with the LRS we carry, which know nothing of each other: the outbox gets a key and an address, as of any
// LRS; attainment gets the feed and whose word counts. Composition only.
import type { StatementFeed } from './attainment/projection.js';
import type { Config } from './config.js';
import { isAppError } from './http/errors.js';
import { OWN_KEY_NAME } from './lrs/lrs-key-terms.js';
import { addLrsKey, listLrsKeys, lrsKeyAuthority } from './lrs/lrs-keys.js';
import { readStatementFeed, readStatementsOf } from './lrs/statement-feed.js';
import { storeForeign } from './lrs/store-foreign.js';
import { createLrsKeyVerifier } from './lrs/verify-lrs-key.js';
import { ensureOwnDestination, type LrsKey } from './outbox/destinations.js';
import { listActiveSources, type EvidenceSource } from './sources/evidence-source.model.js';
import type { StoreForeign } from './sources/poll-sources.js';
import { agentKey } from './xapi/actor.js';
import type { Agent } from './xapi/statement.js';

const TRUST_REMEMBERED_MS = 10_000;

/** Makes the key that our own outbox uses, and no other. */
export function makeOwnKey(options: { now: () => Date }): () => Promise<LrsKey> {
  return () => addLrsKey({ name: OWN_KEY_NAME, scopes: ['all'], now: options.now() });
}

/** The LRS at this process's own port, so that no proxy stands between. Idempotent. */
export async function joinOwnLrs(options: { config: Config; now: () => Date }): Promise<void> {
  const { config, now } = options;
  const verifier = createLrsKeyVerifier({ url: config.url, now });
  await ensureOwnDestination({
    endpoint: `http://127.0.0.1:${config.port}/xapi`,
    secret: config.secret,
    makeKey: makeOwnKey({ now }),
    verifyKey: async ({ key, secret }) => {
      const header = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
      return verifier.verify(header).then(
        () => true,
        (error: unknown) => {
          if (isAppError(error) && error.status === 401) return false;
          throw error;
        },
      );
    },
    now: now(),
  });
}

/** What is stored here, in order: what our own outbox vouches for, and what evidence sources vouch for. */
export function ownFeed(options: { config: Config; now: () => Date }): StatementFeed {
  const { config, now } = options;
  let known: { authorities: ReadonlySet<string>; until: number } | null = null;
  const readTrusted = async (): Promise<ReadonlySet<string>> => {
    const keys = (await listLrsKeys()).filter(({ name }) => name === OWN_KEY_NAME);
    const authorities = new Set(
      keys.map(({ key, name }) => agentKey(lrsKeyAuthority({ url: config.url, key, name }))),
    );
    known = { authorities, until: now().getTime() + TRUST_REMEMBERED_MS };
    return authorities;
  };
  const isTrusted = async (authorityKey: string): Promise<boolean> => {
    if (known && known.until > now().getTime() && known.authorities.has(authorityKey)) return true;
    // Unknown, or not asked for a while: a key made a moment ago must not cost its statements.
    return (await readTrusted()).has(authorityKey);
  };
  return {
    read: ({ after, limit }) => readStatementFeed({ after, limit, now: now() }),
    isTrusted,
    readSources: async () => {
      const names = new Map((await listLrsKeys()).map(({ key, name }) => [key, name]));
      const byAuthority = new Map<string, EvidenceSource[]>();
      for (const source of await listActiveSources()) {
        const { endpoint, key } = source;
        const voucher =
          endpoint === null
            ? lrsKeyAuthority({ url: config.url, key, name: names.get(key) ?? '' })
            : sourceAuthority({ url: config.url, source });
        const authority = agentKey(voucher);
        byAuthority.set(authority, [...(byAuthority.get(authority) ?? []), source]);
      }
      return byAuthority;
    },
    readOf: readStatementsOf,
  };
}

/** Puts what was read from another record store into ours. */
export function storeOfSource(options: { config: Config; now: () => Date }): StoreForeign {
  const { config, now } = options;
  return ({ source, statements }) =>
    storeForeign({
      statements,
      authority: sourceAuthority({ url: config.url, source }),
      limits: config.lrsLimits,
      now: now(),
    });
}

/** Who vouches here for what was read from another record store. */
function sourceAuthority({ url, source }: { url: string; source: EvidenceSource }): Agent {
  const account = { homePage: `${url}/xapi`, name: `source:${source.id}` };
  return { objectType: 'Agent', name: source.name, account };
}
