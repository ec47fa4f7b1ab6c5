import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Activity } from '../../src/activities/activity.model.js';
import { readCourseResults, stateUntoldResults } from '../../src/activities/read-course-results.js';
import { listAttainments } from '../../src/attainment/attainment.model.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { findCourse } from '../../src/lti/course.model.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { align, createActivity, listStated } from '../attainment/attainment-world.js';
import { AGS } from '../support/fake-platform.js';
import { openGradebook, type FakeGradebook } from '../support/fake-gradebook.js';
import type { LaunchAs } from '../support/launch-as.js';
import { refusal } from '../support/refusal.js';

const HOUR_MS = 60 * 60 * 1_000;
const RESULTS: string[] = [VERBS.passed, VERBS.failed];

describe('readCourseResults', () => {
  let started: AttainmentTool;
  let book: FakeGradebook;
  let world: OpenTool;
  let course: string;
  let quiz: Activity;
  beforeEach(async () => {
    started = await startAttainmentTool();
    book = openGradebook(started.platform, { pageSize: 2 });
    world = await started.open();
    ({ course } = await launch('teacher', 'Instructor'));
    quiz = await createActivity({
      deployment: world.deployment,
      course,
      key: ['line-item', book.lineItemUrl],
      title: 'Coding quiz',
      kind: 'assignment',
      source: 'line-item',
      lineItemUrl: book.lineItemUrl,
      assessed: true,
    });
    await align(quiz, [world.items[2] ?? ''], { at: new Date(Date.now() - HOUR_MS) });
    await launch('ana', 'Learner');
  });
  afterEach(() => started.close());

  it('makes a grade of the gradebook assessed evidence, so that what needs a score can be achieved', async () => {
    book.grade('ana', 80);

    expect(await read()).to.equal(1);
    await world.project();

    const [statement] = await resultStatements();
    expect(statement?.statement.result).to.deep.include({
      success: true,
      completion: true,
      score: { scaled: 0.8, raw: 80, min: 0, max: 100 },
    });
    const [attainment] = await attainments();
    expect(attainment).to.deep.include({
      status: 'achieved',
      assessedRequired: 1,
      assessedDone: 1,
      selfReported: false,
      score: 0.8,
    });
    expect((await evidence()).map(({ kind, success }) => [kind, success])).to.deep.equal([
      ['assessed', true],
    ]);
  });

  it('takes a result below the pass mark for an attempt', async () => {
    book.grade('ana', 74);

    await read();
    await world.project();

    expect((await evidence()).map(({ success, score }) => [success, score])).to.deep.equal([
      [false, 0.74],
    ]);
    expect((await attainments())[0]).to.include({ status: 'open', attempted: true });
  });

  it('makes nothing new of a result that did not change', async () => {
    book.grade('ana', 80);
    await read();

    expect(await read()).to.equal(0);
    book.grade('ana', 8, 10);
    expect(await read()).to.equal(0);
    expect(await resultStatements()).to.have.length(1);
  });

  it('keeps the attempts before a better result', async () => {
    book.grade('ana', 50);
    await read();
    book.grade('ana', 90);
    await read();
    await world.project();

    expect(standing(await evidence())).to.deep.equal([0.5, 0.9]);
    expect((await attainments())[0]).to.include({ status: 'achieved', score: 0.9 });
  });

  it('lets the latest count: what stood above a lower result is taken back', async () => {
    for (const grade of [60, 80, 90, 70]) {
      book.grade('ana', grade);
      await read();
    }
    await world.project();

    expect(standing(await evidence())).to.deep.equal([0.6, 0.7]);
    expect((await attainments())[0]).to.include({ status: 'open' });
  });

  it('takes a grade back that was cleared, and counts it again when it returns', async () => {
    book.grade('ana', 90);
    await read();
    book.grade('ana', null);
    expect(await read()).to.equal(1);
    await world.project();
    const cleared = standing(await evidence());
    book.grade('ana', 90);
    await read();
    await world.project();

    expect(cleared).to.deep.equal([]);
    expect(standing(await evidence())).to.deep.equal([0.9]);
    expect(await read()).to.equal(0);
  });

  it('leaves a result standing that is no longer listed: platforms leave suspended people out', async () => {
    book.grade('ana', 90);
    await read();
    book.held.clear();

    expect(await read()).to.equal(0);
    await world.project();
    expect(standing(await evidence())).to.deep.equal([0.9]);
  });

  it('counts learners of the course only, by all pages: no staff, no test user, no stranger', async () => {
    await launch('bo', 'Learner');
    const testRole = 'http://purl.imsglobal.org/vocab/lti/system/person#TestUser';
    const learnerRole = 'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner';
    await launch('test', 'Learner', { roleUris: [learnerRole, testRole] });
    for (const sub of ['teacher', 'stranger', 'test', 'ana', 'bo']) book.grade(sub, 90);

    expect(await read()).to.equal(2);
    expect(book.resultReads).to.equal(3);
  });

  it('leaves out the columns of hosted lessons, whose scores came from us, and what is not aligned', async () => {
    const place = { deployment: world.deployment, course, kind: 'lesson' as const };
    const lessonBook = openGradebook(started.platform, { name: 'lesson' });
    const otherBook = openGradebook(started.platform, { name: 'other' });
    const lesson = await createActivity({
      ...place,
      title: 'A placed lesson',
      lesson: world.lesson.id,
      lineItemUrl: lessonBook.lineItemUrl,
    });
    await align(lesson, [world.items[2] ?? ''], { at: new Date() });
    await createActivity({ ...place, title: 'Not aligned', lineItemUrl: otherBook.lineItemUrl });

    await read();

    expect([book.resultReads, lessonBook.resultReads, otherBook.resultReads]).to.deep.equal([
      1, 0, 0,
    ]);
  });

  it('reads the other columns where the platform refuses one, and says so then', async () => {
    const gone = await createActivity({
      deployment: world.deployment,
      course,
      title: 'Deleted',
      lineItemUrl: `${started.platform.origin}/courses/1/lineitems/gone/lineitem`,
    });
    await align(gone, [world.items[2] ?? ''], { at: new Date() });
    book.grade('ana', 80);

    const error = await refusal(read());

    expect(error.values).to.include({ status: 404 });
    expect(await resultStatements()).to.have.length(1);
  });

  it('finishes what a stop left between the change and its statements', async () => {
    book.grade('ana', 90);
    await read();
    book.grade('ana', 40);
    await read();
    const whole = await listStated();
    // As if the process had been killed right after the change was written.
    const outbox = mongoose.connection.collection('outboxStatements');
    await outbox.deleteMany({ 'about.kind': 'result-withdrawn' });
    const voids = whole.flatMap(({ voids: id }) => (id === null ? [] : [id]));
    await mongoose.connection
      .collection('resultStates')
      .updateMany({}, { $set: { told: false, voids } });

    expect(await read()).to.equal(0);
    await stateUntoldResults({ source: world.source, now: () => new Date() });

    const after = await listStated();
    expect(after.map(({ statement }) => statement.id).sort()).to.deep.equal(
      whole.map(({ statement }) => statement.id).sort(),
    );
  });

  it('is refused where the launch offered no results', async () => {
    const scope = ['https://purl.imsglobal.org/spec/lti-ags/scope/score'];
    await launch('teacher', 'Instructor', { claims: { [AGS]: { scope } } });

    expect(await refusal(read())).to.deep.include({ code: 'lti.service-missing', status: 403 });
  });

  it('shows the grade on the page of the activity', async () => {
    const { agent } = await launch('ana', 'Learner');
    book.grade('ana', 80);
    await read();
    const graded = await agent.get(`/activities/${quiz.id}?course=${course}`);
    book.grade('ana', null);
    await read();
    const cleared = await agent.get(`/activities/${quiz.id}?course=${course}`);

    expect(graded.text).to.contain('80%');
    expect(cleared.text).not.to.contain('80%');
  });

  function launch(sub: string, role: 'Learner' | 'Instructor', more: Partial<LaunchAs> = {}) {
    return world.launch({ role, user: { sub }, ...more });
  }

  async function read(): Promise<number> {
    const found = await findCourse({ deployment: world.deployment, course });
    if (!found) throw new Error('the course is not known');
    return readCourseResults({
      services: started.tool.services,
      source: world.source,
      passShare: 0.75,
      now: () => new Date(),
      course: found,
    });
  }

  async function resultStatements() {
    const stated = await listStated();
    return stated.filter(
      ({ statement: { verb, object } }) =>
        RESULTS.includes(verb.id) && 'id' in object && object.id === quiz.activityId,
    );
  }

  function evidence() {
    return listEvidence({ deployment: world.deployment, objectIds: [quiz.id] });
  }

  function standing(found: Awaited<ReturnType<typeof evidence>>): (number | null)[] {
    return found
      .filter(({ withdrawn }) => withdrawn === null)
      .map(({ score }) => score)
      .sort();
  }

  function attainments() {
    return listAttainments({
      deployment: world.deployment,
      scope: { kind: 'course', id: course },
      items: [world.items[2] ?? ''],
    });
  }
});
