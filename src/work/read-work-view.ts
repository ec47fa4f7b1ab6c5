// Reads what the pages of work need besides its record: files that are still there, and how people are called.
import type { Words } from '../http/catalogue.js';
import { listFiles } from '../files/stored-file.model.js';
import { personLabel } from '../lti/person-label.js';
import type { Role } from '../lti/roles.js';
import { listUsers } from '../lti/user.model.js';
import type { ReviewWork } from './review-work.model.js';
import { buildWorkView, type WorkView } from './work-view.js';

/** In the order given; two queries for all. */
export async function readWorkViews(options: {
  works: readonly ReviewWork[];
  deployment: string;
  words: Words;
  language: string;
}): Promise<WorkView[]> {
  const { works, deployment, words, language } = options;
  const events = works.flatMap(({ history }) => history);
  const learners = new Set(works.map(({ user }) => user));
  const [files, people] = await Promise.all([
    listFiles({ deployment, files: events.flatMap(({ file }) => file?.id ?? []) }),
    readLabels({ ids: events.map(({ by }) => by), learners, words }),
  ]);
  return works.map((work) => buildWorkView({ work, files, people, words, language }));
}

/** How pages call these people, by id. */
export async function readLabels(options: {
  ids: readonly string[];
  learners: ReadonlySet<string>;
  words: Words;
}): Promise<Map<string, string>> {
  const { learners, words } = options;
  const ids = [...new Set(options.ids)];
  const users = ids.length === 0 ? [] : await listUsers({ ids });
  const names = new Map(users.map(({ _id, name }) => [_id, name]));
  return new Map(
    ids.map((user) => {
      const roles: Role[] = learners.has(user) ? ['Learner'] : ['Instructor'];
      return [user, personLabel({ user, name: names.get(user) ?? null, roles, words })];
    }),
  );
}
