import { expect } from 'chai';
import mongoose from 'mongoose';
import '../src/app.js';
import '../src/jobs.js';
import { listModels } from '../src/db/models.js';
import { emptyTestData } from '../src/empty-test-data.js';
import { appendStatements, listById } from '../src/lrs/lrs-statement.model.js';
import { addPlatform } from '../src/lti/manage-platforms.js';
import { enqueueStatement } from '../src/outbox/enqueue-statement.js';
import { findVisibleThrough, listOutboxStatements } from '../src/outbox/outbox-statement.model.js';
import { outboxLogOf } from '../src/outbox/outbox-partition.js';
import type { Statement } from '../src/xapi/statement.js';
import { countRecords } from './support/count-records.js';
import { testDatabase } from './support/engine.js';
import { refusal } from './support/refusal.js';

const [FIRST, SECOND] = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
] as const;
const NOW = new Date('2026-11-23T10:00:00Z');
const TEST = { issuer: 'https://canvas.beta.instructure.com', clientId: '10000000000001' };
const SCHOOL = { issuer: 'https://canvas.instructure.com', clientId: '10000000000001' };
/** Named by platform or deployment, and kept: the registration itself. */
const REGISTRATION = ['platforms', 'deployments', 'invitations', 'registrationAttempts'];

describe('emptying test data', () => {
  it('removes every row that names the test platform or a deployment of it, and nothing of the school', async () => {
    const [test, school] = [await register(TEST), await register(SCHOOL)];
    await fillEveryCollection(school);
    const before = await countRecords();
    await fillEveryCollection(test);
    const full = await countRecords();

    const rows = await emptyTestData({ platform: test.platform });

    expect(Object.keys(full)).to.include.members(['launches', 'users', 'evidence', 'attainments']);
    expect(await countRecords()).to.deep.equal(before);
    expect(rows).to.include({ launches: 1, users: 1, memberships: 1, evidence: 1 });
  });

  it('takes its statements out of the outbox and our record store, leaving places so that nothing waits for them', async () => {
    const [test, school] = [await register(TEST), await register(SCHOOL)];
    await state(test.deployment, 'user-of-test', FIRST);
    await state(school.deployment, 'user-of-school', SECOND);

    await emptyTestData({ platform: test.platform });

    expect(await listById({ statementIds: [FIRST, SECOND] })).to.have.length(1);
    expect(
      await listOutboxStatements({ deployment: test.deployment, user: 'user-of-test' }),
    ).to.deep.equal([]);
    expect(
      await listOutboxStatements({ deployment: school.deployment, user: 'user-of-school' }),
    ).to.have.length(1);
    const log = outboxLogOf('user-of-test');
    const places = await testDatabase().collection('outboxStatements').countDocuments({ log });
    expect(await findVisibleThrough({ log, now: NOW })).to.equal(places);
  });

  it('can be repeated, and lets the same statement be stated anew', async () => {
    const test = await register(TEST);
    await state(test.deployment, 'user-of-test', FIRST);

    await emptyTestData({ platform: test.platform });
    const again = await emptyTestData({ platform: test.platform });
    const stated = await state(test.deployment, 'user-of-test', FIRST);

    expect(again).to.deep.equal({});
    expect(stated.already).to.equal(false);
  });

  it('refuses the platform of the school, and one that is not there', async () => {
    const school = await register(SCHOOL);
    await fillEveryCollection(school);
    const before = await countRecords();

    const ofSchool = await refusal(emptyTestData({ platform: school.platform }));
    const ofNobody = await refusal(emptyTestData({ platform: 'nobody' }));

    expect([ofSchool.code, ofSchool.status]).to.deep.equal(['platform.not-test', 409]);
    expect(ofNobody.status).to.equal(404);
    expect(await countRecords()).to.deep.equal(before);
  });
});

interface Place {
  platform: string;
  deployment: string;
}

async function register(of: typeof TEST): Promise<Place> {
  const address = 'https://sso.canvaslms.com/x';
  const { platform, deployment } = await addPlatform(
    {
      ...of,
      name: 'Canvas',
      deploymentId: '1:a',
      authorizationUrl: address,
      tokenUrl: address,
      jwksUrl: address,
    },
    { now: NOW, mayReach: () => true },
  );
  if (!deployment) throw new Error('the deployment was not made');
  return { platform: platform._id, deployment: deployment._id };
}

/** One bare row in each collection whose shape has a platform or a deployment. */
async function fillEveryCollection({ platform, deployment }: Place): Promise<void> {
  for (const { name, collection } of listModels()) {
    const { schema } = mongoose.model(name);
    const isTests = collection.startsWith('test');
    if (isTests || REGISTRATION.includes(collection) || collection === 'outboxStatements') continue;
    if (!schema.path('platform') && !schema.path('deployment')) continue;
    await testDatabase()
      .collection<{ _id: string }>(collection)
      .insertOne({
        _id: `row of ${platform}`,
        ...(schema.path('platform') ? { platform } : {}),
        ...(schema.path('deployment') ? { deployment } : {}),
        // Parts of unique indexes.
        ...Object.fromEntries(
          ['course', 'user', 'resourceLinkId', 'key']
            .filter((field) => schema.path(field))
            .map((field) => [field, `${field} of ${platform}`]),
        ),
      });
  }
}

/** As the outbox writes it and our record store has taken it. */
async function state(deployment: string, user: string, id: string) {
  const statement: Statement & { id: string } = {
    id,
    actor: { objectType: 'Agent', account: { homePage: 'https://school.example', name: user } },
    verb: { id: 'http://adlnet.gov/expapi/verbs/completed' },
    object: { id: 'https://school.example/object' },
  };
  const about = { kind: 'completed' as const, course: null, objectId: 'object', attempt: 1 };
  const outcome = await enqueueStatement({ deployment, user, statement, about, now: NOW });
  await appendStatements({
    entries: [
      {
        statementId: id,
        text: { open: JSON.stringify(statement).slice(0, -1), hasTimestamp: true },
        keys: [],
        authorityKey: 'own',
        refersTo: null,
        voids: null,
      },
    ],
    now: NOW,
  });
  return outcome;
}
