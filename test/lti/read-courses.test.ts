import { expect } from 'chai';
import { requestCourseReads } from '../../src/activities/request-course-reads.js';
import { AppError } from '../../src/http/errors.js';
import { findCourseRead, type CourseReadKind } from '../../src/lti/course-read.model.js';
import { recordCourse } from '../../src/lti/course.model.js';
import type { LaunchRecord } from '../../src/lti/launch.model.js';
import { readCourses } from '../../src/lti/read-courses.js';
import { recordServiceHold } from '../../src/lti/service-hold.model.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const START = new Date('2026-05-03T08:00:00Z');
const MINUTES_MS = 60_000;
const HOURS_MS = 60 * MINUTES_MS;
const DAYS_MS = 24 * HOURS_MS;
const warnings: unknown[] = [];
const log = { warn: (...said: unknown[]) => void warnings.push(said) };

describe('readCourses', () => {
  let tool: TestTool;
  let clock: Date;
  before(async () => {
    tool = await startTool();
  });
  after(() => tool.close());
  beforeEach(async () => {
    clock = START;
    warnings.length = 0;
    await recordCourse({
      course: 'c',
      platform: 'p',
      deployment: 'd',
      facts: {
        contextId: 'context',
        label: null,
        title: null,
        types: [],
        term: null,
        sisIds: { course: null, section: null },
        contextIdHistory: [],
        services: { lineItemsUrl: null, gradeScopes: [], membershipsUrl: null },
      },
      now: START,
    });
  });

  it('reads a course soon after its first launch, and then on a schedule', async () => {
    await launch();

    expect(await read()).to.deep.equal(['c']);
    expect(await read()).to.deep.equal([]);
    clock = later(HOURS_MS + MINUTES_MS);
    expect(await read()).to.deep.equal(['c']);
  });

  it('reads again after a launch, but not before five minutes have passed', async () => {
    await launch();
    await read();
    clock = later(MINUTES_MS);
    await launch();
    const tooSoon = await read();
    clock = later(6 * MINUTES_MS);

    expect([tooSoon, await read()]).to.deep.equal([[], ['c']]);
  });

  it('reads the roster anew for staff and reviewers, and for learners only the first time', async () => {
    await launch({ roles: ['Learner'] });
    const first = await read('roster');
    clock = later(10 * MINUTES_MS);
    await launch({ roles: ['Learner'] });
    const forLearner = await read('roster');
    await launch({ roles: ['Reviewer'] });

    expect([first, forLearner, await read('roster')]).to.deep.equal([['c'], [], ['c']]);
  });

  it('asks for nothing at the launch of a test user or outside a course', async () => {
    await launch({ testUser: true });
    await launch({ course: null });

    expect(await findCourseRead({ kind: 'results', deployment: 'd', course: 'c' })).to.equal(null);
  });

  it('tries again sooner after a failure that may pass, and keeps its words', async () => {
    await launch();
    await read('results', new AppError('outgoing.timeout', { status: 504 }));
    const failed = await findCourseRead({ kind: 'results', deployment: 'd', course: 'c' });
    clock = later(2 * MINUTES_MS);

    expect(warnings).to.have.length(1);
    expect(failed).to.include({ lastReadAt: null, tries: 1, lastFault: 'outgoing.timeout' });
    expect(await read()).to.deep.equal(['c']);
    expect(await findCourseRead({ kind: 'results', deployment: 'd', course: 'c' })).to.include({
      tries: 0,
      lastFault: null,
    });
  });

  it('waits until the usual time after a failure that a person must mend', async () => {
    await launch();
    await read('results', new AppError('lti.service-missing', { status: 403 }));
    clock = later(30 * MINUTES_MS);
    const early = await read();
    clock = later(2 * HOURS_MS);

    expect(warnings, 'a platform without that service is no news').to.deep.equal([]);

    expect([early, await read()]).to.deep.equal([[], ['c']]);
  });

  it('waits as long as the platform asked for', async () => {
    await launch();
    await recordServiceHold({ platform: 'p', until: later(3 * HOURS_MS) });
    await read('results', new AppError('lti.service-busy', { status: 503 }));
    clock = later(2 * HOURS_MS);
    const early = await read();
    clock = later(4 * HOURS_MS);

    expect([early, await read()]).to.deep.equal([[], ['c']]);
  });

  it('lets a course rest that nobody launches, until somebody does', async () => {
    await launch();
    clock = later(50 * DAYS_MS);
    await read();
    const resting = await findCourseRead({ kind: 'results', deployment: 'd', course: 'c' });
    clock = later(60 * DAYS_MS);
    const nothing = await read();
    await launch();

    expect(resting?.dueAt).to.equal(null);
    expect([nothing, await read()]).to.deep.equal([[], ['c']]);
  });

  it('is done by one of two processes', async () => {
    await launch();

    const both = await Promise.all([read(), read()]);

    expect(both.flat()).to.deep.equal(['c']);
  });

  it('is taken up by another where the reader was killed', async () => {
    await launch();
    let reached: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => (reached = resolve));
    void readCourses({
      ...parts('results'),
      readCourse: () => {
        reached();
        return new Promise<void>(() => undefined);
      },
    });
    await inside;
    const soon = await read();
    clock = later(31 * MINUTES_MS);

    expect([soon, await read()]).to.deep.equal([[], ['c']]);
  });

  function later(ms: number): Date {
    return new Date(START.getTime() + ms);
  }

  function launch(
    changes: Partial<Pick<LaunchRecord, 'course' | 'roles' | 'testUser'>> = {},
  ): Promise<void> {
    return requestCourseReads({
      launches: [
        {
          deployment: 'd',
          course: 'c',
          roles: ['Instructor'],
          at: clock,
          testUser: false,
          ...changes,
        },
      ],
      now: clock,
    });
  }

  function parts(kind: CourseReadKind) {
    return { kind, everyMs: HOURS_MS, services: tool.services, now: () => clock, log };
  }

  /** Ids of the courses whose turn it was; each fails with `fault` where one is given. */
  async function read(kind: CourseReadKind = 'results', fault?: AppError): Promise<string[]> {
    const turns: string[] = [];
    await readCourses({
      ...parts(kind),
      readCourse: async ({ _id }) => {
        turns.push(_id);
        if (fault) throw fault;
      },
    });
    return turns;
  }
});
