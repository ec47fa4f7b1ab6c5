// A grade of the LMS on its way to attainment, and the roster on its way to the report, by the jobs themselves: the whole tool
// with its own LRS, a platform beside it, no browser.
import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { listAttainments } from '../../src/attainment/attainment.model.js';
import { readConfig, type Config } from '../../src/config.js';
import { createMetrics } from '../../src/http/metrics.js';
import { listJobs } from '../../src/jobs.js';
import { createLogger } from '../../src/logger.js';
import { readStatementFeed } from '../../src/lrs/statement-feed.js';
import { joinOwnLrs } from '../../src/own-lrs.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { align } from '../attainment/attainment-world.js';
import { createSmallFramework } from '../library/small-library.js';
import { openGradebook } from '../support/fake-gradebook.js';
import { sendJson, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { listOf, openRoster } from '../support/fake-roster.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';

const RESULTS: string[] = [VERBS.passed, VERBS.failed];
const HOUR_MS = 3_600_000;
const now = () => new Date();

describe('journey: a graded activity of the LMS', () => {
  let app: TestApp;
  let platform: FakePlatform;
  let config: Config;
  beforeEach(async () => {
    [app, platform] = await Promise.all([startApp(), startFakePlatform()]);
    config = readConfig({
      NODE_ENV: 'test',
      CROSSWALK_URL: app.url,
      CROSSWALK_SECRET: app.services.config.secret,
    });
    await joinOwnLrs({ config: { ...config, port: Number(new URL(app.url).port) }, now });
  });
  afterEach(() => Promise.all([app.close(), platform.close()]));

  it('is aligned by the instructor, graded by the platform, and makes the competency achieved', async () => {
    const { deployment } = await connectPlatform(platform);
    const tree = await createSmallFramework();
    const item = tree.competencies[0]?.identifier ?? '';
    const book = openGradebook(platform);
    platform.respond('/courses/1/lineitems', (_call, res) =>
      sendJson(res, 200, [{ id: book.lineItemUrl, label: 'Coding exam', scoreMaximum: 100 }]),
    );
    openRoster(
      platform,
      listOf(['ana', 'bo', 'cy'].map((sub) => ({ user_id: sub, roles: ['Learner'] }))),
    );
    const { agent, course } = await launch('Ida', 'Instructor');
    await agent.postForm(`/activities?course=${course}`, {}, { action: '/activities/line-items' });
    const [exam] = await listActivities({ deployment: deployment._id, course });
    if (!exam) throw new Error('the column did not become an activity');
    await align(exam, [item], { at: new Date(Date.now() - HOUR_MS) });
    await launch('ana', 'Learner');
    book.grade('ana', 80);
    book.grade('bo', 60);

    await runJobs('state-launches', 'read-rosters', 'read-results');
    await runJobs('deliver-outbox', 'project-attainment');

    const { entries } = await readStatementFeed({ after: 0, limit: 100, now: now() });
    const graded = entries.filter(
      ({ statement: { verb, object } }) =>
        RESULTS.includes(verb.id) && 'id' in object && object.id === exam.activityId,
    );
    expect(
      graded.map(({ statement }) => [statement.result?.score?.raw, statement.result?.success]),
    ).to.have.deep.members([
      [80, true],
      [60, false],
    ]);
    const scope = { kind: 'course' as const, id: course };
    const attained = await listAttainments({ deployment: deployment._id, scope, items: [item] });
    expect(
      attained.map(({ status, assessedDone, score }) => [status, assessedDone, score]),
    ).to.have.deep.members([
      ['achieved', 1, 0.8],
      ['open', 0, null],
    ]);
    const reviewer = await launch('Rae', 'Reviewer');
    const report = await reviewer.agent.get(`/reports?course=${course}&framework=small`);
    expect(report.text).to.contain('1 of 3 enrolled learners have opened the course');
  });

  function launch(user: string, role: 'Instructor' | 'Learner' | 'Reviewer') {
    return launchAs({ tool: app, platform, role, user });
  }

  /** One after the other, as the process runs them. */
  async function runJobs(...names: string[]): Promise<void> {
    const { services } = app;
    const log = createLogger({ level: 'silent' });
    const metrics = createMetrics();
    const parts = { config, log, now, metrics, holder: 'test', lti: services };
    const { jobs } = await listJobs({ ...parts, outgoing: services.outgoing });
    for (const name of names) {
      const job = jobs.find((one) => one.name === name);
      if (!job) throw new Error(`${name} is no job`);
      await job.run(new AbortController().signal);
    }
  }
});
