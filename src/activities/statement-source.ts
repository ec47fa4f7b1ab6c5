// What every statement of ours needs from the records: who the learner is as an xAPI actor, which platform and course, and
// the secret namespace that ids are derived in. Also keeps the actor's key, so that the projection knows whose statement
// it reads. One instance a process.
import { findCourse } from '../lti/course.model.js';
import { createDirectory } from '../lti/directory.js';
import { listUsers } from '../lti/user.model.js';
import { statementNamespace } from '../outbox/statement-namespace.js';
import { agentKey, buildActor } from '../xapi/actor.js';
import type { Agent } from '../xapi/statement.js';
import { deriveStatementId } from '../xapi/statement-id.js';
import type { StatementSetting } from '../xapi/statement-parts.js';
import { recordActors } from './actor-key.model.js';

export interface StatementSource {
  /** Id of the statement about an event; the parts name the event, never the clock. */
  deriveId(...parts: (string | number)[]): Promise<string>;
  /** Setting of a statement about a person. Keeps the actor's key first. */
  settingFor(request: SettingRequest): Promise<StatementSetting>;
  /** The same for many, in a few queries for all; where `courseTitle` is given, courses are not read. */
  settingsFor(requests: readonly SettingRequest[]): Promise<StatementSetting[]>;
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

  const deploymentOf = async (id: string) => {
    const deployment = await directory.deployment(id);
    const platform = deployment && (await directory.platform(deployment.platform));
    return { mode: deployment?.actorMode ?? 'pseudonymous', platform };
  };

  /** The platform's own ids of people, where statements are to name them. */
  const listSubs = async (requests: readonly SettingRequest[]): Promise<Map<string, string>> => {
    const modes = await Promise.all(requests.map((one) => deploymentOf(one.deployment)));
    const named = requests.filter((_, index) => modes[index]?.mode === 'issuer');
    const ids = [...new Set(named.map(({ user }) => user))];
    const users = ids.length === 0 ? [] : await listUsers({ ids });
    return new Map(users.map(({ _id, sub }) => [_id, sub]));
  };

  const actorOf = async (
    { deployment, user }: SettingRequest,
    subs: ReadonlyMap<string, string>,
  ): Promise<{ actor: Agent; platformName: string | null }> => {
    const { mode, platform } = await deploymentOf(deployment);
    const sub = subs.get(user);
    const actor = buildActor({
      mode: sub !== undefined && platform ? mode : 'pseudonymous',
      url,
      issuer: platform?.issuer ?? '',
      sub: sub ?? '',
      user,
      pseudonymKey: await statementNamespace({ secret }),
    });
    return { actor, platformName: platform?.name ?? null };
  };

  const titleOf = async ({
    deployment,
    course,
    courseTitle,
  }: SettingRequest): Promise<string | null> => {
    if (course === null || courseTitle) return courseTitle ?? null;
    const found = await findCourse({ deployment, course });
    return found?.title ?? found?.label ?? null;
  };

  const build = async (
    request: SettingRequest,
    { actor, platformName }: { actor: Agent; platformName: string | null },
  ): Promise<StatementSetting> => {
    const { user, course, language, framework, objectId, timestamp } = request;
    const title = await titleOf(request);
    return {
      actor,
      platformName,
      language,
      registration: await deriveId('registration', user, course ?? '', objectId),
      course: course === null ? null : { iri: `${url}/courses/${course}`, title: title ?? course },
      framework: framework && { iri: framework.uri, title: framework.title },
      timestamp,
    };
  };

  const settingsFor = async (requests: readonly SettingRequest[]): Promise<StatementSetting[]> => {
    const subs = await listSubs(requests);
    const told = await Promise.all(
      requests.map(async (request) => ({ request, ...(await actorOf(request, subs)) })),
    );
    await recordActors({
      actors: told.map(({ request: { deployment, user, learnerIn }, actor }) => ({
        agentKey: agentKey(actor),
        deployment,
        user,
        learnerIn,
      })),
    });
    return Promise.all(told.map(({ request, ...actor }) => build(request, actor)));
  };

  const settingFor = async (request: SettingRequest): Promise<StatementSetting> => {
    const [setting] = await settingsFor([request]);
    if (!setting) throw new Error('there is one setting for each request');
    return setting;
  };

  return { url, deriveId, settingFor, settingsFor };
}
