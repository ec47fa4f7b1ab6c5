// Tells LRSs that a learner put work forward as evidence, and that they took it back while it waited. It proves nothing yet.
// What was sent stays with us: no note, link or file is told. Idempotent: ids follow from the work and its revision.
import { getActivity } from '../activities/activity.model.js';
import { describeAligned } from '../activities/describe-aligned.js';
import { findCompetencySubject } from '../activities/find-competency-subject.js';
import type { StatementSource } from '../activities/statement-source.js';
import { enqueueStatements, type NewStatement } from '../outbox/enqueue-statement.js';
import { evidencedStatement } from '../xapi/competency-templates.js';
import type { StatementSetting } from '../xapi/statement-parts.js';
import { voidingStatement, workEvidencedStatement } from '../xapi/statement-templates.js';
import type { Statement } from '../xapi/statement.js';
import type { ReviewWork } from './review-work.model.js';

const LANGUAGE = 'en';

/** The last sending, also where it was decided about before anybody told of it; nothing where what it is about is gone. */
export async function stateSentWork(options: {
  work: ReviewWork;
  source: StatementSource;
}): Promise<void> {
  const { work, source } = options;
  const sent = work.history.findLast(({ kind }) => kind === 'sent');
  const last = work.history.at(-1);
  const subject = sent && (await describeSubject(work));
  if (!sent || !last || !subject) return;
  const { deployment, course, user } = work;
  const { framework, objectId, build } = subject;
  const id = await source.deriveId('work-sent', work.id, sent.revision);
  const setting = await source.settingFor({
    deployment,
    course,
    user,
    learnerIn: course,
    language: LANGUAGE,
    framework,
    objectId,
    timestamp: sent.at,
  });
  const about = { course, objectId, attempt: sent.revision };
  const statements: NewStatement[] = [
    {
      deployment,
      user,
      statement: build({ id, setting }),
      about: { ...about, kind: 'evidenced' },
    },
  ];
  if (last.kind === 'taken-back') {
    const statement = voidingStatement({
      id: await source.deriveId('work-taken-back', id),
      actor: setting.actor,
      voids: id,
      timestamp: last.at,
    });
    statements.push({
      deployment,
      user,
      statement,
      about: { ...about, kind: 'evidenced-withdrawn' },
    });
  }
  await enqueueStatements({ statements, now: last.at });
}

interface SentSubject {
  framework: { uri: string; title: string } | null;
  objectId: string;
  build: (event: { id: string; setting: StatementSetting }) => Statement;
}

/** What the work is about, and the statement that says so; null where a competency is gone. */
async function describeSubject(work: ReviewWork): Promise<SentSubject | null> {
  const { deployment, course, about } = work;
  if (about.kind === 'item') {
    const subject = await findCompetencySubject({ ...about, deployment });
    return (
      subject && {
        framework: subject.framework,
        objectId: about.item,
        build: (event) => evidencedStatement({ ...event, ...subject.named }),
      }
    );
  }
  const activity = await getActivity({ deployment, course, activity: about.activity });
  const { framework, description, competencies } = await describeAligned(activity);
  return {
    framework,
    objectId: activity.id,
    build: (event) => workEvidencedStatement({ ...event, activity: description, competencies }),
  };
}
