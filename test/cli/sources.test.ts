import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { listSources } from '../../src/sources/evidence-source.model.js';
import { connectSchool } from '../privacy/erase-world.js';
import { markDatabase, runCli } from '../support/run-cli.js';

describe('crosswalk source', function () {
  this.timeout(120_000);

  it('adds a record store with the secret of a file, lists it without, pauses and resumes it', async () => {
    await markDatabase();
    const { deployment } = await connectSchool();
    const file = join(await mkdtemp(join(tmpdir(), 'source-')), 'secret');
    await writeFile(file, 'very secret\n');

    const added = await runCli([
      ...['source', 'add', '--deployment', deployment, '--name', 'Moodle', '--key', 'reader'],
      ...['--endpoint', 'https://lrs.example/xapi', '--password-file', file],
      ...['--home-page', 'https://moodle.example', '--account-name', 'id-number', '--json'],
    ]);
    const [source] = await listSources({ deployment });
    const id = source?.id ?? '';
    const listed = await runCli(['source', 'list', '--json']);
    await runCli(['source', 'pause', id, '--deployment', deployment]);

    expect(added.json()).to.deep.equal({ source: id });
    expect(source?.rules.accounts).to.deep.equal([
      { homePage: 'https://moodle.example', name: 'id-number' },
    ]);
    expect(listed.json()).to.have.nested.property('sources[0].name', 'Moodle');
    expect(JSON.stringify(listed.json())).not.to.include('very secret').and.not.to.include('seal');
    expect((await listSources({ deployment }))[0]?.status).to.equal('paused');
  });

  it('says what is wrong, and adds nothing', async () => {
    await markDatabase();
    const { deployment } = await connectSchool();
    const args = ['source', 'add', '--name', 'M', '--key', 'k', '--endpoint', 'https://l.example'];

    const noFile = await runCli([...args, '--deployment', deployment, '--password-file', '/no']);
    const noPlace = await runCli([
      ...args,
      '--deployment',
      'x',
      '--password-file',
      '/etc/hostname',
    ]);

    expect([noFile.code, noPlace.code]).not.to.include(0);
    expect(await listSources({})).to.deep.equal([]);
  });
});
