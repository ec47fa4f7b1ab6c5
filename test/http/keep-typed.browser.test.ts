// In a real browser: what was typed into a form outlives an ended session for the same learner, and is nobody else's.
import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import { createWorld, type World } from '../attainment/attainment-world.js';
import { openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe('what was typed when a session ends', function () {
  this.timeout(60_000);
  let app: TestApp;
  let platform: FakePlatform;
  let world: World;
  let page: Page;
  let context: BrowserContext;

  before(async () => {
    [app, platform] = await Promise.all([startApp(), startFakePlatform()]);
  });
  after(async () => {
    await stopBrowser();
    await Promise.all([app.close(), platform.close()]);
  });
  beforeEach(async () => {
    world = await createWorld({ url: app.url });
    await connectPlatform(platform);
    ({ page, context } = await openPage({ width: 390, height: 844 }));
  });
  afterEach(() => context.close());

  const note = () => page.locator('form[data-keep] textarea');
  const openAs = async (user: string) => {
    const learner = await launchAs({
      tool: app,
      platform,
      role: 'Learner',
      user,
      course: 'HIM101',
    });
    await giveCookies(page, learner.agent);
    const path = `/resources/${world.resources[0]?.id ?? ''}?course=${learner.course}`;
    await page.goto(`${app.url}${path}`);
  };
  const send = () => page.locator('form[data-keep] button[type=submit]').click();
  const typeAndChoose = async () => {
    await page.locator('#did-not-work summary').click();
    await page.locator('form[data-keep] input[type=radio]').last().check();
    await note().fill('The video stops');
  };

  it('is there again for the same learner, never for another, and gone once it was accepted', async () => {
    await openAs('first');
    await typeAndChoose();
    await context.clearCookies();
    await send();
    await page.locator('[data-code="session.missing"]').waitFor();

    await openAs('second');
    expect(await note().inputValue()).to.equal('');
    await context.clearCookies();
    await openAs('first');
    expect(await note().inputValue()).to.equal('The video stops');
    expect(await page.locator('form[data-keep] input[type=radio]').last().isChecked()).to.equal(
      true,
    );

    await send();
    await page.locator('.notice').waitFor();
    await openAs('first');
    expect(await note().inputValue()).to.equal('');
  });
});
