import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createAgent } from '../support/browser-agent.js';
import { testDatabase } from '../support/engine.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, STAFF, type CourseWorld } from './course-world.js';

describe('/map', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
  });
  after(async () => void (await Promise.all([tool.close(), fake.close()])));

  const page = () => `/map?course=${world.course}`;

  async function align(activity: string, item: string, stage: string): Promise<void> {
    const { agent } = await world.open('Instructor');
    await agent.postForm(
      `/activities/${activity}?course=${world.course}`,
      { item, [`stage-${item}`]: stage },
      { action: '/alignments' },
    );
  }

  it("is for the course's staff", async () => {
    const statuses = await Promise.all(
      [...STAFF, 'Learner' as const].map(
        async (role) => (await (await world.open(role)).agent.get(page())).status,
      ),
    );

    expect(statuses).to.deep.equal([200, 200, 200, 200, 403]);
    expect((await createAgent(tool.url).get(page())).status).to.equal(401);
  });

  it('says how to begin while nothing is aligned', async () => {
    await world.type('Quiz');

    const { text } = await (await world.open('Instructor')).agent.get(page());

    expect(text).to.include('The map begins with the first alignment').and.not.to.include('<table');
  });

  it('shows each stage as a letter that leads to the activity, and lists what is odd', async () => {
    const [quiz = '', essay = ''] = await world.type('Quiz', 'Essay', 'Left alone');
    const [first = '', second = ''] = world.items;
    await align(quiz, first, 'mastered');
    await align(essay, first, 'introduced');

    const { text } = await (await world.open('Instructor')).agent.get(page());

    expect(text).to.match(
      new RegExp(
        `id="cell-${first}-${quiz}"[^>]*><a [^>]*href="/activities/${quiz}\\?[^>]*>M<span`,
      ),
    );
    expect(text).to.match(
      new RegExp(
        `id="cell-${first}-${essay}"[^>]*><a [^>]*href="/activities/${essay}\\?[^>]*>I<span`,
      ),
    );
    expect(text).to.include('3 competencies have no activity').and.include(`#row-${second}"`);
    expect(text).to.include('1 competency is mastered before it is introduced');
    expect(text).to.include('2 aligned activities were never completed');
    expect(text).to.include('1 activity counts for no competency and is not in the map');
    expect(text).to.include('No competency has more than 5 activities');
  });

  it('does not tell content developers what nobody completed: with one learner it is theirs', async () => {
    const [quiz = ''] = await world.type('Quiz');
    await align(quiz, world.items[0] ?? '', 'introduced');
    const pageOf = async (role: 'ContentDeveloper' | 'Instructor') =>
      (await (await world.open(role)).agent.get(page())).text;

    expect(await pageOf('Instructor')).to.contain('1 aligned activity was never completed');
    expect(await pageOf('ContentDeveloper'))
      .to.contain('Quiz')
      .and.not.contain('never completed');
  });

  it('takes the number above which a competency is over-covered, and the default for what is no number', async () => {
    const [quiz = '', essay = ''] = await world.type('Quiz', 'Essay');
    for (const activity of [quiz, essay]) await align(activity, world.items[0] ?? '', 'introduced');
    const { agent } = await world.open('Instructor');

    const [one, odd] = await Promise.all(
      ['1', '-3<script>'].map((over) => agent.get(`${page()}&over=${encodeURIComponent(over)}`)),
    );

    expect(one?.text).to.include(
      '1 competency has more than 1 activities'.replace('activities', 'activit'),
    );
    expect(odd?.text)
      .to.include('No competency has more than 5 activities')
      .and.not.to.include('<script>-');
  });

  it('shows groups that nothing covers row by row when asked', async () => {
    const [quiz = ''] = await world.type('Quiz');
    await align(quiz, world.items[0] ?? '', 'introduced');
    const { agent } = await world.open('Instructor');

    const few = await agent.get(page());
    const all = await agent.get(`${page()}&rows=all`);

    expect(few.text)
      .to.include('1 competency, not covered')
      .and.not.to.include('scope="row"><a href="/frameworks/small/items/' + (world.items[3] ?? ''));
    expect(all.text).to.include('id="row-' + (world.items[3] ?? ''));
  });

  it('comes as CSV and as a workbook, with a column an activity, and runs no formula that a title holds', async () => {
    const [quiz = '', odd = ''] = await world.type('Quiz', '=1+1');
    await align(quiz, world.items[0] ?? '', 'reinforced');
    await align(odd, world.items[1] ?? '', 'introduced');
    const { agent } = await world.open('Instructor');

    const csv = await agent.get(`/map.csv?course=${world.course}`);
    const xlsx = await agent.get(`/map.xlsx?course=${world.course}`);

    const [head = '', first = '', ...rest] = csv.text.split('\r\n');
    expect(head).to.match(/identifier,domain,subdomain,competency,activities,Quiz,'=1\+1$/);
    expect(first).to.equal(
      `${world.items[0] ?? ''},Domain one,Subdomain A,Do the first thing (with care).,1,reinforced,`,
    );
    expect(rest.filter((line) => line !== '')).to.have.length(3);
    expect(csv.headers.get('content-disposition')).to.match(
      /attachment; filename="?crosswalk-curriculum-map-.*\.csv"?/,
    );
    expect(xlsx.headers.get('content-type')).to.include('spreadsheetml');
    expect(xlsx.text.slice(0, 2)).to.equal('PK');
  });

  it('compares the levels that alignments state with those at which the framework aims', async () => {
    await testDatabase()
      .collection('cfItems')
      .updateMany({ identifier: { $in: world.items.slice(0, 2) } }, { $set: { bloomLevel: 4 } });
    await testDatabase()
      .collection('cfDocuments')
      .updateMany({}, { $set: { stamp: `aimed ${randomUUID()}` } });
    const [quiz = '', essay = '', talk = ''] = await world.type('Quiz', 'Essay', 'Talk');
    const { agent } = await world.open('Instructor');
    const [first = '', second = ''] = world.items;
    const state = (activity: string, fields: Record<string, string | string[]>) =>
      agent.postForm(`/activities/${activity}?course=${world.course}`, fields, {
        action: '/alignments',
      });

    await state(quiz, { item: [first, second], [`level-${first}`]: '2', [`level-${second}`]: '9' });
    await state(essay, { item: first, [`level-${first}`]: '3' });
    const below = await agent.get(page());
    const form = await agent.get(`/activities/${essay}?course=${world.course}`);
    await state(talk, { item: first, [`level-${first}`]: '5' });
    const reached = await agent.get(page());

    expect(below.text).to.include('2 competencies aim at a higher level');
    expect(below.text).to.include('target level 4, highest of its activities 3');
    expect(below.text).to.include('target level 4, level of its activities not stated');
    expect(form.text).to.match(/<option value="3" selected>\s*3 apply/);
    expect(reached.text).to.include('1 competency aims at a higher level');
    expect(await world.alignedTo(talk)).to.deep.equal([
      { framework: 'small', item: first, stage: 'introduced', bloomLevel: 5 },
    ]);
  });

  it('shows nothing of another course', async () => {
    const [quiz = ''] = await world.type('Quiz');
    await align(quiz, world.items[0] ?? '', 'introduced');

    const other = await world.open('Instructor', {
      course: { id: 'elsewhere', title: 'Elsewhere' },
    });
    const { text } = await other.agent.get(`/map?course=${other.course}`);

    expect(text).to.include('The map begins').and.not.to.include('Quiz');
  });
});
