// Pages on which a course's staff and administrators decide, in a real browser: readable by assistive technology, on a phone too.
import { expect } from 'chai';
import { frameworkSettingsRoutes } from '../../src/admin/framework-settings.routes.js';
import { columnsRoutes } from '../../src/attainment/columns.routes.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import type { LaunchAs } from '../support/launch-as.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { align, createActivity, FRAMEWORK, minute } from './attainment-world.js';

describe('pages of rules, columns and scales in a browser', function () {
  this.timeout(90_000);
  let started: AttainmentTool;
  let world: OpenTool;
  let course: string;
  before(async () => {
    started = await startAttainmentTool({
      more: (deps) => [columnsRoutes(deps), frameworkSettingsRoutes(deps)],
    });
  });
  beforeEach(async () => {
    world = await started.open();
    ({ course } = await world.launch());
    const quiz = await createActivity({ deployment: world.deployment, course });
    await align(quiz, world.items.slice(0, 2), { at: minute(1) });
  });
  after(async () => {
    await stopBrowser();
    await started.close();
  });

  const pages: { what: string; role: LaunchAs['role']; path: () => string }[] = [
    { what: 'the rule of a course', role: 'Instructor', path: () => '/rules' },
    { what: 'a column of the gradebook', role: 'Instructor', path: () => '/columns' },
    {
      what: 'the scale of a framework',
      role: 'Administrator',
      path: () => `/admin/deployments/${world.deployment}/frameworks/${FRAMEWORK}`,
    },
  ];
  for (const { what, role, path } of pages)
    it(`are accessible, and fit a phone: ${what}`, async () => {
      const { agent } = await world.launch({ role, user: `u-${String(role)}` });
      const { page, context } = await openPage({ width: 390 });
      await giveCookies(page, agent);
      await page.goto(`${started.tool.url}${path()}?course=${course}`);

      await expectAccessible(page, what);
      const wide = await page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      expect(wide).to.equal(false);
      await context.close();
    });
});
