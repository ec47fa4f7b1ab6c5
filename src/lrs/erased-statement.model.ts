// Takes statements out of this LRS for good, where the law says more than the standard, which knows voiding only. The records
// belong to lrs-statement.model.ts. A place in the log stays with the statement's id: the same statement sent again is
// answered as one that is there, and is not stored.
import mongoose from 'mongoose';
import { searchKey } from './statement-search.js';

const LOG = 'lrs';

interface Row {
  _id: string;
  log: string;
  position: number;
  state: string;
  statementId?: string;
  json?: string;
  keys?: string[];
}

/** Leaves of each statement that is stored its place and its id. Repeatable. */
export async function eraseStatements(options: { statementIds: readonly string[] }): Promise<void> {
  await rows().updateMany(
    { _id: { $in: options.statementIds.map((id) => `${LOG}:${id.toLowerCase()}`) }, log: LOG },
    {
      $set: { state: 'gap' },
      $unset: {
        statementId: 1,
        storedUs: 1,
        json: 1,
        keys: 1,
        authorityKey: 1,
        refersTo: 1,
        voids: 1,
        voidedBy: 1,
      },
    },
  );
}

/** Statements in which this agent acts or is the object, voided ones too, after a position; `agentKey` as in xapi/actor.ts. */
export async function listStatementsOfAgent(options: {
  agentKey: string;
  after: number;
  limit: number;
}): Promise<{ position: number; statementId: string; json: string }[]> {
  const { agentKey, after, limit } = options;
  const found = await rows()
    .find({
      log: LOG,
      keys: searchKey('agent', agentKey),
      position: { $gt: after },
      state: { $ne: 'gap' },
    })
    .project<Pick<Row, 'position' | 'statementId' | 'json'>>({
      _id: 0,
      position: 1,
      statementId: 1,
      json: 1,
    })
    .sort({ position: 1 })
    .limit(limit)
    .toArray();
  return found.flatMap(({ position, statementId, json }) =>
    statementId === undefined || json === undefined ? [] : [{ position, statementId, json }],
  );
}

/** Documents about these agents: their profiles, and states they left in activities. Repeatable. */
export async function eraseDocuments(options: { agentKeys: readonly string[] }): Promise<void> {
  const documents = mongoose.connection.collection<{ agentKey: string | null }>('lrsDocuments');
  await documents.deleteMany({ agentKey: { $in: [...options.agentKeys] } });
}

function rows(): mongoose.mongo.Collection<Row> {
  return mongoose.connection.collection<Row>('statements');
}
