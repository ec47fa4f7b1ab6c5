// The six launches that a tool has to refuse: what exactly is wrong with each, and that nothing else is.
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { WRONG_LAUNCHES } from '../../src/demo/wrong-launches.js';
import {
  launch,
  readAction,
  readFields,
  signIn,
  startDemo,
  verifyIdToken,
  type RunningDemo,
} from './start-demo.js';

const DEPLOYMENT = 'https://purl.imsglobal.org/spec/lti/claim/deployment_id';
const AMARA = '11';

describe('the demo LMS: launches that must not work', () => {
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });
  afterEach(() => demo.stop());

  const launchWrong = async (kind: string) => {
    const browser = await signIn(demo, AMARA);
    return launch(demo, { browser, path: `/courses/1/wrong/${kind}/launch` });
  };

  it('offers six, each with its page and the frame in it', async () => {
    const browser = await signIn(demo, AMARA);

    const { text } = await browser.get('/courses/1/wrong').expect(200);

    expect(WRONG_LAUNCHES).to.have.length(6);
    for (const { kind } of WRONG_LAUNCHES) {
      expect(text).to.include(`href="/courses/1/wrong/${kind}"`);
      const page = await browser.get(`/courses/1/wrong/${kind}`).expect(200);
      expect(page.text).to.include(`src="/courses/1/wrong/${kind}/launch"`);
    }
    await browser.get('/courses/1/wrong/harmless').expect(404);
    await browser.get('/courses/1/wrong/harmless/launch').expect(404);
  });

  it('posts a good launch twice, first out of sight', async () => {
    const { text, fields } = await launchWrong('replayed');

    await verifyIdToken(demo, fields.id_token ?? '');
    expect(text).to.include('target="first"').and.include('name="first"');
    expect(text).to.include('/assets/continue-twice.js');
  });

  it('sends a token whose time is over', async () => {
    const { fields } = await launchWrong('expired');

    const failed = await verifyIdToken(demo, fields.id_token ?? '').catch(String);

    expect(failed).to.include('jwt expired');
  });

  it('sends a token that another key signed under the name of ours', async () => {
    const { fields } = await launchWrong('other-key');

    const failed = await verifyIdToken(demo, fields.id_token ?? '').catch(String);

    expect(failed).to.include('invalid signature');
  });

  it('sends a token for another tool', async () => {
    const { fields } = await launchWrong('other-audience');

    const failed = await verifyIdToken(demo, fields.id_token ?? '').catch(String);

    expect(failed).to.include('audience invalid');
  });

  it('names a deployment that nobody approved, at login and in the token', async () => {
    const { login, fields } = await launchWrong('unknown-deployment');

    const claims = await verifyIdToken(demo, fields.id_token ?? '');
    expect(login).to.include({ lti_deployment_id: '999' });
    expect(claims).to.include({ [DEPLOYMENT]: '999' });
  });

  it('has the user finish a launch that the LMS itself began with cookies of its own', async () => {
    demo.tool.redirectLogin = (login) => {
      const { lti_message_hint: hint = '' } = login;
      const asked = new URLSearchParams({
        redirect_uri: `${demo.tool.url}/lti/launch`,
        state: 'begun elsewhere',
        nonce: 'n-1',
        lti_message_hint: hint,
      });
      return `${demo.url}/lti/authorize?${asked}`;
    };
    const browser = await signIn(demo, AMARA);

    const page = await browser.get('/courses/1/wrong/other-browser/launch').expect(200);

    const fields = readFields(page.text);
    expect(readAction(page.text)).to.equal(`${demo.tool.url}/lti/launch`);
    expect(fields.state).to.equal('begun elsewhere');
    expect(jwt.decode(fields.id_token ?? '')).to.include({ nonce: 'n-1', sub: AMARA });
  });

  it('says so where the tool does not answer that login', async () => {
    const browser = await signIn(demo, AMARA);

    const page = await browser.get('/courses/1/wrong/other-browser/launch').expect(502);

    expect(page.text).to.include('did not answer the login');
  });
});
