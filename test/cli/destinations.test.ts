import { expect } from 'chai';
import { OWN_DESTINATION } from '../../src/outbox/destination.model.js';
import { startFakeLrs, type FakeLrs } from '../outbox/fake-lrs.js';
import { markDatabase, runCli } from '../support/run-cli.js';

describe('destination', function () {
  this.timeout(60_000);
  let lrs: FakeLrs;

  before(async () => {
    lrs = await startFakeLrs();
  });
  after(() => lrs.close());
  beforeEach(markDatabase);

  const run = (...args: string[]) =>
    runCli(['destination', ...args], {
      environment: { CROSSWALK_PRIVATE_HOSTS: '127.0.0.1:*' },
    });

  it('adds a record store paused, and tries it step by step', async () => {
    const added = await run(
      ...['add', '--name=State', `--endpoint=${lrs.endpoint}`, `--key=${lrs.key}`],
      ...[`--password=${lrs.password}`, '--json'],
    );
    const { id } = added.json() as { id: string };

    const good = await run('test', id);
    lrs.trick = () => ({ status: 403, body: 'not you' });
    const bad = await run('test', id);
    lrs.trick = () => null;

    expect(added.json()).to.deep.include({ name: 'State', version: '1.0.3', status: 'paused' });
    expect([good.code, bad.code], good.err).to.deep.equal([0, 1]);
    expect(good.out).to.contain('good      Writing: The key may store statements.');
    expect(bad.err).to.contain(
      'It does not take key and password (status 403). It says: “not you”',
    );
  });

  it('changes what is named, resumes, lists without keys, and removes', async () => {
    const added = await run(
      ...['add', '--name=State', `--endpoint=${lrs.endpoint}`, '--key=secret-key', '--password=p'],
      '--json',
    );
    const { id } = added.json() as { id: string };

    const changed = await run('set', id, '--xapi=2.0.0', '--gzip=on');
    const resumed = await run('resume', id);
    const listed = await run('list', '--json');
    const removed = await run('remove', id);

    const codes = [changed, resumed, removed].map(({ code }) => code);
    expect(codes, changed.err + resumed.err + removed.err).to.deep.equal([0, 0, 0]);
    expect(listed.out).to.not.contain('secret-key');
    expect((listed.json() as object[])[0]).to.deep.include({
      id,
      status: 'active',
      version: '2.0.0',
      gzip: true,
      onTheWay: 0,
      parked: 0,
    });
  });

  it('says what is wrong with what was typed, and what is not there', async () => {
    const wrong = await run('add', '--name=', '--endpoint=http://10.0.0.1/xapi', '--xapi=0.9');
    const nobody = await run('retry', OWN_DESTINATION);

    expect(wrong.err).to.contain('name: Give a name').and.contain('version: Choose 1.0.3');
    expect(wrong.err).to.contain('endpoint: This address may not be asked');
    expect(nobody.err).to.contain('There is no LRS destination "own"');
  });
});
