import { expect } from 'chai';
import { finishCourseRead, requestCourseRead } from '../../src/lti/course-read.model.js';
import { recordLaunchedMembership, recordRosterMembers } from '../../src/lti/membership.model.js';
import { readCohort } from '../../src/lti/read-cohort.js';

const place = { deployment: 'd', course: 'c' };
const START = new Date('2026-05-03T08:00:00Z');
const later = (minutes: number) => new Date(START.getTime() + minutes * 60_000);

describe('readCohort', () => {
  it('is whoever launched as a learner where no roster was read', async () => {
    await launch('ana', 1);
    await list('bo', 'cy');

    expect(await readCohort(place)).to.deep.equal({ users: ['ana'], opened: 1, rosterAt: null });
  });

  it('is whom the roster lists, with how many of them launched', async () => {
    await launch('ana', 1);
    await launch('gone', 1);
    await list('ana', 'bo', 'cy');
    await read(10);

    expect(await readCohort(place)).to.deep.equal({
      users: ['ana', 'bo', 'cy'],
      opened: 1,
      rosterAt: later(10),
    });
  });

  it('has those who launched since the roster was read, and none who is inactive', async () => {
    await list('bo');
    await recordRosterMembers({ ...place, members: [member('idle', 'Inactive')] });
    await read(10);
    await launch('new', 11);

    expect((await readCohort(place)).users).to.deep.equal(['bo', 'new']);
  });

  function launch(user: string, minutes: number) {
    return recordLaunchedMembership({
      ...place,
      user,
      roles: ['Learner'],
      roleUris: [],
      testUser: false,
      now: later(minutes),
    });
  }

  function list(...users: string[]) {
    return recordRosterMembers({ ...place, members: users.map((user) => member(user, 'Active')) });
  }

  function member(user: string, status: 'Active' | 'Inactive') {
    return { user, roles: ['Learner' as const], roleUris: ['Learner'], status, testUser: false };
  }

  async function read(minutes: number): Promise<void> {
    const of = { ...place, kind: 'roster' as const };
    await requestCourseRead({ ...of, launchedAt: START, now: START });
    await finishCourseRead({ ...of, startedAt: later(minutes), dueAt: null });
  }
});
