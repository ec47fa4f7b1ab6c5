import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/package-root.js';
import { markDatabase, runCli } from '../support/run-cli.js';

const CANVAS = [
  '--issuer=https://canvas.instructure.com',
  '--client-id=10000000000001',
  '--auth-url=https://sso.canvaslms.com/api/lti/authorize_redirect',
  '--token-url=https://sso.canvaslms.com/login/oauth2/token',
  '--jwks-url=https://sso.canvaslms.com/api/lti/security/jwks',
];

describe('the command line', function () {
  this.timeout(60_000);
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

    expect(
      [first.code, second.code, listed.code],
      first.err + second.err + listed.err,
    ).to.deep.equal([0, 0, 0]);
    expect(listed.json()).to.have.length(1);
    expect(listed.json()).to.have.nested.property('[0].name', 'canvas.instructure.com');
    expect(listed.json()).to.have.deep.nested.property('[0].deployments', [
      { deploymentId: '1:a', status: 'approved' },
      { deploymentId: '2:b', status: 'approved' },
    ]);
  });

  it('pauses, resumes and removes a platform by its issuer', async () => {
    await runCli(['platform', 'add', ...CANVAS]);

    const paused = await runCli(['platform', 'pause', 'https://canvas.instructure.com', '--json']);
    const resumed = await runCli([
      'platform',
      'resume',
      'https://canvas.instructure.com',
      '--json',
    ]);
    const removed = await runCli(['platform', 'remove', 'https://canvas.instructure.com']);
    const listed = await runCli(['platform', 'list']);

    expect(paused.json()).to.have.property('status', 'paused');
    expect(resumed.json()).to.have.property('status', 'active');
    expect(removed.code).to.equal(0);
    expect(listed.out).to.contain('No platform is registered yet');
  });

  it('names the option that is wrong, and changes nothing', async () => {
    const refused = await runCli(['platform', 'add', ...CANVAS.slice(0, 4), '--jwks-url=ftp://x']);
    const listed = await runCli(['platform', 'list', '--json']);

    expect(refused.code).to.equal(1);
    expect(refused.err).to.match(/^crosswalk: --jwks-url: /);
    expect(refused.err).not.to.contain('    at ');
    expect(listed.json()).to.deep.equal([]);
  });

  it('imports the published framework and lists its numbers', async () => {
    const file = join(packageRoot(), 'seeds', 'frameworks', 'him-competency-framework.txt');

    const imported = await runCli(['framework', 'import', file, '--as', 'him', '--json']);
    const again = await runCli(['framework', 'import', file, '--as', 'him']);
    const listed = await runCli(['framework', 'list', '--json']);

    expect(imported.code, imported.err).to.equal(0);
    expect(imported.json()).to.include({
      domains: 8,
      subdomains: 25,
      competencies: 75,
      publishedResources: 3516,
    });
    expect(again.out).to.contain('Nothing changed');
    expect(listed.json()).to.have.nested.property('[0].id', 'him');
    expect(listed.json()).to.have.nested.property('[0].liveResources', 0);
  });

  it('imports resources from CSV and lists them', async () => {
    const framework = join(packageRoot(), 'seeds', 'frameworks', 'him-competency-framework.txt');
    const library = join(packageRoot(), 'seeds', 'library', 'resources.json');
    await runCli(['framework', 'import', framework, '--as', 'him']);

    const imported = await runCli(['resource', 'import', library, '--json']);
    const listed = await runCli(['resource', 'list', '--json']);

    expect(imported.code, imported.err).to.equal(0);
    expect(listed.json()).to.be.an('array').with.length.greaterThan(10);
  });

  for (const [title, args, sentence] of [
    [
      'a file that is not there',
      ['framework', 'import', '/no/such/file'],
      'There is no file /no/such/file.',
    ],
    [
      'a folder in place of a file',
      ['resource', 'import', tmpdir()],
      'is a folder; name a file in it.',
    ],
    ['an unknown platform', ['platform', 'pause', 'nobody'], 'There is no platform "nobody".'],
    ['an unknown report', ['report', 'sunshine'], 'There is no report "sunshine".'],
    ['a report without a course', ['report', 'attainment'], 'add --course ID'],
    [
      'an unknown course',
      ['report', 'attainment', '--course', 'x'],
      'There is no course with the id x.',
    ],
  ] as const) {
    it(`says in one sentence what is wrong with ${title}`, async () => {
      const outcome = await runCli([...args]);

      expect(outcome.code).to.equal(1);
      expect(outcome.out).to.equal('');
      expect(outcome.err).to.contain(sentence);
      expect(outcome.err.trim().split('\n')).to.have.length(1);
    });
  }

  it('says which line of a file that is no framework is wrong', async () => {
    const file = join(folder, 'shopping.txt');
    await writeFile(file, 'Milk\nBread\n');

    const outcome = await runCli(['framework', 'import', file, '--json']);

    expect(outcome.code).to.equal(1);
    expect(JSON.parse(outcome.err))
      .to.have.nested.property('error.code')
      .that.matches(/^framework\./);
  });

  it('refuses an unknown setting before anything else', async () => {
    const outcome = await runCli(['platform', 'list'], {
      environment: { CROSSWALK_COLOUR: 'blue' },
    });

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
    await runCli(['platform', 'add', ...CANVAS]);
    const saved = await runCli(['backup', file, '--json']);
    await runCli(['platform', 'remove', 'https://canvas.instructure.com']);
    await runCli(['platform', 'add', ...CANVAS.map((one) => one.replace('10000000000001', '2'))]);

    const refused = await runCli(['restore', file]);
    const restored = await runCli(['restore', file, '--yes']);
    const listed = await runCli(['platform', 'list', '--json']);

    expect(saved.code, saved.err).to.equal(0);
    expect(refused.code).to.equal(1);
    expect(refused.err).to.contain('Add --yes');
    expect(restored.code, restored.err).to.equal(0);
    expect(listed.json()).to.have.length(1);
    expect(listed.json()).to.have.nested.property('[0].clientId', '10000000000001');
  });

  it('never overwrites a backup', async () => {
    const file = join(folder, 'all.backup');
    await writeFile(file, 'precious');

    const outcome = await runCli(['backup', file]);

    expect(outcome.code).to.equal(1);
    expect(outcome.err).to.contain(file);
  });
});
