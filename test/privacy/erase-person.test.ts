import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import '../../src/app.js';
import '../../src/jobs.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { findUser } from '../../src/lti/user.model.js';
import { findDeployment } from '../../src/lti/deployment.model.js';
import { keepUpload, uploadContent } from '../../src/lrs/lrs-attachment.model.js';
import { listStatements } from '../../src/lrs/statement-feed.js';
import { insertDestination } from '../../src/outbox/destination.model.js';
import { enqueueStatement } from '../../src/outbox/enqueue-statement.js';
import { listOutboxStatements } from '../../src/outbox/outbox-statement.model.js';
import { ERASE_STEPS, erasePerson, settleErasure } from '../../src/privacy/erase-person.js';
import { findErasure, type Erasure } from '../../src/privacy/erasure.model.js';
import { countHeldData } from '../../src/privacy/held-data.js';
import { openPersonExport } from '../../src/privacy/read-person.js';
import { requestErasure } from '../../src/privacy/request-erasure.js';
import { runErasures } from '../../src/privacy/run-erasures.js';
import { agentKey } from '../../src/xapi/actor.js';
import type { Attachment } from '../../src/xapi/statement.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { noteLook } from '../../src/reports/note-look.js';
import { refusal } from '../support/refusal.js';
import { testDatabase } from '../support/engine.js';
import {
  addPerson,
  addStatements,
  completedBy,
  connectSchool,
  deliver,
  NOW,
  URL,
  type ErasePlace,
} from './erase-world.js';

const LATER = new Date(NOW.getTime() + 60 * 60_000);

