import { expect } from 'chai';
import type { Router } from 'express';
import { storedStatementsRoutes } from '../../src/admin/stored-statements.routes.js';
import { recordActors } from '../../src/activities/actor-key.model.js';
import { listAccessesAbout } from '../../src/reports/access-log.model.js';
import { noteLook } from '../../src/reports/note-look.js';
import { writeSentence } from '../../src/reports/statement-sentence.js';
import { agentKey } from '../../src/xapi/actor.js';
import type { Statement } from '../../src/xapi/statement.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { numbered, openLrs } from '../lrs/lrs-app.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { buildAgent, buildStatement } from '../xapi/sample-statements.js';

const PATH = '/admin/stored-statements';

describe(PATH, () => {
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ now }): Router[] => [storedStatementsRoutes({ now, noteLook, writeSentence })],
    });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  async function store(...statements: Partial<Statement>[]): Promise<void> {
    const lrs = await openLrs();
    for (const [at, one] of statements.entries())
      await lrs.post(buildStatement({ id: numbered(at + 1), ...one })).expect(200);
  }

  const find = async (query: Record<string, string> = {}) => {
    const agent = await signInAsOperator(tool);
    const { status, text } = await agent.get(`${PATH}?${new URLSearchParams(query).toString()}`);
    const ids = [...text.matchAll(/<code>(0{8}-0000-4000-8000-\d{12})<\/code>/g)];
    return { status, text, agent, numbers: ids.map(([, id]) => Number(id?.slice(-12))) };
  };

  it('is for the operator alone', async () => {
    await connectPlatform(fake);
    const { agent, course } = await launchAs({
      tool,
      platform: fake,
      role: 'Administrator',
      user: { sub: 'a', name: 'A' },
    });

    expect((await createAgent(tool.url).get(PATH)).status).to.equal(401);
    expect((await agent.get(`${PATH}?course=${course}`)).status).to.equal(403);
  });

  it('shows each statement as a sentence with its JSON, as text', async () => {
    await store({ actor: { ...buildAgent(), name: '<b>Ana</b>' } });

    const { text, numbers } = await find();

    expect(numbers).to.deep.equal([1]);
    expect(text).to.include('&lt;b&gt;Ana&lt;/b&gt; completed').and.not.include('<b>Ana</b>');
    expect(text).to.include('by Test').and.include('&quot;verb&quot;: {');
  });

  it('finds by id, person, verb, activity and day, and all of them together', async () => {
    const activity = { id: 'https://lms.example/activities/2' };
    await store(
      {},
      { actor: buildAgent('ben'), verb: { id: VERBS.passed } },
      { actor: { mbox: 'mailto:cleo@example.org' }, object: activity },
      { context: { instructor: buildAgent('ben') } },
    );
    const ben = 'https://lms.example/people ben';
    const today = new Date().toISOString().slice(0, 10);

    for (const [query, expected] of [
      [{}, [4, 3, 2, 1]],
      [{ id: numbered(2) }, [2]],
      [{ agent: ben }, [2]],
      [{ agent: ben, related: 'yes' }, [4, 2]],
      [{ agent: JSON.stringify(buildAgent('ben')) }, [2]],
      [{ agent: 'cleo@example.org' }, [3]],
      [{ verb: 'passed' }, [2]],
      [{ verb: VERBS.passed }, [2]],
      [{ activity: activity.id }, [3]],
      [{ agent: ben, verb: 'completed' }, []],
      [{ since: today }, [4, 3, 2, 1]],
      [{ until: '2020-01-01' }, []],
      [{ since: '2999-01-01' }, []],
    ] as const) {
      const { status, numbers } = await find(query);
      expect([status, numbers], JSON.stringify(query)).to.deep.equal([200, expected]);
    }
  });

  it('shows a voided statement to who asks for its id, and says so', async () => {
    await store(
      {},
      { verb: { id: VERBS.voided }, object: { objectType: 'StatementRef', id: numbered(1) } },
    );

    expect((await find()).numbers).to.deep.equal([2]);
    const { numbers, text } = await find({ id: numbered(1) });
    expect(numbers).to.deep.equal([1]);
    expect(text).to.include('· voided');
  });

  it('leads to older ones, with the same search', async () => {
    await store(...Array.from({ length: 30 }, () => ({})));

    const first = await find({ verb: 'completed' });
    const href =
      /rel="next" href="([^"]*)"/
        .exec(first.text)?.[1]
        ?.replaceAll('&amp;', '&')
        .replaceAll('&#x3D;', '=') ?? '';
    const second = await first.agent.get(href);

    expect(first.numbers).to.have.lengthOf(25);
    expect(href).to.include('verb=completed');
    expect(second.text.match(/<li class="result">/g)).to.have.lengthOf(5);
    expect(second.text).to.include(numbered(1)).and.not.include('rel="next"');
  });

  it('says by field what cannot be searched for, and keeps what was typed', async () => {
    const { status, text } = await find({
      id: 'x',
      agent: '{"account":{"$ne":1}}',
      verb: 'no such verb',
      activity: 'here',
      since: '2026-02-30',
    });

    expect(status).to.equal(400);
    for (const words of [
      'Give a whole statement id',
      'Give an e-mail address',
      'Give the address of a verb',
      'Give a whole address (IRI)',
      'Give a day',
    ])
      expect(text).to.include(words);
    expect(text).to.include('value="no such verb"').and.not.include('No statement is like that');
  });

  it('notes the look for everybody who stood on the page', async () => {
    const [ana, ben] = [buildAgent('ana'), buildAgent('ben')];
    await recordActors({
      actors: [
        { agentKey: agentKey(ana), deployment: 'd1', user: 'user-ana', learnerIn: null },
        { agentKey: agentKey(ben), deployment: 'd1', user: 'user-ben', learnerIn: null },
      ],
    });
    await store({ actor: ana }, { actor: ben });

    await find({ agent: 'https://lms.example/people ana' });

    const looksAt = (user: string) =>
      listAccessesAbout({ deployment: 'd1', user, courses: [], limit: 10 });
    expect((await looksAt('user-ana')).map(({ user, subject }) => [user, subject])).to.deep.equal([
      ['operator', 'statements'],
    ]);
    expect(await looksAt('user-ben')).to.deep.equal([]);
  });
});
