import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { classRoutes } from '../../src/reports/class.routes.js';
import { listAccesses } from '../../src/reports/access-log.model.js';
import type { ReadStatement } from '../../src/reports/statement-reader.js';
import { readTable } from '../../src/tables/read-table.js';
import { createAgent, type BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { launchAs } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { createReportWorld, NOW, type ReportWorld } from './report-world.js';

describe('the class of a course', () => {
  const stored = new Map<string, ReadStatement>();
  let tool: TestTool;
  let fake: FakePlatform;
  let world: ReportWorld;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: () => [classRoutes({ now: () => NOW })] });
  });
  beforeEach(async () => {
    world = await createReportWorld({ tool, fake, stored });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const read = async (agent: BrowserAgent, path: string) =>
    agent.get(`${path}${path.includes('?') ? '&' : '?'}course=${world.course}`);
  const why = (user: string, item = world.items[0] ?? '') =>
    `/class/learners/${user}/items/${item}`;
  const openTeacher = async () => (await world.open('Instructor')).agent;

  it('asks whoever has no launch to open the course', async () => {
    for (const path of ['/class', '/class/attention', why(world.users.ana)])
      expect((await read(createAgent(tool.url), path)).status, path).to.equal(401);
  });

  for (const role of ['Learner', 'ContentDeveloper', 'Reviewer'] as const) {
    it(`is closed to the role ${role}`, async () => {
      const { agent } = await launchAs({ tool, platform: fake, role, course: 'course-1' });

      for (const path of ['/class', '/class.csv', '/class/attention', why(world.users.ana)])
        expect((await read(agent, path)).status, path).to.equal(403);
    });
  }

  it('shows each student with a letter and a sentence in each aligned competency', async () => {
    const { text, status } = await read(await openTeacher(), '/class');

    expect(status).to.equal(200);
    expect(text).to.include('Ana Ruiz').and.to.include('Bo Lind');
    expect(text).to.include('<span class="visually-hidden">Achieved by self-report</span>');
    expect(text).to.include('<span class="visually-hidden">Tried, nothing counts yet</span>');
    expect(text).to.include('In progress, 1 of 2 done');
    expect(text).to.include('You see what is achieved in this course');
  });

  it('has columns for what is aligned or begun, and for the whole framework when asked', async () => {
    const agent = await openTeacher();
    const columnsOf = (text: string) => text.match(/id="competency-\d+"/g)?.length;

    expect(columnsOf((await read(agent, '/class')).text)).to.equal(2);
    expect(columnsOf((await read(agent, '/class?columns=all')).text)).to.equal(4);
  });

  it('says the framework’s answer where it is asked for, and nothing of the course’s', async () => {
    const { text } = await read(await openTeacher(), '/class?answer=framework&columns=all');

    expect(text).to.include('You see what is achieved in the framework');
    expect(text).not.to.include('<span class="visually-hidden">Achieved</span>');
  });

  it('can be read as a table in words', async () => {
    const { text } = await read(await openTeacher(), '/class?layout=table');

    expect(text).not.to.include('class-map');
    expect(text).to.include('Achieved by self-report');
    expect(text).to.include('1 not started');
  });

  it('shows the last page where a later one is asked for, and the first for what is no number', async () => {
    const agent = await openTeacher();

    for (const page of ['999', '-1', 'x'])
      expect((await read(agent, `/class?page=${page}`)).text, page).to.include('Bo Lind');
  });

  it('leaves as CSV, one row a student and competency, noted as an export', async () => {
    const { text, headers } = await read(await openTeacher(), '/class.csv');
    const rows = parse(text, { bom: true, columns: true });

    expect(headers.get('content-type')).to.include('text/csv');
    expect(rows).to.have.length(6);
    expect(rows[0]).to.include({ learner: "'=Ana Ruiz", number: '1', status: 'achieved' });
    const [access] = await listAccesses({ deployment: world.deployment, limit: 1 });
    expect(access).to.include({ action: 'export', subject: 'learners', format: 'csv' });
  });

  it('leaves as an Excel workbook, noted as an export', async () => {
    const { agent } = await world.open('Instructor');
    const cookie = [...agent.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${tool.url}/class.xlsx?course=${world.course}`, {
      headers: { cookie },
    });
    const { rows } = await readTable({
      bytes: Buffer.from(await answer.arrayBuffer()),
      limits: { rows: 100, columns: 20, cells: 2_000, unpackedBytes: 10_000_000 },
    });

    expect(rows).to.have.length(7);
    expect(rows[1]?.cells).to.include('=Ana Ruiz').and.to.include('achieved');
    const [access] = await listAccesses({ deployment: world.deployment, limit: 1 });
    expect(access).to.include({ action: 'export', subject: 'learners' });
  });

  it('says who is stuck and who is ready, with the reason', async () => {
    const { text } = await read(await openTeacher(), '/class/attention');
    const [stuck = '', ready = ''] = text.split('id="ready"');

    expect(stuck).to.include('tried once, not passed, and nothing counts yet');
    expect(stuck).not.to.include('Ana Ruiz');
    expect(ready).to.include('Ana Ruiz');
    expect(ready).not.to.include('Bo Lind');
  });

  it('says why: the sentence, the rule in words, what counted with its statement', async () => {
    const { text, status } = await read(await openTeacher(), why(world.users.ana));

    expect(status).to.equal(200);
    expect(text).to.include('Achieved');
    expect(text).to.include('Any 2 of what counts, at least 1 of them with a score');
    expect(text).to.include('the published default');
    expect(text).to.include('Coding quiz');
    expect(text).to.include(`/reports/statements/${world.statements.ana}?`);
  });

  it('says what did not count and why not', async () => {
    const { text } = await read(await openTeacher(), why(world.users.cy));

    expect(text).to.include('Nothing counts yet.');
    expect(text).to.include('not counted: it was not passed');
  });

  it('says what is asked where nothing was begun', async () => {
    const { text } = await read(await openTeacher(), why(world.users.bo, world.items[3]));

    expect(text).to.include('Nothing counts yet.');
    expect(text).to.include('Nothing counts for this competency yet');
  });

  it('knows nobody but students of this course, and only competencies of its framework', async () => {
    const agent = await openTeacher();

    expect((await read(agent, why('nobody'))).status).to.equal(404);
    expect((await read(agent, why(world.users.ana, 'no-item'))).status).to.equal(404);
  });

  it('shows nothing of another course', async () => {
    const other = await launchAs({
      tool,
      platform: fake,
      role: 'Instructor',
      user: 'Rae',
      course: 'course-2',
    });
    const { text } = await other.agent.get(`/class?course=${other.course}`);

    expect(text).not.to.include('Bo Lind');
    const path = `${why(world.users.ana)}?course=${other.course}`;
    expect((await other.agent.get(path)).status).to.equal(404);
  });
});
