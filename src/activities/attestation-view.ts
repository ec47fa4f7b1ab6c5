// Attestations as pages show them to staff and to the learner: who vouched, when, why, what it rests on, and whether and why
// it was taken back.
import type { Words } from '../http/catalogue.js';
import { personLabel } from '../lti/person-label.js';
import { listUsers } from '../lti/user.model.js';
import type { Attestation } from './attestation.model.js';

export interface AttestationView {
  id: string;
  sentence: string;
  note: string;
  link: string | null;
  hasDocument: boolean;
  statementId: string;
  withdrawn: string | null;
}

/** Names of staff as they are shared, by user; whoever shares none is called by role and code. */
export async function readStaffNames(options: {
  users: readonly string[];
  words: Words;
}): Promise<Map<string, string>> {
  const ids = [...new Set(options.users)];
  const known = ids.length === 0 ? [] : await listUsers({ ids });
  const names = new Map(known.map(({ _id, name }) => [_id, name]));
  return new Map(
    ids.map((user) => [
      user,
      personLabel({
        user,
        name: names.get(user) ?? null,
        roles: ['Instructor'],
        words: options.words,
      }),
    ]),
  );
}

export async function readAttestationViews(options: {
  attestations: readonly Attestation[];
  words: Words;
  language: string;
}): Promise<AttestationView[]> {
  const { attestations, words, language } = options;
  const users = attestations.flatMap(({ by, withdrawn }) =>
    withdrawn ? [by, withdrawn.by] : [by],
  );
  const names = await readStaffNames({ users, words });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  return attestations.map(({ id, kind, by, at, note, link, document, statementId, withdrawn }) => ({
    id,
    sentence: words(`attestations:kinds.${kind}`, {
      name: names.get(by) ?? '',
      date: day.format(at),
    }),
    note,
    link,
    hasDocument: document !== null,
    statementId,
    withdrawn:
      withdrawn &&
      words('attestations:withdrawn', {
        name: names.get(withdrawn.by) ?? '',
        date: day.format(withdrawn.at),
        reason: withdrawn.reason,
      }),
  }));
}
