import { expect } from 'chai';
import { createAgent, readForms, type BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, STAFF, type CourseWorld } from './course-world.js';

describe('aligning activities', () => {
  const nudged: string[] = [];
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  let quiz: string;
  let essay: string;
  let agent: BrowserAgent;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services, nudged) });
  });
  beforeEach(async () => {
    nudged.length = 0;
    world = await createCourseWorld({ tool, fake });
    [quiz = '', essay = ''] = await world.type('Second thing quiz', 'Essay');
    ({ agent } = await world.open('Instructor'));
  });
  after(async () => {
    await Promise.all([tool.close(), fake.close()]);
  });

  const page = (activity: string) => `/activities/${activity}?course=${world.course}`;
  const save = async (activity: string, fields: Record<string, string | string[]>, by = agent) =>
    by.postForm(page(activity), fields, { action: `/activities/${activity}/alignments` });
  /** As save, from the form that chooses; the page's first form may be the one that undoes. */
  const choose = async (activity: string, fields: Record<string, string | string[]>) => {
    const { text } = await agent.get(page(activity));
    const form = readForms(text).find((one) => 'q' in one.fields);
    return agent.post(form?.action ?? '', { ...form?.fields, ...fields });
  };
  const itemAt = (index: number) => world.items[index] ?? '';

  it('asks whoever has no launch to open the course', async () => {
    const stranger = createAgent(tool.url);

    const answer = await stranger.post(`/activities/${quiz}/alignments`, { course: world.course });

    expect(answer.status).to.equal(401);
  });

  for (const role of ['Learner', 'Reviewer'] as const)
    it(`is refused to the role ${role}`, async () => {
      const other = await world.open(role);
      const fields = { course: world.course, item: itemAt(0) };

      const one = await other.agent.post(`/activities/${quiz}/alignments`, fields);
      const several = await other.agent.post('/alignments', { ...fields, activity: [quiz, essay] });
      const form = await other.agent.get(`/alignments?course=${world.course}&activity=${quiz}`);

      expect([one.status, several.status, form.status]).to.deep.equal([403, 403, 403]);
      expect(await world.alignedTo(quiz)).to.deep.equal([]);
    });

  for (const role of STAFF)
    it(`is open to the role ${role}`, async () => {
      const other = await world.open(role);

      const answer = await save(quiz, { item: itemAt(0) }, other.agent);

      expect(answer.status).to.equal(303);
      expect(await world.alignedTo(quiz)).to.have.length(1);
    });

  it('does not find an activity of another course', async () => {
    const other = await world.open('Instructor', { course: 'course-2' });
    await other.agent.get(`/activities?course=${other.course}`);
    const form = readForms((await other.agent.get(`/activities?course=${other.course}`)).text)[0];
    const fields = { ...form?.fields, item: itemAt(0), activity: quiz };

    const one = await other.agent.post(`/activities/${quiz}/alignments`, fields);
    const several = await other.agent.post('/alignments', fields);

    expect([one.status, several.status]).to.deep.equal([404, 404]);
    expect(await world.alignedTo(quiz)).to.deep.equal([]);
  });

  it('refuses a form without its token', async () => {
    const fields = { course: world.course, item: itemAt(0), revision: '0' };

    expect((await agent.post(`/activities/${quiz}/alignments`, fields)).status).to.equal(403);
  });

  it('refuses a competency that is not in the framework', async () => {
    const answer = await save(quiz, { item: 'no-such-item' });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('A chosen competency is not in this framework');
    expect(await world.alignedTo(quiz)).to.deep.equal([]);
  });

  it('names the field that cannot be read', async () => {
    const answer = await save(quiz, { item: itemAt(0), revision: 'latest' });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('revision');
  });

  it('stores the chosen competencies with their stages and says so', async () => {
    const answer = await save(quiz, {
      item: [itemAt(0), itemAt(2)],
      [`stage-${itemAt(0)}`]: 'mastered',
      [`stage-${itemAt(2)}`]: 'reinforced',
    });

    expect(answer.location).to.contain('notice=alignment-aligned');
    expect(await world.alignedTo(quiz)).to.deep.equal([
      { framework: 'small', item: itemAt(0), stage: 'mastered' },
      { framework: 'small', item: itemAt(2), stage: 'reinforced' },
    ]);
    expect(nudged).to.deep.equal(['project-attainment']);
    const { text } = await agent.get(answer.location);
    expect(text).to.contain('The alignment was saved. You can undo it below.');
    expect(text).to.contain('Last change: added 2 competencies.');
    expect(text).to.contain('by The Instructor');
  });

  it('begins with introduced where no stage was chosen', async () => {
    await save(quiz, { item: itemAt(0) });

    expect((await world.alignedTo(quiz))[0]?.stage).to.equal('introduced');
  });

  it('undoes the last change by bringing back what was before', async () => {
    await save(quiz, { item: itemAt(0) });
    await choose(quiz, { item: [itemAt(1), itemAt(2)] });

    const answer = await agent.postForm(page(quiz), {}, { action: `${quiz}/alignments` });

    expect(answer.location).to.contain('notice=alignment-aligned');
    expect((await world.alignedTo(quiz)).map(({ item }) => item)).to.deep.equal([itemAt(0)]);
    const { text } = await agent.get(page(quiz));
    expect(text).to.contain('History of its alignments (3)');
  });

  it('undoes the first change to nothing', async () => {
    await save(quiz, { item: itemAt(0) });

    await agent.postForm(page(quiz), {}, { action: `${quiz}/alignments` });

    expect(await world.alignedTo(quiz)).to.deep.equal([]);
  });

  it('brings back any earlier state of the history', async () => {
    await save(quiz, { item: itemAt(0) });
    await choose(quiz, { item: itemAt(1) });
    await choose(quiz, { item: itemAt(2) });
    const forms = readForms((await agent.get(page(quiz))).text);
    const first = forms.find(({ fields }) => fields['restore'] === '1');

    await agent.post(first?.action ?? '', first?.fields ?? {});

    expect((await world.alignedTo(quiz)).map(({ item }) => item)).to.deep.equal([itemAt(0)]);
  });

  it('never overwrites what somebody else aligned meanwhile', async () => {
    const opened = readForms((await agent.get(page(quiz))).text).find((one) => 'q' in one.fields);
    await save(quiz, { item: itemAt(0) });

    const answer = await agent.post(opened?.action ?? '', { ...opened?.fields, item: itemAt(1) });

    expect(answer.status).to.equal(409);
    expect((await world.alignedTo(quiz)).map(({ item }) => item)).to.deep.equal([itemAt(0)]);
  });

  it('suggests competencies by the title and shows the matching words', async () => {
    const { text } = await agent.get(page(quiz));

    expect(text).to.match(
      /Suggested by the title[\s\S]*Do the second thing[\s\S]*matching words: [^<]*second/,
    );
  });

  it('searches without losing what is chosen and not saved yet, and changes nothing', async () => {
    const answer = await choose(quiz, {
      find: '1',
      q: 'third',
      item: itemAt(0),
      [`stage-${itemAt(0)}`]: 'mastered',
    });

    expect(answer.status).to.equal(200);
    expect(answer.text).to.match(/Found for “third”[\s\S]*Do the third thing\./);
    const form = readForms(answer.text).find((one) => 'q' in one.fields);
    expect(form?.fields).to.include({ item: itemAt(0), [`stage-${itemAt(0)}`]: 'mastered' });
    expect(await world.alignedTo(quiz)).to.deep.equal([]);
  });

  it('searches by address as well, and says when nothing was found', async () => {
    const found = await agent.get(`${page(quiz)}&q=third`);
    const none = await agent.get(`${page(quiz)}&q=astronomy`);

    expect(found.text).to.match(/Found for “third”[\s\S]*Do the third thing\./);
    expect(none.text).to.contain('No competency has these words.');
  });

  describe('several at once', () => {
    const form = (...activities: string[]) =>
      `/alignments?course=${world.course}${activities.map((one) => `&activity=${one}`).join('')}`;
    const saveAll = async (fields: Record<string, string | string[]>) =>
      agent.postForm(form(quiz, essay), fields, { action: '/alignments' });

    it('adds the competencies to each and keeps what they were aligned to', async () => {
      await save(quiz, { item: itemAt(0) });

      const answer = await saveAll({ item: itemAt(1), [`stage-${itemAt(1)}`]: 'reinforced' });

      const added = { framework: 'small', item: itemAt(1), stage: 'reinforced' };
      expect(answer.location).to.contain('notice=alignments-added');
      expect(await world.alignedTo(quiz)).to.deep.equal([
        { framework: 'small', item: itemAt(0), stage: 'introduced' },
        added,
      ]);
      expect(await world.alignedTo(essay)).to.deep.equal([added]);
    });

    it('says what it did and takes it back for all of them', async () => {
      await save(quiz, { item: itemAt(0) });
      const saved = await saveAll({ item: itemAt(1) });
      const { text } = await agent.get(saved.location);

      const answer = await agent.postForm(saved.location, {}, { action: '/alignments' });

      expect(text).to.contain('were added to 2 activities: Second thing quiz, Essay.');
      expect(answer.location).to.contain('notice=alignments-undone');
      expect((await world.alignedTo(quiz)).map(({ item }) => item)).to.deep.equal([itemAt(0)]);
      expect(await world.alignedTo(essay)).to.deep.equal([]);
    });

    it('leaves an activity that was changed since, and says so', async () => {
      const saved = await saveAll({ item: itemAt(1) });
      const opened = readForms((await agent.get(saved.location)).text).find(
        (one) => 'undo' in one.fields,
      );
      await choose(quiz, { item: itemAt(2) });

      const answer = await agent.post('/alignments', opened?.fields ?? {});

      expect(answer.location).to.contain('notice=alignments-undone-partly');
      expect((await world.alignedTo(quiz)).map(({ item }) => item)).to.deep.equal([itemAt(2)]);
      expect(await world.alignedTo(essay)).to.deep.equal([]);
    });

    it('refuses a form without an activity or a competency', async () => {
      const noItem = await saveAll({});
      const noActivity = await agent.get(form());

      expect([noItem.status, noActivity.status]).to.deep.equal([400, 400]);
      expect(noItem.text).to.contain('choose at least one activity and one competency');
    });

    it("opens the activity's own page where one was chosen", async () => {
      const answer = await agent.get(form(quiz));

      expect(answer.location).to.equal(page(quiz));
    });
  });
});
