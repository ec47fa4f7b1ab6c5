import { expect } from 'chai';
import { prepareStatements } from '../../src/lrs/prepare-statements.js';
import { storeStatements } from '../../src/lrs/store-statements.js';
import { agentKey } from '../../src/xapi/actor.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { markDatabase, runCli } from '../support/run-cli.js';
import { createReportWorld } from '../reports/report-world.js';
import { startFakePlatform } from '../support/fake-platform.js';
import { startTool } from '../support/start-tool.js';
import { DEFAULT_LIMITS } from '../lrs/lrs-app.js';

const authority = { account: { homePage: 'https://tool.example/xapi', name: 'test' } };

async function store(
  statements: { verb: string; activity: string; at: Date }[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const { verb, activity, at } of statements) {
    const body = {
      actor: { account: { homePage: 'https://tool.example/learners', name: 'a1' } },
      verb: { id: verb },
      object: { id: activity },
    };
    const caller = { authority, authorityKey: agentKey(authority) };
    const prepared = prepareStatements({
      body: Buffer.from(JSON.stringify(body)),
      version: '1.0.3',
      caller,
      limits: DEFAULT_LIMITS,
      statementId: null,
    });
    ids.push(...(await storeStatements({ prepared, now: at })));
  }
  return ids;
}

function readLines(text: string): { id: string }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: string });
}

describe('statement export', function () {
  this.timeout(60_000);
  beforeEach(markDatabase);

  it('writes one statement a line, in the order they were stored', async () => {
    const at = new Date();
    const ids = await store([
      { verb: VERBS.launched, activity: 'https://tool.example/a/1', at },
      { verb: VERBS.completed, activity: 'https://tool.example/a/2', at },
    ]);

    const outcome = await runCli(['statement', 'export']);

    expect(outcome.code, outcome.err).to.equal(0);
    expect(readLines(outcome.out).map(({ id }) => id)).to.deep.equal(ids);
    expect(outcome.err).to.contain('2 statements');
  });

  it('takes those of a verb and an activity alone', async () => {
    const at = new Date();
    const ids = await store([
      { verb: VERBS.launched, activity: 'https://tool.example/a/1', at },
      { verb: VERBS.completed, activity: 'https://tool.example/a/1', at },
      { verb: VERBS.completed, activity: 'https://tool.example/a/2', at },
    ]);

    const outcome = await runCli([
      'statement',
      'export',
      '--verb=completed',
      '--activity=https://tool.example/a/1',
    ]);

    expect(readLines(outcome.out).map(({ id }) => id)).to.deep.equal([ids[1]]);
  });

  it('writes nothing for a time in which nothing was stored', async () => {
    await store([{ verb: VERBS.launched, activity: 'https://tool.example/a/1', at: new Date() }]);

    const outcome = await runCli(['statement', 'export', '--until', '2020-01-01']);

    expect(outcome.code, outcome.err).to.equal(0);
    expect(outcome.out).to.equal('');
  });
});

