import { expect } from 'chai';
import { decideEngineRun, type EnginePlatform } from '../../src/db/engine-platform.js';
import { refusal } from '../support/refusal.js';

const runs: { title: string; machine: EnginePlatform; run: 'own' | 'loader' }[] = [
  { title: 'Debian 13', machine: { platform: 'linux', arch: 'x64', glibc: '2.41' }, run: 'own' },
  {
    title: 'Ubuntu 24.04 on arm64',
    machine: { platform: 'linux', arch: 'arm64', glibc: '2.39' },
    run: 'own',
  },
  {
    title: 'the oldest that is new enough',
    machine: { platform: 'linux', arch: 'x64', glibc: '2.38' },
    run: 'own',
  },
  { title: 'Debian 12', machine: { platform: 'linux', arch: 'x64', glibc: '2.36' }, run: 'loader' },
  { title: 'a Mac', machine: { platform: 'darwin', arch: 'arm64', glibc: undefined }, run: 'own' },
];
const unsupported: { title: string; machine: EnginePlatform; named: string }[] = [
  {
    title: 'Windows',
    machine: { platform: 'win32', arch: 'x64', glibc: undefined },
    named: 'win32 x64',
  },
  {
    title: 'an older Mac',
    machine: { platform: 'darwin', arch: 'x64', glibc: undefined },
    named: 'darwin x64',
  },
  {
    title: 'Alpine, whose C library is another',
    machine: { platform: 'linux', arch: 'x64', glibc: undefined },
    named: 'linux x64 with a C library other than glibc',
  },
];

describe('decideEngineRun', () => {
  for (const { title, machine, run } of runs) {
    it(`runs on ${title} ${run === 'own' ? 'as it is' : 'through a newer loader'}`, () => {
      expect(decideEngineRun(machine)).to.equal(run);
    });
  }
  for (const { title, machine, named } of unsupported) {
    it(`refuses ${title}`, async () => {
      const error = await refusal(Promise.resolve(machine).then(decideEngineRun));

      expect(error.code).to.equal('engine.unsupported-platform');
      expect(error.values).to.deep.equal({ machine: named });
    });
  }
});
