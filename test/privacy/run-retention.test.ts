import { expect } from 'chai';
import '../../src/app.js';
import '../../src/jobs.js';
import { recordScoreDelivery } from '../../src/activities/score-delivery.model.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { insertFile } from '../../src/files/stored-file.model.js';
import { recordCourse } from '../../src/lti/course.model.js';
import { findCourseRead, requestCourseRead } from '../../src/lti/course-read.model.js';
import { findUser } from '../../src/lti/user.model.js';
import { listStatements } from '../../src/lrs/statement-feed.js';
import { listDoneEmptyings, listOpenEmptyings } from '../../src/privacy/course-emptying.model.js';
import { listErasures } from '../../src/privacy/erasure.model.js';
import { countHeldData } from '../../src/privacy/held-data.js';
import { countWhatGoes, readOutlook } from '../../src/privacy/read-outlook.js';
import { DAY_MS } from '../../src/privacy/retention-period.js';
import { findRetention } from '../../src/privacy/retention.model.js';
import { runErasures } from '../../src/privacy/run-erasures.js';
import { runRetention } from '../../src/privacy/run-retention.js';
import { holdCourse, releaseCourse, setRetention } from '../../src/privacy/set-retention.js';
import { listAccesses } from '../../src/reports/access-log.model.js';
import { testDatabase } from '../support/engine.js';
import { refusal } from '../support/refusal.js';
import { addPerson, connectSchool, NOW as SPRING, URL, type ErasePlace } from './erase-world.js';

const OLD = 'course-1';
const NEW = 'course-2';
const after = (days: number) => new Date(SPRING.getTime() + days * DAY_MS);
/** Two years and more after the people of the old course were last seen. */
const SET = after(800);
const DUE = after(831);