describe('lrs-key', function () {
  this.timeout(60_000);
  beforeEach(markDatabase);

  it('shows a new secret once, lists the key without it, and revokes it', async () => {
    const made = await runCli([
      'lrs-key',
      'add',
      '--name=Simulator',
      '--scope=statements/write,statements/read/mine',
      '--json',
    ]);
    const { key, secret } = made.json() as { key: string; secret: string };
    const revoked = await runCli(['lrs-key', 'revoke', key]);
    const listed = await runCli(['lrs-key', 'list', '--json']);

    expect(revoked.code, revoked.err).to.equal(0);
    expect(listed.out).not.to.contain(secret);
    expect(listed.json()).to.have.nested.property('[0].name', 'Simulator');
    expect(listed.json()).to.have.deep.nested.property('[0].scopes', [
      'statements/write',
      'statements/read/mine',
    ]);
    expect(listed.json()).to.have.nested.property('[0].revokedAt').that.is.a('string');
  });

  it('changes the terms that are named, and keeps the others', async () => {
    const made = await runCli([
      ...['lrs-key', 'add', '--name=Player', '--scope=all', '--origin=https://a.example'],
      ...['--requests-per-minute=60', '--json'],
    ]);
    const { key } = made.json() as { key: string };

    const changed = await runCli([
      ...['lrs-key', 'set', key, '--last-day=2030-01-31', '--requests-per-minute=', '--json'],
    ]);

    expect(changed.json()).to.deep.equal({
      key,
      origins: ['https://a.example'],
      expiresAt: '2030-02-01T00:00:00.000Z',
      requestsPerMinute: null,
      statementsPerDay: null,
    });
  });

  it('says what can be changed, and what is wrong with it', async () => {
    const nothing = await runCli(['lrs-key', 'set', 'lrs_some']);
    const wrong = await runCli(['lrs-key', 'add', '--name=a', '--scope=all', '--origin=*']);

    expect([nothing.code, wrong.code]).to.deep.equal([1, 1]);
    expect(nothing.err).to.contain('--last-day');
    expect(wrong.err).to.contain('origins: Give whole origins');
  });

  it('gives another secret and says until when the former one is good', async () => {
    const made = await runCli(['lrs-key', 'add', '--name=Player', '--scope=all', '--json']);
    const { key, secret } = made.json() as { key: string; secret: string };

    const rotated = await runCli(['lrs-key', 'rotate', key, '--overlap-hours=48', '--json']);
    const ended = await runCli(['lrs-key', 'rotate', key, '--overlap-hours=0']);

    expect(rotated.json()).to.have.property('secret').that.is.not.equal(secret);
    expect(rotated.json()).to.have.property('previousUntil').that.is.a('string');
    expect(ended.out).to.contain('The former secret is refused from now on.');
  });

  it('needs a scope, and a known one', async () => {
    const none = await runCli(['lrs-key', 'add', '--name=Simulator']);
    const unknown = await runCli(['lrs-key', 'add', '--name=Simulator', '--scope=everything']);

    expect(none.code).to.equal(1);
    expect(none.err).to.contain("'--scope <scope>' not specified");
    expect(unknown.code).to.equal(1);
    expect(unknown.err).to.contain('scopes: Choose at least one right');
  });
});

describe('report', function () {
  this.timeout(60_000);

  it('writes the attainment of a course as CSV, people in none of it', async () => {
    const [fake, tool] = await Promise.all([startFakePlatform(), startTool()]);
    await markDatabase();
    const { course } = await createReportWorld({ tool, fake, stored: new Map() });

    const listed = await runCli(['report', 'list', '--json']);
    const written = await runCli(['report', 'attainment', '--course', course]);
    await Promise.all([fake.close(), tool.close()]);

    expect(listed.json()).to.have.nested.property('courses[0].id', course);
    expect(written.code, written.err).to.equal(0);
    expect(written.out.split('\r\n')[1]).to.match(
      /^Health Data 101,Small \(SMALL\) Competency Framework,Domain one,Subdomain A,[^,]+,,Do the first thing \(with care\)\.,Coding quiz \(reinforced\),3,3,2,1,/,
    );
    expect(written.out).not.to.match(/Ana|Bo Lind/);
  });
});

describe('doctor', function () {
  this.timeout(60_000);

  it('finds nothing broken on a good database, and says what is missing', async () => {
    await markDatabase();

    const outcome = await runCli(['doctor', '--json']);

    const checks = outcome.json() as { name: string; state: string }[];
    expect(outcome.code, outcome.out).to.equal(0);
    expect(checks.map(({ name, state }) => `${name} ${state}`)).to.include.members([
      'database good',
      'clock good',
      'secret good',
      'keys good',
      'platforms attention',
      'address attention',
      'demo good',
    ]);
  });

  it('says that the database does not answer, checks the rest, and fails', async () => {
    const environment = { MONGODB_URI: 'mongodb://anna:pa55word@127.0.0.1:4349/' };

    const outcome = await runCli(['doctor'], { environment });

    expect(outcome.code).to.equal(1);
    expect(outcome.out).to.match(
      /^BROKEN {2}database: mongodb:\/\/127\.0\.0\.1:4349 does not answer/,
    );
    expect(outcome.out).to.contain('demo: The demo LMS is off.');
    expect(outcome.out + outcome.err).not.to.contain('pa55word');
  });

  it('names a secret that does not fit the data', async () => {
    await markDatabase();
    await runCli(['platform', 'list']);

    const outcome = await runCli(['doctor'], {
      environment: { CROSSWALK_SECRET: 'quite another secret, also long enough' },
    });

    expect(outcome.code).to.equal(1);
    expect(outcome.out).to.contain('another CROSSWALK_SECRET');
  });
});
