import { listAccesses } from '../../src/reports/access-log.model.js';
import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { replaceAlignments } from '../../src/activities/alignment.model.js';
import { listFailedScores } from '../../src/activities/score-delivery.model.js';
import { recordEvidence } from '../../src/attainment/evidence.model.js';
import { createAgent } from '../support/browser-agent.js';
import { sendJson, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { refuseScore } from '../support/refuse-score.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { buildEvidence } from '../attainment/attainment-factories.js';
import { createActivity } from '../attainment/attainment-world.js';
import { courseRouters, createCourseWorld, STAFF, type CourseWorld } from './course-world.js';

describe('the page of a course', () => {
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
  after(async () => {
    await Promise.all([tool.close(), fake.close()]);
  });

  const listed = async () => listActivities({ deployment: world.deployment, course: world.course });
  const titles = async () => (await listed()).map(({ title }) => title);
  const page = () => `/activities?course=${world.course}`;

  it('asks whoever has no launch to open the course', async () => {
    expect((await createAgent(tool.url).get(page())).status).to.equal(401);
  });

  it('is closed to people without a role', async () => {
    const { agent } = await world.open(null);

    expect((await agent.get(page())).status).to.equal(403);
  });

  it('shows nothing of another course', async () => {
    await world.type('Coding quiz');
    const other = await world.open('Instructor', { course: 'course-2' });
    const stranger = await world.open('Instructor', { course: 'course-3', user: 'somebody' });

    const own = await other.agent.get(`/activities?course=${other.course}`);
    const foreign = await stranger.agent.get(page());

    expect(own.status).to.equal(200);
    expect(own.text).not.to.contain('Coding quiz');
    expect(foreign.status).to.equal(404);
  });

  it('leads a learner who came through a placed activity on to it', async () => {
    const { agent, path } = await world.open('Learner', {
      target: '/activities',
      resourceLink: { id: 'link-7', title: 'Release of information quiz' },
    });

    const answer = await agent.get(path);

    const [activity] = await listed();
    expect(activity).to.include({ title: 'Release of information quiz', source: 'resource-link' });
    expect(answer.status).to.equal(303);
    expect(answer.location).to.equal(`/activities/${activity?.id ?? ''}?course=${world.course}`);
  });

  it('gives learners the list with what each activity counts for', async () => {
    const [quiz = ''] = await world.type('Coding quiz', 'Essay');
    await align(quiz, world.items[1] ?? '');
    const { agent } = await world.open('Learner');

    const { status, text } = await agent.get(page());

    expect(status).to.equal(200);
    expect(text).to.contain('Coding quiz').and.to.contain('Essay');
    expect(text).to.contain('Do the second thing').and.to.contain('counts for no competency yet');
    expect(text).not.to.contain('<form method="get" action="/alignments"');
  });

  it('gives the list also to a learner who came through a placed activity and asks for all', async () => {
    await world.type('Essay');
    const { agent } = await world.open('Learner', {
      target: '/activities',
      resourceLink: 'link-7',
    });

    const { status, text } = await agent.get(`${page()}&all=1`);

    expect(status).to.equal(200);
    expect(text).to.contain('Essay').and.to.contain('link-7');
  });

  for (const role of STAFF)
    it(`is the staff's table for the role ${role}`, async () => {
      await world.type('Coding quiz');
      const { agent } = await world.open(role);

      const { status, text } = await agent.get(page());

      expect(status).to.equal(200);
      expect(text).to.contain('<table').and.to.contain('action="/alignments"');
    });

  it('tells staff which scores the gradebook refused, in its words, and sends them again', async () => {
    const lineItemUrl = await placeScoredActivity();
    const refused = { deployment: world.deployment, fault: '404 line item not found' };
    await refuseScore({ ...refused, lineItemUrl });
    const elsewhere = 'https://lms.example/columns/of-another-course';
    await refuseScore({ ...refused, lineItemUrl: elsewhere });
    const { agent } = await world.open('Instructor');

    const before = await agent.get(page());
    await agent.postForm(page(), {}, { action: '/activities/scores' });
    const after = await agent.get(page());

    expect(before.text).to.contain('1 score did not reach the gradebook');
    expect(before.text).to.contain('404 line item not found').and.to.contain('“Scored”, 90%');
    expect(after.text).not.to.contain('did not reach the gradebook');
    const left = await listFailedScores({ deployment: world.deployment });
    expect(left.map((one) => one.lineItemUrl)).to.deep.equal([elsewhere]);
  });

  it('tells content developers nothing of scores, which are of learners', async () => {
    const lineItemUrl = await placeScoredActivity();
    const fault = '404 line item not found';
    await refuseScore({ deployment: world.deployment, fault, lineItemUrl });
    const { agent } = await world.open('ContentDeveloper');

    const { status, text } = await agent.get(page());

    expect(status).to.equal(200);
    expect(text).not.to.contain(fault);
  });

  it('tells content developers no counts of what learners did, which would single out one', async () => {
    const [coding = ''] = await world.type('Coding quiz, https://lms.example/quiz, quiz');
    const about = { deployment: world.deployment, course: world.course, objectId: coding };
    await recordEvidence({
      evidence: [buildEvidence({ ...about, user: 'u1', objectKind: 'activity' })],
    });
    const pageOf = async (role: 'ContentDeveloper' | 'Instructor') =>
      (await (await world.open(role)).agent.get(page())).text;

    expect(await pageOf('Instructor')).to.contain('by 1 learner');
    const text = await pageOf('ContentDeveloper');
    expect(text).to.contain('Coding quiz');
    expect(text).not.to.match(/by 1 learner|No evidence|course-evidence/);
  });

  for (const { role, tools } of [
    { role: 'Instructor', tools: ['/rules', '/shortlists'] },
    { role: 'ContentDeveloper', tools: ['/shortlists'] },
    { role: 'TeachingAssistant', tools: [] },
    { role: 'Administrator', tools: [] },
  ] as const)
    it(`leads ${role} to no page that is not theirs`, async () => {
      const { agent } = await world.open(role);

      const { text } = await agent.get(page());

      const [nav = ''] = /<nav class="course-nav"[\s\S]*?<\/nav>/.exec(text) ?? [];
      const led = ['/rules', '/shortlists'].filter((path) => nav.includes(`href="${path}?`));
      expect(led).to.deep.equal([...tools]);
    });

  it('notes that an administrator saw whose scores failed, and nothing of whoever teaches', async () => {
    const lineItemUrl = await placeScoredActivity();
    await refuseScore({ deployment: world.deployment, fault: '404', lineItemUrl });
    const ana = { user: { sub: 'ana', name: 'Ana' } };
    await world.open('Learner', ana);
    const { agent } = await world.open('Instructor');
    await agent.get(page());
    await agent.get(`/people?course=${world.course}`);
    const before = await listAccesses({ deployment: world.deployment, limit: 10 });

    const administrator = await world.open('Administrator');
    await administrator.agent.get(`/people?course=${world.course}`);

    expect(before).to.deep.equal([]);
    const noted = await listAccesses({ deployment: world.deployment, limit: 10 });
    expect(noted.map(({ subject, course, names }) => [subject, course, names])).to.deep.include([
      'learners',
      world.course,
      'shown',
    ]);
  });

  it('says what is here, what it is aligned to, what evidence there is, and what is new', async () => {
    const [coding = '', essay = ''] = await world.type(
      'Coding quiz, https://lms.example/quiz, quiz',
      'Essay',
    );
    await align(coding, world.items[0] ?? '');
    const about = { deployment: world.deployment, course: world.course, objectId: coding };
    await recordEvidence({
      evidence: ['u1', 'u2'].map((user) =>
        buildEvidence({ ...about, user, objectKind: 'activity' }),
      ),
    });
    const { agent } = await world.open('Instructor', {
      target: '/activities',
      resourceLink: 'link-7',
    });

    const { text } = await agent.get(page());

    expect(text).to.match(
      /Coding quiz<\/a>[\s\S]*?<td[^>]*>quiz[\s\S]*?Do the first thing \(with care\)\.<\/a> <span[^>]*>· mastered/,
    );
    expect(text).to.contain('2 completions by 2 learners');
    expect(text).to.contain('2 activities count for no competency yet.');
    const rows = text.split('<tr').filter((row) => row.includes('new, not aligned yet'));
    expect(rows).to.have.length(2);
    expect(rows.join()).to.contain(`/activities/${essay}?`);
    expect(text.split('>Essay</a>')).to.have.length(2);
    expect(text).to.contain('You came from “link-7”.');
    expect(text).to.contain('LTI shows a tool no gradebook column but its own');
  });

  it('says what to do first where there is no activity', async () => {
    const { agent } = await world.open('Instructor');

    expect((await agent.get(page())).text).to.contain('No activity yet.');
  });

  describe('typing activities', () => {
    it('records one for each line', async () => {
      const { agent } = await world.open('Instructor');

      const answer = await agent.postForm(
        page(),
        { lines: 'Coding quiz\thttps://lms.example/quiz\tquiz\nEssay' },
        { action: '/activities' },
      );

      expect(answer.status).to.equal(303);
      expect(answer.location).to.contain('notice=activities-added');
      expect(
        (await listed()).map(({ title, kind, address }) => [title, kind, address]),
      ).to.deep.equal([
        ['Coding quiz', 'quiz', 'https://lms.example/quiz'],
        ['Essay', 'other', null],
      ]);
    });

    it('takes the same line twice for one activity', async () => {
      await world.type('Essay');
      await world.type('Essay');

      expect(await titles()).to.deep.equal(['Essay']);
    });

    it('names a faulty line, keeps what was typed, and records nothing', async () => {
      const { agent } = await world.open('Instructor');
      const lines = 'Essay\nCoding quiz | javascript:alert(1) | quiz';

      const answer = await agent.postForm(page(), { lines }, { action: '/activities' });

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain('Line 2: the address does not begin with https://');
      expect(answer.text).to.match(
        /<textarea[^>]*aria-invalid="true"[^>]*>Essay\nCoding quiz \| javascript/,
      );
      expect(await titles()).to.deep.equal([]);
    });

    it('asks for a title where nothing was typed', async () => {
      const { agent } = await world.open('Instructor');

      const answer = await agent.postForm(page(), { lines: '  ' }, { action: '/activities' });

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain('Type at least one title.');
    });

    for (const role of ['Learner', 'Reviewer'] as const)
      it(`is refused to the role ${role}`, async () => {
        const { agent } = await world.open(role);

        const answer = await agent.post('/activities', { lines: 'Essay', course: world.course });

        expect(answer.status).to.equal(403);
        expect(await titles()).to.deep.equal([]);
      });
  });

  it('records our own gradebook columns that belong to no placed link', async () => {
    fake.respond('/courses/1/lineitems', (_call, res) =>
      sendJson(res, 200, [
        { id: `${fake.origin}/courses/1/lineitems/3`, label: 'Final exam', scoreMaximum: 10 },
      ]),
    );
    const { agent } = await world.open('Instructor');

    const answer = await agent.postForm(page(), {}, { action: '/activities/line-items' });

    expect(answer.location).to.contain('notice=line-items-read');
    expect(await listed()).to.have.length(1);
    expect((await listed())[0]).to.include({
      title: 'Final exam',
      source: 'line-item',
      assessed: true,
    });
  });

  async function placeScoredActivity(): Promise<string> {
    const lineItemUrl = 'https://lms.example/columns/1';
    await createActivity({
      deployment: world.deployment,
      course: world.course,
      title: 'Scored',
      lineItemUrl,
    });
    return lineItemUrl;
  }

  async function align(activity: string, item: string): Promise<void> {
    await replaceAlignments({
      deployment: world.deployment,
      course: world.course,
      activity,
      expectedRevision: 0,
      items: [{ framework: 'small', item, stage: 'mastered' }],
      by: 'somebody',
      now: new Date(),
    });
  }
});
