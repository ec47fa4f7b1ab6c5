import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Activity } from '../../src/activities/activity.model.js';
import { deliverScores } from '../../src/activities/deliver-scores.js';
import { columnsRoutes } from '../../src/attainment/columns.routes.js';
import { findColumn } from '../../src/attainment/attainment-column.model.js';
import { rebuildAttainment } from '../../src/attainment/rebuild-attainment.js';
import { sendColumns } from '../../src/attainment/send-columns.js';
import { setRule } from '../../src/attainment/set-rule.js';
import type { LtiServices } from '../../src/lti/lti-services.js';
import { platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { createAgent, type BrowserAgent } from '../support/browser-agent.js';
import { openGradebook, type FakeGradebook } from '../support/fake-gradebook.js';
import { AGS, sendJson } from '../support/fake-platform.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { align, createActivity, FRAMEWORK, minute, outboxFeed } from './attainment-world.js';

const log = { warn: () => undefined };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const COLUMN = '/courses/1/lineitems/9/lineitem';

describe('a gradebook column of what is achieved', () => {
  let started: AttainmentTool;
  let services: LtiServices;
  let world: OpenTool;
  let book: FakeGradebook;
  let teacher: BrowserAgent;
  let course: string;
  let quiz: Activity;
  let isThere: boolean;
  let calls: string[];

  beforeEach(async () => {
    started = await startAttainmentTool({
      more: (deps) => {
        services = deps.lti;
        return [columnsRoutes(deps)];
      },
    });
    isThere = true;
    calls = [];
    book = openGradebook(started.platform, { name: '9' });
    started.platform.respond(COLUMN, ({ method }, res) => {
      calls.push(method);
      if (method === 'DELETE') isThere = false;
      if (!isThere) return void res.writeHead(method === 'DELETE' ? 204 : 404).end();
      sendJson(res, 200, { id: book.lineItemUrl, label: 'Achieved', scoreMaximum: 100 });
    });
    world = await started.open();
    ({ course } = await world.launch());
    teacher = (await world.launch({ role: 'Instructor', user: { sub: 'ida' } })).agent;
    quiz = await createActivity({ deployment: world.deployment, course, assessed: true });
    await align(quiz, world.items.slice(0, 2), { at: minute(1) });
    await setRule({
      place: { deployment: world.deployment, course, framework: FRAMEWORK, item: null },
      rule: { required: { kind: 'number', n: 1 }, assessed: 0 },
      by: 'u9',
      expectedRevision: 0,
      now: minute(2),
    });
  });
  afterEach(() => started.close());

  it('is made once it is switched on, and gets each student’s value as it changes', async () => {
    await switchOn();
    await rate('4');
    await work();

    expect(book.taken).to.have.length(1);
    expect(book.taken[0]).to.include({ userId: 'user-1', scoreGiven: 50, scoreMaximum: 100 });
    await work(HOUR_MS);
    expect(book.came).to.have.length(1);
    expect((await page()).text)
      .to.contain('1 student has a value')
      .and.to.contain('is on');
  });

  it('gives nobody a nought who has achieved nothing', async () => {
    await switchOn();
    await rate('1');
    await work();

    expect(book.came).to.deep.equal([]);
  });

  it('shows one competency where the instructor chose that', async () => {
    await switchOn({ content: 'item', item: world.items[0] ?? '' });
    await rate('4');
    await work();

    expect(book.taken[0]).to.include({ scoreGiven: 100 });
  });

  it('goes down when an achievement is taken back, at the second look', async () => {
    await switchOn();
    await rate('4');
    await work();
    await rate('');
    await work(5 * MINUTE_MS);
    expect(book.taken).to.have.length(1);
    await work(10 * MINUTE_MS);

    expect(book.taken.map(({ scoreGiven }) => scoreGiven)).to.deep.equal([50, 0]);
  });

  it('never goes down because attainment is being computed anew', async () => {
    await switchOn();
    await rate('4');
    await work();
    await mongoose.connection.collection('attainments').deleteMany({});
    await send(5 * MINUTE_MS);
    await rebuildAttainment({ feed: outboxFeed(), source: world.source, now: () => new Date() });
    await work(10 * MINUTE_MS);
    await work(15 * MINUTE_MS);

    expect(book.taken.map(({ scoreGiven }) => scoreGiven)).to.deep.equal([50]);
  });

  it('waits while what was stated a while ago is not computed yet', async () => {
    await switchOn();
    await rate('4');
    await world.project();
    await rate('');

    expect([await send(5 * MINUTE_MS), await send(10 * MINUTE_MS)]).to.deep.equal([0, 0]);
    await world.project();
    await world.project();
    expect(await send(15 * MINUTE_MS)).to.equal(0);
    expect(await mongoose.connection.collection('columnValues').countDocuments()).to.equal(0);
  });

  it('gives staff nothing, though they tried what students do', async () => {
    await switchOn();
    await rate('4', 'ida');
    await work();

    expect(book.came).to.deep.equal([]);
  });

  it('sends nothing more once it is off, and leaves or removes the column as it was chosen', async () => {
    await switchOn();
    await rate('4');
    await world.project();
    await send();
    const off = await teacher.postForm(path(), { column: 'leave' }, { action: '/columns/off' });
    await deliver();

    expect(off.location).to.contain('notice=column-off');
    expect(book.came).to.deep.equal([]);
    expect(calls).not.to.contain('DELETE');
    expect((await page()).text).to.contain('is off: nothing is sent');

    await switchOn();
    await teacher.postForm(path(), { column: 'remove' }, { action: '/columns/off' });
    expect(calls).to.contain('DELETE');
    expect((await column())?.status).to.equal('off');
  });

  it('says that the column was deleted in the gradebook, and makes a new one when asked', async () => {
    await switchOn();
    isThere = false;
    book.fault = { status: 404, words: 'line item not found' };
    await rate('4');
    await work();
    await send(5 * MINUTE_MS);

    expect((await column())?.status).to.equal('gone');
    expect((await page()).text).to.contain('was deleted in the gradebook');
    [isThere, book.fault] = [true, null];
    await switchOn();
    expect((await column())?.status).to.equal('on');
  });

  it('shows what the gradebook refused, and sends it again', async () => {
    await switchOn();
    book.fault = { status: 403, words: 'not allowed' };
    await rate('4');
    await work();
    expect((await page()).text)
      .to.contain('1 value was refused')
      .and.to.contain('403 not allowed');

    book.fault = null;
    await teacher.postForm(path(), {}, { action: '/columns/scores' });
    await deliver(HOUR_MS);

    expect(book.taken).to.have.length(1);
  });

  it('cannot be switched on twice', async () => {
    const first = await page();
    await switchOn();
    const [action = ''] = /\/columns(?=")/.exec(first.text) ?? [];
    const fields = Object.fromEntries(
      ['course', 'launch', '_csrf'].map((name) => [
        name,
        new RegExp(`name="${name}" value="([^"]*)"`).exec(first.text)?.[1] ?? '',
      ]),
    );

    const again = await teacher.post(action, { ...fields, content: 'share' });

    expect(again.status).to.equal(409);
    expect(again.text).to.contain('A column is on already');
  });

  it('says why where the LMS offers no gradebook', async () => {
    const { agent } = await world.launch({
      role: 'Instructor',
      user: { sub: 'olaf' },
      claims: { [AGS]: undefined },
    });

    const { text } = await agent.get(path());

    expect(text).to.contain('offers this tool no gradebook').and.not.to.contain('Switch it on');
  });

  it('refuses a competency that the course does not have, and keeps what was chosen', async () => {
    const answer = await teacher.postForm(
      path(),
      { content: 'item', item: world.items[3] ?? '' },
      { action: '/columns' },
    );

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('Choose one of the competencies of this course');
    expect(answer.text).to.match(/value="item"\s+checked/);
    expect(await column()).to.equal(null);
  });

  it('asks whoever has no launch, and is closed to learners and assistants', async () => {
    expect((await createAgent(started.tool.url).get(path())).status).to.equal(401);
    for (const role of ['Learner', 'TeachingAssistant', 'ContentDeveloper'] as const) {
      const { agent } = await world.launch({ role, user: { sub: `a-${role}` } });
      expect((await agent.get(path())).status).to.equal(403);
    }
  });

  const path = () => `/columns?course=${course}`;
  const page = () => teacher.get(path());
  const column = () => findColumn({ deployment: world.deployment, course });

  async function switchOn(fields: Record<string, string> = { content: 'share' }): Promise<void> {
    const answer = await teacher.postForm(path(), fields, { action: '/columns' });
    expect(answer.status, answer.text).to.equal(303);
  }

  async function rate(level: string, sub = 'user-1'): Promise<void> {
    const { issuer, clientId } = started.platform;
    const user = userRecordId({ platform: platformRecordId({ issuer, clientId }), sub });
    const grid = `/activities/${quiz.id}/ratings?course=${course}`;
    const name = `rate.${user}.${world.items[0] ?? ''}`;
    await teacher.postForm(grid, { [name]: level }, { action: '/ratings' });
  }

  const at = (afterMs: number) => () => new Date(Date.now() + afterMs);

  function send(afterMs = 0): Promise<number> {
    return sendColumns({ feed: outboxFeed(), services, now: at(afterMs) });
  }

  function deliver(afterMs = 0): Promise<number> {
    return deliverScores({ services, now: at(afterMs), log });
  }

  /** What the jobs do in turn. */
  async function work(afterMs = 0): Promise<void> {
    await world.project();
    // What was achieved is stated, too.
    await world.project();
    await send(afterMs);
    await deliver(afterMs);
  }
});
