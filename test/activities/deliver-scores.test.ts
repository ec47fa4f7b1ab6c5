import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import mongoose from 'mongoose';
import { deliverScores } from '../../src/activities/deliver-scores.js';
import {
  listFailedScores,
  recordScoreDelivery,
  retryFailedScores,
} from '../../src/activities/score-delivery.model.js';
import { claimLane, stampLane } from '../../src/activities/score-lane.model.js';
import { platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { SCOPE } from '../../src/lti/vocabulary.js';
import { appendOutboxStatements } from '../../src/outbox/outbox-statement.model.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { createActivity } from '../attainment/attainment-world.js';
import { openGradebook, type FakeGradebook } from '../support/fake-gradebook.js';
import type { Launched } from '../support/launch-as.js';

const log = { warn: () => undefined };
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

describe('deliverScores', () => {
  let started: AttainmentTool;
  let book: FakeGradebook;
  let world: OpenTool;
  let learner: Launched;
  beforeEach(async () => {
    started = await startAttainmentTool();
    book = openGradebook(started.platform);
    world = await started.open();
    learner = await world.launch();
    await placeLesson();
  });
  afterEach(() => started.close());

  it('sends the best score of a placed lesson once, whatever waits beside it', async () => {
    await answer('a');
    await answer('b');

    expect([await deliver(), await deliver(MINUTE_MS)]).to.deep.equal([1, 0]);
    expect(book.came).to.have.length(1);
    expect(book.taken[0]).to.include({
      userId: 'user-1',
      scoreGiven: 100,
      scoreMaximum: 100,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    });
  });

  it('never lowers what it sent before', async () => {
    await give(90);
    await deliver();
    await give(40);

    expect(await deliver(MINUTE_MS)).to.equal(0);
    expect(book.held.get('user-1')?.score).to.equal(90);
    expect(book.came).to.have.length(1);
  });

  it('lowers nothing that a teacher gave by hand', async () => {
    book.grade('user-1', 95);
    await give(90);

    expect(await deliver(MINUTE_MS)).to.equal(0);
    expect(book.came).to.deep.equal([]);
    expect(await statuses()).to.deep.equal(['superseded']);
  });

  it('sends the latest where the delivery says so, also a lower one', async () => {
    await give(90, { keep: 'latest' });
    await deliver();
    await give(40, { keep: 'latest', afterMs: 5 * SECOND_MS });

    expect(await deliver(MINUTE_MS)).to.equal(1);
    expect(book.held.get('user-1')?.score).to.equal(40);
  });

  it('sends two scores of one second under two seconds, and none from the future', async () => {
    const at = new Date(Math.floor(Date.now() / SECOND_MS) * SECOND_MS - MINUTE_MS);
    const clock = { at: at.getTime() + 100 };
    await give(40, { at: new Date(clock.at) });
    const first = await deliverAt(clock.at);
    await give(90, { at: new Date(clock.at + 200) });
    const tooSoon = await deliverAt(clock.at + 300);
    const nextSecond = await deliverAt(at.getTime() + SECOND_MS);

    expect([first, tooSoon, nextSecond]).to.deep.equal([1, 0, 1]);
    expect(book.came).to.have.length(2);
    expect(book.taken.map(({ timestamp }) => timestamp)).to.deep.equal([
      new Date(clock.at).toISOString(),
      new Date(at.getTime() + SECOND_MS).toISOString(),
    ]);
  });

  it('lets a newer decision in the gradebook stand', async () => {
    await give(90, { at: new Date(Date.now() - HOUR_MS) });
    book.grade('user-1', 10);

    expect(await deliver()).to.equal(0);
    expect(book.held.get('user-1')?.score).to.equal(10);
    expect(await statuses()).to.deep.equal(['superseded']);
  });

  it('is sent by one of two senders at once', async () => {
    await give(90);

    const counts = await Promise.all([deliver(), deliver(), deliver()]);

    expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(1);
    expect(book.came).to.have.length(1);
  });

  it('goes out under a later stamp when the sender was killed before or after sending', async () => {
    const at = new Date(Date.now() - MINUTE_MS);
    await give(90, { at });
    const lane = laneOf();
    const now = new Date();
    const until = new Date(now.getTime() + MINUTE_MS);
    await claimLane({ lane, token: 'killed', now, until });
    await stampLane({ lane, token: 'killed', timestamp: at, until });
    book.held.set('user-1', { score: 90, maximum: 100, stamp: Math.floor(at.getTime() / 1_000) });

    const whileHeld = await deliver();
    const afterwards = await deliver(2 * MINUTE_MS);

    expect([whileHeld, afterwards]).to.deep.equal([0, 1]);
    expect(book.held.get('user-1')?.score).to.equal(90);
    expect(Date.parse(String(book.taken[0]?.['timestamp']))).to.be.greaterThan(at.getTime());
  });

  it('writes no stamp for a sender whose claim another one has', async () => {
    const lane = laneOf();
    const now = new Date();
    const until = new Date(now.getTime() + MINUTE_MS);
    await claimLane({ lane, token: 'first', now, until: now });
    await claimLane({ lane, token: 'second', now, until });

    expect(await stampLane({ lane, token: 'first', timestamp: now, until })).to.equal(false);
    expect(await stampLane({ lane, token: 'second', timestamp: now, until })).to.equal(true);
  });

  it('asks again later while the platform does not take it', async () => {
    book.fault = { status: 500 };
    await answer('a');

    const first = await deliver();
    book.fault = null;
    const soon = await deliver();
    const later = await deliver(HOUR_MS);

    expect([first, soon, later]).to.deep.equal([0, 0, 1]);
  });

  it('leaves a platform alone for as long as it asks, with all that waits for it', async () => {
    book.fault = { status: 429, headers: { 'retry-after': '1800' } };
    await give(90);
    await world.launch({ user: { sub: 'user-2' } });
    await give(80, { user: userOf('user-2') });
    await deliver();
    await deliver();
    const asked = book.came.length + book.resultReads;
    book.fault = null;
    const tooSoon = await deliver(20 * MINUTE_MS);

    expect(asked).to.equal(1);
    expect(tooSoon).to.equal(0);
    expect(book.came).to.deep.equal([]);
    expect((await nextTimes()).every((at) => at > Date.now() + 25 * MINUTE_MS)).to.equal(true);
  });

  for (const [title, status, words] of [
    ['a person who cannot be graded', 422, 'user not gradable'],
    ['a column that was deleted', 404, 'line item not found'],
    ['a tool that may not', 403, 'not allowed'],
  ] as const)
    it(`[151] keeps what was refused for good with the platform's words: ${title}`, async () => {
      book.fault = { status, words };
      await give(90);
      await deliver();
      book.fault = null;
      const again = await deliver(24 * HOUR_MS);

      expect(again).to.equal(0);
      const [failed, ...more] = await listFailedScores({
        deployment: world.deployment,
        lineItemUrls: [book.lineItemUrl],
      });
      expect(more).to.deep.equal([]);
      expect(failed).to.include({ scoreGiven: 90, fault: `${status} ${words}` });
      expect(await listFailedScores({ deployment: 'another' })).to.deep.equal([]);
    });

  it('sends again what somebody put back on its way', async () => {
    book.fault = { status: 404, words: 'line item not found' };
    await give(90);
    await deliver();
    book.fault = null;

    const count = await retryFailedScores({ deployment: world.deployment, now: new Date() });

    expect([count, await deliver(MINUTE_MS)]).to.deep.equal([1, 1]);
    expect(await listFailedScores({ deployment: world.deployment })).to.deep.equal([]);
  });

  it('waits while the platform is paused, and counts that as no try', async () => {
    await give(90);
    await mongoose.connection
      .collection('platforms')
      .updateMany({}, { $set: { status: 'paused' } });
    await deliver(10 * SECOND_MS);
    await mongoose.connection
      .collection('platforms')
      .updateMany({}, { $set: { status: 'active' } });

    const row = await mongoose.connection.collection('scoreDeliveries').findOne({});
    expect(row).to.include({ status: 'waiting', tries: 0 });
    expect(book.came).to.deep.equal([]);
  });

  it('sends nothing whose statement was never made', async () => {
    await give(100, { stated: false });

    expect([await deliver(), await deliver(HOUR_MS), await deliver(2 * HOUR_MS)]).to.deep.equal([
      0, 0, 0,
    ]);
    expect(book.came).to.deep.equal([]);
    expect(await statuses()).to.deep.equal(['dropped']);
  });

  it('sends what the first release left waiting', async () => {
    await give(90);
    await mongoose.connection.collection('scoreDeliveries').updateMany({}, { $unset: { keep: 1 } });

    expect(await deliver()).to.equal(1);
  });

  async function placeLesson(): Promise<void> {
    await createActivity({
      deployment: world.deployment,
      course: learner.course,
      key: ['resource-link', '7'],
      title: 'A placed lesson',
      kind: 'lesson',
      source: 'deep-link',
      resourceLinkId: '7',
      lineItemUrl: book.lineItemUrl,
      lesson: world.lesson.id,
      assessed: true,
    });
  }

  function answer(choice: string) {
    return learner.agent.postForm(
      `/resources/${world.lesson.id}?course=${learner.course}`,
      { 'answer-q1': choice, 'answer-q2': choice },
      { action: '/attempts' },
    );
  }

  /** Puts a score of the learner on its way, about a statement that is in the outbox unless said otherwise. */
  async function give(
    scoreGiven: number,
    more: {
      keep?: 'highest' | 'latest';
      at?: Date;
      afterMs?: number;
      stated?: boolean;
      user?: string;
    } = {},
  ): Promise<void> {
    const { keep, at = new Date(Date.now() + (more.afterMs ?? 0)), stated = true } = more;
    const { deployment, user } = { ...laneOf(), ...(more.user === undefined ? {} : more) };
    const statementId = randomUUID();
    if (stated)
      await appendOutboxStatements({
        entries: [
          {
            statementId,
            deployment,
            user: user ?? '',
            about: { kind: 'completed', course: learner.course, objectId: 'o', attempt: 1 },
            json: '{}',
            isTest: false,
            createdAt: at,
          },
        ],
        now: at,
      });
    await recordScoreDelivery({
      delivery: {
        statementId,
        platform: platformRecordId(started.platform),
        deployment,
        user: user ?? '',
        lineItemUrl: book.lineItemUrl,
        gradeScopes: [SCOPE.score, SCOPE.resultReadOnly],
        scoreGiven,
        scoreMaximum: 100,
        at,
        ...(keep === undefined ? {} : { keep }),
      },
    });
  }

  function laneOf() {
    const { deployment } = world;
    return { deployment, user: userOf('user-1'), lineItemUrl: book.lineItemUrl };
  }

  function userOf(sub: string): string {
    return userRecordId({ platform: platformRecordId(started.platform), sub });
  }

  /** A moment from now, so that what was given just now is due. */
  function deliver(afterMs = 0): Promise<number> {
    return deliverScores({
      services: started.tool.services,
      now: () => new Date(Date.now() + afterMs),
      log,
    });
  }

  function deliverAt(time: number): Promise<number> {
    return deliverScores({ services: started.tool.services, now: () => new Date(time), log });
  }

  async function statuses(): Promise<unknown[]> {
    const rows = await mongoose.connection.collection('scoreDeliveries').find({}).toArray();
    return rows.map((row) => row['status'] as unknown);
  }

  async function nextTimes(): Promise<number[]> {
    const rows = await mongoose.connection.collection('scoreDeliveries').find({}).toArray();
    return rows.map((row) => Number(row['nextAt']));
  }
});
