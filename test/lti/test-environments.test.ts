import { expect } from 'chai';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { addPlatform } from '../../src/lti/manage-platforms.js';
import { listPlatforms } from '../../src/lti/platform.model.js';
import { listRefusals } from '../../src/lti/refusal.model.js';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { LTI, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, tryLaunch } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { testDatabase } from '../support/engine.js';

const PRODUCTION = 'https://canvas.instructure.com';
const BETA = 'https://canvas.beta.instructure.com';
const CLIENT = '10000000000001';

describe("Canvas's beta and test environments", () => {
  let tool: TestTool;
  let canvas: FakePlatform;
  let beta: FakePlatform;

  before(async () => {
    tool = await startTool();
    canvas = await startFakePlatform({ issuer: PRODUCTION, clientId: CLIENT });
    beta = await startFakePlatform({ issuer: BETA, clientId: CLIENT, kid: 'beta' });
  });
  after(() => Promise.all([tool.close(), canvas.close(), beta.close()]));

  const login = (fields: Record<string, string>) =>
    createAgent(tool.url).post('/lti/login', {
      iss: PRODUCTION,
      client_id: CLIENT,
      login_hint: 'hint',
      target_link_uri: `${tool.url}/frameworks`,
      ...fields,
    });

  it('never meet the registration of the school: their issuer is another', async () => {
    await connectPlatform(canvas);
    const before = await countRecords();

    const answer = await login({ iss: BETA });

    expect([answer.status, codeOf(answer)]).to.deep.equal([404, 'lti.platform-unknown']);
    expect(await countRecords()).to.deep.equal(before);
  });

  for (const issuer of [BETA, 'https://canvas.test.instructure.com'])
    it(`make a test platform when ${issuer} is registered, whatever was asked for`, async () => {
      const address = 'https://sso.beta.canvaslms.com/x';
      await addPlatform(
        {
          name: 'Beta',
          issuer,
          clientId: CLIENT,
          authorizationUrl: address,
          tokenUrl: address,
          jwksUrl: address,
          kind: 'production',
        },
        { now: new Date(), mayReach: () => true },
      );

      expect((await listPlatforms()).map(({ kind }) => kind)).to.deep.equal(['test']);
    });

  it('are let in where they are registered, and everybody of them is a test user who is never stated', async () => {
    await connectPlatform(beta);

    await launchAs({ tool, platform: beta });

    const [launch] = await testDatabase().collection('launches').find().toArray();
    const [member] = await testDatabase().collection('memberships').find().toArray();
    expect(launch).to.include({ testUser: true, stated: null });
    expect(member).to.include({ countsAsLearner: false });
  });

  it("are refused at the login that names the environment under the school's issuer", async () => {
    await connectPlatform(canvas);

    const answers = [
      await login({ canvas_environment: 'beta' }),
      await login({ canvas_environment: 'test' }),
    ];
    const ofSchool = await login({ canvas_environment: 'prod' });

    for (const answer of answers)
      expect([answer.status, codeOf(answer)]).to.deep.equal([403, 'lti.test-environment']);
    expect(answers[0]?.text).to.contain('the beta environment of Canvas');
    expect(ofSchool.status).to.be.within(302, 303);
  });

  for (const [title, claims] of [
    [
      'the custom API domain',
      { [`${LTI}custom`]: { canvas_api_domain: 'school.beta.instructure.com' } },
    ],
    [
      'the return address',
      { [`${LTI}launch_presentation`]: { return_url: 'https://school.test.instructure.com/x' } },
    ],
  ] as const)
    it(`are refused when ${title} betrays them, before a deployment waits for approval`, async () => {
      await connectPlatform(canvas, { unknownDeployments: 'queue' });
      const [{ deploymentId } = { deploymentId: '' }] = await listDeployments();
      const before = await countRecords();

      const { answer } = await tryLaunch({
        tool,
        platform: canvas,
        claims: { ...claims, [`${LTI}deployment_id`]: deploymentId },
      });

      expect([answer.status, codeOf(answer)]).to.deep.equal([403, 'lti.test-environment']);
      expect(await countRecords()).to.deep.equal(before);
      const [note] = await listRefusals({ now: new Date(), limit: 1 });
      expect(note?.details).to.have.property('environment');
    });

  it('are not suspected in a school whose name only looks alike', async () => {
    await connectPlatform(canvas);

    const { answer } = await tryLaunch({
      tool,
      platform: canvas,
      claims: { [`${LTI}custom`]: { canvas_api_domain: 'beta.instructure.com' } },
    });

    expect(answer.status).to.equal(303);
  });
});
