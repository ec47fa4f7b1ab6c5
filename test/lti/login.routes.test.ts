import { expect } from 'chai';
import { listRefusals } from '../../src/lti/refusal.model.js';
import { createAgent, encodeForm, type Answer } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { comeBack, connectPlatform } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

type Fields = Record<string, string>;

// What is refused here: test/conformance/bad-inputs/login.test.ts.
describe('/lti/login', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    [tool, platform] = await Promise.all([startTool(), startFakePlatform()]);
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  const good = (more: Fields = {}): Fields => ({
    iss: platform.issuer,
    client_id: platform.clientId,
    login_hint: 'hint 7',
    target_link_uri: `${tool.url}/frameworks`,
    ...more,
  });
  const without = (name: string): Fields => {
    const { [name]: _gone, ...rest } = good();
    return rest;
  };
  const post = (fields: Fields): Promise<Answer> =>
    createAgent(tool.url).post('/lti/login', fields);
  /** With the return that shows whether the browser keeps cookies (getting-in.test.ts). */
  async function goAway(fields: Fields, method = 'POST'): Promise<Answer> {
    const agent = createAgent(tool.url);
    const query = `/lti/login?${encodeForm(fields)}`;
    const first = await (method === 'GET' ? agent.get(query) : agent.post('/lti/login', fields));
    return comeBack(agent, first);
  }

  for (const method of ['GET', 'POST'])
    it(`sends the browser on to the platform with an authentication request, by ${method}`, async () => {
      const fields = good({
        lti_message_hint: '{"cmid":4,"x":"é"}',
        lti_deployment_id: 'deployment-1',
      });

      const answer = await goAway(fields, method);

      expect(answer.status).to.equal(302);
      const address = new URL(answer.location);
      const { state, nonce, ...request } = Object.fromEntries(address.searchParams);
      expect(`${address.origin}${address.pathname}`).to.equal(`${platform.origin}/auth`);
      expect(request).to.deep.equal({
        tenant: '7',
        scope: 'openid',
        response_type: 'id_token',
        response_mode: 'form_post',
        prompt: 'none',
        client_id: 'client-1',
        redirect_uri: `${tool.url}/lti/launch`,
        login_hint: 'hint 7',
        lti_message_hint: '{"cmid":4,"x":"é"}',
      });
      expect(nonce).to.match(/^[\w-]{43}$/);
      expect(state).to.match(/^[\w.-]{100,600}$/);
      expect(await countRecords()).to.have.all.keys('deployments', 'platforms');
    });

  it('sends a hint only where the platform gave one, and binds the browser by a partitioned cookie', async () => {
    const answer = await goAway(good());

    expect(new URL(answer.location).searchParams.has('lti_message_hint')).to.equal(false);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    const cookie = answer.headers
      .getSetCookie()
      .find((line) => line.startsWith('__Host-crosswalk-login-'));
    expect(cookie).to.match(/; Path=\/; Secure; HttpOnly; SameSite=None; Partitioned$/);
  });

  it('finds the registration without a client id where the issuer has only one', async () => {
    expect((await post(without('client_id'))).status).to.equal(302);
  });

  it('shows a readable page with a reference, in any frame, and notes why without personal data', async () => {
    const answer = await post(good({ client_id: 'other', login_hint: 'ana@school.example' }));

    expect(answer.text).to.contain('This learning platform is not connected');
    expect(answer.headers.get('content-security-policy')).to.contain('frame-ancestors *');
    const [note] = await listRefusals({ now: new Date(), limit: 5 });
    expect(note).to.deep.include({ step: 'login', code: 'lti.platform-unknown', status: 404 });
    expect(answer.text).to.contain(note?.reference);
    expect(JSON.stringify(note)).not.to.contain('ana@');
  });
});
