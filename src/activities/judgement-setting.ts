// The settings of a statement in which a member of staff judges a learner: the learner's, whose statement it is, and the
// staff's, who is its instructor.
import type { StatementSetting } from '../xapi/statement-parts.js';
import type { StatementSource } from './statement-source.js';

const LANGUAGE = 'en';

export async function settingsOfJudgement(options: {
  source: StatementSource;
  judgement: { deployment: string; course: string; user: string; by: string };
  framework: { uri: string; title: string } | null;
  objectId: string;
  timestamp: Date;
}): Promise<{ learner: StatementSetting; staff: StatementSetting }> {
  const { source, judgement, framework, objectId, timestamp } = options;
  const { deployment, course, user, by } = judgement;
  const shared = {
    deployment,
    course,
    language: LANGUAGE,
    framework: framework && { uri: framework.uri, title: framework.title },
    objectId,
    timestamp,
  };
  const [learner, staff] = await source.settingsFor([
    { ...shared, user, learnerIn: course },
    { ...shared, user: by, learnerIn: null },
  ]);
  if (!learner || !staff) throw new Error('there is one setting for each request');
  return { learner, staff };
}
