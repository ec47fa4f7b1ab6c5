import { expect } from 'chai';
import {
  announceEmptying,
  beginEmptying,
  finishEmptying,
  listOpenEmptyings,
} from '../../src/privacy/course-emptying.model.js';
import { privacyRoutes } from '../../src/privacy/privacy.routes.js';
import { listHolds } from '../../src/privacy/retention-hold.model.js';
import { findRetention } from '../../src/privacy/retention.model.js';
import { retentionRoutes } from '../../src/privacy/retention.routes.js';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent, readForms } from '../support/browser-agent.js';
import { testDatabase } from '../support/engine.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const NOTICE_DAYS = 30;
const DAY_MS = 86_400_000;

describe('the page of how long data are kept', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let deployment: string;
  let course: string;
  const nudged: string[] = [];

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ now }) => [
        retentionRoutes({ now, nudge: (job) => void nudged.push(job) }),
        privacyRoutes({ now }),
      ],
    });
  });
  beforeEach(async () => {
    nudged.length = 0;
    deployment = (await connectPlatform(fake)).deployment._id;
    ({ course } = await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } }));
  });
  after(() => Promise.all([tool.close(), fake.close()]));

  const launch = (more: Partial<LaunchAs>) => launchAs({ tool, platform: fake, ...more });
  const asAdministrator = () => launch({ role: 'Administrator', user: 'head' });
  const page = (more = '', path = '') =>
    `/admin/deployments/${deployment}/retention${path}?course=${course}${more}`;
  const holds = () => listHolds({ deployment, now: new Date() });
  const save = async (fields: Record<string, string>) => {
    const { agent } = await asAdministrator();
    const query = `&${new URLSearchParams(fields).toString()}`;
    return agent.postForm(page(query, '/preview'), {}, { action: '/retention' });
  };

  it('is for administrators of the deployment and the operator', async () => {
    const stranger = await createAgent(tool.url).get(page());
    const teacher = await launch({ role: 'Instructor', user: 'tia' });
    const operator = await signInAsOperator(tool);
    const { agent } = await asAdministrator();

    expect([stranger.status, codeOf(stranger)]).to.deep.equal([401, 'session.missing']);
    expect((await teacher.agent.get(page())).status).to.equal(403);
    expect((await operator.get(`/admin/deployments/${deployment}/retention`)).status).to.equal(200);
    const other = await agent.get(`/admin/deployments/of-somebody-else/retention?course=${course}`);
    expect([other.status, codeOf(other)]).to.deep.equal([404, 'admin.not-found']);
  });

  it('keeps everything for ever until somebody says otherwise', async () => {
    const { agent } = await asAdministrator();

    const { text } = await agent.get(page());

    expect(text).to.contain('No course is emptied in the next 30 days.');
    expect(text).to.match(/name="coursesYears"[^>]*value=""/);
    const [form = ''] = /<form[^>]*method="get"[\s\S]*?<\/form>/.exec(text) ?? [];
    expect(form).to.contain('coursesMonths');
    expect(form).not.to.contain('_csrf');
  });

  it('shows what would go before anything is saved, and saves what was shown', async () => {
    const { agent } = await asAdministrator();
    const typed = '&coursesYears=2&coursesMonths=6&accessLogYears=1';

    const preview = await agent.get(page(typed, '/preview'));
    const before = await findRetention({ deployment });
    const answer = await save({ coursesYears: '2', coursesMonths: '6', accessLogYears: '1' });

    expect(preview.text).to.contain('2 years and 6 months');
    expect(preview.text).to.contain('(until now: for ever');
    expect(before.revision).to.equal(0);
    expect([answer.status, answer.location]).to.deep.equal([
      303,
      `${page()}&notice=retention-saved`,
    ]);
    const saved = await findRetention({ deployment });
    expect([saved.courses?.months, saved.accessLog?.months, saved.launches]).to.deep.equal([
      30,
      12,
      null,
    ]);
    expect(saved.courses?.from.getTime()).to.be.closeTo(
      new Date().getTime() + NOTICE_DAYS * DAY_MS,
      DAY_MS,
    );
    expect(saved.history).to.have.length(1);
    expect(nudged).to.deep.equal(['retention']);
  });

  for (const { title, query, says } of [
    { title: 'less than a year', query: 'coursesMonths=11', says: 'between one year and twenty' },
    { title: 'more than twenty years', query: 'coursesYears=21', says: 'between one year and' },
    { title: 'no number', query: 'coursesYears=%3Cb%3E1', says: 'Write whole numbers' },
    { title: 'less than nothing', query: 'launchesYears=-1', says: 'Write whole numbers' },
    { title: 'a list', query: 'coursesYears=1&coursesYears=2', says: 'How long to keep what' },
  ])
    it(`refuses ${title}, with what was typed`, async () => {
      const { agent } = await asAdministrator();

      const answer = await agent.get(page(`&${query}&accessLogYears=3`, '/preview'));

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain(says);
      expect(answer.text).to.match(/name="accessLogYears"[^>]*value="3"/);
      expect((await findRetention({ deployment })).revision).to.equal(0);
    });

  it('saves nothing over what somebody else saved meanwhile', async () => {
    const { agent } = await asAdministrator();
    const stale = await agent.get(page('&coursesYears=3', '/preview'));
    await save({ coursesYears: '2' });

    const form = readForms(stale.text).find(({ action }) => action.endsWith('/retention'));
    const answer = await agent.post(page().split('?')[0] ?? '', form?.fields ?? {});

    expect([answer.status, codeOf(answer)]).to.deep.equal([409, 'retention.changed']);
    expect((await findRetention({ deployment })).courses?.months).to.equal(24);
  });

  it('excepts a course with a reason, and lifts the exception thirty days later', async () => {
    const { agent } = await asAdministrator();

    const held = await agent.postForm(page(), { reason: 'A dispute' }, { action: '/holds' });
    const shown = await agent.get(page());
    const [standing] = await holds();
    const lifted = await agent.postForm(page(), {}, { action: '/releases' });

    expect(held.location).to.contain('notice=course-held');
    expect(standing).to.include({ course, reason: 'A dispute', until: null });
    expect(shown.text).to.contain('A dispute');
    expect(lifted.location).to.contain('notice=course-released');
    const [ending] = await holds();
    expect(ending?.until?.getTime()).to.be.closeTo(
      new Date().getTime() + NOTICE_DAYS * DAY_MS,
      DAY_MS,
    );
  });

  it('asks why a course is kept, and takes no course of somewhere else', async () => {
    const { agent } = await asAdministrator();
    const { text } = await agent.get(page());
    const form = readForms(text).find(({ action }) => action.endsWith('/holds'));
    const to = form?.action ?? '';

    const silent = await agent.post(to, { ...form?.fields, reason: ' ' });
    const long = await agent.post(to, { ...form?.fields, reason: 'x'.repeat(301) });
    const strange = await agent.post(to, {
      ...form?.fields,
      held: 'elsewhere',
      reason: 'A dispute',
    });

    expect([silent.status, long.status]).to.deep.equal([400, 400]);
    expect(silent.text).to.contain('Say why this course is kept');
    expect([strange.status, codeOf(strange)]).to.deep.equal([404, 'retention.no-such-course']);
    expect(await holds()).to.deep.equal([]);
  });

  it('says which courses are emptied next, with how much, and lists what was emptied', async () => {
    const { course: old } = await launch({ user: { sub: 'ana', name: 'Ana' }, course: 'old' });
    const lastLaunchAt = new Date('2020-01-01T00:00:00Z');
    const memberships = testDatabase().collection('memberships');
    await memberships.updateMany({ course: old }, { $set: { lastLaunchAt } });
    await recordEmptied({ course: old, people: 41, statements: 4321, files: 7 });
    await save({ coursesYears: '1' });
    const { agent } = await asAdministrator();

    const { text } = await agent.get(page());
    const preview = await agent.get(page('&coursesYears=1', '/preview'));

    expect(text).to.contain('One course is emptied of what learners did.');
    expect(text).to.match(/41<\/td>[\s\S]*4321<\/td>[\s\S]*7<\/td>/);
    expect(preview.text).to.contain('In all 1 course with 1 person, 0 statements and 0 files.');
    expect(preview.text).not.to.contain('Nothing is erased because of this in the next 30 days.');
  });

  it('is told to learners on their own page', async () => {
    const ana = await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const before = await ana.agent.get(`/privacy?course=${course}`);
    await save({ coursesYears: '2' });
    const after = await ana.agent.get(`/privacy?course=${course}`);

    expect(before.text).to.contain('is kept until an erase is asked for');
    expect(after.text).to.contain('is kept for 2 years after the course has ended');
  });

  async function recordEmptied(of: {
    course: string;
    people: number;
    statements: number;
    files: number;
  }): Promise<void> {
    const { course: emptied, ...gone } = of;
    const now = new Date();
    const dates = { endedAt: now, announcedAt: now, eraseAt: now };
    await announceEmptying({ deployment, course: emptied, months: 12, ...dates });
    const [open] = await listOpenEmptyings({ deployment });
    if (!open) throw new Error('nothing was announced');
    await beginEmptying({ deployment, id: open.id, now });
    await finishEmptying({ emptying: open, gone, now });
  }
});
