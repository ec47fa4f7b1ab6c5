// Notes in the access log that somebody took another person's file. What a room that has files is handed by app.ts.
import type { NoteDownload } from '../files/offer-download.js';
import { insertAccess } from './access-log.model.js';

/** Written before the file is handed out: what cannot be noted is not. */
export const noteDownload: NoteDownload = async ({ owner, ...entry }) => {
  await insertAccess({
    ...entry,
    action: 'export',
    subject: 'file',
    subjectId: owner,
    names: 'shown',
    format: 'file',
  });
};
