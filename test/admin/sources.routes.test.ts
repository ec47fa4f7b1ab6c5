import { expect } from 'chai';
import { sourcesRoutes } from '../../src/admin/sources.routes.js';
import { addLrsKey } from '../../src/lrs/lrs-keys.js';
import { listSources } from '../../src/sources/evidence-source.model.js';
import { openSourcePassword } from '../../src/sources/evidence-sources.js';
import { countUnmatched, listUnmatched } from '../../src/sources/unmatched-actor.model.js';
import { createAgent, type BrowserAgent } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const SECRET = 'a secret for tests that is long enough for everybody';
const STORE = {
  kind: 'store',
  name: 'Moodle’s LRS',
  endpoint: 'https://lrs.school.example/xapi/',
  key: 'reader',
  password: 'very secret',
  homePages: 'https://moodle.example',
  accountName: 'id-number',
};

describe('the administration of what other tools say', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let deployment: string;
  let admin: BrowserAgent;
  let nudged: string[];

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ now }) => [
        sourcesRoutes({
          config: { secret: SECRET },
          now,
          mayReach: (url) => !url.includes('10.0.0.1'),
          nudge: (job) => nudged.push(job),
        }),
      ],
    });
  });
  beforeEach(async () => {
    nudged = [];
    deployment = (await connectPlatform(fake)).deployment._id;
    admin = (await launch('Administrator')).agent;
  });
  after(() => Promise.all([tool.close(), fake.close()]));

  const launch = (role: 'Administrator' | 'Instructor') =>
    launchAs({ tool, platform: fake, role, user: { sub: role } });
  const page = (more = '') => `/admin/deployments/${deployment}/sources${more}`;
  const add = (fields: Record<string, string> = {}, agent = admin) =>
    agent.postForm(page(), { ...STORE, ...fields }, { action: '/sources' });
  const sources = () => listSources({ deployment });

  it('is closed to strangers and instructors, and shows nothing of another deployment', async () => {
    const { agent } = await launch('Instructor');

    expect((await createAgent(tool.url).get(page())).status).to.equal(401);
    expect((await agent.follow(page())).status).to.equal(403);
    expect((await admin.follow('/admin/deployments/another/sources')).status).to.equal(404);
    expect((await admin.follow(page('/unknown'))).status).to.equal(404);
  });

  it('adds a record store, with its password sealed and shown to nobody', async () => {
    const answer = await add();
    const shown = await admin.follow(answer.location);

    expect(answer.status).to.equal(303);
    expect(answer.location).to.include('notice=source-added');
    const [source] = await sources();
    expect(source).to.deep.include({
      name: 'Moodle’s LRS',
      endpoint: 'https://lrs.school.example/xapi',
      status: 'active',
      rules: {
        accounts: [{ homePage: 'https://moodle.example', name: 'id-number' }],
        mailboxes: false,
      },
    });
    const password = await openSourcePassword({
      deployment,
      source: source?.id ?? '',
      secret: SECRET,
    });
    expect(password).to.equal('very secret');
    expect(shown.text).to.include('https://moodle.example').and.not.include('very secret');
    expect(nudged).to.deep.equal(['poll-sources']);
  });

  for (const { title, fields, says } of [
    { title: 'no name', fields: { name: ' ' }, says: 'Give it a name.' },
    { title: 'no address', fields: { endpoint: 'lrs' }, says: 'Give the whole address' },
    {
      title: 'an address with a password in it',
      fields: { endpoint: 'https://a:b@lrs.example/xapi' },
      says: 'Give the whole address',
    },
    {
      title: 'an address that may not be asked',
      fields: { endpoint: 'https://10.0.0.1/xapi' },
      says: 'may not ask at this address',
    },
    { title: 'no secret', fields: { password: '' }, says: 'Give the secret.' },
    { title: 'a home page that is none', fields: { homePages: 'moodle' }, says: 'one a line' },
    { title: 'another sort of name', fields: { accountName: 'email' }, says: 'Choose what' },
  ])
    it(`refuses ${title}, says so and keeps what was typed`, async () => {
      const answer = await add(fields);

      expect(answer.status).to.equal(400);
      expect(answer.text).to.include(says).and.to.include('reader');
      expect(answer.text).not.to.include('very secret');
      expect(await sources()).to.deep.equal([]);
    });

  it('changes whose actors they are, and has those that were nobody tried again', async () => {
    await add();
    const [source] = await sources();
    const id = source?.id ?? '';
    const agentKey = JSON.stringify(['account', 'https://h5p.example', '<b>4711</b>']);
    const at = new Date();
    await countUnmatched({ deployment, source: id, seen: [{ agentKey, position: 1, at }] });
    const shown = await admin.follow(page(`/${id}`));

    const answer = await admin.postForm(
      page(`/${id}`),
      { homePages: 'https://h5p.example\n\nhttps://moodle.example', mailboxes: 'yes' },
      { action: '/actors' },
    );

    expect(shown.text).to.include('1 actor of 1 statement').and.to.include('&lt;b&gt;4711');
    expect(answer.location).to.include('notice=saved');
    expect((await sources())[0]?.rules).to.deep.equal({
      accounts: ['https://h5p.example', 'https://moodle.example'].map((homePage) => ({
        homePage,
        name: 'id-number',
      })),
      mailboxes: true,
    });
    expect((await listUnmatched({ deployment, source: id, limit: 1 })).total).to.equal(1);
    expect(nudged).to.include('match-actors');
  });

  it('pauses and resumes', async () => {
    await add();
    const id = (await sources())[0]?.id ?? '';

    await admin.postForm(page(`/${id}`), {}, { action: '/status' });
    const paused = (await sources())[0]?.status;
    await admin.postForm(page(`/${id}`), {}, { action: '/status' });

    expect([paused, (await sources())[0]?.status]).to.deep.equal(['paused', 'active']);
  });

  it('lets the operator alone count what a key of this record store writes', async () => {
    const made = await addLrsKey({ name: 'H5P', scopes: ['all'], now: new Date() });
    const operator = await signInAsOperator(tool);
    const fields = { kind: 'key', name: 'H5P', key: made.key };

    const refused = await add(fields);
    const unknown = await operator.postForm(
      page(),
      { ...fields, kind: 'key', key: 'lrs_none' },
      { action: '/sources' },
    );
    const answer = await operator.postForm(page(), fields, { action: '/sources' });

    expect(refused.status).to.equal(403);
    expect(unknown.status).to.equal(400);
    expect(answer.status).to.equal(303);
    expect(await sources()).to.have.length(1);
    expect((await sources())[0]).to.include({ endpoint: null, key: made.key });
  });
});
