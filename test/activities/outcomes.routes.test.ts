import { expect } from 'chai';
import mongoose from 'mongoose';
import { listActivities } from '../../src/activities/activity.model.js';
import { listAlignments } from '../../src/activities/alignment.model.js';
import { gradebookRoutes } from '../../src/activities/gradebook.routes.js';
import { outcomesRoutes } from '../../src/activities/outcomes.routes.js';
import { stateUntoldRatings } from '../../src/activities/state-ratings.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { EXTENSIONS } from '../../src/xapi/vocabulary.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { FRAMEWORK, listStated } from '../attainment/attainment-world.js';
import type { Answer, BrowserAgent } from '../support/browser-agent.js';
import type { LaunchAs, Launched } from '../support/launch-as.js';
import { HEADINGS, outcomeRow, type OutcomeCells } from './outcome-report.js';

const LIS = 'https://purl.imsglobal.org/spec/lti/claim/lis';
const CUSTOM = 'https://purl.imsglobal.org/spec/lti/claim/custom';
const SIS_COURSE = { course_offering_sourcedid: 'HIM-1' };
const LATER_MS = 120_000;
const BO: OutcomeCells = { studentId: '8', sisId: 'S-8' };

describe('a report of outcomes', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let teacher: Launched;
  let item: string;

  before(async () => {
    started = await startAttainmentTool({
      more: (deps) => [
        gradebookRoutes({ ...deps, passPercent: 75 }),
        outcomesRoutes({ ...deps, passPercent: 75 }),
      ],
    });
  });
  beforeEach(async () => {
    world = await started.open();
    item = world.items[0] ?? '';
    teacher = await launch('teacher', 'Instructor');
    await launch('sub-ana', 'Learner', {
      claims: { [CUSTOM]: { canvas_user_id: '7' }, [LIS]: SIS_COURSE },
    });
    await launch('sub-bo', 'Learner', {
      claims: { [LIS]: { person_sourcedid: 'S-8', ...SIS_COURSE } },
    });
  });
  after(() => started.close());

  it('makes each result assessed evidence for the competency that was chosen, and for it alone', async () => {
    const page = await upload({}, { ...BO, score: '1', mastered: '0', rating: 'Not yet' });
    expect(page.text).to.contain('which competency each outcome is').and.to.contain('leave it out');
    expect(await activities()).to.deep.equal([]);

    await take(page);

    expect(await activities()).to.deep.equal(['Case study']);
    expect(await evidence()).to.deep.equal([
      { score: 0.25, success: false },
      { score: 0.75, success: true },
    ]);
    const all = await listEvidence({ deployment: world.deployment });
    expect(all.map((one) => [one.kind, one.imported, one.by, one.item])).to.deep.equal(
      [1, 2].map(() => ['assessed', true, null, { framework: FRAMEWORK, item }]),
    );
    const [{ statement } = { statement: null }] = await listStated();
    expect(statement?.timestamp).to.equal('2026-02-03T16:00:00.000Z');
    expect(statement?.context?.extensions).to.have.property(EXTENSIONS.imported);
    expect(statement?.result?.score).to.include({ min: 0, max: 4 });
  });

  it('aligns the assessments that are not aligned yet, at the stage that was chosen', async () => {
    await take(await upload({}), { stage: 'mastered' });

    const [alignment] = await listAlignments(place());
    expect(alignment?.current).to.deep.equal([{ framework: FRAMEWORK, item, stage: 'mastered' }]);
    await take(await upload({ score: '4' }), { stage: 'introduced' });
    expect((await listAlignments(place()))[0]?.revision).to.equal(1);
  });

  it('changes nothing by the same report, and only what changed by a later one', async () => {
    await take(await upload({}, BO));
    const first = (await listStated()).length;

    const same = await upload({}, BO);
    expect(same.text)
      .to.contain('Nothing would change')
      .and.to.contain('as it was chosen in this course before');
    await take(same);
    expect(await listStated()).to.have.length(first);

    const changed = await upload({ score: '4' }, BO);
    expect(changed.text).to.contain('1 changed').and.to.contain('1 as before');
    await take(changed);
    expect((await evidence()).map(({ score }) => score)).to.deep.equal([0.75, 1]);
  });

  it('never overwrites what somebody rated here since', async () => {
    await take(await upload({}));
    const [activity] = await listActivities(place());
    const user = await userOf('sub-ana');
    const grid = `/activities/${activity?.id ?? ''}/ratings?course=${teacher.course}`;
    expect((await teacher.agent.get(grid)).text).to.contain('3 of 4 points (Meets)');
    await teacher.agent.postForm(grid, { [`rate.${user}.${item}`]: '4' }, { action: '/ratings' });

    const page = await upload({ score: '2' });
    expect(page.text).to.contain('1 left, because it was rated here since');
    await take(page);

    expect((await evidence()).map(({ score }) => score)).to.deep.equal([1]);
  });

  it('leaves an imported rating as it is where the grid is saved without a word of it', async () => {
    await take(await upload({}));
    const [activity] = await listActivities(place());
    const grid = `/activities/${activity?.id ?? ''}/ratings?course=${teacher.course}`;

    const answer = await teacher.agent.postForm(grid, {}, { action: '/ratings' });

    expect(answer.location).to.contain('ratings-unchanged');
  });

  it('is undone: its ratings go, and what stood before is back', async () => {
    await take(await upload({}));
    const done = await take(await upload({ score: '1', mastered: '0' }, BO));
    expect((await evidence()).map(({ score }) => score)).to.deep.equal([0.25, 0.75]);

    await teacher.agent.postForm(done.path, {}, { action: '/undo' });
    await tell();

    expect((await evidence()).map(({ score }) => score)).to.deep.equal([0.75]);
    expect((await teacher.agent.get(done.path)).text).to.contain('are taken back');
  });

  it('asks which course of the report this is where it cannot tell, reads only that one, and remembers it', async () => {
    const rows: OutcomeCells[] = [{ courseSis: '' }, { ...BO, course: '99', courseSis: 'X' }];
    const page = await upload(...rows);
    expect(page.text).to.contain('Choose the course').and.not.to.contain('leave it out');

    const refused = await send(page, { take: '1' });
    expect(refused.status).to.equal(400);
    expect(refused.text).to.contain('Say which course of the report this is');
    const chosen = await send(page, { reported: '88' });
    expect(chosen.text).to.contain('1 row of other courses is left out');
    await take(page, { reported: '88' });

    expect(await evidence()).to.have.length(1);
    const again = await upload(...rows);
    expect(again.text).to.contain('leave it out').and.to.contain('1 row of other courses');
  });

  it('keeps nothing of other courses where the school’s id tells which it is', async () => {
    const page = await upload({}, { ...BO, course: '99', courseSis: 'HIM-2' });

    expect(page.text).to.contain('1 row of other courses is left out');
    expect(page.text).not.to.contain('Choose the course');
    const [draft] = await mongoose.connection.collection('gradebookImports').find().toArray();
    expect(draft).to.include({ kind: 'outcomes', left: 1 });
  });

  it('lists students who are not known, on the page and as a table', async () => {
    const page = await upload({}, { studentId: '=9', sisId: '' });

    expect(page.text).to.contain('1 row is left out');
    const csv = await teacher.agent.get(page.path.replace('?', '/unmatched.csv?'));
    expect(csv.text).to.contain("'=9,nobody in this course is known by this id");
  });

  it('refuses to bring in nothing, and keeps what was chosen', async () => {
    const page = await upload({});

    const refused = await send(page, { take: '1', term: 'Fall' });

    expect(refused.status).to.equal(400);
    expect(refused.text).to.contain('There is nothing to bring in').and.to.contain('value="Fall"');
    expect(await activities()).to.deep.equal([]);
  });

  it('takes no competency that the framework does not have', async () => {
    const page = await upload({});

    const refused = await send(page, { take: '1', 'item.30': 'nobody-knows' });

    expect(refused.status).to.equal(400);
  });

  it('refuses a report without results in its own words', async () => {
    const answer = await postFile(teacher.agent, `${HEADINGS.join(',')}\r\nNo outcomes found`);

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('The report has no results');
  });

  it('shows what the report says as text, never as markup', async () => {
    const page = await upload({
      outcomeName: '<script>alert(1)</script>',
      title: '<img src=x>',
      rating: '<b>',
    });

    expect(page.text).not.to.contain('<script>alert').and.not.to.contain('<img src=x>');
    await take(page);
    expect(await evidence()).to.have.length(1);
  });

  it('is the draft of whoever sent it, of its course, and no gradebook', async () => {
    const page = await upload({});
    const [path = ''] = page.path.split('?');
    const colleague = await launch('olaf', 'Instructor');
    const elsewhere = await launch('teacher', 'Instructor', { course: 'OTHER' });

    expect((await colleague.agent.get(page.path)).status).to.equal(404);
    expect((await elsewhere.agent.get(`${path}?course=${elsewhere.course}`)).status).to.equal(404);
    const asGradebook = page.path.replace('outcome-results', 'gradebook');
    expect((await teacher.agent.get(asGradebook)).status).to.equal(404);
  });

  it('takes a confirmation that comes twice once', async () => {
    const page = await upload({}, BO);

    await Promise.all([1, 2].map(() => send(page, { take: '1', 'item.30': item })));
    await tell();

    expect(await listStated()).to.have.length(2);
  });

  interface Page extends Answer {
    path: string;
  }

  async function upload(...rows: OutcomeCells[]): Promise<Page> {
    const lines = [[...HEADINGS], ...rows.map(outcomeRow)];
    const answer = await postFile(teacher.agent, lines.map((one) => one.join(',')).join('\r\n'));
    expect(answer.status, answer.text.slice(0, 500)).to.equal(303);
    const page = await teacher.agent.get(answer.location);
    expect(page.status, page.text).to.equal(200);
    return { ...page, path: answer.location };
  }

  async function postFile(agent: BrowserAgent, text: string): Promise<Answer> {
    const page = await agent.get(`/gradebook?course=${teacher.course}`);
    const form = new FormData();
    for (const name of ['course', 'launch', '_csrf'])
      form.set(name, new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1] ?? '');
    form.set('table', new Blob([text]), 'outcomes.csv');
    const request = new Request('http://x', { method: 'POST', body: form });
    return agent.send('POST', '/gradebook', {
      body: Buffer.from(await request.arrayBuffer()),
      headers: {
        'content-type': request.headers.get('content-type') ?? '',
        origin: new URL(agent.baseUrl).origin,
      },
    });
  }

  function send(page: Page, fields: Record<string, string>): Promise<Answer> {
    return teacher.agent.postForm(page.path, fields, { action: '/outcome-results/' });
  }

  async function take(page: Page, fields: Record<string, string> = {}): Promise<Page> {
    const answer = await send(page, { take: '1', 'item.30': item, ...fields });
    expect(answer.status, answer.text.slice(0, 3000)).to.equal(303);
    await tell();
    return { ...(await teacher.agent.get(answer.location)), path: answer.location };
  }

  /** What the jobs do a moment later. */
  async function tell(): Promise<void> {
    await stateUntoldRatings({ source: world.source, now: new Date(Date.now() + LATER_MS) });
    await world.project();
  }

  const place = () => ({ deployment: world.deployment, course: teacher.course });

  async function activities(): Promise<string[]> {
    return (await listActivities(place())).map(({ title }) => title);
  }

  async function evidence() {
    const all = await listEvidence({ deployment: world.deployment });
    return all
      .filter(({ withdrawn }) => withdrawn === null)
      .map(({ score, success }) => ({ score, success }))
      .sort((one, other) => (one.score ?? 0) - (other.score ?? 0));
  }

  async function userOf(sub: string): Promise<string> {
    const [deployment] = await listDeployments();
    return userRecordId({ platform: deployment?.platform ?? '', sub });
  }

  function launch(sub: string, role: LaunchAs['role'], more: Partial<LaunchAs> = {}) {
    return world.launch({ role, user: { sub }, claims: { [LIS]: SIS_COURSE }, ...more });
  }
});
