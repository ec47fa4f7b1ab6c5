// A person with something in every place that an erase must reach, written through the models' own functions, and another person
// beside them of whom nothing may go.
import { randomUUID } from 'node:crypto';
import { recordActors } from '../../src/activities/actor-key.model.js';
import { addChoice } from '../../src/activities/resource-choice.model.js';
import { recordEvidence } from '../../src/attainment/evidence.model.js';
import { approveDeployment, entitleReviewer } from '../../src/lti/deployment.model.js';
import { insertLaunch } from '../../src/lti/launch.model.js';
import { addPlatform } from '../../src/lti/manage-platforms.js';
import type { Role } from '../../src/lti/roles.js';
import { recordLaunchedMembership } from '../../src/lti/membership.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { recordUser } from '../../src/lti/user.model.js';
import { prepareStatements } from '../../src/lrs/prepare-statements.js';
import { storeStatements } from '../../src/lrs/store-statements.js';
import { enqueueStatements } from '../../src/outbox/enqueue-statement.js';
import { insertAccess } from '../../src/reports/access-log.model.js';
import { agentKey, buildActor } from '../../src/xapi/actor.js';
import type { Statement } from '../../src/xapi/statement.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { DEFAULT_LIMITS } from '../lrs/lrs-app.js';

export const URL = 'https://tool.example';
export const NOW = new Date('2026-05-03T08:00:00Z');
const COURSE = 'course-1';
const authority = { account: { homePage: `${URL}/xapi`, name: 'test' } };

export interface ErasePlace {
  platform: string;
  deployment: string;
}

export async function connectSchool(deploymentId = 'd1'): Promise<ErasePlace> {
  const address = 'https://lms.example/x';
  const { platform } = await addPlatform(
    {
      name: 'School',
      issuer: 'https://lms.example',
      clientId: 'c1',
      authorizationUrl: address,
      tokenUrl: address,
      jwksUrl: address,
    },
    { now: NOW, mayReach: () => true },
  );
  const { _id } = await approveDeployment({ platform: platform._id, deploymentId, now: NOW });
  return { platform: platform._id, deployment: _id };
}

/** Returns our id of the person, and of their statements. */
export async function addPerson(
  options: ErasePlace & {
    sub: string;
    statements: number;
    course?: string;
    roles?: Role[];
    at?: Date;
  },
): Promise<{ user: string; statementIds: string[] }> {
  const { platform, deployment, sub, statements, course = COURSE } = options;
  const { roles = ['Learner'], at = NOW } = options;
  const user = userRecordId({ platform, sub });
  const facts = {
    name: `Name of ${sub}`,
    email: `${sub}@school.example`,
    sisId: null,
    lmsId: null,
    testUser: false,
  };
  await recordUser({ user, platform, sub, facts, now: NOW });
  await recordLaunchedMembership({
    deployment,
    course,
    user,
    roles,
    roleUris: [],
    testUser: false,
    now: at,
  });
  await insertLaunch({
    _id: randomUUID(),
    platform,
    deployment,
    course,
    user,
    resourceLink: null,
    messageType: 'LtiResourceLinkRequest',
    roles,
    at,
    testUser: false,
    stated: true,
    answeredAt: null,
    entry: null,
  });
  await addChoice({ deployment, user, resource: 'r1', course, now: NOW });
  await entitleReviewer({ deployment, user, names: 'shown' });
  await insertAccess({
    deployment,
    course,
    user: 'somebody',
    roles: ['Administrator'],
    action: 'look',
    subject: 'learner',
    subjectId: user,
    names: 'shown',
    format: 'page',
    at: NOW,
  });
  return { user, statementIds: await addStatements({ ...options, user, count: statements }) };
}

/** In the outbox, in our LRS as delivered, and as evidence. */
export async function addStatements(options: {
  deployment: string;
  user: string;
  count: number;
  course?: string;
  at?: Date;
}): Promise<string[]> {
  const { deployment, user, count, course = COURSE, at = NOW } = options;
  const actor = actorOf(user);
  await recordActors({
    actors: [{ agentKey: agentKey(actor), deployment, user, learnerIn: course }],
  });
  const statements = Array.from({ length: count }, () => completedBy(user));
  for (let start = 0; start < count; start += 500) {
    const page = statements.slice(start, start + 500);
    await enqueueStatements({
      statements: page.map((statement) => ({
        deployment,
        user,
        statement,
        about: { kind: 'completed', course, objectId: 'r1', attempt: 1 },
      })),
      now: NOW,
    });
    await deliver(page);
    await recordEvidence({
      evidence: page.map(({ id }) => ({
        statementId: id,
        deployment,
        user,
        course,
        objectId: 'r1',
        objectKind: 'resource',
        title: 'Resource',
        kind: 'declared',
        completes: true,
        imported: false,
        success: null,
        score: null,
        at,
        withdrawn: null,
        item: null,
        by: null,
      })),
    });
  }
  return statements.map(({ id }) => id);
}

export function completedBy(user: string, id: string = randomUUID()): Statement & { id: string } {
  return {
    id,
    actor: actorOf(user),
    verb: { id: VERBS.completed },
    object: { id: `${URL}/resources/r1` },
    timestamp: NOW.toISOString(),
  };
}

/** As the delivery, or any other sender, sends them to our LRS. */
export async function deliver(statements: readonly Statement[]): Promise<void> {
  const prepared = prepareStatements({
    body: Buffer.from(JSON.stringify(statements)),
    version: '1.0.3',
    caller: { authority, authorityKey: agentKey(authority) },
    limits: DEFAULT_LIMITS,
    statementId: null,
  });
  await storeStatements({ prepared, now: NOW });
}

function actorOf(user: string) {
  return buildActor({
    mode: 'pseudonymous',
    url: URL,
    issuer: '',
    sub: '',
    user,
    pseudonymKey: 'key of pseudonyms',
  });
}
