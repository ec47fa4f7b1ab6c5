// A mark that was kept in the browser while there was no connection, and is sent later: once, and never as somebody else.
import { expect } from 'chai';
import { listStated } from '../attainment/attainment-world.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import type { Launched } from '../support/launch-as.js';

describe('a completion that was kept in the browser', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());
  beforeEach(async () => {
    world = await started.open();
  });

  const pageOf = ({ course }: Launched) =>
    `/resources/${world.resources[0]?.id ?? ''}?course=${course}`;
  const send = async (by: Launched, fields: Record<string, string>) => {
    const page = await by.agent.get(pageOf(by));
    const drawn = [...page.text.matchAll(/name="(_csrf|launch)" value="([^"]+)"/g)];
    const own = Object.fromEntries(drawn.map(([, name = '', value = '']) => [name, value]));
    return by.agent.post(
      `/resources/${world.resources[0]?.id ?? ''}/completions`,
      { ...own, course: by.course, state: 'done', ...fields },
      { headers: { accept: 'application/json', origin: started.tool.url } },
    );
  };
  const launchOf = async (by: Launched) =>
    /name="launch" value="([^"]+)"/.exec((await by.agent.get(pageOf(by))).text)?.[1] ?? '';
  const listVerbs = async () => (await listStated()).map(({ statement }) => statement.verb.id);

  it('is answered in JSON with what came of it, and where the page goes on', async () => {
    const learner = await world.launch();

    const answer = await send(learner, { back: '/progress' });

    expect(answer.status).to.equal(200);
    expect(JSON.parse(answer.text)).to.deep.equal({
      outcome: 'done',
      sentence: 'Done. It is being counted.',
      location: `/progress?course=${learner.course}&notice=completion-done`,
    });
  });

  it('makes one statement, however often it is sent', async () => {
    const learner = await world.launch();
    const markedIn = await launchOf(learner);

    const answers = [];
    for (const _time of [1, 2, 3]) answers.push(await send(learner, { mark: '1', markedIn }));

    expect(
      answers.map(({ text }) => (JSON.parse(text) as { outcome: string }).outcome),
    ).to.deep.equal(['done', 'already', 'already']);
    expect(await listVerbs()).to.deep.equal([VERBS.completed]);
  });

  it('is taken from a later launch of the same learner in the same course', async () => {
    const learner = await world.launch();
    const markedIn = await launchOf(learner);
    const again = await world.launch();

    const answer = await send(again, { markedIn });

    expect(answer.status).to.equal(200);
    expect(await listVerbs()).to.deep.equal([VERBS.completed]);
  });

  for (const { title, other } of [
    { title: 'another learner', other: { user: 'somebody else' } },
    { title: 'another course', other: { course: 'OTHER' } },
  ])
    it(`is refused for ${title}, says who is signed in now, and changes nothing`, async () => {
      const markedIn = await launchOf(await world.launch());
      const now = await world.launch(other);

      const answer = await send(now, { markedIn });

      expect(answer.status).to.equal(409);
      expect(answer.text).to.include('completion.other-person').and.include('is signed in');
      expect(await listVerbs()).to.deep.equal([]);
    });

  it('is refused where its launch is unknown', async () => {
    const answer = await send(await world.launch(), { markedIn: 'no launch' });

    expect(answer.status).to.equal(409);
    expect(await listVerbs()).to.deep.equal([]);
  });

  it('does not come back after it was undone', async () => {
    const learner = await world.launch();
    await send(learner, { mark: '1' });
    await send(learner, { state: 'undone', mark: '1' });

    const late = await send(learner, { mark: '1' });

    expect(JSON.parse(late.text)).to.include({ outcome: 'stale' });
    expect(await listVerbs()).to.deep.equal([VERBS.completed, VERBS.voided]);
  });

  it('is refused with its field where a number is none', async () => {
    const answer = await send(await world.launch(), { mark: 'many' });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.include('"mark"');
  });
});
