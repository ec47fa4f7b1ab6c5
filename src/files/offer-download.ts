// Leads somebody who may have a file to its download. The caller has proved that they may (guards, and a query that holds the
// course); what is written down about it, is written here, in one place for all files.
import { createTicket } from './file-ticket.model.js';
import type { StoredFile } from './stored-file.model.js';

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
  return `/files/${await createTicket({ deployment, file: file.id, now })}`;
}
