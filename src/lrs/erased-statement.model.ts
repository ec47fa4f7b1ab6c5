// Takes statements out of this LRS for good, where the law says more than the standard, which knows voiding only. The records
// belong to lrs-statement.model.ts. A place in the log stays with the statement's id: the same statement sent again is
// answered as one that is there, and is not stored.
import mongoose from 'mongoose';
import type { Statement } from '../xapi/statement.js';
import { listDeclaredAttachments } from './declared-attachments.js';
import { deleteAttachments } from './lrs-attachment.model.js';
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

/**
 * Leaves of each statement that is stored its place and its id; attachments that no other statement declares go before it, so
 * that a stop in between is made good by doing it again. Repeatable.
 */
export async function eraseStatements(options: { statementIds: readonly string[] }): Promise<void> {
  const places = options.statementIds.map((id) => `${LOG}:${id.toLowerCase()}`);
  await deleteAttachments({ sha2s: await listLastAttachments(places) });
  await rows().updateMany(
    { _id: { $in: places }, log: LOG },
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

/** SHA-2 of the attachments that these statements declare and no other. */
async function listLastAttachments(places: readonly string[]): Promise<string[]> {
  const own = await rows()
    .find({ _id: { $in: [...places] }, log: LOG, json: { $regex: '"attachments"' } })
    .project<Pick<Row, 'json'>>({ _id: 0, json: 1 })
    .toArray();
  const sha2s = new Set(own.flatMap(({ json = '' }) => listHashes(json)));
  if (sha2s.size === 0) return [];
  const others = rows()
    .find({
      _id: { $nin: [...places] },
      log: LOG,
      keys: { $in: [...sha2s].map((sha2) => searchKey('attachment', sha2)) },
    })
    .project<Pick<Row, 'json'>>({ _id: 0, json: 1 });
  // A statement that refers to another is found by its keys as well: the text says whose attachment it is.
  for await (const { json = '' } of others) for (const sha2 of listHashes(json)) sha2s.delete(sha2);
  return [...sha2s];
}

function listHashes(json: string): string[] {
  // Stored by our LRS, which read it by the rules.
  return listDeclaredAttachments(JSON.parse(json) as Statement).map(({ sha2 }) =>
    sha2.toLowerCase(),
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
