// What the projection reads and is given: the port to the statements of the deployment's source LRS, and its parts.
import type { StatementSource } from '../activities/statement-source.js';
import type { EvidenceSource } from '../sources/evidence-source.model.js';
import type { Statement } from '../xapi/statement.js';

export interface FeedEntry {
  position: number;
  statement: Statement;
  stored: Date;
  /** Id of the statement that this one voids. */
  voids: string | null;
  authorityKey: string;
}

/** Where statements come from: the deployment's source LRS, in the order in which they became visible. */
export interface StatementFeed {
  read(options: {
    after: number;
    limit: number;
  }): Promise<{ entries: FeedEntry[]; through: number }>;
  /** True for authorities whose statements are our own. */
  isTrusted(authorityKey: string): Promise<boolean>;
  /** Evidence sources whose statements count now, by the authority that vouches for them here. */
  readSources(): Promise<ReadonlyMap<string, EvidenceSource[]>>;
  /** Statements of one actor after a position. */
  readOf(options: { agentKey: string; after: number; limit: number }): Promise<FeedEntry[]>;
}

export interface Projection {
  feed: StatementFeed;
  source: StatementSource;
  now: () => Date;
  signal?: AbortSignal;
}
