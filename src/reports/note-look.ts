// Notes in the access log who stood on a page that showed several people. What a room that has such pages is handed by app.ts.
import type { NoteLook } from '../lti/note-look.js';
import { insertAccess } from './access-log.model.js';

/** Written before the page is drawn: what cannot be noted is not shown. */
export const noteLook: NoteLook = async ({ people, ...look }) => {
  await insertAccess({
    ...look,
    people: [...new Set(people)],
    action: 'look',
    subjectId: null,
    format: 'page',
  });
};
