// Deletes a stored file.
import { deleteChunks } from './file-chunk.model.js';
import { deleteFileRecord } from './stored-file.model.js';

/** The record's deletion is the fact; pieces that a stop leaves behind are swept. Repeatable. */
export async function deleteFile(options: { deployment: string; file: string }): Promise<void> {
  await deleteFileRecord(options);
  await deleteChunks(options);
}
