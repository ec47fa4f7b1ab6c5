// The pages of reports/ in a real browser: readable by assistive technology, in light and dark, on a phone, without script.
import { privacyRoutes } from '../../src/privacy/privacy.routes.js';
import { reportsRoutes } from '../../src/reports/reports.routes.js';
import { submissionReviewRoutes } from '../../src/reports/submission-review.routes.js';
import type { ReadStatement } from '../../src/reports/statement-reader.js';
import { statementsRoutes } from '../../src/reports/statements.routes.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { createReportWorld, NOW, readerOf, type ReportWorld } from './report-world.js';

describe('the report pages in a browser', function () {
  this.timeout(90_000);
  const stored = new Map<string, ReadStatement>();
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config }) => [
        reportsRoutes({ now: () => NOW }),
        submissionReviewRoutes({ now: () => NOW }),
        privacyRoutes({ now: () => NOW }),
        statementsRoutes({ now: () => NOW, url: config.url, statements: readerOf(stored) }),
      ],
    });
  });
  after(async () => {
    await stopBrowser();
    await tool.close();
    await fake.close();
  });

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ]) {
    it(`have no fault that axe finds ${view.title}`, async () => {
      const world = await createReportWorld({ tool, fake, stored });
      const { agent, course } = await world.open('Reviewer');
      const { page, context } = await openPage({ ...view, javaScript: true });
      await giveCookies(page, agent);

      for (const path of listPaths(world)) {
        await page.goto(`${tool.url}${path}${path.includes('?') ? '&' : '?'}course=${course}`);
        await expectAccessible(page, path);
      }
      const teacher = await world.open('Instructor');
      await giveCookies(page, teacher.agent);
      for (const path of [
        `/reports/submissions/${world.users.ana}`,
        '/reports/submissions/nobody',
        '/privacy',
      ]) {
        await page.goto(`${tool.url}${path}?course=${course}`);
        await expectAccessible(page, path);
      }
      await context.close();
    });
  }
});

function listPaths(world: ReportWorld): string[] {
  return [
    '/reports',
    '/reports?show=all',
    `/reports/items/${world.items[0] ?? ''}`,
    '/reports/learners',
    `/reports/learners/${world.users.ana}`,
    '/reports/statements',
    `/reports/statements/${world.statements.ana}`,
  ];
}
