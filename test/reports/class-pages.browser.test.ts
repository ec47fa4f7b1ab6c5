// The class in a real browser: readable by assistive technology, in light and dark, on a phone; why opens beside the map.
import { expect } from 'chai';
import { classRoutes } from '../../src/reports/class.routes.js';
import type { ReadStatement } from '../../src/reports/statement-reader.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { createReportWorld, NOW, type ReportWorld } from './report-world.js';

describe('the class in a browser', function () {
  this.timeout(90_000);
  const stored = new Map<string, ReadStatement>();
  let tool: TestTool;
  let fake: FakePlatform;
  let world: ReportWorld;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: () => [classRoutes({ now: () => NOW })] });
  });
  beforeEach(async () => {
    world = await createReportWorld({ tool, fake, stored });
  });
  after(async () => {
    await stopBrowser();
    await tool.close();
    await fake.close();
  });

  const open = async (view: Parameters<typeof openPage>[0]) => {
    const { agent } = await world.open('Instructor');
    const { page, context } = await openPage(view);
    await giveCookies(page, agent);
    return { page, context };
  };
  const addressOf = (path: string) =>
    `${tool.url}${path}${path.includes('?') ? '&' : '?'}course=${world.course}`;

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ]) {
    it(`has no fault that axe finds ${view.title}, and is no wider than it`, async () => {
      const { page, context } = await open(view);

      for (const path of [
        '/class',
        '/class?columns=all',
        '/class?layout=table',
        '/class/attention',
        `/class/learners/${world.users.cy}/items/${world.items[0] ?? ''}`,
      ]) {
        await page.goto(addressOf(path));
        await expectAccessible(page, path);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect(width, path).to.be.at.most(view.width);
      }
      await context.close();
    });
  }

  it('opens why in a panel by keyboard, and leads back to the cell on Escape', async () => {
    const { page, context } = await open({ width: 1280 });
    await page.goto(addressOf('/class'));
    const cell = page.locator('.class-map td a').first();

    await cell.focus();
    await page.keyboard.press('Enter');
    const panel = page.locator('[data-why-panel]');
    await panel.getByText('What counted', { exact: true }).waitFor();
    await expectAccessible(page, 'the panel');
    expect(new URL(page.url()).pathname).to.equal('/class');
    await page.keyboard.press('Escape');

    expect(await panel.isHidden()).to.equal(true);
    expect(await cell.evaluate((one) => one.matches(':focus'))).to.equal(true);
    await context.close();
  });

  it('leads to a page of its own without script', async () => {
    const { page, context } = await open({ width: 390, javaScript: false });
    await page.goto(addressOf('/class'));

    await page.locator('.class-map td a').first().click();

    expect(new URL(page.url()).pathname).to.match(/^\/class\/learners\//);
    await context.close();
  });
});
