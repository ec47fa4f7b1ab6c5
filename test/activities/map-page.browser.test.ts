// The curriculum map in a real browser: moved through by arrow keys, readable by assistive technology, on a phone, on paper.
import { expect } from 'chai';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { giveCookies } from '../support/give-cookies.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, type CourseWorld } from './course-world.js';

describe('the curriculum map in a browser', function () {
  this.timeout(90_000);
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
    const activities = await world.type(
      ...Array.from(
        { length: 14 },
        (_, index) =>
          `Week ${index + 1}: a seminar with a rather long title, https://lms.example/${index}, page`,
      ),
    );
    const { agent } = await world.open('Instructor');
    const stages = ['mastered', 'introduced', 'reinforced'];
    for (const [index, activity] of activities.entries()) {
      const items = world.items.filter((_, place) => (index + place) % 3 !== 0 && place < 2);
      await agent.postForm(
        `/activities/${activity}?course=${world.course}`,
        {
          item: items,
          ...Object.fromEntries(items.map((item) => [`stage-${item}`, stages[index % 3] ?? ''])),
        },
        { action: '/alignments' },
      );
    }
  });
  after(async () => {
    await stopBrowser();
    await tool.close();
    await fake.close();
  });

  async function open(options: Parameters<typeof openPage>[0], path = '/map') {
    const { agent } = await world.open('Instructor');
    const { page, context } = await openPage(options);
    await giveCookies(page, agent);
    await page.goto(`${tool.url}${path}?course=${world.course}`);
    return { page, context };
  }

  for (const { title, width, colorScheme } of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a wide window', width: 1280, colorScheme: 'dark' as const },
    { title: 'in light on a phone', width: 390, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ])
    it(`has no fault that axe finds ${title}, and is no wider than it`, async () => {
      const { page, context } = await open({ width, colorScheme });

      await expectAccessible(page, title);
      const excess = await page.evaluate('document.documentElement.scrollWidth');
      expect(excess).to.be.at.most(width);
      await context.close();
    });

  it('is one stop of the tab key, and the arrow keys move between its cells', async () => {
    const { page, context } = await open({});
    const focused = () => page.evaluate('document.activeElement.closest("th, td")?.id ?? ""');

    await page.locator('td[role="gridcell"] a').first().focus();
    const first = await focused();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const back = await focused();
    await page.keyboard.press('Home');
    const head = await page.evaluate('document.activeElement.closest("th").getAttribute("scope")');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    const again = await page.evaluate('document.activeElement.closest("th").getAttribute("scope")');

    expect(first).to.match(/^cell-/);
    expect(back).to.equal(first);
    expect([head, again]).to.deep.equal(['row', 'row']);
    const stops = await page.locator('table [tabindex="0"]').count();
    expect(stops).to.equal(1);
    await context.close();
  });

  it('keeps every link in reach of the tab key without script, and leads from a finding to its cell', async () => {
    const { page, context } = await open({ javaScript: false });

    expect(await page.locator('table [tabindex="-1"]').count()).to.equal(0);
    await page
      .getByText(/mastered before/)
      .first()
      .click();
    const link = page.locator('.map-finding[open] a').first();
    const target = (await link.getAttribute('href'))?.split('#')[1] ?? '';
    await link.click();

    expect(page.url()).to.match(new RegExp(`#${target}$`));
    expect(await page.locator(`[id="${target}"]`).isVisible()).to.equal(true);
    await context.close();
  });

  it('lists the activities of each competency on a phone, and repeats its heads on paper', async () => {
    const { page, context } = await open({ width: 390 });

    const cells = page.locator('td.heat');
    const [first, second] = [await cells.nth(0).boundingBox(), await cells.nth(1).boundingBox()];
    expect(second?.y).to.be.greaterThan(first?.y ?? Infinity);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ media: 'print' });
    const display = await page.evaluate(
      'getComputedStyle(document.querySelector("thead")).display',
    );
    expect(display).to.equal('table-header-group');
    await context.close();
  });
});
