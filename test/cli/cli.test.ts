import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { listDeployments } from '../../src/lti/deployment.model.js';
import { hashSecret } from '../../src/lti/cookies.js';
import { findInvitation } from '../../src/lti/invitation.model.js';
import { addPlatform } from '../../src/lti/manage-platforms.js';
import { listPlatforms } from '../../src/lti/platform.model.js';
import { findUser, recordUser } from '../../src/lti/user.model.js';
import { packageRoot } from '../../src/package-root.js';
import { markDatabase, runCli, runCliHere } from '../support/run-cli.js';

const ISSUER = 'https://canvas.instructure.com';
const AUTHORIZATION_URL = 'https://sso.canvaslms.com/api/lti/authorize_redirect';
const TOKEN_URL = 'https://sso.canvaslms.com/login/oauth2/token';
const JWKS_URL = 'https://sso.canvaslms.com/api/lti/security/jwks';
const CANVAS = [
  `--issuer=${ISSUER}`,
  '--client-id=10000000000001',
  `--auth-url=${AUTHORIZATION_URL}`,
  `--token-url=${TOKEN_URL}`,
  `--jwks-url=${JWKS_URL}`,
];
const FRAMEWORK_FILE = join(packageRoot(), 'seeds', 'frameworks', 'him-competency-framework.txt');

async function registerCanvas(clientId = '10000000000001'): Promise<void> {
  await addPlatform(
    {
      name: 'Canvas',
      issuer: ISSUER,
      clientId,
      authorizationUrl: AUTHORIZATION_URL,
      tokenUrl: TOKEN_URL,
      jwksUrl: JWKS_URL,
    },
    { now: new Date(), mayReach: () => true },
  );
}

