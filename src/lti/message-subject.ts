// Whom a message is about, as our id (pure): the learner of a submission review; the person of a data privacy launch where an
// administrator opens it, and whoever opens it otherwise. Null for every other message.
import type { LaunchContext } from './launch-context.js';
import { userRecordId } from './record-ids.js';
import { isInstitutionAdministrator, type Role } from './roles.js';
import { DATA_PRIVACY_REQUEST, SUBMISSION_REVIEW_REQUEST } from './vocabulary.js';

export function messageSubject(options: {
  platform: string;
  context: Pick<LaunchContext, 'messageType' | 'forUser' | 'sub' | 'roleUris'>;
  roles: Role[];
}): string | null {
  const { platform, context, roles } = options;
  const { messageType, forUser, sub, roleUris } = context;
  const idOf = (person: string) => userRecordId({ platform, sub: person });
  if (messageType === SUBMISSION_REVIEW_REQUEST) return forUser === null ? null : idOf(forUser);
  if (messageType !== DATA_PRIVACY_REQUEST) return null;
  const mayNameOthers = roles.includes('Administrator') || isInstitutionAdministrator(roleUris);
  return idOf(mayNameOthers ? (forUser ?? sub) : sub);
}
