// The grid of ratings in a real browser: filled by the keyboard alone, readable by assistive technology, on a phone too.
import { expect } from 'chai';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { align, createActivity, minute } from '../attainment/attainment-world.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';

describe('the grid of ratings in a browser', function () {
  this.timeout(90_000);
  let started: AttainmentTool;
  let world: OpenTool;
  let address: string;
  before(async () => {
    started = await startAttainmentTool();
  });
  beforeEach(async () => {
    world = await started.open();
    const { course } = await world.launch({ user: 'Ana' });
    await world.launch({ user: 'Bo' });
    const quiz = await createActivity({ deployment: world.deployment, course });
    await align(quiz, world.items.slice(0, 2), { at: minute(1) });
    address = `${started.tool.url}/activities/${quiz.id}/ratings?course=${course}`;
  });
  after(async () => {
    await stopBrowser();
    await started.close();
  });

  const open = async (view: Parameters<typeof openPage>[0]) => {
    const { agent } = await world.launch({ role: 'Instructor', user: 'Ida' });
    const { page, context } = await openPage(view);
    await giveCookies(page, agent);
    await page.goto(address);
    return { page, context };
  };

  it('is filled by numbers and arrow keys, and saved', async () => {
    const { page, context } = await open({ width: 1280 });
    const cells = page.locator('.ratings-grid input');

    await cells.first().focus();
    await page.keyboard.press('3');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('1');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('4');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('2');
    const typed = await cells.evaluateAll((all) => all.map((one) => one.getAttribute('name')));
    const values = await Promise.all(typed.map((_, index) => cells.nth(index).inputValue()));
    await page.getByRole('button', { name: 'Save the ratings' }).click();
    await page.getByText('Saved. The ratings are being counted.').waitFor();

    expect(values).to.deep.equal(['3', '2', '', '4']);
    expect(await page.getByText('proficient', { exact: true }).count()).to.be.greaterThan(0);
    await context.close();
  });

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ])
    it(`has no fault that axe finds ${view.title}, and is no wider than it`, async () => {
      const { page, context } = await open(view);

      await expectAccessible(page, 'the grid');
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).to.be.at.most(view.width);
      await context.close();
    });
});