describe('the command line', function () {
  this.timeout(90_000);
  let folder: string;

  beforeEach(async () => {
    await markDatabase();
    folder = await mkdtemp(join(tmpdir(), 'crosswalk-cli-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('registers a platform, adds a second deployment to it, and lists both', async () => {
    const first = await runCli(['platform', 'add', ...CANVAS, '--deployment-id=1:a', '--json']);
    const second = await runCli(['platform', 'add', ...CANVAS, '--deployment-id=2:b']);
    const listed = await runCli(['platform', 'list', '--json']);

    expect([first.code, second.code, listed.code], first.err + second.err).to.deep.equal([0, 0, 0]);
    expect(listed.json()).to.have.length(1);
    expect(listed.json()).to.have.nested.property('[0].name', 'canvas.instructure.com');
    expect(listed.json()).to.have.deep.nested.property('[0].deployments', [
      { deploymentId: '1:a', status: 'approved' },
      { deploymentId: '2:b', status: 'approved' },
    ]);
  });

  it('invites a platform: prints the address once and stores its choices', async () => {
    const made = await runCli([
      'platform',
      'invite',
      '--name=Our Moodle',
      '--accept-deployments',
      '--kind=test',
      '--hours=2',
      '--json',
    ]);

    const { address } = z.object({ address: z.string() }).parse(made.json());
    const secret = /\/lti\/register\/([\w-]{43})$/.exec(address)?.[1] ?? '';
    expect(await findInvitation({ invitation: hashSecret(secret) })).to.include({
      name: 'Our Moodle',
      kind: 'test',
      unknownDeployments: 'approve',
      shareNames: false,
    });
  });

  it("empties a test platform's data and refuses the school's platform", async () => {
    const ofBeta = ['--issuer=https://canvas.beta.instructure.com', '--client-id=7'];
    for (const issuer of ['https://canvas.beta.instructure.com', ISSUER]) {
      const { platform } = await addPlatform(
        {
          name: 'Canvas',
          issuer,
          clientId: '7',
          authorizationUrl: 'https://sso.canvaslms.com/x',
          tokenUrl: 'https://sso.canvaslms.com/x',
          jwksUrl: 'https://sso.canvaslms.com/x',
        },
        { now: new Date(), mayReach: () => true },
      );
      const user = { user: `user of ${issuer}`, platform: platform._id, sub: 'ana' };
      const facts = { name: 'Ana', email: null, sisId: null, lmsId: null, testUser: false };
      await recordUser({ ...user, facts, now: new Date() });
    }

    const emptied = await runCli(['platform', 'empty-test-data', ...ofBeta, '--json']);
    const refused = await runCli([
      'platform',
      'empty-test-data',
      `--issuer=${ISSUER}`,
      '--client-id=7',
    ]);

    expect(emptied.json()).to.deep.equal({ platform: 'Canvas', rows: { users: 1 } });
    expect(refused.code).to.equal(1);
    expect(refused.err).to.contain('Canvas is registered as production');
    expect(await findUser({ user: `user of ${ISSUER}` })).to.have.property('name', 'Ana');
  });

  it('pauses, resumes and removes a platform by its issuer', async () => {
    await registerCanvas();

    const paused = await runCli(['platform', 'pause', ISSUER, '--json']);
    const resumed = await runCli(['platform', 'resume', ISSUER, '--json']);
    const removed = await runCli(['platform', 'remove', ISSUER]);

    expect(paused.json()).to.have.property('status', 'paused');
    expect(resumed.json()).to.have.property('status', 'active');
    expect(removed.out).to.contain('Platform Canvas is removed.');
    expect([await listPlatforms(), await listDeployments()]).to.deep.equal([[], []]);
  });

  it('names the option that is wrong, and changes nothing', async () => {
    const refused = await runCli(['platform', 'add', ...CANVAS.slice(0, 4), '--jwks-url=ftp://x']);

    expect(refused.code).to.equal(1);
    expect(refused.err).to.match(/^crosswalk: --jwks-url: /);
    expect(refused.err).not.to.contain('    at ');
    expect(await listPlatforms()).to.deep.equal([]);
  });

  it('imports the published framework and lists its numbers', async () => {
    const imported = await runCli([
      ...['framework', 'import', FRAMEWORK_FILE, '--as', 'him', '--json'],
    ]);
    const listed = await runCli(['framework', 'list', '--json']);

    expect(imported.code, imported.err).to.equal(0);
    expect(imported.json()).to.include({
      domains: 8,
      subdomains: 25,
      competencies: 75,
      publishedResources: 3516,
    });
    expect(listed.json()).to.have.nested.property('[0].id', 'him');
    expect(listed.json()).to.have.nested.property('[0].liveResources', 0);
  });

  it('imports resources and lists them', async () => {
    await importFramework({
      text: await readFile(FRAMEWORK_FILE),
      format: 'him-page',
      framework: 'him',
      now: new Date(),
      url: 'http://localhost:4330',
    });
    const library = join(packageRoot(), 'seeds', 'library', 'resources.json');

    const imported = await runCli(['resource', 'import', library, '--json']);
    const listed = await runCli(['resource', 'list']);

    expect(imported.code, imported.err).to.equal(0);
    expect(imported.json()).to.have.property('created').greaterThan(100);
    expect(listed.out.split('\n').length).to.be.greaterThan(100);
    expect(listed.out).to.match(/^title +kind +state +competencies +address\n/);
  });

  for (const [title, args, sentence] of [
    ['a file that is not there', ['framework', 'import', '/no/such/file'], 'There is no file /no'],
    ['a folder in place of a file', ['resource', 'import', tmpdir()], 'is a folder; name a file'],
    ['an unknown report', ['report', 'sunshine'], 'There is no report "sunshine".'],
    ['a report without a course', ['report', 'attainment'], 'add --course ID'],
    ['what is no time', ['statement', 'export', '--since', 'soon'], '--since is "soon"'],
    ['half a time', ['statement', 'export', '--until', '2026-13-01'], '--until is "2026-13-01"'],
  ] as const) {
    it(`says in one sentence what is wrong with ${title}`, async () => {
      const outcome = await runCliHere([...args]);

      expect(outcome.code).to.equal(1);
      expect(outcome.out).to.equal('');
      expect(outcome.err).to.contain(sentence);
      expect(outcome.err.trim().split('\n')).to.have.length(1);
    });
  }

  it('says what is wrong as JSON where JSON is asked for', async () => {
    const outcome = await runCliHere(['framework', 'import', '/no/such/file', '--json']);

    expect(JSON.parse(outcome.err)).to.deep.equal({
      error: { code: 'cli.no-such-file', text: 'There is no file /no/such/file.' },
    });
  });

  for (const [title, args, sentence] of [
    ['an unknown platform', ['platform', 'pause', 'nobody'], 'There is no platform "nobody".'],
    [
      'an unknown course',
      ['report', 'attainment', '--course', 'x'],
      'There is no course with the id x.',
    ],
  ] as const) {
    it(`says in one sentence that it knows no such thing as ${title}`, async () => {
      const outcome = await runCli([...args]);

      expect([outcome.code, outcome.out]).to.deep.equal([1, '']);
      expect(outcome.err).to.contain(sentence);
      expect(outcome.err.trim().split('\n')).to.have.length(1);
    });
  }

  it('says which line of a file that is no framework is wrong', async () => {
    const file = join(folder, 'shopping.txt');
    await writeFile(file, 'Milk\nBread\n');

    const outcome = await runCli(['framework', 'import', file]);

    expect(outcome.code).to.equal(1);
    expect(outcome.err).to.match(/line \d/i);
  });

  it('refuses an unknown setting before anything else', async () => {
    const environment = { CROSSWALK_COLOUR: 'blue' };

    const outcome = await runCli(['platform', 'list'], { environment });

    expect(outcome.code).to.equal(1);
    expect(outcome.err).to.contain('CROSSWALK_COLOUR is not a setting');
  });

  it('prints a link that opens the administration pages', async () => {
    const outcome = await runCli(['operator-link', '--json']);

    expect(outcome.json())
      .to.have.property('address')
      .that.matches(/^http:\/\/localhost:4330\/operator\/[\w-]{20,}$/);
  });

  it('backs up, and restores onto data only when told to lose them', async () => {
    const file = join(folder, 'all.backup');
    await registerCanvas('1');
    const saved = await runCli(['backup', file, '--json']);
    await registerCanvas('2');

    const refused = await runCli(['restore', file]);
    const kept = await listPlatforms();
    const restored = await runCli(['restore', file, '--yes']);

    expect(saved.code, saved.err).to.equal(0);
    expect(refused.code).to.equal(1);
    expect(refused.err).to.contain('Add --yes');
    expect(kept).to.have.length(2);
    expect(restored.code, restored.err).to.equal(0);
    expect((await listPlatforms()).map(({ clientId }) => clientId)).to.deep.equal(['1']);
  });

  it('never overwrites a backup', async () => {
    const file = join(folder, 'all.backup');
    await writeFile(file, 'precious');

    const outcome = await runCli(['backup', file]);

    expect(outcome.code).to.equal(1);
    expect(outcome.err).to.contain(file);
    expect(await readFile(file, 'utf8')).to.equal('precious');
  });
});
