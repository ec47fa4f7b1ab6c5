import { expect } from 'chai';
import { deliverScores } from '../../src/activities/deliver-scores.js';
import { recordScoreDelivery } from '../../src/activities/score-delivery.model.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { createActivity } from '../attainment/attainment-world.js';
import type { Launched } from '../support/launch-as.js';

const log = { warn: () => undefined };
const HOUR_MS = 60 * 60 * 1_000;

describe('deliverScores', () => {
  let started: AttainmentTool;
  beforeEach(async () => {
    started = await startAttainmentTool();
  });
  afterEach(() => started.close());

  it('sends the best score of a placed lesson to its column, each attempt once', async () => {
    const { learner, world } = await openLesson();
    await answer(world, learner, 'a');
    await answer(world, learner, 'b');

    const sent = await deliver(0);
    const again = await deliver(0);

    expect([sent, again]).to.deep.equal([2, 0]);
    const scores = listScores();
    expect(scores.map(({ scoreGiven, scoreMaximum }) => [scoreGiven, scoreMaximum])).to.deep.equal([
      [100, 100],
      [100, 100],
    ]);
    expect(scores[0]).to.include({
      userId: 'user-1',
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    });
  });

  it('asks again later while the platform does not take it', async () => {
    const { learner, world } = await openLesson();
    let isDown = true;
    started.platform.respond('/courses/1/lineitems/7/scores', (_call, res) =>
      res.writeHead(isDown ? 503 : 200).end(),
    );
    await answer(world, learner, 'a');

    const first = await deliver(0);
    isDown = false;
    const soon = await deliver(0);
    const later = await deliver(HOUR_MS);

    expect([first, soon, later]).to.deep.equal([0, 0, 1]);
  });

  it('sends nothing whose statement was never made', async () => {
    const { world } = await openLesson();
    await recordScoreDelivery({
      delivery: {
        statementId: '00000000-0000-4000-8000-000000000001',
        platform: 'p',
        deployment: world.deployment,
        user: 'nobody',
        lineItemUrl: lineItemUrl(),
        gradeScopes: ['https://purl.imsglobal.org/spec/lti-ags/scope/score'],
        scoreGiven: 100,
        scoreMaximum: 100,
        at: new Date(),
      },
    });

    expect([await deliver(0), await deliver(HOUR_MS), await deliver(2 * HOUR_MS)]).to.deep.equal([
      0, 0, 0,
    ]);
    expect(listScores()).to.deep.equal([]);
  });

  async function openLesson(): Promise<{ learner: Launched; world: OpenTool }> {
    const world = await started.open();
    const learner = await world.launch();
    await createActivity({
      deployment: world.deployment,
      course: learner.course,
      key: ['resource-link', '7'],
      title: 'A placed lesson',
      kind: 'lesson',
      source: 'deep-link',
      resourceLinkId: '7',
      lineItemUrl: lineItemUrl(),
      lesson: world.lesson.id,
      assessed: true,
    });
    return { learner, world };
  }

  function lineItemUrl(): string {
    return `${started.platform.origin}/courses/1/lineitems/7`;
  }

  function answer(world: OpenTool, learner: Launched, choice: string) {
    return learner.agent.postForm(
      `/resources/${world.lesson.id}?course=${learner.course}`,
      { 'answer-q1': choice, 'answer-q2': choice },
      { action: '/attempts' },
    );
  }

  function deliver(afterMs: number): Promise<number> {
    return deliverScores({
      services: started.tool.services,
      now: () => new Date(Date.now() + afterMs),
      log,
    });
  }

  function listScores(): Record<string, unknown>[] {
    return started.platform.calls
      .filter(({ url }) => url.includes('/scores'))
      .map(({ body }): Record<string, unknown> => Object(JSON.parse(body)));
  }
});
