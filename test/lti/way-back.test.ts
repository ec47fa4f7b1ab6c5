// A session that is over: the page that says so names the course and leads back, by a sealed cookie that holds no person.
import { expect } from 'chai';
import { codeOf } from '../support/bad-inputs.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';

const SESSION = '__Host-crosswalk';
const WAY_BACK = '__Host-crosswalk-back';

describe('the way back from a session that is over', () => {
  let app: TestApp;
  let platform: FakePlatform;
  before(async () => {
    [app, platform] = await Promise.all([startApp(), startFakePlatform()]);
  });
  after(() => Promise.all([app.close(), platform.close()]));
  beforeEach(() => connectPlatform(platform));

  const open = async (title: string, agent?: Awaited<ReturnType<typeof launchAs>>['agent']) =>
    launchAs({ tool: app, platform, course: title, ...(agent ? { agent } : {}) });

  it('names the course and links back to the platform', async () => {
    const { agent, course, answer } = await open('Anatomy');
    agent.cookies.delete(SESSION);

    const page = await agent.get(`/progress?course=${course}`);

    expect([page.status, codeOf(page)]).to.deep.equal([401, 'session.missing']);
    expect(page.text).to.include('<strong>Anatomy</strong>').and.include('target="_top"');
    expect(page.text).to.include(`href="${platform.origin}/return"`);
    const line = answer.headers.getSetCookie().find((one) => one.startsWith(`${WAY_BACK}=`));
    for (const part of ['Max-Age=604800', 'HttpOnly', 'Secure', 'SameSite=None', 'Partitioned'])
      expect(line).to.include(part);
  });

  it('prefers the course that the request names, and shows none for a course it does not know', async () => {
    const first = await open('Anatomy');
    const { agent } = await open('Biology', first.agent);
    agent.cookies.delete(SESSION);

    const named = await agent.get(`/progress?course=${first.course}`);
    const newest = await agent.get('/progress');
    const unknown = await agent.get('/progress?course=somewhere-else');

    expect(named.text).to.include('Anatomy').and.not.include('Biology');
    expect(newest.text).to.include('Biology').and.not.include('Anatomy');
    expect(unknown.text).not.to.match(/Anatomy|Biology|target="_top"/);
  });

  for (const [what, change] of [
    ['altered', (sealed: string) => `${sealed.slice(0, -6)}AAAAAA`],
    [
      'forged',
      () => Buffer.from('[{"course":"x","title":"Forged","href":null}]').toString('base64'),
    ],
  ] as const)
    it(`is plain for a cookie that was ${what}`, async () => {
      const { agent } = await open('Anatomy');
      agent.cookies.delete(SESSION);
      agent.cookies.set(WAY_BACK, change(agent.cookies.get(WAY_BACK) ?? ''));

      const page = await agent.get('/progress');

      expect(page.status).to.equal(401);
      expect(page.text).not.to.match(/Anatomy|Forged|target="_top"/);
    });

  it('is forgotten by signing out', async () => {
    const { agent, course } = await open('Anatomy');

    await agent.postForm(`/progress?course=${course}`, {}, { action: '/lti/sign-out' });

    expect(agent.cookies.has(WAY_BACK)).to.equal(false);
  });
});
