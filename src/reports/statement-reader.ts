// The port through which reports read statements: our own record store today, another one tomorrow. app.ts passes it in;
// reports/ never imports lrs/.
export interface ReadStatement {
  id: string;
  /** The statement's JSON. */
  statement: object;
  stored: Date | null;
  /** True when a later statement voided it. */
  isVoided: boolean;
}

export interface StatementReader {
  /** Those of up to 50 ids that the store holds, in any order. */
  listStatements(options: { ids: string[] }): Promise<ReadStatement[]>;
}
