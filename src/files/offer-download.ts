// Leads somebody who may have a file to its download. The caller has proved that they may (guards, and a query that holds the
// course); what is written down about it, is written here, in one place for all files.
import { createTicket } from './file-ticket.model.js';
import { findFile, type StoredFile } from './stored-file.model.js';

/** Notes that somebody else than its owner took a file; reports/ keeps the log, which stands downstream of this room. */
export type NoteDownload = (entry: {
  deployment: string;
  course: string;
  /** Who takes it. */
  user: string;
  roles: string[];
  owner: string;
  at: Date;
}) => Promise<void>;

/** The address to send the browser to; it opens once, within a minute. What cannot be noted is not handed out. */
export async function offerDownload(options: {
  file: StoredFile;
  reader: { user: string; roles: string[] };
  noteDownload: NoteDownload;
  now: Date;
}): Promise<string> {
  const { file, reader, noteDownload, now } = options;
  const { deployment, course, user: owner } = file;
  if (reader.user !== owner) await noteDownload({ deployment, course, ...reader, owner, at: now });
  return toDownload({ deployment, file: file.id, now });
}

/**
 * The same for what a course gives to all its people: who opens it looks into nobody's data, so nothing is noted. Null where
 * the file is no longer stored.
 */
export async function offerMaterial(options: {
  deployment: string;
  file: string;
  now: Date;
}): Promise<string | null> {
  return (await findFile(options)) && toDownload(options);
}

async function toDownload(ticket: {
  deployment: string;
  file: string;
  now: Date;
}): Promise<string> {
  return `/files/${await createTicket(ticket)}`;
}
