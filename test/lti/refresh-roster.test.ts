import { expect } from 'chai';
import mongoose from 'mongoose';
import { findCourse, type Course } from '../../src/lti/course.model.js';
import { listCourseLearners, type Membership } from '../../src/lti/membership.model.js';
import { platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { refreshRoster } from '../../src/lti/refresh-roster.js';
import { listUsers } from '../../src/lti/user.model.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { listOf, openRoster, type FakeMember } from '../support/fake-roster.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { refusal } from '../support/refusal.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership';
const TEST_USER = 'http://purl.imsglobal.org/vocab/lti/system/person#TestUser';

describe('refreshRoster', () => {
  let tool: TestTool;
  let platform: FakePlatform;
  let deployment: string;
  let course: Course;
  beforeEach(async () => {
    platform = await startFakePlatform();
    tool = await startTool();
    deployment = (await connectPlatform(platform)).deployment._id;
    course = await launch('teacher', 'Instructor');
  });
  afterEach(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });

  it('keeps who is enrolled by all pages: short roles, names where shared, staff and test users apart', async () => {
    const book = openRoster(platform, {
      ...listOf([
        { user_id: 1, roles: ['Learner'], name: 'Ana Ruiz' },
        { user_id: '2', roles: [`${MEMBERSHIP}#Learner`] },
        { user_id: '3', roles: ['Instructor'], name: 'Ida' },
        { user_id: '4', roles: ['Learner', TEST_USER] },
        { user_id: '5', roles: ['Learner'], status: 'Inactive' },
        { user_id: '6', roles: ['Learner'], status: 'Deleted' },
        { user_id: '7', roles: [] },
      ]),
      pageSize: 3,
    });

    expect(await refresh()).to.equal(7);

    expect(book.asked).to.have.length(3);
    expect(await listEnrolled()).to.have.members(['1', '2']);
    const rows = await members();
    expect(rows.get('5')).to.include({ rosterStatus: 'Inactive', countsAsLearner: true });
    expect(rows.get('4')).to.include({ countsAsLearner: false });
    expect(rows.get('7')).to.include({ countsAsLearner: false });
    expect(rows.get('1')).to.deep.include({
      source: 'nrps',
      roles: ['Learner'],
      lastLaunchAt: null,
      launchCount: 0,
      listed: true,
    });
    const people = await listUsers({ ids: ['1', '2'].map(userOf) });
    expect(people.map(({ sub, name, email }) => [sub, name, email])).to.have.deep.members([
      ['1', 'Ana Ruiz', null],
      ['2', null, null],
    ]);
  });

  it('leaves roles and names of those who launched: the roster gives no rights', async () => {
    await launch('assistant', 'TeachingAssistant');
    await launch('student', 'Learner');
    openRoster(
      platform,
      listOf([
        { user_id: 'assistant', roles: ['Learner'], name: 'Another name' },
        { user_id: 'student', roles: ['Instructor'] },
      ]),
    );

    await refresh();

    const rows = await members();
    expect(rows.get('assistant')).to.deep.include({
      roles: ['TeachingAssistant'],
      countsAsLearner: false,
      listed: true,
    });
    expect(rows.get('student')).to.deep.include({ roles: ['Learner'], source: 'launch' });
    const [person] = await listUsers({ ids: [userOf('assistant')] });
    expect(person?.name).to.equal('The assistant');
  });

  it('follows roles of those who never launched, and lets a launch decide from then on', async () => {
    const list: FakeMember[] = [{ user_id: 'bo', roles: ['Learner'] }];
    openRoster(platform, listOf(list));
    await refresh();
    list[0] = { user_id: 'bo', roles: ['Instructor'] };
    await refresh();
    const promoted = (await members()).get('bo');
    await launch('bo', 'Learner');
    await refresh();
    const launched = (await members()).get('bo');

    expect(promoted).to.deep.include({ roles: ['Instructor'], countsAsLearner: false });
    expect(launched).to.deep.include({
      roles: ['Learner'],
      countsAsLearner: true,
      listed: true,
      launchCount: 1,
    });
  });

  it('marks who is no longer listed and keeps them, and lists them again when they return', async () => {
    let isHere = true;
    openRoster(platform, {
      size: () => (isHere ? 2 : 1),
      member: (at) => ({ user_id: at === 0 ? 'ana' : 'bo', roles: ['Learner'] }),
    });
    await refresh();
    isHere = false;
    await refresh();
    const gone = (await members()).get('bo');
    isHere = true;
    await refresh();

    expect(gone).to.include({ listed: false, rosterStatus: 'Active' });
    expect(await listEnrolled()).to.have.members(['ana', 'bo']);
  });

  it('marks nobody as gone after a reading that broke off, or an empty one', async () => {
    let size = 4;
    const book = openRoster(platform, {
      size: () => size,
      member: (at) => ({ user_id: `s${at}`, roles: ['Learner'] }),
      pageSize: 2,
    });
    await refresh();
    book.brokenPage = 1;
    const broken = await refusal(refresh());
    book.brokenPage = null;
    size = 0;
    const empty = await refusal(refresh());

    expect([broken.code, empty.code]).to.deep.equal(['lti.service-refused', 'lti.service-answer']);
    expect(await listEnrolled()).to.have.members(['s0', 's1', 's2', 's3']);
  });

  it('counts nobody of a test platform', async () => {
    await connectPlatform(platform, { kind: 'test' });
    openRoster(platform, listOf([{ user_id: 'ana', roles: ['Learner'] }]));

    await refresh();

    expect(await listEnrolled()).to.deep.equal([]);
  });

  it('reads thousands, and writes nothing the second time', async () => {
    openRoster(platform, {
      size: () => 3_000,
      member: (at) => ({ user_id: `s${at}`, roles: ['Learner'], name: `Student ${at}` }),
    });

    const first = await listWrites(refresh);
    const second = await listWrites(refresh);

    expect(first).to.not.deep.equal([]);
    expect(second).to.deep.equal([]);
    expect(await listEnrolled()).to.have.length(3_000);
  });

  async function launch(
    sub: string,
    role: 'Learner' | 'Instructor' | 'TeachingAssistant',
  ): Promise<Course> {
    const user = { sub, name: `The ${sub}` };
    const launched = await launchAs({ tool, platform, role, user });
    const found = await findCourse({ deployment, course: launched.course });
    if (!found) throw new Error('the course is not known');
    return found;
  }

  function refresh(): Promise<number> {
    return refreshRoster({ services: tool.services, course, now: new Date() });
  }

  function userOf(sub: string): string {
    return userRecordId({ platform: platformRecordId(platform), sub });
  }

  /** By the platform's id of the person. */
  async function members(): Promise<Map<string, Membership>> {
    const rows = await mongoose.connection
      .collection<Membership>('memberships')
      .find({ course: course._id })
      .toArray();
    const people = await listUsers({ ids: rows.map(({ user }) => user) });
    const subs = new Map(people.map(({ _id, sub }) => [_id, sub]));
    return new Map(rows.map((row) => [subs.get(row.user) ?? '', row]));
  }

  async function listEnrolled(): Promise<string[]> {
    const { members: page } = await listCourseLearners({
      deployment,
      course: course._id,
      page: { limit: 10_000 },
      rosterAt: new Date(),
    });
    const people = await listUsers({ ids: page.map(({ user }) => user) });
    return people.map(({ sub }) => sub);
  }

  /** Documents that the engine has inserted or changed so far. */
  /** What this process wrote meanwhile; other tests share the engine. */
  async function listWrites(act: () => Promise<unknown>): Promise<string[]> {
    const seen: string[] = [];
    mongoose.set('debug', (collection, method) => void seen.push(`${method} ${collection}`));
    try {
      await act();
    } finally {
      mongoose.set('debug', false);
    }
    return seen.filter((call) => /^(insert|update|replace|bulkWrite|findOneAnd)/.test(call));
  }
});
