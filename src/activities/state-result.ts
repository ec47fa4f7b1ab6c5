// Tells LRSs of a result that changed: passed or failed with the score (assessed) in the learner's name, and voiding
// statements for those it takes back. Idempotent: ids follow from the revision and its value, the first content stays.
import { enqueueStatement } from '../outbox/enqueue-statement.js';
import type { Agent } from '../xapi/statement.js';
import { completedStatement, voidingStatement } from '../xapi/statement-templates.js';
import { getActivity } from './activity.model.js';
import { describeAligned } from './describe-aligned.js';
import { shareOf } from './next-result.js';
import { markResultTold, type ResultState } from './result-state.model.js';
import type { StatementSource } from './statement-source.js';

const LANGUAGE = 'en';

/** Id of the statement about this revision. The value is a part of it, so that no id ever means two scores. */
export function resultStatementId(
  source: StatementSource,
  of: Pick<ResultState, 'activity' | 'user' | 'course' | 'revision' | 'score' | 'maximum'>,
): Promise<string> {
  const { activity, user, course, revision, score, maximum } = of;
  return source.deriveId('result', user, course, activity, revision, `${score}/${maximum}`);
}

/** Enqueues what the revision means, then marks it as told. */
export async function stateResult(options: {
  state: ResultState;
  source: StatementSource;
  now: Date;
}): Promise<void> {
  const { state, source, now } = options;
  const { deployment, course, user, activity: id, revision, statementId, voids } = state;
  const activity = await getActivity({ deployment, course, activity: id });
  const object = await describeAligned(activity);
  const setting = await source.settingFor({
    deployment,
    user,
    course,
    learnerIn: course,
    language: LANGUAGE,
    framework: object.framework,
    objectId: id,
    timestamp: state.at,
  });
  const about = { course, objectId: id, attempt: revision };
  const share = shareOf(state);
  const imported = await describeImport({ state, source, now });
  if (statementId !== null && share !== null) {
    const statement = completedStatement({
      id: statementId,
      setting,
      activity: object.description,
      competencies: object.competencies,
      evidenceKind: 'assessed',
      score: {
        scaled: share,
        raw: Math.min(state.maximum, Math.max(0, state.score ?? 0)),
        min: 0,
        max: state.maximum,
      },
      success: state.passed,
      ...(imported && { imported }),
    });
    const event = { deployment, user, statement, now };
    await enqueueStatement({ ...event, about: { ...about, kind: 'result' } });
  }
  for (const target of voids) {
    const statement = voidingStatement({
      id: await source.deriveId('result-withdrawn', target),
      actor: setting.actor,
      voids: target,
      timestamp: now,
    });
    const event = { deployment, user, statement, now };
    await enqueueStatement({ ...event, about: { ...about, kind: 'result-withdrawn' } });
  }
  await markResultTold({ state });
}

/** Who brought the score in, as an agent of ours like every other. */
async function describeImport(options: {
  state: ResultState;
  source: StatementSource;
  now: Date;
}): Promise<{ by: Agent; at: Date } | null> {
  const { state, source, now } = options;
  const { imported, deployment, course, activity } = state;
  if (imported === null) return null;
  const { actor } = await source.settingFor({
    deployment,
    user: imported.by,
    course,
    learnerIn: null,
    language: LANGUAGE,
    framework: null,
    objectId: activity,
    timestamp: now,
  });
  return { by: actor, at: imported.at };
}
