import { expect } from 'chai';
import '../../src/app.js';
import '../../src/jobs.js';
import { recordCourse } from '../../src/lti/course.model.js';
import { listOpenEmptyings } from '../../src/privacy/course-emptying.model.js';
import { countHeldData } from '../../src/privacy/held-data.js';
import { setRetention } from '../../src/privacy/set-retention.js';
import { addPerson, connectSchool } from '../privacy/erase-world.js';
import { markDatabase, runCli } from '../support/run-cli.js';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const COURSE = 'course-1';

describe('crosswalk retention', () => {
  it('says what would go, and announces it before anything is erased', async function () {
    this.timeout(120_000);
    await markDatabase();
    const place = await connectSchool();
    const { deployment } = place;
    await recordCourse({
      course: COURSE,
      platform: place.platform,
      deployment,
      facts: {
        contextId: COURSE,
        label: null,
        title: 'Coding',
        types: [],
        term: null,
        sisIds: { course: null, section: null },
        contextIdHistory: [],
        services: { lineItemsUrl: null, gradeScopes: [], membershipsUrl: null },
      },
      now: LONG_AGO,
    });
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 0, at: LONG_AGO });

    const tried = await runCli([
      ...['retention', 'preview', '--deployment', deployment],
      ...['--months', '12', '--json'],
    ]);
    await setRetention({
      deployment,
      months: { courses: 12, accessLog: null, launches: null },
      revision: 0,
      by: 'head',
      now: LONG_AGO,
    });
    const run = await runCli(['retention', 'run', '--json']);

    expect(tried.json()).to.have.nested.property('courses[0].people', 1);
    expect(run.json()).to.deep.equal({ emptied: [], looks: 0, launches: 0 });
    const [open] = await listOpenEmptyings({ deployment });
    expect(open).to.include({ course: COURSE, state: 'announced' });
    expect(await countHeldData({ deployment, user })).to.include({ memberships: 1 });
  });

  for (const { title, args, code } of [
    {
      title: 'a deployment that is not there',
      args: ['--deployment', 'x'],
      code: 'cli.no-such-deployment',
    },
    { title: 'months without a deployment', args: ['--months', '24'], code: 'cli.bad-months' },
  ])
    it(`refuses ${title}`, async function () {
      this.timeout(120_000);
      const answer = await runCli(['retention', 'preview', ...args, '--json']);

      expect(answer.code).to.equal(1);
      expect(answer.err).to.contain(code);
    });
});
