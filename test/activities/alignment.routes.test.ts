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

  it('says how a course gets activities while it has none', async () => {
    const { agent: newcomer, course } = await world.open('Instructor', { course: 'next-term' });

    const answer = await newcomer.get(`/alignments?course=${course}`);

    expect(answer.status).to.equal(200);
    expect(answer.text).to.contain('This course has no activity yet.');
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
      /Suggested by the title[\s\S]*Do the <mark>second<\/mark> <mark>thing<\/mark>[\s\S]*matching words: second, thing/,
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

      await saveAll({ item: itemAt(1), [`stage-${itemAt(1)}`]: 'reinforced' });

      const added = { framework: 'small', item: itemAt(1), stage: 'reinforced' };
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
      const noActivity = await saveAll({ activity: [], item: itemAt(0) });

      expect([noItem.status, noActivity.status]).to.deep.equal([400, 400]);
      expect(noItem.text).to.contain('choose at least one activity and one competency');
    });

    it('makes the change again on what somebody else wrote in between', async () => {
      const other = await world.open('TeachingAssistant');

      await Promise.all([
        saveAll({ item: itemAt(1) }),
        other.agent.postForm(form(quiz, essay), { item: itemAt(2) }, { action: '/alignments' }),
      ]);

      for (const activity of [quiz, essay])
        expect((await world.alignedTo(activity)).map(({ item }) => item)).to.have.members([
          itemAt(1),
          itemAt(2),
        ]);
    });
  });

  describe('one after another', () => {
    const form = (activity?: string) =>
      `/alignments?course=${world.course}${activity === undefined ? '' : `&activity=${activity}`}`;
    const saveOne = async (fields: Record<string, string | string[]>, at = form(quiz)) =>
      agent.postForm(at, fields, { action: '/alignments' });
    const heading = (text: string) => /<h2 id="align-heading">([^<]*)</.exec(text)?.[1];

    it('opens the first activity that counts for nothing, with its form and the list of the others', async () => {
      await saveOne({ item: itemAt(0) });

      const { status, text } = await agent.get(form());

      expect(status).to.equal(200);
      expect(heading(text)).to.equal('Essay');
      expect(text).to.contain('Not aligned yet (1)').and.to.contain('All (2)');
    });

    it('leads to the next one after saving, says what it did, and takes it back', async () => {
      const saved = await saveOne({ item: itemAt(1), then: 'next' });
      const { text } = await agent.get(saved.location);

      const undone = await agent.postForm(saved.location, {}, { action: '/alignments' });

      expect(heading(text)).to.equal('Essay');
      expect(text).to.contain('Saved. “Second thing quiz”: added 1 competency.');
      expect(undone.location).to.contain(`/alignments?activity=${quiz}`);
      expect(heading((await agent.get(undone.location)).text)).to.equal('Second thing quiz');
      expect(await world.alignedTo(quiz)).to.deep.equal([]);
    });

    it('leads to the course when nothing is left, and says what the last one got', async () => {
      await saveOne({ item: itemAt(1) });

      const saved = await saveOne({ item: itemAt(1), then: 'next' }, form(essay));

      expect(saved.location).to.match(/^\/activities\?changed=/);
      expect((await agent.get(saved.location)).text).to.contain('Saved. “Essay”');
    });

    it('goes on without a change where none was made', async () => {
      const saved = await saveOne({ then: 'next' });

      expect(saved.location).to.contain(`activity=${essay}`);
      expect((await agent.get(saved.location)).text).not.to.contain('Saved.');
    });

    it('keeps what was chosen where somebody else aligned meanwhile, and tells what and who', async () => {
      const opened = readForms((await agent.get(form(quiz))).text).find((one) => 'q' in one.fields);
      const other = await world.open('TeachingAssistant');
      await save(quiz, { item: itemAt(0) }, other.agent);

      const refused = await agent.post('/alignments', {
        ...opened?.fields,
        item: itemAt(1),
        [`stage-${itemAt(1)}`]: 'mastered',
      });
      const kept = readForms(refused.text).find((one) => 'q' in one.fields);
      await agent.post('/alignments', kept?.fields ?? {});

      expect(refused.status).to.equal(409);
      expect(refused.text).to.contain('The TeachingAssistant added 1 competency.');
      expect(refused.text).to.contain('Do the first thing (with care). · introduced');
      expect(kept?.fields).to.include({ item: itemAt(1), [`stage-${itemAt(1)}`]: 'mastered' });
      expect((await world.alignedTo(quiz)).map(({ item }) => item)).to.deep.equal([itemAt(1)]);
    });

    it('finds activities by words of their title and keeps the one that is open', async () => {
      const { text } = await agent.get(`${form(quiz)}&show=all&title=ESS`);

      expect(heading(text)).to.equal('Second thing quiz');
      expect(text.slice(text.indexOf('align-activities'))).to.contain('Essay');
      expect(text.slice(text.indexOf('align-activities'))).not.to.contain('>Second thing quiz</a>');
    });

    it('lists 50 activities a page, and a page that is not there as the last one', async () => {
      await world.type(...Array.from({ length: 60 }, (_, index) => `Task ${index + 1}`));

      const first = await agent.get(`${form(quiz)}&show=all`);
      const last = await agent.get(`${form(quiz)}&show=all&page=99`);
      const odd = await agent.get(`${form(quiz)}&show=nothing&page=-1`);

      expect(first.text).to.contain('1 to 50 of 62').and.to.contain('Next page');
      expect(last.text).to.contain('51 to 62 of 62').and.to.contain('Task 60');
      expect(odd.status).to.equal(200);
    });

    it('does not find an activity that is not there', async () => {
      expect((await agent.get(form('no-such-activity'))).status).to.equal(404);
    });
  });

  describe('suggestions', () => {
    const form = () => `/alignments?course=${world.course}&activity=${quiz}`;
    const press = async (fields: Record<string, string | string[]>) =>
      agent.postForm(form(), fields, { action: '/alignments' });

    it('that do not fit are not made again for that activity, and what was chosen is kept', async () => {
      const answer = await press({ dismiss: itemAt(1), item: itemAt(2) });
      const later = await agent.get(form());
      const essayLater = await world.type('Second essay');
      const other = await agent.get(`${form()}`.replace(quiz, essayLater[0] ?? ''));

      const kept = readForms(answer.text).find((one) => 'q' in one.fields);
      expect(kept?.fields['item']).to.equal(itemAt(2));
      for (const { text } of [answer, later]) {
        expect(text).not.to.contain('<mark>second</mark>');
        expect(text).to.contain('1 suggestion was dismissed.');
      }
      expect(other.text).to.contain('<mark>second</mark>');
      expect(await world.alignedTo(quiz)).to.deep.equal([]);
    });

    it('that were dismissed come back when asked for', async () => {
      await press({ dismiss: itemAt(1) });

      const { text } = await press({ undismiss: '1' });

      expect(text).to.contain('<mark>second</mark>').and.not.to.contain('was dismissed');
    });

    it('cannot be dismissed for another course, nor where there is no such competency', async () => {
      const other = await world.open('Instructor', { course: 'course-2' });
      const fields = readForms(
        (await other.agent.get(`/activities?course=${other.course}`)).text,
      )[0]?.fields;

      const foreign = await other.agent.post('/alignments', {
        ...fields,
        activity: quiz,
        dismiss: itemAt(1),
      });
      const unknown = await press({ dismiss: 'no-such-item' });

      expect([foreign.status, unknown.status]).to.deep.equal([404, 400]);
      expect((await agent.get(form())).text).to.contain('<mark>second</mark>');
    });
  });

  describe('the search while somebody types', () => {
    const search = async (words: string, by = agent) =>
      by.get(`/alignments/competencies?course=${world.course}&q=${words}`, {
        headers: { accept: 'application/json' },
      });

    it('answers a few competencies with what matched and what is above them', async () => {
      const { status, text } = await search('thir');

      expect(status).to.equal(200);
      const answer = JSON.parse(text) as { announcement: string; options: object[] };
      expect(answer.announcement).to.contain('1 competency found');
      expect(answer.options[0]).to.deep.include({
        identifier: itemAt(2),
        path: 'Domain one › Subdomain B',
      });
    });

    it('says so where nothing has the words', async () => {
      const answer = JSON.parse((await search('astronomy')).text) as { options: object[] };

      expect(answer.options).to.deep.equal([]);
    });

    it('is closed to learners, and refuses what is too long', async () => {
      const learner = await world.open('Learner');

      const statuses = [
        (await search('thir', learner.agent)).status,
        (await search('x'.repeat(201))).status,
      ];

      expect(statuses).to.deep.equal([403, 400]);
    });
  });
});
