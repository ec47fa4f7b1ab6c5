// Editors look after what did not work for students: the library's editor all of it, a framework's editor what serves it. Who
// reported something is told to neither.
import { expect } from 'chai';
import {
  countReportedResources,
  recordResourceReport,
} from '../../src/library/resource-report.model.js';
import { listOwnedResources } from '../../src/library/learning-resource.model.js';
import { giveGrant, type GrantObject } from '../../src/lti/grant.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { codeOf } from '../support/bad-inputs.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type Launched } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { aResource, createSmallFramework, importSmall } from './small-library.js';

const NOW = new Date();

describe('the page of editors', () => {
  let app: TestApp;
  let fake: FakePlatform;
  let deployment: string;
  let platform: string;
  let serving: string;

  before(async () => {
    app = await startApp();
    fake = await startFakePlatform();
  });
  after(() => Promise.all([app.close(), fake.close()]));
  beforeEach(async () => {
    await createSmallFramework();
    await importSmall([aResource({ title: 'Serves small' })]);
    const [stored] = await listOwnedResources({ ownerKey: 'instance', after: null, limit: 1 });
    serving = stored?.id ?? '';
    const connected = await connectPlatform(fake);
    deployment = connected.deployment._id;
    platform = connected.platform._id;
  });

  const report = (resource: string, title: string, in_ = deployment) =>
    recordResourceReport({
      deployment: in_,
      course: 'c1',
      user: 'Ana Ruiz',
      resource,
      title,
      reason: 'not-opening',
      note: '<b>gone</b>',
      now: NOW,
    });
  const edit = async (...objects: GrantObject[]): Promise<Launched> => {
    for (const object of objects)
      await giveGrant({
        deployment,
        user: userRecordId({ platform, sub: 'Edda' }),
        kind: 'editor',
        object,
        names: 'hidden',
        until: null,
        by: 'admin',
        now: NOW,
      });
    return launchAs({ tool: app, platform: fake, role: null, user: 'Edda' });
  };
  const read = async ({ agent, course }: Launched) =>
    (await agent.get(`/editing?course=${course}`)).text;
  const settle = ({ agent, course }: Launched, fields: Record<string, string> = {}) =>
    agent.postForm(`/editing?course=${course}`, fields, { action: '/editing/resource-reports' });

  it('lists for the library’s editor all that was reported here, and nobody who reported it', async () => {
    await report(serving, 'Serves small');
    await report('elsewhere', 'Serves nothing');
    await report('next-door', 'Of another school', 'd2');

    const text = await read(await edit('library'));

    expect(text).to.contain('Serves small').and.contain('Serves nothing');
    expect(text).to.contain('It does not open. “&lt;b&gt;gone&lt;/b&gt;”');
    expect(text).not.to.contain('Of another school').and.not.contain('Ana Ruiz');
  });

  it('lists for a framework’s editor what serves it, with the competencies that nothing serves', async () => {
    await report(serving, 'Serves small');
    await report('elsewhere', 'Serves nothing');

    const text = await read(await edit('framework:small'));

    expect(text).to.contain('Serves small').and.not.contain('Serves nothing');
    expect(text).to.match(/\d+ without a resource/);
  });

  it('takes what was looked at off the list, until it is reported again', async () => {
    await report(serving, 'Serves small');
    const editor = await edit('framework:small');

    const answer = await settle(editor);
    const after = await read(editor);
    await report(serving, 'Serves small');

    expect(answer.location).to.equal(
      `/editing?course=${editor.course}&notice=resource-reports-settled`,
    );
    expect(after).to.contain('No student has reported a resource that does not work.');
    expect(await countReportedResources({ deployment })).to.equal(1);
  });

  it('lets a framework’s editor settle nothing that serves another', async () => {
    await report(serving, 'Serves small');
    await report('elsewhere', 'Serves nothing');
    const editor = await edit('framework:small');

    const answer = await settle(editor, { resource: 'elsewhere' });

    expect(answer.status).to.equal(404);
    expect(await countReportedResources({ deployment })).to.equal(2);
  });

  it('settles nothing of another deployment, whatever the form says', async () => {
    await report(serving, 'Serves small');
    await report(serving, 'Serves small', 'd2');

    await settle(await edit('library'), { deployment: 'd2' });

    expect(await countReportedResources({ deployment })).to.equal(0);
    expect(await countReportedResources({ deployment: 'd2' })).to.equal(1);
  });

  it('refuses a form without its moment, and changes nothing', async () => {
    await report(serving, 'Serves small');

    const answer = await settle(await edit('library'), { upTo: 'yesterday' });

    expect([answer.status, codeOf(answer)]).to.deep.equal([400, 'input.invalid']);
    expect(answer.text).to.contain('upTo');
    expect(await countReportedResources({ deployment })).to.equal(1);
  });

  it('is led to by the navigation, also outside a course', async () => {
    const { agent, course } = await edit('library');
    const { path } = await launchAs({
      tool: app,
      platform: fake,
      agent,
      user: 'Edda',
      roleUris: [],
      claims: {
        'https://purl.imsglobal.org/spec/lti/claim/context': { id: 'a', type: ['Account'] },
      },
    });

    expect((await agent.get(`/frameworks?course=${course}`)).status).to.be.within(200, 303);
    expect((await agent.get(path)).text).to.contain('What you edit');
    expect((await agent.get('/editing?course=none')).text).to.contain('aria-current');
  });
});
