import { expect } from 'chai';
import { countRowsOf } from '../../src/db/count-rows.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { groupHeldData } from '../../src/reports/held-data.js';
import { privacyRoutes } from '../../src/reports/privacy.routes.js';
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
    tool = await startTool({ routes: () => [privacyRoutes({ countHeldData: countRowsOf })] });
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
    expect(text).to.match(/Courses the person belongs to<\/dt><dd>2</);
    expect(text).to.match(/Times Crosswalk was opened<\/dt><dd>3</);
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

  it('counts what has no kind of its own as other', () => {
    expect(groupHeldData({ launches: 2, somethingNew: 3, scoreLanes: 1 })).to.deep.equal([
      { kind: 'launches', count: 2 },
      { kind: 'grades', count: 1 },
      { kind: 'other', count: 3 },
    ]);
  });
});