describe('erasing a person', () => {
  let place: ErasePlace;
  beforeEach(async () => {
    place = await connectSchool();
  });

  const eraser = {
    url: URL,
    deriveId: (...parts: (string | number)[]) => Promise.resolve(uuidOf(parts.join('/'))),
    now: () => NOW,
  };
  const ask = (user: string) =>
    requestErasure({ deployment: place.deployment, user, by: 'head', now: NOW });
  const heldOf = (user: string) => countHeldData({ deployment: place.deployment, user });
  const erase = async (user: string) => erasePerson({ ...eraser, erasure: await ask(user) });

  it('leaves nothing of the person, and everything of others', async () => {
    const ana = await addPerson({ ...place, sub: 'ana', statements: 3 });
    const bo = await addPerson({ ...place, sub: 'bo', statements: 2 });
    const heldOfBo = await heldOf(bo.user);
    const people = [ana.user, bo.user];
    await noteLook({
      ...{ deployment: place.deployment, course: null, user: 'head', roles: [], people },
      ...{ subject: 'sessions', names: 'shown', at: NOW },
    });

    await erase(ana.user);

    expect(await heldOf(ana.user)).to.deep.equal({});
    expect(await placesNaming([ana.user, 'Name of ana', ...ana.statementIds])).to.deep.equal([
      'erasures',
      'outboxStatements: only the id',
      'statements: only the id',
    ]);
    expect(await heldOf(bo.user)).to.deep.equal(heldOfBo);
    expect(await listStatements({ ids: bo.statementIds })).to.have.length(2);
    const deployment = await findDeployment(place);
    expect(deployment?.reviewersWithNames).to.deep.equal([bo.user]);
    expect(await testDatabase().collection('accessLog').distinct('people')).to.deep.equal([
      bo.user,
    ]);
  });

  it('is done as well when it was stopped between any two steps', async () => {
    for (const stop of ERASE_STEPS.keys()) {
      const { user, statementIds } = await addPerson({ ...place, sub: `s${stop}`, statements: 2 });
      const erasure = await ask(user);

      for (const step of ERASE_STEPS.slice(0, stop + 1)) await step({ ...eraser, erasure });
      await runErasures(eraser);

      const place2 = `stopped after ${ERASE_STEPS[stop]?.name}`;
      expect(await heldOf(user), place2).to.deep.equal({});
      expect(await findUser({ user }), place2).to.equal(null);
      expect(await listStatements({ ids: statementIds }), place2).to.deep.equal([]);
      expect((await stateOf(user)).state, place2).to.equal('erased');
    }
  });

  it('is asked for twice and done once; a third time there is nothing to erase', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });

    const first = await ask(user);
    const second = await ask(user);
    await runErasures(eraser);

    expect(second.id).to.equal(first.id);
    expect(await refusal(ask(user))).to.include({ code: 'privacy.nothing-held' });
    expect((await stateOf(user)).counts).to.include({ statements: 1, memberships: 1 });
  });

  it('is of a person, not of a deployment that they were never in', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const other = await connectSchool('d2');

    const refused = await refusal(
      requestErasure({ deployment: other.deployment, user, by: 'head', now: NOW }),
    );

    expect(refused.code).to.equal('privacy.nothing-held');
    expect(await heldOf(user)).to.include({ statements: 1 });
  });

  it('leaves what another deployment of the platform holds, and the name as long as it does', async () => {
    const other = await connectSchool('d2');
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 2 });
    const there = await addPerson({ ...other, sub: 'ana', statements: 3 });

    await erase(user);

    expect(await listStatements({ ids: there.statementIds })).to.have.length(3);
    expect(await findUser({ user })).to.include({ name: 'Name of ana' });
    await erasePerson({
      ...eraser,
      erasure: await requestErasure({ ...other, user, by: 'head', now: NOW }),
    });
    expect(await findUser({ user })).to.equal(null);
    expect(await listStatements({ ids: there.statementIds })).to.deep.equal([]);
  });

  it('brings no statement back that is told or delivered again, and refuses none', async () => {
    const { user, statementIds } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const statement = completedBy(user, statementIds[0]);
    await erase(user);

    await deliver([statement]);
    const again = await enqueueStatement({
      deployment: place.deployment,
      user,
      statement,
      about: { kind: 'completed', course: null, objectId: 'r1', attempt: 1 },
      now: NOW,
    });

    expect(again.already).to.equal(true);
    expect(await listStatements({ ids: statementIds })).to.deep.equal([]);
    expect(await heldOf(user)).to.deep.equal({});
  });

  it('takes documents about the person out of our record store', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const documents = testDatabase().collection('lrsDocuments');
    const actor = agentKey(completedBy(user).actor);
    await documents.insertMany([{ agentKey: actor }, { agentKey: 'of somebody else' }]);

    await erase(user);

    expect(await documents.distinct('agentKey')).to.deep.equal(['of somebody else']);
  });

  it('takes statements of other systems about the person out of our record store', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const foreign = completedBy(user);
    await deliver([foreign]);

    await erase(user);

    expect(await listStatements({ ids: [foreign.id] })).to.deep.equal([]);
  });

  it('gives out what other systems told of the person, and nothing of others or of what was told to them', async () => {
    const { user, statementIds } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const { user: other } = await addPerson({ ...place, sub: 'bo', statements: 1 });
    const foreign = completedBy(user);
    const about = { ...completedBy(other), object: completedBy(user).actor };
    await deliver([foreign, completedBy(other), about]);

    const given = [];
    for await (const { kind, record } of await openPersonExport({ ...place, user, now: NOW }))
      if (kind.startsWith('statement')) given.push([kind, (record as { id: string }).id]);

    expect(given).to.deep.equal([
      ['statement', statementIds[0]],
      ['statementOfOthers', foreign.id],
    ]);
  });

  it('takes attachments of the statements with them, unless a statement of somebody else declares the same', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const { user: other } = await addPerson({ ...place, sub: 'bo', statements: 1 });
    const [own, shared] = [await keepAttachment('own'), await keepAttachment('shared')];
    const voided = { ...completedBy(user), attachments: [own] };
    const voiding = {
      ...completedBy(other),
      verb: { id: VERBS.voided },
      object: { objectType: 'StatementRef' as const, id: voided.id },
    };
    await deliver([
      { ...completedBy(user), attachments: [own, shared] },
      { ...completedBy(other), attachments: [{ ...shared, sha2: shared.sha2.toUpperCase() }] },
      voided,
    ]);
    await deliver([voiding]);

    await erase(user);

    const database = testDatabase();
    expect(await database.collection('lrsAttachments').distinct('_id')).to.deep.equal([
      shared.sha2,
    ]);
    expect(await database.collection('lrsAttachmentPieces').countDocuments()).to.equal(1);
    await erase(other);
    expect(await database.collection('lrsAttachments').countDocuments()).to.equal(0);
    expect(await database.collection('lrsAttachmentPieces').countDocuments()).to.equal(0);
  });

  it('looks again for a statement that was on its way, and leaves what the person did since', async () => {
    const { user, statementIds } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    await testDatabase().collection('statements').deleteMany({}); // Not delivered yet.
    await erase(user);
    await deliver([completedBy(user, statementIds[0])]);
    const since = await addStatements({ ...place, user, count: 1 });

    await runErasures({ ...eraser, now: () => LATER });

    expect(await listStatements({ ids: statementIds })).to.deep.equal([]);
    expect((await listStatements({ ids: since })).map(({ id }) => id)).to.deep.equal(since);
    expect(await listEvidence({ ...place, users: [user] })).to.have.length(1);
    expect(await stateOf(user)).to.deep.include({ state: 'settled', agentKeys: [] });
  });

  it('withdraws evidence that was read from a statement while it was erased', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const [evidence] = await listEvidence({ ...place, users: [user] });
    const kept = await testDatabase().collection('evidence').findOne({ user });
    await erase(user);
    if (kept) await testDatabase().collection('evidence').insertOne(kept);

    await settleErasure({ erasure: await stateOf(user) });

    expect(evidence).to.include({ user });
    expect(await listEvidence({ ...place, users: [user] })).to.deep.equal([]);
  });

  it('tells other record stores to void what they were sent, without naming the person', async () => {
    const { user, statementIds } = await addPerson({ ...place, sub: 'ana', statements: 2 });
    await insertDestination({
      destination: '00000000-0000-4000-8000-000000000001',
      settings: {
        name: 'Other',
        endpoint: 'https://lrs.example/xapi',
        key: 'key',
        version: '1.0.3',
        gzip: false,
      },
      sealedPassword: 'sealed',
      status: 'active',
      now: NOW,
    });

    await erase(user);

    const told = await listOutboxStatements({ deployment: place.deployment, user: 'erased' });
    expect(told.map(({ about }) => about.objectId)).to.have.members(statementIds);
    expect(JSON.stringify(told)).not.to.contain(user);
    expect((await stateOf(user)).voided).to.equal(2);
  });

  it('takes statements page by page, full pages and the rest, and gives them out line by line', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1_010 });

    let lines = 0;
    for await (const { kind } of await openPersonExport({ ...place, user, now: NOW }))
      if (kind === 'statement') lines += 1;
    await erase(user);

    expect(lines).to.equal(1_010);
    expect(await heldOf(user)).to.deep.equal({});
    expect((await stateOf(user)).counts).to.include({ statements: 1_010 });
  });

  async function stateOf(user: string): Promise<Erasure> {
    const found = await findErasure({ deployment: place.deployment, user });
    if (!found) throw new Error('nobody asked for this erasure');
    return found;
  }
});