describe('the retention of courses', () => {
  let place: ErasePlace;
  beforeEach(async () => {
    place = await connectSchool();
    await addCourse(OLD);
    await addCourse(NEW);
  });

  const eraser = {
    url: URL,
    deriveId: (...parts: (string | number)[]) => Promise.resolve(uuidOf(parts.join('/'))),
  };
  const run = (now: Date, signal?: AbortSignal) =>
    runRetention({ ...eraser, now: () => now, ...(signal && { signal }) });
  const set = async (courses: number | null, now: Date, more = {}) =>
    setRetention({
      deployment: place.deployment,
      months: { courses, accessLog: null, launches: null, ...more },
      revision: (await findRetention(place)).revision,
      by: 'head',
      now,
    });
  const heldOf = (user: string) => countHeldData({ deployment: place.deployment, user });
  const announced = async () =>
    (await listOpenEmptyings(place)).map(({ course, state }) => [course, state]);

  it('keeps everything where nobody set it', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });

    const { emptied } = await run(after(10_000));

    expect(emptied).to.deep.equal([]);
    expect(await heldOf(user)).to.include({ statements: 1 });
  });

  it('announces a course, and empties it thirty days later', async () => {
    const { user, statementIds } = await addPerson({ ...place, sub: 'ana', statements: 2 });
    await set(24, SET);

    const first = await run(SET);
    const early = await run(after(829));
    const stands = await announced();
    const { emptied } = await run(DUE);

    expect([first.emptied, early.emptied, stands]).to.deep.equal([[], [], [[OLD, 'announced']]]);
    expect(emptied).to.deep.equal([
      { deployment: place.deployment, course: OLD, people: 1, statements: 2, files: 0 },
    ]);
    expect(await heldOf(user)).to.deep.equal({});
    expect(await listStatements({ ids: statementIds })).to.deep.equal([]);
    const [done] = await listDoneEmptyings({ ...place, limit: 10 });
    expect(done).to.include({ course: OLD, state: 'done', people: 1, statements: 2, months: 24 });
    expect((await run(DUE)).emptied).to.deep.equal([]);
  });

  it('forgets who was in no other course, with their name', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    await set(24, SET);
    await run(SET);

    await run(DUE);

    expect(await findUser({ user })).to.equal(null);
    const erasures = await listErasures({ ...place, limit: 10 });
    expect(erasures.map(({ course, reason, by }) => [course, reason, by])).to.have.deep.members([
      [OLD, 'retention', 'retention'],
      [null, 'retention', 'retention'],
    ]);
  });

  it('leaves what the same person did in another course, and their name', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const other = await addPerson({
      ...place,
      sub: 'ana',
      statements: 3,
      course: NEW,
      at: after(799),
    });
    await set(24, SET);
    await run(SET);

    await run(DUE);

    expect(await findUser({ user })).to.include({ name: 'Name of ana' });
    expect(await listStatements({ ids: other.statementIds })).to.have.length(3);
    const evidence = await listEvidence({ ...place, users: [user] });
    expect(evidence.map(({ course }) => course)).to.deep.equal([NEW, NEW, NEW]);
    expect(await heldOf(user)).to.include({ memberships: 1, launches: 1, statements: 3 });
  });

  it('computes anew what was achieved across courses', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    await addPerson({ ...place, sub: 'ana', statements: 1, course: NEW, at: after(799) });
    const attainments = testDatabase().collection('attainments');
    await attainments.insertOne({
      deployment: place.deployment,
      user,
      scope: { kind: 'framework', id: 'f1' },
    });
    await testDatabase()
      .collection('evidence')
      .updateMany({ user }, { $set: { pending: false } });
    await set(24, SET);
    await run(SET);

    await run(DUE);

    expect(await attainments.countDocuments({ user })).to.equal(0);
    const pending = await testDatabase().collection('evidence').distinct('pending', { user });
    expect(pending).to.deep.equal([true]);
  });

  it('takes scores of the course out of the queue for the gradebook', async () => {
    const { user, statementIds } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    await addPerson({ ...place, sub: 'ana', statements: 1, course: NEW, at: after(799) });
    await addScore(user, statementIds[0] ?? '', 'https://lms.example/old');
    await addScore(user, '11111111-1111-4111-8111-111111111111', 'https://lms.example/new');
    // Of a column that tells attainment: no statement names it, the course's values do.
    const column = 'https://lms.example/attainment';
    await addScore(user, '22222222-2222-4222-8222-222222222222', column);
    await testDatabase()
      .collection('columnValues')
      .insertOne({ deployment: place.deployment, course: OLD, user, lineItemUrl: column });
    await set(24, SET);
    await run(SET);

    await run(DUE);

    expect(await heldOf(user)).to.include({ scoreDeliveries: 1 });
    const left = await testDatabase().collection('scoreDeliveries').distinct('lineItemUrl');
    expect(left).to.deep.equal(['https://lms.example/new']);
  });

  it('leaves staff and what they made, and reads neither roster nor grades of the course again', async () => {
    const teacher = await addPerson({ ...place, sub: 'tia', statements: 0, roles: ['Instructor'] });
    await addPerson({ ...place, sub: 'ana', statements: 1 });
    const read = { kind: 'roster' as const, deployment: place.deployment, course: OLD };
    await requestCourseRead({ ...read, launchedAt: SPRING, now: SPRING });
    await addFile(teacher.user, 'syllabus');
    await set(24, SET);
    await run(SET);

    await run(DUE);

    expect(await heldOf(teacher.user)).to.include({ memberships: 1, storedFiles: 1 });
    expect(await findCourseRead(read)).to.equal(null);
  });

  it('counts from the end of the term, where the platform names one', async () => {
    await addPerson({ ...place, sub: 'ana', statements: 1 });
    await addCourse(OLD, after(400));
    await set(24, SET);
    await run(DUE);

    expect(await announced()).to.deep.equal([]);
    await run(after(1_120));
    expect(await announced()).to.deep.equal([[OLD, 'announced']]);
  });

  it('takes an announcement back when somebody uses the course, and when the setting is taken back', async () => {
    await addPerson({ ...place, sub: 'ana', statements: 1 });
    await set(24, SET);
    await run(SET);
    await addPerson({ ...place, sub: 'bo', statements: 1, at: after(801) });
    await run(DUE);
    const used = await announced();
    await run(after(1_600));
    const again = await announced();

    await set(null, after(1_601));
    await run(after(1_632));

    expect([used, again, await announced()]).to.deep.equal([[], [[OLD, 'announced']], []]);
    expect(await listDoneEmptyings({ ...place, limit: 10 })).to.deep.equal([]);
  });

  it('takes a grade of the gradebook for use of the course', async () => {
    await addPerson({ ...place, sub: 'ana', statements: 0 });
    await testDatabase()
      .collection('evidence')
      .insertOne({ deployment: place.deployment, course: OLD, at: after(790) });
    await set(24, SET);

    await run(SET);

    expect(await announced()).to.deep.equal([]);
  });

  it('empties nothing sooner than thirty days after the time was made shorter', async () => {
    await addPerson({ ...place, sub: 'ana', statements: 1 });
    await set(36, after(0));
    await run(after(1_070));
    await set(24, after(1_080));

    expect((await run(after(1_105))).emptied).to.deep.equal([]);
    expect((await run(after(1_110))).emptied).to.have.length(1);
  });

  it('keeps an excepted course, and thirty days longer when the exception is lifted', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const hold = { deployment: place.deployment, course: OLD, by: 'head' };
    await set(24, SET);
    await run(SET);
    await holdCourse({ ...hold, reason: 'A dispute', now: after(805) });
    await run(DUE);
    const held = await announced();
    await releaseCourse({ ...hold, now: DUE });

    const lifted = await run(after(860));
    await run(after(862));
    const { emptied } = await run(after(892));

    expect([held, lifted.emptied, emptied.map(({ course }) => course)]).to.deep.equal([
      [],
      [],
      [OLD],
    ]);
    expect(await heldOf(user)).to.deep.equal({});
  });

  it('is told of no course of another deployment', async () => {
    const other = await connectSchool('d2');
    const hold = { deployment: other.deployment, course: OLD, by: 'head', now: SET };

    expect(await refusal(holdCourse({ ...hold, reason: 'A dispute' }))).to.include({
      code: 'retention.no-such-course',
    });
    expect(await refusal(releaseCourse(hold))).to.include({ code: 'retention.no-such-course' });
  });

  it('says beforehand what would go, and changes nothing', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 2 });
    await addPerson({ ...place, sub: 'tia', statements: 1, roles: ['Instructor'] });
    await addFile(user, 'essay');
    const period = { months: 24, from: SET };

    const { courses } = await readOutlook({ deployment: place.deployment, period, now: SET });
    const due = courses.filter(({ standing }) => standing === 'due');
    const [goes] = await countWhatGoes({ deployment: place.deployment, courses: due });

    expect(goes).to.include({ course: OLD, people: 1, statements: 2, files: 1 });
    expect(await announced()).to.deep.equal([]);
    expect(await heldOf(user)).to.include({ statements: 2, storedFiles: 1 });
  });

  it('trims the log of looks and the launches by a time of their own', async () => {
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    await set(null, after(400), { accessLog: 12, launches: 12 });

    const early = await run(after(429));
    const { looks, launches } = await run(after(431));

    expect([early.looks, early.launches, looks, launches]).to.deep.equal([0, 0, 1, 1]);
    expect(await listAccesses({ ...place, limit: 10 })).to.deep.equal([]);
    expect(await heldOf(user)).to.include({ memberships: 1, statements: 1 });
    expect(await heldOf(user)).not.to.have.property('launches');
  });

  it('is not changed by whom somebody else was quicker than', async () => {
    const months = { courses: 24, accessLog: null, launches: null };
    const change = { deployment: place.deployment, months, by: 'head', now: SET };
    await setRetention({ ...change, revision: 0 });

    expect(await refusal(setRetention({ ...change, revision: 0 }))).to.include({
      code: 'retention.changed',
    });
  });

  it('is done as well when it is stopped at any point, and leaves nobody half erased', async () => {
    const subs = ['ana', 'bo', 'cy'];
    const people = await Promise.all(
      subs.map((sub) => addPerson({ ...place, sub, statements: 2 })),
    );
    await set(24, SET);
    await run(SET);

    let stops = 0;
    for (let looks = 1; ; looks += 1) {
      const { signal, wasStopped } = stopAtLook(looks);
      await run(DUE, signal);
      if (!wasStopped()) break;
      stops += 1;
      for (const { user } of people) await expectWholeOrWaiting(user);
    }

    await runErasures({ ...eraser, now: () => DUE }); // As its own job does, also when this one does not run again.
    expect(stops).to.be.greaterThan(10);
    for (const { user, statementIds } of people) {
      expect(await heldOf(user)).to.deep.equal({});
      expect(await listStatements({ ids: statementIds })).to.deep.equal([]);
    }
    const [done, ...more] = await listDoneEmptyings({ ...place, limit: 10 });
    expect(more).to.deep.equal([]);
    expect(done).to.include({ people: 3, statements: 6 });
  });

  /** Whose erase began has one that waits, or nothing left. */
  async function expectWholeOrWaiting(user: string): Promise<void> {
    const erasures = await listErasures({ ...place, limit: 100 });
    const own = erasures.filter((one) => one.user === user);
    const isWaiting = own.some(({ state }) => state === 'waiting');
    const held = await heldOf(user);
    if (!isWaiting && own.length > 0) expect(held).to.deep.equal({});
    if (own.length === 0) expect(held).to.include({ statements: 2, memberships: 1 });
  }

  async function addCourse(course: string, endsAt: Date | null = null): Promise<void> {
    await recordCourse({
      course,
      platform: place.platform,
      deployment: place.deployment,
      facts: {
        contextId: course,
        label: null,
        title: `Title of ${course}`,
        types: [],
        term: endsAt && { name: null, startsAt: null, endsAt },
        sisIds: { course: null, section: null },
        contextIdHistory: [],
        services: { lineItemsUrl: null, gradeScopes: [], membershipsUrl: null },
      },
      now: SPRING,
    });
  }

  async function addFile(user: string, id: string): Promise<void> {
    const file = {
      id,
      deployment: place.deployment,
      course: OLD,
      user,
      name: `${id}.pdf`,
      mediaType: 'application/pdf' as const,
      size: 1,
      sha256: 'a'.repeat(64),
      at: SPRING,
    };
    await insertFile({ file, places: 5 });
  }

  async function addScore(user: string, statementId: string, lineItemUrl: string): Promise<void> {
    await recordScoreDelivery({
      delivery: {
        ...place,
        user,
        statementId,
        lineItemUrl,
        gradeScopes: [],
        scoreGiven: 1,
        scoreMaximum: 1,
        at: SPRING,
      },
    });
  }
});

/** A signal that aborts when it is looked at for the nth time: a stop at each point where a stop can be. */
function stopAtLook(nth: number): { signal: AbortSignal; wasStopped: () => boolean } {
  const controller = new AbortController();
  const { signal } = controller;
  let looks = 0;
  const watched = new Proxy(signal, {
    get(target, name) {
      if (name === 'aborted') {
        looks += 1;
        if (looks >= nth) controller.abort();
      }
      return Reflect.get(target, name, target) as unknown;
    },
  });
  return { signal: watched, wasStopped: () => looks >= nth };
}

/** Some id, the same for the same text. */
function uuidOf(text: string): string {
  const hex = Buffer.from(text).toString('hex').slice(-12).padStart(12, '0');
  return `00000000-0000-5000-8000-${hex}`;
}
