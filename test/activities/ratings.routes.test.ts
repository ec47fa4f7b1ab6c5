import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Activity } from '../../src/activities/activity.model.js';
import { stateUntoldRatings } from '../../src/activities/state-ratings.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { personCode, platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import {
  align,
  createActivity,
  FRAMEWORK,
  listStated,
  minute,
} from '../attainment/attainment-world.js';
import { createAgent, readForms, type BrowserAgent } from '../support/browser-agent.js';

describe('rating an activity', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let teacher: BrowserAgent;
  let course: string;
  let user: string;
  let quiz: Activity;
  before(async () => {
    started = await startAttainmentTool();
  });
  beforeEach(async () => {
    world = await started.open();
    ({ course } = await world.launch());
    teacher = (await world.launch({ role: 'Instructor', user: { sub: 'ida', name: 'Ida Berg' } }))
      .agent;
    const { issuer, clientId } = started.platform;
    user = userRecordId({ platform: platformRecordId({ issuer, clientId }), sub: 'user-1' });
    quiz = await createActivity({ deployment: world.deployment, course });
    await align(quiz, world.items.slice(0, 2), { at: minute(1) });
  });
  after(() => started.close());

  const path = () => `/activities/${quiz.id}/ratings?course=${course}`;
  const field = (column: number) => `rate.${user}.${world.items[column] ?? ''}`;
  const save = (fields: Record<string, string>, agent = teacher) =>
    agent.postForm(path(), fields, { action: '/ratings' });
  const rated = async () =>
    (await listStated()).filter(({ statement }) => statement.verb.id === VERBS.scored);
  const stored = () => mongoose.connection.collection('ratings').find().toArray();

  it('states each rating for exactly its competency, as assessed evidence with a named rater', async () => {
    const answer = await save({ [field(0)]: '3', [field(1)]: 'Not yet' });
    await world.project();

    expect(answer.status).to.equal(303);
    expect(answer.location).to.include('notice=ratings-saved');
    const evidence = await listEvidence({ deployment: world.deployment, users: [user] });
    expect(
      evidence.map(({ item, kind, score, success, by }) => ({
        item,
        kind,
        score,
        success,
        named: by !== null,
      })),
    ).to.have.deep.members([
      {
        item: { framework: FRAMEWORK, item: world.items[0] },
        kind: 'assessed',
        score: 0.75,
        success: true,
        named: true,
      },
      {
        item: { framework: FRAMEWORK, item: world.items[1] },
        kind: 'assessed',
        score: 0,
        success: false,
        named: true,
      },
    ]);
  });

  it('saves only what changed', async () => {
    await save({ [field(0)]: '3' });
    const again = await save({});

    expect(again.location).to.include('notice=ratings-unchanged');
    expect(await rated()).to.have.length(1);
  });

  it('voids the former rating with the new one, and keeps the history', async () => {
    await save({ [field(0)]: '1' });
    await save({ [field(0)]: '4' });
    await world.project();

    const evidence = await listEvidence({ deployment: world.deployment, users: [user] });
    const standing = evidence.filter(({ withdrawn }) => withdrawn === null);
    expect(evidence).to.have.length(2);
    expect(standing.map(({ score }) => score)).to.deep.equal([1]);
    const [{ history } = { history: [] }] = (await stored()) as unknown as {
      history: { level: string }[];
    }[];
    expect(history.map(({ level }) => level)).to.deep.equal(['not-yet', 'exemplary']);
    expect((await teacher.get(path())).text).to.include('changed once');
    const why = `/class/learners/${user}/items/${world.items[0] ?? ''}?course=${course}`;
    const { text } = await teacher.get(why);
    expect(text).to.include('Coding quiz: not yet, by Ida Berg on');
    expect(text).to.include('Coding quiz: exemplary, by Ida Berg on');
  });

  it('takes a rating away where the cell is emptied', async () => {
    await save({ [field(0)]: '4' });
    await save({ [field(0)]: '' });
    await world.project();

    const evidence = await listEvidence({ deployment: world.deployment, users: [user] });
    expect(evidence.map(({ withdrawn }) => withdrawn === null)).to.deep.equal([false]);
  });

  it('refuses what is no level, marks the cell and keeps what was typed', async () => {
    const answer = await save({ [field(0)]: '7', [field(1)]: '2' });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.include('1 cell holds no level').and.to.include('aria-invalid="true"');
    const [form] = readForms(answer.text).filter(({ action }) => action.includes('/ratings'));
    expect(form?.fields).to.include({ [field(0)]: '7', [field(1)]: '2' });
    expect(await stored()).to.deep.equal([]);
  });

  it('leaves what somebody else changed meanwhile, and says so', async () => {
    const page = (await teacher.get(path())).text;
    const [mine] = readForms(page).filter(({ action }) => action.includes('/ratings'));
    const other = (await world.launch({ role: 'Instructor', user: 'olaf' })).agent;
    await save({ [field(0)]: '1' }, other);
    const answer = await teacher.post(mine?.action ?? '', { ...mine?.fields, [field(0)]: '4' });

    expect(answer.status).to.equal(409);
    expect(answer.text).to.include('1 rating was changed by somebody else meanwhile');
    expect(await rated()).to.have.length(1);
  });

  it('fills the grid with what was pasted and saves nothing before somebody looked', async () => {
    const pasted = `${personCode(user)}\t3\t4`;
    const filled = await save({ pasted, preview: '1' });
    const [form] = readForms(filled.text).filter(({ action }) => action.includes('/ratings'));
    const before = await stored();
    const saved = await teacher.post(form?.action ?? '', form?.fields ?? {});

    expect(filled.text).to.include('2 ratings were filled in');
    expect(form?.fields).to.include({ [field(0)]: '3', [field(1)]: '4' });
    expect(before).to.deep.equal([]);
    expect(saved.status).to.equal(303);
    expect(await rated()).to.have.length(2);
  });

  it('names faults of what was pasted by row and column, and keeps it', async () => {
    const answer = await save({ pasted: `NOBODY\t1\n${personCode(user)}\t9`, preview: '1' });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.include('Row 1, column 1').and.to.include('Row 2, column 2');
    expect(answer.text).to.include('NOBODY\t1');
  });

  it('asks whoever has no launch, and is closed to others than whoever may vouch', async () => {
    const assistant = await world.launch({ role: 'TeachingAssistant', user: 'tim' });

    expect((await createAgent(started.tool.url).get(path())).status).to.equal(401);
    expect((await assistant.agent.get(path())).status).to.equal(403);
  });

  it('knows no activity of another course, and none that is aligned to nothing', async () => {
    const other = await createActivity({ deployment: world.deployment, course: 'other' });
    const bare = await createActivity({ deployment: world.deployment, course, title: 'Bare' });

    expect((await teacher.get(`/activities/${other.id}/ratings?course=${course}`)).status).to.equal(
      404,
    );
    expect((await teacher.get(`/activities/${bare.id}/ratings?course=${course}`)).status).to.equal(
      409,
    );
  });

  it('is told later where the process stopped between record and statement', async () => {
    await save({ [field(0)]: '3' });
    await mongoose.connection.collection('ratings').updateMany({}, { $set: { told: false } });
    await stateUntoldRatings({ source: world.source, now: new Date(Date.now() + 120_000) });

    expect(await rated()).to.have.length(1);
    expect((await stored())[0]?.['told']).to.equal(true);
  });
});