/** As a sender of a statement brings it. */
async function keepAttachment(text: string): Promise<Attachment> {
  const content = Buffer.from(text);
  const sha2 = createHash('sha256').update(content).digest('hex');
  const { upload, bytes } = await uploadContent({ content: Readable.from([content]), now: NOW });
  await keepUpload({ sha2, upload, bytes });
  return {
    usageType: 'https://school.example/usage/work',
    display: { en: 'Work' },
    contentType: 'text/plain',
    length: bytes,
    sha2,
    fileUrl: 'https://work.example/1',
  };
}

/** Collections in which one of the texts stands, whatever the field. */
async function placesNaming(texts: string[]): Promise<string[]> {
  const places: string[] = [];
  for (const { name } of await testDatabase().listCollections().toArray()) {
    const rows = await testDatabase().collection(name).find({}).toArray();
    const naming = rows.filter((row) => texts.some((text) => JSON.stringify(row).includes(text)));
    if (naming.length === 0) continue;
    const isIdAlone = naming.every(({ _id, ...rest }) => {
      void _id;
      return texts.every((text) => !JSON.stringify(rest).includes(text));
    });
    places.push(isIdAlone && name !== 'erasures' ? `${name}: only the id` : name);
  }
  return places.sort();
}

/** Some id, the same for the same text. */
function uuidOf(text: string): string {
  const hex = Buffer.from(text).toString('hex').slice(-12).padStart(12, '0');
  return `00000000-0000-5000-8000-${hex}`;
}
