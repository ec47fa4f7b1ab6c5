import { expect } from 'chai';
import { userRecordId } from '../../src/lti/record-ids.js';
import { findErasure } from '../../src/privacy/erasure.model.js';
import { erasureRoutes } from '../../src/privacy/erasure.routes.js';
import { groupHeldData } from '../../src/privacy/held-data.js';
import { privacyRoutes } from '../../src/privacy/privacy.routes.js';
import { listAccesses } from '../../src/reports/access-log.model.js';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent } from '../support/browser-agent.js';
import { LTI, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const INSTITUTION_ADMINISTRATOR =
  'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator';

describe('what is held about a person', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let platform: string;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ now }) => [erasureRoutes({ now, nudge: () => undefined }), privacyRoutes({ now })],
    });
  });
  beforeEach(async () => {
    platform = (await connectPlatform(fake)).platform._id;
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const launch = (more: Partial<LaunchAs>) => launchAs({ tool, platform: fake, ...more });
  const idOf = (sub: string) => userRecordId({ platform, sub });
  /** As platforms send it: no course, no link, perhaps somebody it is about. */
  const askAbout = (sub: string | null, more: Partial<LaunchAs>) =>
    launch({
      messageType: 'DataPrivacyLaunchRequest',
      course: null,
      resourceLink: null,
      ...more,
      claims: sub === null ? {} : { [`${LTI}for_user`]: { user_id: sub } },
    });

  it('is shown to the person themselves, in counts by kind', async () => {
    await launch({ user: { sub: 'ana', name: 'Ana Ruiz' }, course: 'course-1' });
    await launch({ user: { sub: 'ana', name: 'Ana Ruiz' }, course: 'course-2' });

    const { agent, path } = await askAbout(null, { user: { sub: 'ana', name: 'Ana Ruiz' } });
    const { status, text } = await agent.get(path);

    expect(status).to.equal(200);
    expect(text).to.contain('What is held about you');
    expect(text).to.contain('2 courses the person belongs to');
    expect(text).to.contain('Crosswalk was opened 3 times');
    expect(text).to.contain(
      'Nobody but the person and the instructors of their courses has looked.',
    );
    expect(text).to.match(/E-mail address<\/dt><dd>not held/);
    expect(text).not.to.contain('<form method="post" action="/privacy');
  });

  it('is shown of somebody else to an administrator, also to one of the whole institution', async () => {
    await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });

    const ofCourse = await askAbout('ana', { role: 'Administrator', user: 'admin' });
    const ofSchool = await askAbout('ana', { roleUris: [INSTITUTION_ADMINISTRATOR], user: 'head' });

    for (const { agent, path } of [ofCourse, ofSchool]) {
      const page = await agent.get(path);
      expect([page.status, path.startsWith(`/privacy/${idOf('ana')}`)]).to.deep.equal([200, true]);
      expect(page.text).to.contain('What is held about Ana Ruiz');
    }
    const other = await ofSchool.agent.get(`/privacy/${idOf('user-1')}?course=none`);
    expect([other.status, codeOf(other)]).to.deep.equal([403, 'privacy.other']);
  });

  it('is shown of nobody else to others: whom the message names is passed over', async () => {
    await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });

    const { agent, path } = await askAbout('ana', {
      role: 'Instructor',
      user: { sub: 'tia', name: 'Tia' },
    });
    const own = await agent.get(path);
    const stolen = await agent.get(`/privacy/${idOf('ana')}?course=none`);

    expect(own.text).to.contain('What is held about you');
    expect(own.text).not.to.contain('Ana Ruiz');
    expect([stolen.status, codeOf(stolen)]).to.deep.equal([403, 'privacy.other']);
  });

  it('is nothing for who was never here, and names nobody of another deployment', async () => {
    const next = { ...fake, deploymentId: 'deployment-2' };
    await connectPlatform(next);
    await launchAs({
      tool,
      platform: next,
      claims: { [`${LTI}deployment_id`]: 'deployment-2' },
      user: { sub: 'ana', name: 'Ana Ruiz' },
    });

    const { agent, path } = await askAbout('ana', { role: 'Administrator', user: 'admin' });
    const page = await agent.get(path);

    expect(page.status).to.equal(404);
    expect(page.text).to.contain('Nothing is held about this person here');
    expect(page.text).not.to.contain('Ana Ruiz');
  });

  it('opens for nobody without a session', async () => {
    for (const path of ['/privacy', `/privacy/${idOf('ana')}`])
      expect((await createAgent(tool.url).get(path)).status, path).to.equal(401);
  });

  it('says who looked, when and at what, but for the person and their instructors', async () => {
    const own = await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const head = await launch({ role: 'Administrator', user: { sub: 'head', name: 'Hedda Lund' } });
    await head.agent.get(`/privacy/${idOf('ana')}?course=${head.course}`);
    await own.agent.get(`/privacy?course=${own.course}`);

    const { text } = await own.agent.get(`/privacy?course=${own.course}`);

    expect(text).to.contain('Hedda Lund, administrator');
    expect(text).to.contain('Looked at this page');
    const [deployment] = await listDeployments();
    const noted = await listAccesses({ deployment: deployment?._id ?? '', limit: 10 });
    expect(noted.map(({ user, subjectId }) => [user, subjectId])).to.deep.equal([
      [idOf('head'), idOf('ana')],
    ]);
  });

  it('is given out as one JSON text a line, to the person and to administrators, who are noted', async () => {
    const own = await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const head = await launch({ role: 'Administrator', user: 'head' });
    const path = `/privacy/${idOf('ana')}/export`;

    const file = await own.agent.get(`${path}?course=${own.course}`);
    const taken = await head.agent.get(`${path}?course=${head.course}`);
    const page = await own.agent.get(`/privacy?course=${own.course}`);

    const kinds = file.text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(file.headers.get('content-disposition')).to.match(
      /attachment; filename="crosswalk-person-/,
    );
    expect(kinds).to.deep.equal(['about', 'person', 'launches', 'memberships']);
    expect([taken.status, taken.text.includes('Ana Ruiz')]).to.deep.equal([200, true]);
    expect(page.text).to.contain('Took out this page');
  });

  it('is given out to nobody else, and of nobody of another deployment', async () => {
    await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const bo = await launch({ user: 'bo' });
    const tia = await launch({ role: 'Instructor', user: 'tia' });
    const head = await launch({ role: 'Administrator', user: 'head' });
    const path = `/privacy/${idOf('ana')}/export`;

    for (const { agent, course } of [bo, tia]) {
      const answer = await agent.get(`${path}?course=${course}`);
      expect([answer.status, codeOf(answer)]).to.deep.equal([403, 'privacy.other']);
    }
    const stranger = await head.agent.get(
      `/privacy/${idOf('nobody')}/export?course=${head.course}`,
    );
    expect([stranger.status, codeOf(stranger)]).to.deep.equal([404, 'privacy.nothing-held']);
  });

  it('is erased by an administrator after a preview and a tick, and not given out meanwhile', async () => {
    await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const { agent, course } = await launch({ role: 'Administrator', user: 'head' });
    const path = `/privacy/${idOf('ana')}/erasure`;

    const preview = await agent.get(`${path}?course=${course}`);
    const unticked = await agent.postForm(`${path}?course=${course}`, {}, { action: path });
    const asked = await agent.postForm(
      `${path}?course=${course}`,
      { confirmed: 'yes' },
      { action: path },
    );
    const file = await agent.get(`/privacy/${idOf('ana')}/export?course=${course}`);

    expect(preview.text)
      .to.contain('Erase everything about Ana Ruiz')
      .and.to.contain('Backups made');
    expect([unticked.status, unticked.text.includes('Tick the box')]).to.deep.equal([400, true]);
    expect(asked.status, asked.text).to.equal(303);
    expect([file.status, codeOf(file)]).to.deep.equal([409, 'privacy.being-erased']);
    expect(await erasureOf('ana')).to.deep.include({ state: 'waiting', by: idOf('head') });
  });

  it('is erased by no learner, not even of themselves, and by no form of somebody else', async () => {
    const ana = await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const head = await launch({ role: 'Administrator', user: 'head' });
    const path = `/privacy/${idOf('ana')}/erasure`;
    const body = { confirmed: 'yes', course: ana.course };

    const own = await ana.agent.post(path, body);
    const forged = await head.agent.post(path, { ...body, course: head.course });
    const stranger = await head.agent.get(
      `/privacy/${idOf('nobody')}/erasure?course=${head.course}`,
    );

    expect([own.status, codeOf(own)]).to.deep.equal([403, 'page.forbidden']);
    expect([forged.status, codeOf(forged)]).to.deep.equal([403, 'session.csrf']);
    expect([stranger.status, codeOf(stranger)]).to.deep.equal([404, 'privacy.nothing-held']);
    expect(await erasureOf('ana')).to.equal(null);
  });

  it('finds people of this deployment alone, by what they are called', async () => {
    await launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const next = { ...fake, deploymentId: 'deployment-2' };
    await connectPlatform(next);
    await launchAs({
      tool,
      platform: next,
      claims: { [`${LTI}deployment_id`]: 'deployment-2' },
      user: { sub: 'ann', name: 'Ann Other' },
    });
    const { agent, course } = await launch({ role: 'Administrator', user: 'head' });

    const find = (q: string) =>
      agent.get(`/privacy/people?course=${course}&q=${encodeURIComponent(q)}`);

    expect((await find('Ana Ruiz')).text).to.contain(`/privacy/${idOf('ana')}`);
    expect((await find('ana')).text).to.contain(`/privacy/${idOf('ana')}`);
    expect((await find('Ann Other')).text).to.contain('Nobody of this school');
  });

  async function erasureOf(sub: string) {
    const [deployment] = await listDeployments();
    return findErasure({ deployment: deployment?._id ?? '', user: idOf(sub) });
  }

  it('counts what has no kind of its own as other', () => {
    expect(groupHeldData({ launches: 2, somethingNew: 3, scoreLanes: 1 })).to.deep.equal([
      { kind: 'launches', count: 2 },
      { kind: 'grades', count: 1 },
      { kind: 'other', count: 3 },
    ]);
  });
});
