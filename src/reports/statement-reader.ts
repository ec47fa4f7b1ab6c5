// The port through which reports read statements: our own record store today, another one tomorrow. app.ts passes it in;
// reports/ never imports lrs/.
import type { StatementJson } from './statement-privacy.js';

export interface ReadStatement {
  id: string;
  statement: StatementJson;
  stored: Date | null;
  /** True when a later statement voided it. */
  isVoided: boolean;
}

export interface StatementReader {
  /** Those of up to 50 ids that the store holds, in any order. */
  listStatements(options: { ids: string[] }): Promise<ReadStatement[]>;
}
