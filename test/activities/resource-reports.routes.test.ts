// "It did not work": a learner's report of a resource, and the administrators' list of what was reported.
import { expect } from 'chai';
import {
  countReportedResources,
  listReportedResources,
} from '../../src/library/resource-report.model.js';
import { createWorld, type World } from '../attainment/attainment-world.js';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type Launched, type LaunchAs } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';

const PATH = '/reports';

describe('reports of resources that do not work', () => {
  let app: TestApp;
  let platform: FakePlatform;
  let world: World;
  let deployment: string;

  before(async () => {
    [app, platform] = await Promise.all([startApp(), startFakePlatform()]);
  });
  after(() => Promise.all([app.close(), platform.close()]));
  beforeEach(async () => {
    world = await createWorld({ url: app.url });
    deployment = (await connectPlatform(platform)).deployment._id;
  });

  const launch = (options: Partial<LaunchAs> = {}) =>
    launchAs({ tool: app, platform, role: 'Learner', course: 'HIM101', ...options });
  const pageOf = ({ course }: Launched, index = 0) =>
    `/resources/${world.resources[index]?.id ?? ''}?course=${course}`;
  const report = (by: Launched, fields: Record<string, string>, index = 0) =>
    by.agent.postForm(pageOf(by, index), fields, { action: PATH });

  it('are for learners with a session', async () => {
    const stranger = createAgent(app.url);
    const path = `/resources/${world.resources[0]?.id ?? ''}/reports`;
    const teacher = await launch({ role: 'Instructor', user: 'teacher' });

    expect((await stranger.post(path, { reason: 'other' })).status).to.equal(401);
    const page = await teacher.agent.get(pageOf(teacher));
    expect(page.text).not.to.include('It did not work');
  });

  it('are kept with their reason, one for each person, and thanked for', async () => {
    const learner = await launch();

    await report(learner, { reason: 'costs-money', note: 'Asks for a card.' });
    const answer = await report(learner, { reason: 'not-opening', note: '  ' });

    expect(answer.location).to.include('notice=resource-reported');
    const [found, ...more] = await listReportedResources({ deployment });
    expect(more).to.deep.equal([]);
    expect(found?.count).to.equal(1);
    expect(found?.title).to.equal('Resource 1');
    expect(found?.reports.map(({ reason, note }) => [reason, note])).to.deep.equal([
      ['not-opening', ''],
    ]);
  });

  it('count a resource once, however many people report it, and only in their own deployment', async () => {
    for (const user of ['one', 'two']) await report(await launch({ user }), { reason: 'other' });

    expect(await countReportedResources({ deployment })).to.equal(1);
    expect(await countReportedResources({ deployment: 'another' })).to.equal(0);
    expect((await listReportedResources({ deployment }))[0]?.count).to.equal(2);
    expect(await listReportedResources({ deployment: 'another' })).to.deep.equal([]);
  });

  it('refuse a reason that is none and a note that is too long, and give back what was typed', async () => {
    const learner = await launch();

    const noReason = await report(learner, { reason: 'bored', note: 'kept words' });
    const long = await report(learner, { reason: 'other', note: 'x'.repeat(501) });

    expect([noReason.status, codeOf(noReason)]).to.deep.equal([400, 'input.invalid']);
    expect(noReason.text).to.include('Choose what was wrong.').and.include('kept words');
    expect([long.status, codeOf(long)]).to.deep.equal([400, 'input.invalid']);
    expect(long.text).to.include('At most 500 characters.');
    expect(await countReportedResources({ deployment })).to.equal(0);
  });

  it('are not kept of a test student', async () => {
    const learner = await launch({
      roleUris: [
        'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner',
        'http://purl.imsglobal.org/vocab/lti/system/person#TestUser',
      ],
    });

    const answer = await report(learner, { reason: 'other' });

    expect(answer.location).to.include('notice=completion-not-counted');
    expect(await countReportedResources({ deployment })).to.equal(0);
  });

  it('are listed for the administrator until they are looked at', async () => {
    await report(await launch(), { reason: 'not-opening', note: '<b>404</b>' });
    const administrator = await launch({ role: 'Administrator', user: 'admin' });
    const path = `/admin/resource-reports?course=${administrator.course}`;

    const list = await administrator.agent.get(path);
    const settled = await administrator.agent.postForm(
      path,
      {},
      { action: '/admin/resource-reports' },
    );
    const after = await administrator.agent.get(path);

    expect(list.text)
      .to.include('Resource 1')
      .and.include('1 student reported it')
      .and.include('It does not open. “&lt;b&gt;404&lt;/b&gt;”');
    expect(settled.location).to.include('notice=resource-reports-settled');
    expect(after.text).to.include('No student has reported a resource that does not work.');
  });

  it('come back to the list when somebody reports the resource again', async () => {
    const learner = await launch();
    await report(learner, { reason: 'not-opening' });
    const administrator = await launch({ role: 'Administrator', user: 'admin' });
    const path = `/admin/resource-reports?course=${administrator.course}`;
    await administrator.agent.postForm(path, {}, { action: '/admin/resource-reports' });

    await report(learner, { reason: 'not-opening' });

    expect(await countReportedResources({ deployment })).to.equal(1);
  });
});
