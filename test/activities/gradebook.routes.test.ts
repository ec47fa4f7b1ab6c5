import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { getImport } from '../../src/activities/gradebook-import.model.js';
import { gradebookRoutes } from '../../src/activities/gradebook.routes.js';
import { stateUntoldResults } from '../../src/activities/read-course-results.js';
import type { FeedEntry } from '../../src/attainment/projection.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { EXTENSIONS } from '../../src/xapi/vocabulary.js';
import { sweepExpired } from '../../src/db/sweep-expired.js';
import { createActivity, listStated } from '../attainment/attainment-world.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import type { Answer, BrowserAgent } from '../support/browser-agent.js';
import { refusal } from '../support/refusal.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { listDeployments } from '../../src/lti/deployment.model.js';
import type { LaunchAs, Launched } from '../support/launch-as.js';

const LIS = 'https://purl.imsglobal.org/spec/lti/claim/lis';
const CUSTOM = 'https://purl.imsglobal.org/spec/lti/claim/custom';
const HOUR_MS = 60 * 60 * 1_000;
const NOW = Date.now();
const DAY_MS = 24 * HOUR_MS;

const HEAD = 'Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (101),Essay (102),Final Score';
const POINTS = '    Points Possible,,,,,10.00,100.00,(read only)';

describe('a gradebook file', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let teacher: Launched;

  before(async () => {
    started = await startAttainmentTool({
      more: (deps) => [gradebookRoutes({ ...deps, passPercent: 75 })],
    });
  });
  beforeEach(async () => {
    world = await started.open();
    teacher = await launch('teacher', 'Instructor');
    await launch('sub-ana', 'Learner', { claims: { [CUSTOM]: { canvas_user_id: '7' } } });
    await launch('sub-bo', 'Learner', { claims: { [LIS]: { person_sourcedid: 'S-8' } } });
  });
  after(() => started.close());

  it('brings the assignments in as activities and their scores as assessed evidence', async () => {
    const preview = await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,90,88', 'Bo,,S-8,bo,A,5,EX,60']);
    expect(preview.text)
      .to.contain('This is a gradebook of Canvas.')
      .and.to.contain('2 of 2 rows match learners')
      .and.to.contain('Final Score: a total');
    expect(await activities()).to.deep.equal([]);

    await take(preview);

    expect(await activities()).to.deep.equal(['Quiz 1', 'Essay']);
    expect(await evidence()).to.deep.equal([
      { title: 'Essay', score: 0.9, success: true, imported: true, kind: 'assessed' },
      { title: 'Quiz 1', score: 0.5, success: false, imported: true, kind: 'assessed' },
      { title: 'Quiz 1', score: 0.8, success: true, imported: true, kind: 'assessed' },
    ]);
    const [{ statement }] = (await listStated()) as [FeedEntry];
    const said = statement.context?.extensions?.[EXTENSIONS.imported] as { by: object; at: string };
    expect(Date.parse(said.at)).to.be.within(NOW, Date.now());
    expect(said.by).not.to.deep.equal(statement.actor);
  });

  it('makes nothing new of the same file, and changes only what changed', async () => {
    await take(await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,90,88', 'Bo,,S-8,bo,A,5,60,60']));
    const first = (await listStated()).length;

    const again = await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,90,88', 'Bo,,S-8,bo,A,5,60,60']);
    expect(again.text).to.contain('Nothing would change');
    await take(again);
    expect(await listStated()).to.have.length(first);

    const changed = await upload([
      HEAD.replace('Quiz 1', 'Quiz one'),
      POINTS,
      'Ana,7,,ana,A,4,90,88',
      'Bo,,S-8,bo,A,9,,60',
    ]);
    expect(changed.text).to.contain('2 changed').and.to.contain('1 taken away');
    await take(changed);
    expect((await evidence()).map(({ title, score }) => [title, score])).to.deep.equal([
      ['Essay', 0.9],
      ['Quiz one', 0.4],
      ['Quiz one', 0.9],
    ]);
    expect(await activities()).to.deep.equal(['Quiz one', 'Essay']);
  });

  it('gives scores of a past term the day that the person says', async () => {
    const preview = await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,,']);

    const tomorrow = new Date(NOW + DAY_MS).toISOString().slice(0, 10);
    const refused = await send(preview, { date: tomorrow, term: 'Fall', take: '1' });
    expect(refused.status).to.equal(400);
    expect(refused.text).to.contain('not in the future').and.to.contain('value="Fall"');
    const done = await take(preview, { date: '2025-12-20', term: 'Fall 2025' });

    expect(done.text).to.contain('Fall 2025').and.to.contain('1 new');
    const [{ statement }] = (await listStated()) as [FeedEntry];
    expect(statement.timestamp).to.equal('2025-12-20T23:59:59.000Z');
  });

  it('takes a confirmation that comes twice once', async () => {
    const preview = await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,90,88']);

    const [one, other] = await Promise.all([
      send(preview, { take: '1' }),
      send(preview, { take: '1' }),
    ]);
    await tell();

    expect([one.status, other.status]).to.deep.equal([303, 303]);
    expect(await listStated()).to.have.length(2);
    expect((await send(preview, { take: '1' })).status).to.be.oneOf([303, 404]);
  });

  it('is undone as a whole: what stood before is back', async () => {
    await take(await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,,']));
    const done = await take(await upload([HEAD, POINTS, 'Ana,7,,ana,A,2,50,']));
    expect((await evidence()).map(({ score }) => score)).to.deep.equal([0.5, 0.2]);

    await teacher.agent.postForm(done.path, {}, { action: '/undo' });
    await tell();

    expect((await evidence()).map(({ title, score }) => [title, score])).to.deep.equal([
      ['Quiz 1', 0.8],
    ]);
    expect((await teacher.agent.get(done.path)).text).to.contain('The gradebook is taken back');
  });

  it('lists the rows for whom nobody is known, on the page and as a table', async () => {
    const preview = await upload([
      HEAD,
      POINTS,
      'Ana,7,,ana,A,8,,',
      'Cho,9,=S-9,cho,A,8,,',
      'Teacher,teacher,,t,A,8,,',
    ]);

    expect(preview.text)
      .to.contain('2 rows are left out')
      .and.to.contain('staff or a test student');
    const csv = await teacher.agent.get(preview.path.replace('?', '/unmatched.csv?'));
    expect(csv.headers.get('content-disposition')).to.contain('unmatched.csv');
    expect(csv.text).to.contain('4,9,nobody in this course is known by this id');
    await take(preview);
    expect(await evidence()).to.have.length(1);
  });

  it('asks for the points possible where the file does not say them, and keeps what was typed', async () => {
    const preview = await upload(
      ['ID number;Tarea: Ensayo (Real);Tarea: Póster (Real)', 'S-8;7,5;3'],
      'latin1',
    );
    const refused = await send(preview, { take: '1', 'maximum.1': '10', 'maximum.2': 'ten' });
    expect(refused.status).to.equal(400);
    expect(refused.text).to.contain('Points possible are missing').and.to.contain('value="ten"');

    await take(preview, { 'maximum.1': '10', column: '1' });

    expect((await evidence()).map(({ title, score }) => [title, score])).to.deep.equal([
      ['Ensayo', 0.75],
    ]);
  });

  it('leaves out a column whose grades reach us by themselves, and one that nobody chose', async () => {
    await createActivity({
      deployment: world.deployment,
      course: teacher.course,
      key: ['line-item', 'x'],
      title: 'Essay',
      source: 'line-item',
      lineItemUrl: 'https://lms.example/columns/1',
    });
    const preview = await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,90,88']);
    expect(preview.text).to.contain(
      'left out: the grades of “Essay” reach Crosswalk by themselves',
    );
    const none = await send(preview, { take: '1', column: [] });

    expect(none.status).to.equal(400);
    expect(none.text).to.contain('No column is chosen');
    await take(preview, { column: ['5', '6'] });
    expect((await evidence()).map(({ title }) => title)).to.deep.equal(['Quiz 1']);
  });

  it('shows what a file says as text, never as markup', async () => {
    const preview = await upload([
      HEAD.replace('Quiz 1', '<script>alert(1)</script>'),
      POINTS,
      'Ana,7,,ana,A,8,,',
      'Cho,<img src=x>,,c,A,8,,',
    ]);

    expect(preview.text).not.to.contain('<script>alert').and.not.to.contain('<img src=x>');
  });

  it('refuses what is no gradebook on the page of the upload', async () => {
    for (const [bytes, says, status] of [
      [Buffer.from('a,b\nx,y\n'), 'No scores were found', 400],
      [Buffer.alloc(0), 'The file holds no rows', 400],
      [Buffer.from([0x50, 0x4b, 3, 4, 1, 2, 3]), 'The workbook could not be read', 400],
      [Buffer.from('1,2\n'.repeat(100_000)), 'The table is too large', 413],
    ] as const) {
      const answer = await postFile(teacher.agent, bytes);
      expect(answer.status, says).to.equal(status);
      expect(answer.text).to.contain(says).and.to.contain('enctype="multipart/form-data"');
    }
    const none = await postFile(teacher.agent, null);
    expect([none.status, none.text.includes('No file was chosen')]).to.deep.equal([400, true]);
  });

  it('is seen by nobody but who sent it, in no other course, and not after two hours', async () => {
    const preview = await upload([HEAD, POINTS, 'Ana,7,,ana,A,8,,']);
    const colleague = await launch('colleague', 'Instructor');
    const elsewhere = await launch('teacher', 'Instructor', { course: 'HIM202' });
    const [path = ''] = preview.path.split('?');

    expect((await colleague.agent.get(preview.path)).status).to.equal(404);
    expect((await elsewhere.agent.get(`${path}?course=${elsewhere.course}`)).status).to.equal(404);
    const draft = {
      deployment: world.deployment,
      course: teacher.course,
      import: path.split('/').at(-1) ?? '',
      user: userRecordId({ platform: await platformOf(), sub: 'teacher' }),
      kind: 'scores' as const,
    };
    expect(await getImport({ ...draft, now: new Date(NOW + HOUR_MS) })).to.include({
      status: 'draft',
    });
    const late = new Date(NOW + 3 * HOUR_MS);
    expect((await refusal(getImport({ ...draft, now: late }))).code).to.equal(
      'gradebook.not-found',
    );
    await sweepExpired({ now: late });
    expect((await teacher.agent.get(preview.path)).status).to.equal(404);
    expect(await activities()).to.deep.equal([]);
  });

  for (const role of ['TeachingAssistant', 'ContentDeveloper', 'Learner', 'Reviewer'] as const)
    it(`is not for ${role}`, async () => {
      const { agent, course } = await launch('somebody', role);

      expect((await agent.get(`/gradebook?course=${course}`)).status).to.equal(403);
    });

  it('asks for the roster, so that those who never launched are known', async () => {
    const preview = await upload([HEAD, POINTS, 'Cho,9,,cho,A,8,,']);

    expect(preview.text).to.contain('1 row is left out');
    const answer = await send(preview, { import: 'x' }, '/course-roster');
    expect(answer.status).to.equal(303);
    expect(answer.location).to.contain('notice=roster-asked');
  });

  interface Page extends Answer {
    path: string;
  }

  async function upload(lines: string[], encoding: BufferEncoding = 'utf8'): Promise<Page> {
    const answer = await postFile(teacher.agent, Buffer.from(lines.join('\r\n'), encoding));
    expect(answer.status, answer.text.slice(0, 500)).to.equal(303);
    const page = await teacher.agent.get(answer.location);
    expect(page.status, page.text).to.equal(200);
    return { ...page, path: answer.location };
  }

  async function postFile(agent: BrowserAgent, bytes: Buffer | null): Promise<Answer> {
    const page = await agent.get(`/gradebook?course=${teacher.course}`);
    const form = new FormData();
    for (const name of ['course', 'launch', '_csrf'])
      form.set(name, new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1] ?? '');
    form.set('table', new Blob([bytes ?? Buffer.alloc(0)]), bytes === null ? '' : 'grades.csv');
    const request = new Request('http://x', { method: 'POST', body: form });
    return agent.send('POST', '/gradebook', {
      body: Buffer.from(await request.arrayBuffer()),
      headers: {
        'content-type': request.headers.get('content-type') ?? '',
        origin: new URL(agent.baseUrl).origin,
      },
    });
  }

  function send(
    page: Page,
    fields: Record<string, string | string[]>,
    action = '/gradebook/',
  ): Promise<Answer> {
    return teacher.agent.postForm(page.path, fields, { action });
  }

  async function take(page: Page, fields: Record<string, string | string[]> = {}): Promise<Page> {
    const answer = await send(page, { take: '1', ...fields });
    expect(answer.status, answer.text.slice(0, 3000)).to.equal(303);
    await tell();
    return { ...(await teacher.agent.get(answer.location)), path: answer.location };
  }

  /** What the jobs do a moment later. */
  async function tell(): Promise<void> {
    await stateUntoldResults({ source: world.source, now: () => new Date() });
    await world.project();
  }

  async function activities(): Promise<string[]> {
    const found = await listActivities({ deployment: world.deployment, course: teacher.course });
    return found.map(({ title }) => title);
  }

  async function evidence() {
    const found = await listActivities({ deployment: world.deployment, course: teacher.course });
    const all = await listEvidence({
      deployment: world.deployment,
      objectIds: found.map(({ id }) => id),
    });
    return all
      .filter(({ withdrawn }) => withdrawn === null)
      .map(({ title, score, success, imported, kind }) => ({
        title,
        score,
        success,
        imported,
        kind,
      }))
      .sort((one, other) =>
        `${one.title} ${one.score}`.localeCompare(`${other.title} ${other.score}`),
      );
  }

  async function platformOf(): Promise<string> {
    const [deployment] = await listDeployments();
    return deployment?.platform ?? '';
  }

  function launch(sub: string, role: LaunchAs['role'], more: Partial<LaunchAs> = {}) {
    return world.launch({ role, user: { sub }, ...more });
  }
});
