// Everything that a deployment holds of a person, record after record, for the file they take with them: who they are, each row
// as it is stored, each statement as it is told. A few at a time, so that a long life needs no more memory than a short one.
import { readPersonalRows } from '../db/personal-rows.js';
import { readChunks } from '../files/file-chunk.model.js';
import { AppError } from '../http/errors.js';
import { findUser } from '../lti/user.model.js';
import { readPersonalStatements } from '../outbox/personal-statement.model.js';
import { findErasure } from './erasure.model.js';
import { readForeignStatements } from './foreign-statements.js';
import { countHeldData } from './held-data.js';

export interface ExportedRecord {
  /** `about` comes first, `person`, the name of a collection, `statement`, or `statementOfOthers`. */
  kind: string;
  record: unknown;
}

/**
 * Throws `privacy.nothing-held` (404), or `privacy.being-erased` (409) while an erasure is under way: what it left would pass
 * for everything.
 */
export async function openPersonExport(options: {
  deployment: string;
  user: string;
  now: Date;
}): Promise<AsyncGenerator<ExportedRecord>> {
  const { deployment, user } = options;
  const [held, erasure] = await Promise.all([
    countHeldData({ deployment, user }),
    findErasure({ deployment, user }),
  ]);
  if (erasure?.state === 'waiting') throw new AppError('privacy.being-erased', { status: 409 });
  if (Object.keys(held).length === 0) throw new AppError('privacy.nothing-held', { status: 404 });
  return readPerson({ ...options, held });
}

async function* readPerson(options: {
  deployment: string;
  user: string;
  now: Date;
  held: Record<string, number>;
}): AsyncGenerator<ExportedRecord> {
  const { deployment, user, now, held } = options;
  yield { kind: 'about', record: { deployment, user, at: now, counts: held } };
  yield { kind: 'person', record: await findUser({ user }) };
  for await (const { collection, row } of readPersonalRows({ deployment, user })) {
    yield { kind: collection, record: row };
    if (collection === 'storedFiles') yield* readContent({ deployment, file: String(row['_id']) });
  }
  for await (const { json } of readPersonalStatements({ deployment, user }))
    // Written by enqueueStatement.
    yield { kind: 'statement', record: JSON.parse(json) as unknown };
  for await (const record of readForeignStatements({ deployment, user }))
    yield { kind: 'statementOfOthers', record };
}

/** In the pieces it is stored in, so that a large file takes no more memory than a small one. */
async function* readContent(of: {
  deployment: string;
  file: string;
}): AsyncGenerator<ExportedRecord> {
  let number = 0;
  for await (const bytes of readChunks(of)) {
    yield {
      kind: 'fileContent',
      record: { file: of.file, number, base64: bytes.toString('base64') },
    };
    number += 1;
  }
}

/** One JSON text a line. */
export async function* toJsonLines(records: AsyncIterable<ExportedRecord>): AsyncGenerator<string> {
  for await (const one of records) yield `${JSON.stringify(one)}\n`;
}
