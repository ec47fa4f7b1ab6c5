// In a real browser: a mark is acknowledged at once, survives a cut connection, an ended session and another person at the
// same browser, and is sent once; and the page asks "Finished?" after a resource.
import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import { listStated } from '../attainment/attainment-world.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import type { Launched } from '../support/launch-as.js';

describe('a mark without a connection', function () {
  this.timeout(60_000);
  let started: AttainmentTool;
  let world: OpenTool;
  let page: Page;
  let context: BrowserContext;

  before(async () => {
    started = await startAttainmentTool();
  });
  after(async () => {
    await stopBrowser();
    await started.close();
  });
  beforeEach(async () => {
    world = await started.open();
    ({ page, context } = await openPage({ width: 390, height: 844 }));
  });
  afterEach(() => context.close());

  const addressOf = ({ course }: Launched, index = 0) =>
    `${started.tool.url}/resources/${world.resources[index]?.id ?? ''}?course=${course}`;
  const openAs = async (learner: Launched, index = 0) => {
    await giveCookies(page, learner.agent);
    await page.goto(addressOf(learner, index));
  };
  const mark = () => page.getByRole('button', { name: 'Mark as done' }).click();
  const countStated = async () => (await listStated()).length;
  const told = (text: string | RegExp) => page.locator('[data-told]', { hasText: text }).waitFor();

  it('is kept, said so, and sent once when the connection is back', async () => {
    await openAs(await world.launch());
    await context.setOffline(true);

    await mark();

    await told('“Resource 1” is kept on this device');
    await expectAccessible(page, 'a kept mark');
    expect(await countStated()).to.equal(0);
    await context.setOffline(false);
    await told('“Resource 1” was sent.');
    await page.reload();
    await page.getByText(/^Done, marked by you/).waitFor();
    expect(await countStated()).to.equal(1);
  });

  it('outlives the page: the next one of the same learner and course sends it', async () => {
    const learner = await world.launch();
    await openAs(learner);
    await context.setOffline(true);
    await mark();
    await told('is kept on this device');
    const tab = await context.newPage();
    await page.close();
    await context.setOffline(false);

    await tab.goto(addressOf(learner, 1));

    await tab.locator('[data-told]', { hasText: '“Resource 1” was sent.' }).waitFor();
    expect(await countStated()).to.equal(1);
  });

  it('says plainly that nothing was saved where the frame may keep nothing', async () => {
    await page.addInitScript(
      `Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })`,
    );
    await openAs(await world.launch());
    await context.setOffline(true);

    await mark();

    await told('“Resource 1” was not saved');
    expect(await page.getByRole('button', { name: 'Mark as done' }).isEnabled()).to.equal(true);
  });

  it('is not sent for another learner, who is told so', async () => {
    const first = await world.launch({ user: 'first' });
    await openAs(first);
    await context.setOffline(true);
    await mark();
    await told('is kept on this device');
    const second = await world.launch({ user: 'second' });
    await giveCookies(page, second.agent);

    await context.setOffline(false);
    await told('now second is signed in in this browser. Nothing was changed.');
    await page.goto(addressOf(second, 1));
    await told('second is signed in now.');

    expect(await countStated()).to.equal(0);
    await giveCookies(page, first.agent);
    await page.goto(addressOf(first, 1));
    await told('“Resource 1” was sent.');
    expect(await countStated()).to.equal(1);
  });

  it('waits for the next launch where the session has ended meanwhile', async () => {
    const learner = await world.launch();
    await openAs(learner);
    await context.setOffline(true);
    await mark();
    await told('is kept on this device');
    await context.clearCookies();
    await context.setOffline(false);
    await told('Your session has ended. “Resource 1” is kept on this device');

    const again = await world.launch();
    await openAs(again, 1);

    await told('“Resource 1” was sent.');
    expect(await countStated()).to.equal(1);
  });

  it('goes on at once with a connection, as without script', async () => {
    await openAs(await world.launch());

    await mark();

    await page.getByText('Done. It is being counted.').waitFor();
    expect(await countStated()).to.equal(1);
  });

  it('asks “Finished?” after a resource, beside the page and without taking the focus', async () => {
    await openAs(await world.launch());
    const open = page.getByRole('link', { name: /^Open at/ });
    const [tab] = await Promise.all([context.waitForEvent('page'), open.click()]);
    await tab.close();
    const before = await open.boundingBox();

    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);

    const panel = page.getByRole('region', { name: 'Finished with “Resource 1”?' });
    await panel.waitFor();
    expect(await open.boundingBox()).to.deep.equal(before);
    await expectAccessible(page, 'the question');
    const help = await panel.getByRole('link', { name: 'It did not work' }).getAttribute('href');
    expect(help).to.match(/^\/resources\/.*#did-not-work$/);
    await panel.getByRole('button', { name: 'Not yet' }).click();
    expect(await panel.count()).to.equal(0);
  });

  it('marks as done from that question', async () => {
    await openAs(await world.launch());
    const open = page.getByRole('link', { name: /^Open at/ });
    const [tab] = await Promise.all([context.waitForEvent('page'), open.click()]);
    await tab.close();
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);

    await page
      .getByRole('region', { name: /^Finished with/ })
      .getByRole('button', { name: 'Done' })
      .click();

    await page.getByText('Done. It is being counted.').waitFor();
    const stated = await listStated();
    expect(stated.filter(({ statement }) => /completed$/.test(statement.verb.id)).length).to.equal(
      1,
    );
  });
});
