// What the door answers to messages and errors it has no page for, and whom it lets in with the least rights.
import { expect } from 'chai';
import { codeOf } from '../support/bad-inputs.js';
import { countRecords } from '../support/count-records.js';
import { DL, ROLE_URIS, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import {
  beginLaunch,
  connectPlatform,
  launchAs,
  postLaunch,
  tryLaunch,
} from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { testDatabase } from '../support/engine.js';

describe('messages at the door', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    tool = await startTool();
    platform = await startFakePlatform();
  });
  beforeEach(() => connectPlatform(platform));
  after(() => Promise.all([tool.close(), platform.close()]));

  for (const messageType of [
    'LtiEndAssessment',
    'LtiStartProctoring',
    'LtiEulaRequest',
    'LtiAssetProcessorSettingsRequest',
    'LtiNobodyKnows<b>',
  ])
    it(`refuses ${messageType} politely, by a page that names it, and stores nothing`, async () => {
      const before = await countRecords();

      const { answer } = await tryLaunch({ tool, platform, messageType });

      expect([answer.status, codeOf(answer)]).to.deep.equal([400, 'lti.message-not-offered']);
      expect(answer.text).to.contain('Crosswalk has no page for this yet');
      expect(answer.text).to.contain(messageType.replace('<', '&lt;').replace('>', '&gt;'));
      expect(await countRecords()).to.deep.equal(before);
    });

  for (const [error, title] of [
    ['login_required', 'Your learning platform wants you to sign in again'],
    ['launch_no_longer_valid', 'This launch was too old'],
    ['access_denied', 'Your learning platform does not let you open this'],
    ['invalid_request', 'Your learning platform did not take the request'],
    ['temporarily_unavailable', 'Your learning platform is busy'],
    ['something_new', 'Your learning platform stopped the launch'],
    ['constructor', 'Your learning platform stopped the launch'],
  ] as const)
    it(`turns the platform's error ${error} into a page with advice of its own`, async () => {
      const { agent, state } = await beginLaunch({ tool, platform });

      const answer = await postLaunch(agent, {
        error,
        error_description: '<b>because</b>',
        state,
      });

      expect([answer.status, codeOf(answer)]).to.deep.equal([400, 'lti.platform-error']);
      expect(answer.text).to.contain(`<h1>${title}</h1>`).and.contain(`It says: ${error}.`);
      expect(answer.text).to.contain('&lt;b&gt;because&lt;/b&gt;');
    });

  it('ignores deep linking settings in a resource link message', async () => {
    const { agent, course, path } = await launchAs({
      tool,
      platform,
      role: 'Instructor',
      claims: {
        [`${DL}deep_linking_settings`]: {
          deep_link_return_url: 'javascript:alert(1)',
          accept_types: 'nothing',
        },
      },
    });

    expect(path).to.equal(`/frameworks?course=${course}`);
    expect(agent.cookies.get('__Host-crosswalk')).to.be.a('string');
    const [session] = await testDatabase().collection('sessions').find().toArray();
    expect(session).to.have.nested.property('launches[0].deepLinking', null);
  });

  it('lets in without names, e-mail, course and roles, with the least rights', async () => {
    const { course } = await launchAs({
      tool,
      platform,
      role: null,
      user: { sub: 'anonymous' },
      course: null,
    });

    const [launch] = await testDatabase().collection('launches').find().toArray();
    const [user] = await testDatabase().collection('users').find().toArray();
    expect(course).to.equal('none');
    expect(launch).to.deep.include({ roles: [], course: null });
    expect(user).to.include({ name: null, email: null });
  });

  it('marks the platform’s test user, beside whatever role they have', async () => {
    await launchAs({
      tool,
      platform,
      roleUris: [ROLE_URIS.Learner, 'http://purl.imsglobal.org/vocab/lti/system/person#TestUser'],
    });

    const [launch] = await testDatabase().collection('launches').find().toArray();
    expect(launch).to.deep.include({ roles: ['Learner'], testUser: true, stated: null });
  });

  it('writes nothing about the link when a message comes from elsewhere than the link', async () => {
    await launchAs({ tool, platform, messageType: 'DataPrivacyLaunchRequest' });

    expect(await testDatabase().collection('resourceLinks').countDocuments()).to.equal(0);
  });
});
