// Connecting a platform, end to end over HTTP: an invitation pasted into the demo LMS, both as a platform by the standard and
// as Moodle, the confirmation, and a launch through what came of it.
import { expect } from 'chai';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { listPlatforms } from '../../src/lti/platform.model.js';
import { createAgent, type Answer } from '../support/browser-agent.js';
import { invite, readSecret } from '../support/invite.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { readFields, signIn, startDemo, type RunningDemo } from '../demo/start-demo.js';

const [LEARNER, ADMINISTRATOR] = ['11', '41'];

describe('connecting a platform by invitation', function () {
  this.timeout(30_000);
  let app: TestApp;
  let demo: RunningDemo;

  beforeEach(async () => {
    [app, demo] = await Promise.all([startApp(), startDemo()]);
  });
  afterEach(() => Promise.all([app.close(), demo.stop()]));

  /** The administrator pastes the invitation, and confirms in the frame that opens. */
  async function connect(mode: 'standard' | 'moodle', path: string): Promise<Answer> {
    const browser = await signIn(demo, ADMINISTRATOR);
    const form = { url: `${app.url}${path}`, mode, renews: '' };
    const begun = await browser.post('/tools/register').type('form').send(form);
    const { text } = await browser.get(begun.headers['location'] ?? '');
    const src = /<iframe[^>]* src="([^"]*)"/.exec(text)?.[1] ?? '';
    const agent = createAgent(app.url);
    const page = await agent.get(src.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    return agent.post(path, { secret: readSecret(page) });
  }

  /** A learner opens the first activity with the tool of this client id. */
  async function launch(tool: string): Promise<Answer> {
    const administrator = await signIn(demo, ADMINISTRATOR);
    await administrator.post('/tools/activate').type('form').send({ tool });
    await administrator.post('/courses/1/tool').type('form').send({ tool }).expect(303);
    const browser = await signIn(demo, LEARNER);
    const login = readFields((await browser.get('/activities/3/launch').expect(200)).text);
    const agent = createAgent(app.url);
    let answer = await agent.post('/lti/login', login, { headers: { origin: demo.url } });
    for (let hops = 0; hops < 3 && answer.location.startsWith('/'); hops += 1)
      answer = await agent.get(answer.location);
    const asked = new URL(answer.location);
    const authorized = await browser.get(`${asked.pathname}${asked.search}`);
    const fields = readFields(authorized.text);
    const launched = await agent.post('/lti/launch', fields, { headers: { origin: demo.url } });
    return launched.status === 303 ? agent.follow(launched.location) : launched;
  }

  for (const mode of ['standard', 'moodle'] as const)
    it(`lets people in from a platform ${mode === 'moodle' ? 'like Moodle' : 'by the standard'}, without their names`, async () => {
      const { path } = await invite(app, { name: 'The school', unknownDeployments: 'approve' });

      const connected = await connect(mode, path);
      const [platform] = await listPlatforms();
      const page = await launch(platform?.clientId ?? '');

      expect(connected.status, connected.text).to.equal(200);
      expect(platform).to.include({ name: 'The school', issuer: demo.url });
      expect((await listDeployments()).map(({ status }) => status)).to.deep.equal(['approved']);
      expect(page.status, page.text).to.equal(200);
      expect(page.text).to.match(/Learner [0-9A-Z]{4,}/);
    });
});
