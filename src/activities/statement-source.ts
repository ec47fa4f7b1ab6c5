// What every statement of ours needs from the records: who the learner is as an xAPI actor, which platform and course, and
// the secret namespace that ids are derived in. Also keeps the actor's key, so that the projection knows whose statement
// it reads. One instance a process.
import { findCourse } from '../lti/course.model.js';
import { createDirectory } from '../lti/directory.js';
import { findUser } from '../lti/user.model.js';
import { statementNamespace } from '../outbox/statement-namespace.js';
import { agentKey, buildActor } from '../xapi/actor.js';
import type { Agent } from '../xapi/statement.js';
import { deriveStatementId } from '../xapi/statement-id.js';
import type { StatementSetting } from '../xapi/statement-templates.js';
import { recordActor } from './actor-key.model.js';

export interface StatementSource {
  /** Id of the statement about an event; the parts name the event, never the clock. */
  deriveId(...parts: (string | number)[]): Promise<string>;
  /** Setting of a statement about a person. Keeps the actor's key first. */
  settingFor(options: SettingRequest): Promise<StatementSetting>;
  url: string;
}

interface SettingRequest {
  deployment: string;
  user: string;
  course: string | null;
  /** The course's title, where the caller knows it. */
  courseTitle?: string | null;
  /** The course in which the person is a learner; null for staff. */
  learnerIn: string | null;
  language: string;
  framework: { uri: string; title: string } | null;
  /** What the registration is about: our id of the activity, resource or item. */
  objectId: string;
  timestamp: Date;
}

/** `url` is our public base address, `secret` the instance's. */
export function createStatementSource(options: {
  url: string;
  secret: string;
  now: () => Date;
}): StatementSource {
  const { url, secret, now } = options;
  const directory = createDirectory({ now });

  const deriveId = async (...parts: (string | number)[]): Promise<string> =>
    deriveStatementId({ namespace: await statementNamespace({ secret }), parts });

  const actorOf = async (
    request: SettingRequest,
  ): Promise<{ actor: Agent; platformName: string | null }> => {
    const deployment = await directory.deployment(request.deployment);
    const platform = deployment && (await directory.platform(deployment.platform));
    const mode = deployment?.actorMode ?? 'pseudonymous';
    const person = mode === 'issuer' ? await findUser({ user: request.user }) : null;
    const actor = buildActor({
      mode: person && platform ? mode : 'pseudonymous',
      url,
      issuer: platform?.issuer ?? '',
      sub: person?.sub ?? '',
      user: request.user,
      pseudonymKey: await statementNamespace({ secret }),
    });
    return { actor, platformName: platform?.name ?? null };
  };

  const keepActor = (
    actor: Agent,
    { deployment, user, learnerIn }: SettingRequest,
  ): Promise<void> => recordActor({ agentKey: agentKey(actor), deployment, user, learnerIn });

  const titleOf = async ({
    deployment,
    course,
    courseTitle,
  }: SettingRequest): Promise<string | null> => {
    if (course === null || courseTitle) return courseTitle ?? null;
    const found = await findCourse({ deployment, course });
    return found?.title ?? found?.label ?? null;
  };

  return {
    url,
    deriveId,
    async settingFor(request) {
      const { user, course, language, framework, objectId, timestamp } = request;
      const { actor, platformName } = await actorOf(request);
      await keepActor(actor, request);
      const title = await titleOf(request);
      return {
        actor,
        platformName,
        language,
        registration: await deriveId('registration', user, course ?? '', objectId),
        course:
          course === null ? null : { iri: `${url}/courses/${course}`, title: title ?? course },
        framework: framework && { iri: framework.uri, title: framework.title },
        timestamp,
      };
    },
  };
}
