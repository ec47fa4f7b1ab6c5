import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { prepareLoader } from '../../src/db/loader-library.js';
import { refusal } from '../support/refusal.js';

describe('prepareLoader', () => {
  let loaderFolder: string;

  beforeEach(async () => {
    loaderFolder = await mkdtemp(join(tmpdir(), 'crosswalk-loader-'));
  });

  afterEach(async () => {
    await rm(loaderFolder, { recursive: true });
  });

  it('fetches nothing where that is forbidden, and says which C library was found', async () => {
    const announced: string[] = [];

    const error = await refusal(
      prepareLoader({
        loaderFolder,
        allowDownload: false,
        glibc: '2.36',
        announce: (line) => announced.push(line),
      }),
    );

    expect(error.code).to.equal('engine.loader-forbidden');
    expect(error.values).to.deep.equal({ glibc: '2.36' });
    expect(announced).to.deep.equal([]);
    expect(await readdir(loaderFolder)).to.deep.equal([]);
  });

  it('uses what an earlier start fetched, without a word', async () => {
    const announced: string[] = [];
    const [architecture, triplet, loader] =
      process.arch === 'arm64'
        ? ['arm64', 'aarch64-linux-gnu', 'ld-linux-aarch64.so.1']
        : ['amd64', 'x86_64-linux-gnu', 'ld-linux-x86-64.so.2'];
    const kept = join(loaderFolder, `libc6-trixie-${architecture}`, 'usr', 'lib', triplet, loader);
    await mkdir(dirname(kept), { recursive: true });
    await writeFile(kept, '');

    const command = await prepareLoader({
      loaderFolder,
      allowDownload: false,
      glibc: '2.36',
      announce: (line) => announced.push(line),
    });

    expect(command).to.deep.equal([
      kept,
      '--library-path',
      `${dirname(kept)}:/usr/lib/${triplet}:/lib/${triplet}`,
      process.execPath,
    ]);
    expect(announced).to.deep.equal([]);
  });
});
