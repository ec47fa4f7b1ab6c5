import { expect } from 'chai';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { changeDeployment } from '../../src/lti/deployment.model.js';
import {
  recordResourceReport,
  settleResourceReports,
} from '../../src/library/resource-report.model.js';
import { countThings, listWaiting } from '../../src/work/list-waiting.js';
import { stateUntoldWork } from '../../src/work/state-work.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import {
  align,
  createActivity,
  FRAMEWORK,
  listStated,
  listStatedAs,
  minute,
} from '../attainment/attainment-world.js';
import { PDF } from '../files/sample-files.js';
import { testDatabase } from '../support/engine.js';
import type { Launched } from '../support/launch-as.js';
import { sendUpload } from './send-upload.js';

const HOUR_MS = 60 * 60_000;

describe('what waits for whoever teaches a course', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let learner: Launched;
  let teacher: Launched;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());
  beforeEach(async () => {
    world = await started.open();
    teacher = await world.launch({ role: 'Instructor', user: { sub: 'tom', name: 'Tom Teacher' } });
    learner = await world.launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
  });

  const waiting = () => teacher.agent.get(`/waiting?course=${teacher.course}`);
  const evidence = () => listEvidence({ deployment: world.deployment });

  /** The learner sends; answers the address of the review page. */
  async function send(
    query = `framework=${FRAMEWORK}&item=${world.items[0] ?? ''}`,
  ): Promise<string> {
    const answer = await sendUpload({
      agent: learner.agent,
      page: `/work/new?course=${learner.course}&${query}`,
      action: '/work',
      fields: { note: 'Look at page 2.' },
      file: { name: 'audit.pdf', content: PDF },
    });
    const path = answer.location.split('?')[0] ?? '';
    return `/waiting${path}?course=${teacher.course}`;
  }

  function decide(page: string, fields: Record<string, string | string[]>, by = teacher) {
    return by.agent.postForm(page, fields, { action: '/decisions' });
  }

  it('is empty at first and says so', async () => {
    expect((await waiting()).text).to.contain('Nothing waits for you.');
  });

  for (const role of ['Learner', 'ContentDeveloper', 'Reviewer'] as const)
    it(`is closed to the role ${role}`, async () => {
      const { agent, course } = await world.launch({ role, user: role });

      expect((await agent.get(`/waiting?course=${course}`)).status).to.equal(403);
    });

  it('lists work with who sent it, and new activities to align', async () => {
    const page = await send();
    await createActivity({ deployment: world.deployment, course: teacher.course, title: 'Quiz 1' });

    const { text } = await waiting();

    expect(text).to.contain('Ana Ruiz').and.to.contain(page.split('?')[0]);
    // The world's activities are older than two weeks, so they are not new.
    expect(text).not.to.contain('Quiz 1');
    expect((await teacher.agent.get(page)).text)
      .to.contain('Look at page 2.')
      .and.to.contain('audit.pdf');
  });

  it('accepts work on the instructor’s word: attested evidence for the competency, in the learner’s name', async () => {
    const answer = await decide(await send(), { decision: 'accepted', comment: 'Well done.' });
    await world.project();

    expect(answer.location).to.contain('/waiting?').and.to.contain('notice=work-accepted');
    const [stated] = await listStatedAs('attested');
    expect(JSON.stringify(stated?.statement)).to.contain('Well done.').and.to.contain('instructor');
    const [one, ...others] = await evidence();
    expect(others).to.deep.equal([]);
    expect(one).to.deep.include({
      kind: 'attested',
      objectKind: 'item',
      item: { framework: FRAMEWORK, item: world.items[0] },
      course: learner.course,
      success: true,
      score: null,
      withdrawn: null,
    });
    const page = await learner.agent.get(`/work?course=${learner.course}`);
    expect(page.text).to.contain('Accepted');
    expect((await waiting()).text)
      .to.contain('Nothing waits for you.')
      .and.to.contain('Decided lately');
  });

  it('accepts work for an activity with a score as assessed evidence, for the competencies chosen', async () => {
    const activity = await createActivity({ deployment: world.deployment, course: teacher.course });
    await align(activity, world.items.slice(0, 2), { at: minute(1) });
    const page = await send(`activity=${activity.id}`);

    await decide(page, { decision: 'accepted', score: '82,5', item: [world.items[1] ?? ''] });
    await world.project();

    const [one, ...others] = await evidence();
    expect(others).to.deep.equal([]);
    expect(one).to.deep.include({
      kind: 'assessed',
      objectId: activity.id,
      item: { framework: FRAMEWORK, item: world.items[1] },
      score: 0.825,
      success: true,
    });
  });

  it('counts a score below the mark as tried, not passed', async () => {
    const activity = await createActivity({ deployment: world.deployment, course: teacher.course });
    await align(activity, [world.items[0] ?? ''], { at: minute(1) });

    await decide(await send(`activity=${activity.id}`), { decision: 'accepted', score: '40' });
    await world.project();

    expect((await evidence())[0]).to.deep.include({ score: 0.4, success: false });
  });

  it('sends work back with a comment; the learner sends it again', async () => {
    const page = await send();

    const answer = await decide(page, { decision: 'returned', comment: 'Page 2 is missing.' });
    const own = `${page.replace('/waiting', '').split('?')[0] ?? ''}`;
    const shown = await learner.agent.get(`${own}?course=${learner.course}`);
    await sendUpload({
      agent: learner.agent,
      page: `${own}/versions/new?course=${learner.course}`,
      action: '/versions',
      file: { name: 'audit-2.pdf', content: PDF },
    });

    expect(answer.location).to.contain('notice=work-returned');
    expect(shown.text).to.contain('Page 2 is missing.').and.to.contain('Send it again');
    const again = await teacher.agent.get(page);
    expect(again.text).to.contain('audit-2.pdf').and.to.contain('Accept as evidence');
    expect(await listStatedAs('attested', 'scored')).to.deep.equal([]);
  });

  for (const { title, fields, says } of [
    {
      title: 'sending back without a word',
      fields: { decision: 'returned' },
      says: 'what is missing',
    },
    {
      title: 'a score that is none',
      fields: { decision: 'accepted', score: '101' },
      says: 'number from 0 to 100',
    },
    {
      title: 'a comment of 2,001 characters',
      fields: { decision: 'returned', comment: 'a'.repeat(2_001) },
      says: 'more than 2000',
    },
    {
      title: 'a competency that the work is not about',
      fields: { decision: 'accepted', comment: 'Good.', item: 'x' },
      says: 'at least one competency',
    },
  ])
    it(`refuses ${title} and keeps what was typed`, async () => {
      const answer = await decide(await send(), fields);

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain(says).and.to.contain('It was not decided');
      if ('comment' in fields) expect(answer.text).to.contain(fields.comment);
      expect((await waiting()).text).to.contain('Ana Ruiz');
    });

  it('refuses a decision that there is none of, naming the field', async () => {
    const answer = await decide(await send(), { decision: 'maybe' });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('decision');
  });

  it('tells the second of two instructors that the first decided, and what', async () => {
    const page = await send();
    const second = await world.launch({ role: 'Instructor', user: 'uma' });
    const revision = '1';
    await decide(page, { decision: 'accepted' });

    const late = await second.agent.post(`${page.split('?')[0] ?? ''}/decisions`, {
      ...(await heldFields(second)),
      revision,
      decision: 'returned',
      comment: 'No.',
    });

    expect(late.status).to.equal(409);
    expect(late.text).to.contain('changed or decided while you had it open');
    expect(late.text).to.contain('Accepted by Tom Teacher');
    expect(await listStatedAs('attested')).to.have.length(1);
  });

  it('decides once when two decide at the same moment', async () => {
    const page = await send();
    const fields = { ...(await heldFields(teacher)), revision: '1', item: world.items[0] ?? '' };
    const path = `${page.split('?')[0] ?? ''}/decisions`;

    const answers = await Promise.all(
      ['accepted', 'returned', 'accepted'].map((decision) =>
        teacher.agent.post(path, { ...fields, decision, comment: 'Seen.' }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409, 409]);
  });

  it('takes an acceptance back: the evidence is withdrawn, and the learner reads why', async () => {
    const page = await send();
    await decide(page, { decision: 'accepted' });
    await world.project();

    const answer = await decide(page, { decision: 'withdrawn', comment: 'It was a copy.' });
    await world.project();

    expect(answer.location).to.contain('notice=work-withdrawn');
    expect((await evidence())[0]?.withdrawn).not.to.equal(null);
    const own = page.replace('/waiting', '').replace(teacher.course, learner.course);
    expect((await learner.agent.get(own)).text).to.contain('It was a copy.');
  });

  it('lets assistants read and send back, and accept only where the deployment says so', async () => {
    const assistant = await world.launch({ role: 'TeachingAssistant', user: 'tia' });
    const page = await send();
    const before = await assistant.agent.get(page);
    const refused = await assistant.agent.post(`${page.split('?')[0] ?? ''}/decisions`, {
      ...(await heldFields(assistant)),
      revision: '1',
      decision: 'accepted',
      item: world.items[0] ?? '',
    });

    await changeDeployment({
      deployment: world.deployment,
      change: { assistantsMayAttest: true },
    });
    const allowed = await decide(page, { decision: 'accepted' }, assistant);

    expect(before.text)
      .to.contain('left to the instructor')
      .and.not.to.contain('Accept as evidence');
    expect(refused.status).to.equal(403);
    expect(allowed.status).to.equal(303);
  });

  it('finds no work of another course', async () => {
    const page = await send();
    const elsewhere = await world.launch({ role: 'Instructor', course: 'HIM999', user: 'uma' });

    const answer = await elsewhere.agent.get(
      `${page.split('?')[0] ?? ''}?course=${elsewhere.course}`,
    );

    expect(answer.status).to.equal(404);
  });

  it('says that work was put forward, of no more than what it is about, and that it was taken back', async () => {
    const later = { source: world.source, passShare: 0.75, now: new Date(Date.now() + HOUR_MS) };
    const page = await send();
    await stateUntoldWork(later);
    const [told] = await listStatedAs('evidenced');
    const own = page.replace('/waiting', '');
    await learner.agent.postForm(own, {}, { action: '/withdrawals' });

    await stateUntoldWork(later);
    await world.project();

    const [voiding, ...others] = await listStatedAs('voided');
    expect(told?.statement.object).to.include({ id: world.tree.competencies[0]?.uri });
    expect(JSON.stringify(told?.statement)).not.to.contain('page 2').and.not.to.contain('audit');
    expect(voiding?.voids).to.equal(told?.statement.id);
    expect(others).to.deep.equal([]);
    expect(await evidence()).to.deep.equal([]);
  });

  it('states a decision later where the process stopped right after it, and once only', async () => {
    await decide(await send(), { decision: 'accepted' });
    const before = await listStated();
    await testDatabase().collection('outboxStatements').deleteMany({});
    await testDatabase().collection('sequences').deleteMany({});
    await testDatabase()
      .collection('reviewWorks')
      .updateMany({}, { $set: { told: false } });
    const later = { source: world.source, passShare: 0.75, now: new Date(Date.now() + HOUR_MS) };

    await stateUntoldWork(later);
    await stateUntoldWork(later);

    const stated = await listStated();
    expect(stated.map(({ statement }) => statement)).to.have.deep.members(
      before.map(({ statement }) => statement),
    );
  });

  describe('links that do not work', () => {
    const report = (resource: string, by = learner) =>
      recordResourceReport({
        deployment: world.deployment,
        course: by.course,
        user: `user of ${by.course}`,
        resource,
        title: 'A dead link',
        reason: 'not-opening',
        note: 'It says <b>404</b>.',
        now: new Date(),
      });
    const hide = (item: string, resource: string) =>
      teacher.agent.postForm(
        `/shortlists/items/${item}?course=${teacher.course}`,
        { [`placing-${resource}`]: 'hidden' },
        { action: '/placings' },
      );

    it('wait with what was said, and who said it is not told, until they are hidden', async () => {
      const [resource] = world.resources;
      const item = resource?.serves[0]?.item ?? '';
      await report(resource?.id ?? '');

      const { text } = await waiting();
      expect(text)
        .to.include('A dead link')
        .and.include('It does not open')
        .and.include('&lt;b&gt;404')
        .and.include(`/shortlists/items/${item}?`)
        .and.not.include('user of');
      expect(countThings(await listWaiting({ ...place(), now: new Date() }))).to.equal(1);

      for (const one of resource?.serves ?? []) await hide(one.item, resource?.id ?? '');
      expect((await waiting()).text).not.to.include('A dead link');
    });

    it('wait no longer once the editors of the library settled the report', async () => {
      const id = world.resources[0]?.id ?? '';
      await report(id);
      await settleResourceReports({
        deployment: world.deployment,
        resource: id,
        upTo: new Date(Date.now() + HOUR_MS),
      });

      expect((await waiting()).text).not.to.include('A dead link');
    });

    it('are those of this course alone', async () => {
      const elsewhere = await world.launch({ course: 'HIM999', user: 'uma' });
      await report(world.resources[0]?.id ?? '', elsewhere);

      expect((await waiting()).text).not.to.include('A dead link');
    });

    it('are shown to assistants, who are told whom to ask', async () => {
      await report(world.resources[0]?.id ?? '');
      const { agent } = await world.launch({ role: 'TeachingAssistant', user: 'tina' });

      const { text } = await agent.get(`/waiting?course=${teacher.course}`);

      expect(text).to.include('Ask the instructor').and.not.include('/shortlists/items/');
    });

    const place = () => ({ deployment: world.deployment, course: teacher.course });
  });

  /** The hidden fields that every form of this person's pages carries. */
  async function heldFields({ agent, course }: Launched): Promise<Record<string, string>> {
    const { text } = await agent.get(`/frameworks/${FRAMEWORK}?course=${course}`);
    return Object.fromEntries(
      ['_csrf', 'launch', 'course'].map((name) => [
        name,
        new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '',
      ]),
    );
  }
});
