import { expect } from 'chai';
import { readForms, type Answer, type BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, type CourseWorld } from './course-world.js';

const HEAD = 'activity,address,competency,stage';

describe('alignments as a file', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  let quiz: string;
  let essay: string;
  let agent: BrowserAgent;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
    [quiz = '', essay = ''] = await world.type(
      'Coding quiz, https://lms.example/quiz, quiz',
      'Essay',
    );
    ({ agent } = await world.open('Instructor'));
  });
  after(() => Promise.all([tool.close(), fake.close()]));

  const itemAt = (index: number) => world.items[index] ?? '';
  const withCourse = (path: string) => `${path}?course=${world.course}`;
  const itemsOf = async (activity: string) =>
    (await world.alignedTo(activity)).map(({ item, stage }) => [item, stage]);

  async function bring(text: string, mode = 'add'): Promise<Answer> {
    const { text: page } = await agent.get(withCourse('/alignments/imports'));
    const form = readForms(page).find(({ action }) => action === '/alignments/imports');
    const fields = Object.entries({ ...form?.fields, mode })
      .filter(([name]) => name !== 'file')
      .map(
        ([name, value]) =>
          `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`,
      )
      .join('');
    const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n--b--\r\n`;
    return agent.send('POST', '/alignments/imports', {
      body: `${fields}${file}`,
      headers: { 'content-type': 'multipart/form-data; boundary=b', origin: tool.url },
    });
  }

  const press = async (page: string, step: string) =>
    agent.postForm(page, { step }, { action: '/alignments/imports/' });

  it('shows what would change, changes it on request, and takes it back', async () => {
    const brought = await bring(
      `${HEAD}\nCoding quiz,,Do the second thing,mastered\nessay,,Domain one / Subdomain B / Do the third thing.,R`,
    );
    const preview = await agent.get(brought.location);
    const before = await itemsOf(quiz);

    await press(brought.location, 'confirm');
    const after = [await itemsOf(quiz), await itemsOf(essay)];
    const done = await agent.get(brought.location);
    await press(brought.location, 'undo');

    expect(preview.text).to.contain('added 1 competency').and.to.contain('· reinforced');
    expect(before).to.deep.equal([]);
    expect(after).to.deep.equal([[[itemAt(1), 'mastered']], [[itemAt(2), 'reinforced']]]);
    expect(done.text).to.contain('2 activities were changed.');
    expect([await itemsOf(quiz), await itemsOf(essay)]).to.deep.equal([[], []]);
  });

  it('reads back what it wrote as no change', async () => {
    await press(
      (await bring(`${HEAD}\nCoding quiz,,Do the second thing,mastered`)).location,
      'confirm',
    );

    const { text } = await agent.get(withCourse('/alignments.csv'));
    const { location } = await bring(text, 'replace');

    expect(text).to.contain('Coding quiz,https://lms.example/quiz,Do the second thing,mastered');
    expect(text).to.contain('Essay,,,');
    expect((await agent.get(location)).text).to.contain('There is nothing to do.');
  });

  it('empties an activity only where the file takes the place of what is there', async () => {
    await press((await bring(`${HEAD}\nEssay,,Do the second thing,`)).location, 'confirm');

    const added = await bring(`${HEAD}\nEssay,,,`);
    const replaced = await bring(`${HEAD}\nEssay,,,`, 'replace');
    await press(replaced.location, 'confirm');

    expect((await agent.get(added.location)).text).to.contain('There is nothing to do.');
    expect(await itemsOf(essay)).to.deep.equal([]);
  });

  it('names row and column of each fault with what reads alike, and takes nothing in', async () => {
    const answer = await bring(
      `${HEAD}\nCoding quiz,,Do the secnd thing,mastered\nNo such thing,,Do the third thing.,\nEssay,,Do the third thing.,often`,
    );

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('3 cells cannot be read');
    expect(answer.text).to.match(
      /scope="row">2<[\s\S]*?competency[\s\S]*?Do the secnd thing[\s\S]*?Near: /,
    );
    expect(answer.text).to.match(/scope="row">3<[\s\S]*?activity[\s\S]*?No such thing/);
    expect(answer.text).to.match(/scope="row">4<[\s\S]*?stage[\s\S]*?often/);
    expect(await itemsOf(essay)).to.deep.equal([]);
  });

  for (const { title, file, says } of [
    { title: 'without its columns', file: 'name,mark\nEssay,3', says: 'names no such column' },
    { title: 'that is empty', file: '', says: '' },
    { title: 'of noise', file: '\u0000\u0001"', says: '' },
  ])
    it(`refuses a file ${title}`, async () => {
      const answer = await bring(file);

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain(says);
    });

  it('leaves an activity that somebody changed after the file was read, and says so', async () => {
    const { location } = await bring(
      `${HEAD}\nEssay,,Do the third thing.,\nCoding quiz,,Do the third thing.,`,
    );
    const other = await world.open('TeachingAssistant');
    await other.agent.postForm(
      `/alignments?course=${world.course}&activity=${essay}`,
      { item: itemAt(0) },
      { action: '/alignments' },
    );

    await press(location, 'confirm');

    expect(await itemsOf(essay)).to.deep.equal([[itemAt(0), 'introduced']]);
    expect(await itemsOf(quiz)).to.deep.equal([[itemAt(2), 'introduced']]);
    expect((await agent.get(location)).text).to.contain('1 activity was left');
  });

  it('writes no formula that a spreadsheet would run', async () => {
    await world.type('=SUM(A1)');

    expect((await agent.get(withCourse('/alignments.csv'))).text).to.contain("'=SUM(A1)");
  });

  it('does not open a file of another course', async () => {
    const { location } = await bring(`${HEAD}\nEssay,,Do the third thing.,`);
    const other = await world.open('Instructor', { course: 'course-2' });
    const path = location.split('?')[0] ?? '';

    expect((await other.agent.get(`${path}?course=${other.course}`)).status).to.equal(404);
  });
});
