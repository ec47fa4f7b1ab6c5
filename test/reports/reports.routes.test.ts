import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { entitleReviewer, setReviewerRoles } from '../../src/lti/deployment.model.js';
import { recordLaunchedMembership } from '../../src/lti/membership.model.js';
import { personCode, userRecordId } from '../../src/lti/record-ids.js';
import { listAccesses } from '../../src/reports/access-log.model.js';
import { reportsRoutes } from '../../src/reports/reports.routes.js';
import type { ReadStatement } from '../../src/reports/statement-reader.js';
import { statementsRoutes } from '../../src/reports/statements.routes.js';
import { createAgent, type BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { launchAs } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { createReportWorld, NOW, readerOf, type ReportWorld } from './report-world.js';

describe('the report of a course', () => {
  const stored = new Map<string, ReadStatement>();
  let tool: TestTool;
  let fake: FakePlatform;
  let world: ReportWorld;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config }) => [
        reportsRoutes({ now: () => NOW }),
        statementsRoutes({ now: () => NOW, url: config.url, statements: readerOf(stored) }),
      ],
    });
  });
  beforeEach(async () => {
    stored.clear();
    world = await createReportWorld({ tool, fake, stored });
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const read = async (agent: BrowserAgent, path: string) =>
    agent.get(`${path}${path.includes('?') ? '&' : '?'}course=${world.course}`);
  const listPaths = () => {
    const [item = ''] = world.items;
    return [
      '/reports',
      `/reports/items/${item}`,
      '/reports/learners',
      `/reports/learners/${world.users.ana}`,
      '/reports/statements',
      `/reports/statements/${world.statements.ana}`,
    ];
  };

  it('asks whoever has no launch to open the course', async () => {
    const stranger = createAgent(tool.url);

    for (const path of listPaths()) expect((await read(stranger, path)).status, path).to.equal(401);
  });

  it('is closed to students', async () => {
    const { agent } = await world.open('Learner');

    for (const path of [...listPaths(), '/reports.csv', '/reports.json'])
      expect((await read(agent, path)).status, path).to.equal(403);
  });

  for (const role of ['Instructor', 'TeachingAssistant', 'Reviewer', 'Administrator'] as const) {
    it(`is open to the role ${role}`, async () => {
      const { agent } = await world.open(role);

      for (const path of listPaths()) expect((await read(agent, path)).status, path).to.equal(200);
    });
  }

  it('shows nothing of another course', async () => {
    const other = await launchAs({
      tool,
      platform: fake,
      role: 'Reviewer',
      user: 'Rae',
      course: 'course-2',
    });
    const [item = ''] = world.items;

    const elsewhere = await read(other.agent, '/reports');
    const inOwn = (path: string) => other.agent.get(`${path}?course=${other.course}`);

    expect(elsewhere.status).to.equal(404);
    expect((await inOwn(`/reports/learners/${world.users.ana}`)).status).to.equal(404);
    expect((await inOwn(`/reports/statements/${world.statements.ana}`)).status).to.equal(404);
    expect((await inOwn(`/reports/items/${item}.json`)).json()).to.have.property('learners', 0);
    expect((await inOwn('/reports/statements.json')).json()).to.have.property('total', 0);
  });

  it('counts each competency against the learners of the course', async () => {
    const { agent } = await world.open('Reviewer');

    const report = (await read(agent, '/reports.json')).json();

    expect(report).to.have.nested.property('rows.length', 2);
    expect(report).to.have.nested.property('rows[0].activities[0].stage', 'reinforced');
    expect(report)
      .to.have.nested.property('rows[0]')
      .that.includes({ learners: 3, attempted: 3, achieved: 2, achievedBySelfReport: 1 });
    expect(report)
      .to.have.nested.property('rows[1]')
      .that.includes({ learners: 3, attempted: 1, achieved: 0 });
    expect(report)
      .to.have.property('totals')
      .that.includes({ competencies: 4, covered: 1, counted: 2, possible: 6, achievements: 2 });
  });

  it('says the numbers in a paragraph and links each count to its people', async () => {
    const { agent } = await world.open('Reviewer');

    const { text } = await read(agent, '/reports');

    expect(text).to.contain('Health Data 101 covers 1 of the 4 competencies');
    expect(text).to.contain('2 of 6 possible achievements');
    expect(text).to.contain('1 of them by self-report alone');
    const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => {
      const url = new URL(href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='), tool.url);
      return `${url.pathname} ${url.searchParams.get('status') ?? ''}`;
    });
    const item = `/reports/items/${world.items[0] ?? ''}`;
    for (const status of ['attempted', 'achieved', 'self-report'])
      expect(links).to.include(`${item} ${status}`);
  });

  it('counts neither staff nor test users', async () => {
    const { platform, deployment, course } = world;
    const user = userRecordId({ platform, sub: 'test' });
    await recordLaunchedMembership({
      deployment,
      course,
      user,
      roles: ['Learner'],
      roleUris: [],
      testUser: true,
      now: NOW,
    });
    const { agent } = await world.open('Reviewer');

    const report = (await read(agent, '/reports.json')).json();

    expect(report).to.have.nested.property('totals.learners', 3);
  });

  it('no longer counts a learner who teaches the course now', async () => {
    const { deployment, course, users } = world;
    await recordLaunchedMembership({
      deployment,
      course,
      user: users.ana,
      roles: ['TeachingAssistant'],
      roleUris: [],
      testUser: false,
      now: NOW,
    });
    const { agent } = await world.open('Reviewer');

    const report = (await read(agent, '/reports.json')).json();

    expect(report)
      .to.have.nested.property('rows[0]')
      .that.includes({ learners: 2, attempted: 2, achieved: 1, achievedBySelfReport: 1 });
  });

  for (const { status, people } of [
    { status: 'attempted', people: ['ana', 'bo', 'cy'] },
    { status: 'achieved', people: ['ana', 'bo'] },
    { status: 'self-report', people: ['bo'] },
    { status: 'open', people: [] },
  ] as const) {
    it(`lists exactly whom the number of the status "${status}" counts`, async () => {
      const { agent } = await world.open('Instructor');

      const answer = await read(
        agent,
        `/reports/items/${world.items[0] ?? ''}.json?status=${status}`,
      );

      const users = (answer.json() as { rows: { user: string }[] }).rows.map((row) => row.user);
      expect(users).to.have.members(people.map((name) => world.users[name]));
    });
  }

  it('gives per learner the numbers that add up to those of the course', async () => {
    const { agent } = await world.open('Instructor');

    const table = (await read(agent, '/reports/learners.json')).json();

    expect(table).to.have.deep.property('total', { attempted: 4, achieved: 2, selfReport: 1 });
  });

  it('shows a reviewer pseudonyms on every page and in every export', async () => {
    const { agent } = await world.open('Reviewer');

    for (const path of [
      ...listPaths(),
      '/reports/learners.csv',
      '/reports/statements.csv',
      '/reports/statements.json',
    ]) {
      const { text } = await read(agent, path);
      expect(text, path).not.to.match(/Ana Ruiz|Bo Lind|sub-of-|lms\.example/);
    }
    const { text } = await read(agent, '/reports/learners');
    expect(text).to.contain(`Learner ${personCode(world.users.ana)}`);
  });

  it('shows names to a reviewer whom an administrator entitled, and notes each look', async () => {
    const { deployment } = world;
    const user = userRecordId({ platform: world.platform, sub: 'Reviewer' });
    await entitleReviewer({ deployment, user, names: 'shown' });
    const { agent } = await world.open('Reviewer');

    const { text } = await read(agent, `/reports/learners/${world.users.bo}`);

    expect(text).to.contain('Record of Bo Lind');
    expect(await listAccesses({ deployment, limit: 10 })).to.have.length(1);
    expect((await listAccesses({ deployment, limit: 10 }))[0]).to.include({
      action: 'look',
      subject: 'learner',
      subjectId: world.users.bo,
      user,
      names: 'shown',
    });
  });

  it("does not note an instructor's look at their own learners, but each export", async () => {
    const { deployment } = world;
    const { agent } = await world.open('Instructor');

    await read(agent, '/reports/learners');
    await read(agent, '/reports/learners.csv');

    const noted = await listAccesses({ deployment, limit: 10 });
    expect(noted.map(({ action, format }) => [action, format])).to.deep.equal([['export', 'csv']]);
  });

  it('writes CSV that no spreadsheet runs, for each table', async () => {
    const { agent } = await world.open('Instructor');

    const answer = await read(agent, '/reports/learners.csv?mark=off');

    const rows: Record<string, string>[] = parse(answer.text, { columns: true });
    expect(answer.headers.get('content-type')).to.equal('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).to.equal(
      'attachment; filename="crosswalk-learners-2026-05-03.csv"',
    );
    expect(rows.map((row) => row['learner'])).to.include("'=Ana Ruiz");
    expect(rows.find((row) => row['learner'] === 'Bo Lind')).to.include({
      attempted: '1',
      achieved: '1',
      achieved_by_self_report: '1',
    });
  });

  it('answers in JSON and CSV by Accept as well', async () => {
    const { agent } = await world.open('Reviewer');
    const path = `/reports?course=${world.course}`;

    const json = await agent.get(path, { headers: { accept: 'application/json' } });
    const csv = await agent.get(path, { headers: { accept: 'text/csv' } });

    expect(json.json()).to.have.property('totals');
    expect(csv.text).to.contain('competency_identifier');
  });

  it('writes what a statement says in words, with the JSON beneath', async () => {
    const { agent } = await world.open('Instructor');

    const { text } = await read(agent, `/reports/statements/${world.statements.bo}`);

    expect(text).to.contain('Bo Lind completed “Data basics”. Score: 80 %. Passed.');
    expect(text).to.contain('&quot;success&quot;: true');
  });

  it('lists the statements behind a competency, and why one does not count', async () => {
    const { agent } = await world.open('Instructor');

    const list = (
      await read(agent, `/reports/statements.json?item=${world.items[0] ?? ''}`)
    ).json() as {
      total: number;
      statements: { statementId: string; reason: string | null }[];
    };

    expect(list.total).to.equal(3);
    expect(list.statements.map(({ statementId, reason }) => [statementId, reason])).to.deep.equal([
      [world.statements.cy, 'not-passed'],
      [world.statements.bo, null],
      [world.statements.ana, null],
    ]);
  });

  it('narrows statements to an activity and to a learner', async () => {
    const { agent } = await world.open('Instructor');

    const ofQuiz = (await read(agent, `/reports/statements.json?activity=${world.quiz}`)).json();
    const ofBo = (await read(agent, `/reports/statements.json?user=${world.users.bo}`)).json();

    expect(ofQuiz).to.have.property('total', 2);
    expect(ofBo).to.have.property('total', 1);
  });

  it('says that a statement is on its way while the record store does not hold it', async () => {
    stored.delete(world.statements.ana);
    const { agent } = await world.open('Instructor');

    const { status, text } = await read(agent, `/reports/statements/${world.statements.ana}`);

    expect(status).to.equal(200);
    expect(text).to.contain('on its way to the record store');
  });

  it('says what is missing where nobody learns and nothing is aligned yet', async () => {
    const other = await launchAs({
      tool,
      platform: fake,
      role: 'Instructor',
      user: 'Ida',
      course: 'empty',
    });

    const { status, text } = await other.agent.get(`/reports?course=${other.course}`);

    expect(status).to.equal(200);
    expect(text).to.contain('No activity of this course is aligned to a competency yet');
    expect(text).to.contain('No learner has opened the course in Crosswalk yet');
  });

  it('closes at once when the reviewing role is taken away', async () => {
    const { agent } = await world.open('Reviewer');
    await setReviewerRoles({ deployment: world.deployment, roles: [] });

    expect((await read(agent, '/reports')).status).to.equal(403);
  });

  it('refuses an unknown competency, learner or framework with 404', async () => {
    const { agent } = await world.open('Instructor');

    for (const path of [
      '/reports/items/nothing',
      '/reports/learners/nobody',
      '/reports/statements/none',
      '/reports?framework=none',
    ])
      expect((await read(agent, path)).status, path).to.equal(404);
  });
});
