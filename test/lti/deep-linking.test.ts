import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect } from 'chai';
import { type ContentItem } from '../../src/lti/deep-linking.js';
import { anythingDeepLinkedRoutes } from '../support/anything-deep-linked.js';
import { readForms, type Answer } from '../support/browser-agent.js';
import { DL, LTI, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs, type Launched } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

// What is refused: test/conformance/bad-inputs/deep-linking.test.ts.
describe('deep linking', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    platform = await startFakePlatform();
    tool = await startTool({ routes: (services) => [anythingDeepLinkedRoutes(services)] });
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  const item = (more: Partial<ContentItem> = {}): ContentItem => ({
    type: 'ltiResourceLink',
    url: `${tool.url}/frameworks/1`,
    title: 'Privacy',
    ...more,
  });
  const choose = (more: Partial<LaunchAs> = {}): Promise<Launched> =>
    launchAs({ tool, platform, role: 'Instructor', messageType: 'LtiDeepLinkingRequest', ...more });
  const answerWith = (launched: Launched, items: unknown): Promise<Answer> =>
    launched.agent.postForm(launched.path, { items: JSON.stringify(items) });
  it('hands a signed answer over to the address that the launch named, with its data untouched', async () => {
    const page = await answerWith(await choose(), [
      item({ custom: { a: '1' }, lineItem: { scoreMaximum: 10 } }),
      item(),
    ]);

    expect(page.status).to.equal(200);
    const [form] = readForms(page.text);
    expect(form?.action).to.equal(`${platform.origin}/deep-link-return?course=1`);
    expect(page.headers.get('content-security-policy')).to.contain(
      `form-action 'self' ${platform.origin};`,
    );
    expect(page.text)
      .to.contain('<button')
      .and.to.match(/hand-over\.js/);
    const { keys } = await tool.services.keys.publicKeySet();
    const claims = jwt.verify(
      String(form?.fields['JWT']),
      createPublicKey({ key: keys[0] ?? {}, format: 'jwk' }),
      { algorithms: ['RS256'] },
    ) as Record<string, unknown>;
    expect(claims).to.deep.include({
      iss: 'client-1',
      aud: platform.issuer,
      [`${LTI}message_type`]: 'LtiDeepLinkingResponse',
      [`${LTI}version`]: '1.3.0',
      [`${LTI}deployment_id`]: 'deployment-1',
      [`${DL}data`]: 'opaque "data" & <more>',
    });
    expect(claims[`${DL}content_items`]).to.deep.equal([
      item({ custom: { a: '1' }, lineItem: { scoreMaximum: 10 } }),
      item(),
    ]);
    expect(claims).to.include.keys('exp', 'iat', 'nonce');
  });

  it('is still open while the same course is opened in another tab', async () => {
    const launched = await choose();
    await launchAs({ tool, platform, role: 'Instructor', agent: launched.agent });

    expect((await answerWith(launched, [item()])).status).to.equal(200);
  });
});
