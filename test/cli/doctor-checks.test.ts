import { expect } from 'chai';
import {
  checkAddress,
  checkClock,
  checkDemo,
  checkDestination,
  checkDisk,
  checkEngine,
  checkKeys,
  checkParked,
  checkPlatforms,
  checkSecret,
  type Check,
} from '../../src/commands/doctor-checks.js';

const GB = 1024 ** 3;
const lrs = {
  name: 'own',
  url: 'http://localhost:3000/xapi',
  status: 200,
  isStopped: false,
  backlog: 0,
  oldestMs: null,
  lastError: null,
};
const development = { url: 'http://localhost:3000', production: false };

describe('the doctor', () => {
  const cases: { title: string; check: Check; state: Check['state']; says: string }[] = [
    {
      title: 'clocks that agree',
      check: checkClock({ skewMs: -900 }),
      state: 'good',
      says: 'agrees',
    },
    {
      title: 'a clock that is ahead',
      check: checkClock({ skewMs: 5_400 }),
      state: 'attention',
      says: '5.4 s ahead of ours',
    },
    {
      title: 'a clock that is minutes behind',
      check: checkClock({ skewMs: -120_000 }),
      state: 'bad',
      says: '120.0 s behind ours',
    },
    {
      title: 'enough disk',
      check: checkDisk({ folder: '/data', freeBytes: 50 * GB }),
      state: 'good',
      says: '51200 MB are free',
    },
    {
      title: 'little disk',
      check: checkDisk({ folder: '/data', freeBytes: GB / 2 }),
      state: 'attention',
      says: '512 MB',
    },
    {
      title: 'a full disk',
      check: checkDisk({ folder: '/data', freeBytes: 1024 }),
      state: 'bad',
      says: '0 MB',
    },
    {
      title: 'a data folder that is not there yet',
      check: checkDisk({ folder: '/data', freeBytes: null }),
      state: 'attention',
      says: 'not known',
    },
    {
      title: 'an address that answers',
      check: checkAddress({ config: development, status: 200 }),
      state: 'good',
      says: 'answers at',
    },
    {
      title: 'an address where nothing runs',
      check: checkAddress({ config: development, status: null }),
      state: 'attention',
      says: 'Nothing answers',
    },
    {
      title: 'an address where something else runs',
      check: checkAddress({ config: development, status: 404 }),
      state: 'attention',
      says: 'status 404',
    },
    {
      title: 'the secret of the data',
      check: checkSecret({ kept: 'abcdef0123', own: 'abcdef0123' }),
      state: 'good',
      says: 'abcdef01',
    },
    {
      title: 'another secret',
      check: checkSecret({ kept: 'ffffffffff', own: 'abcdef0123' }),
      state: 'bad',
      says: 'another secret',
    },
    {
      title: 'keys that sign',
      check: checkKeys({ count: 1, canSign: true }),
      state: 'good',
      says: '1 of our keys',
    },
    {
      title: 'a key that does not open',
      check: checkKeys({ count: 1, canSign: false }),
      state: 'bad',
      says: 'cannot be opened',
    },
    {
      title: 'no platform',
      check: checkPlatforms({ active: 0, waiting: 0 }),
      state: 'attention',
      says: 'nobody can launch',
    },
    {
      title: 'deployments that wait',
      check: checkPlatforms({ active: 1, waiting: 3 }),
      state: 'attention',
      says: '3 deployments wait',
    },
    {
      title: 'a record store that answers',
      check: checkDestination(lrs),
      state: 'good',
      says: 'nothing waits',
    },
    {
      title: 'a record store that asks for a key',
      check: checkDestination({ ...lrs, status: 401 }),
      state: 'good',
      says: 'answers',
    },
    {
      title: 'a record store that is down',
      check: checkDestination({ ...lrs, status: null, backlog: 4 }),
      state: 'bad',
      says: '4 statements wait',
    },
    {
      title: 'a record store that fails',
      check: checkDestination({ ...lrs, status: 503 }),
      state: 'bad',
      says: 'status 503',
    },
    {
      title: 'a record store that is late',
      check: checkDestination({
        ...lrs,
        backlog: 4,
        oldestMs: 3_600_000,
        lastError: 'not allowed',
      }),
      state: 'attention',
      says: '60 minutes. Last error: not allowed',
    },
    {
      title: 'a record store that refused our key',
      check: checkDestination({ ...lrs, isStopped: true, lastError: 'not authorised' }),
      state: 'bad',
      says: 'was stopped: not authorised',
    },
    {
      title: 'parked statements',
      check: checkParked({ parked: 2 }),
      state: 'attention',
      says: '2 statements were refused',
    },
    {
      title: 'the demo in development',
      check: checkDemo({ demo: true, demoPort: 3001, production: false }),
      state: 'good',
      says: 'port 3001',
    },
    {
      title: 'the embedded engine in production',
      check: checkEngine({ kind: 'own-engine', version: '9.0', production: true }),
      state: 'attention',
      says: 'MongoDB 9.0',
    },
    {
      title: 'a server in production',
      check: checkEngine({ kind: 'server', version: '8.0', production: true }),
      state: 'good',
      says: 'MONGODB_URI',
    },
  ];
  for (const { title, check, state, says } of cases) {
    it(`finds ${title}: ${state}`, () => {
      expect(check.state).to.equal(state);
      expect(check.text).to.contain(says);
      expect(check.advice === null).to.equal(state === 'good');
    });
  }
});
