// The pages of activities/ in a real browser: readable by assistive technology, in light and dark, on a phone.
import { expect } from 'chai';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import {
  courseRouters,
  createCourseWorld,
  createLesson,
  type CourseWorld,
} from './course-world.js';

describe('the pages of a course in a browser', function () {
  this.timeout(90_000);
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  let quiz: string;
  let essay: string;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
    [quiz = '', essay = ''] = await world.type(
      'Second thing quiz, https://lms.example/quiz, quiz',
      'Essay',
    );
    const { agent } = await world.open('Instructor');
    await agent.postForm(
      `/activities/${quiz}?course=${world.course}`,
      { item: world.items.slice(0, 2) },
      { action: '/alignments' },
    );
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
    it(`have no fault that axe finds ${view.title}, and are no wider than it`, async () => {
      const lesson = await createLesson(tool.url);
      const staff = await world.open('Instructor');
      const learner = await world.open('Learner', {
        target: `/activities?lesson=${lesson}`,
        resourceLink: 'link-9',
      });
      const choice = await world.open('Instructor', { messageType: 'LtiDeepLinkingRequest' });
      const withCourse = (path: string) =>
        `${path}${path.includes('?') ? '&' : '?'}course=${world.course}`;

      for (const [agent, paths] of [
        [
          staff.agent,
          [
            '/activities',
            `/activities/${quiz}?q=third`,
            `/activities/${essay}?q=astronomy`,
            `/alignments?activity=${quiz}&activity=${essay}`,
            `/alignments?activity=${essay}&show=all&title=essay`,
            '/people',
            '/alignments/imports',
            '/activities/new',
          ],
        ],
        [learner.agent, ['/activities', '/activities?all=1', `/activities/${quiz}`]],
        [choice.agent, ['/deep-linking']],
      ] as const) {
        const { page, context } = await openPage(view);
        await giveCookies(page, agent);
        for (const path of paths) {
          const answer = await page.goto(`${tool.url}${withCourse(path)}`);
          expect(answer?.status(), path).to.equal(200);
          await expectAccessible(page, path);
          const width = await page.evaluate('document.documentElement.scrollWidth');
          expect(width, path).to.be.at.most(view.width);
        }
        await context.close();
      }
    });
  }

  it('stacks the table on a phone and keeps it a table, and prints it without what is for the screen', async () => {
    const { agent } = await world.open('Instructor');
    const { page, context } = await openPage({ width: 390 });
    await giveCookies(page, agent);
    await page.goto(`${tool.url}/activities?course=${world.course}`);

    const excess = await page
      .locator('.table-scroll')
      .evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(excess, 'pixels to scroll sideways').to.equal(0);
    const row = page.getByRole('row', { name: /Second thing quiz/ });
    const cells = await row.getByRole('cell').all();
    const tops = await Promise.all(cells.map(async (cell) => (await cell.boundingBox())?.y));
    expect(new Set(tops).size, 'cells below each other').to.equal(cells.length);
    expect(await page.getByRole('columnheader', { name: 'Kind' }).count()).to.equal(1);

    await page.emulateMedia({ media: 'print' });
    expect(await row.isVisible()).to.equal(true);
    expect(await page.getByRole('button').count()).to.equal(0);
    expect(await page.getByRole('navigation').count()).to.equal(0);
    await context.close();
  });

  it('lets a competency be chosen by the keyboard alone, without script: search, Enter, space, save', async () => {
    const { agent } = await world.open('Instructor');
    const { page, context } = await openPage({ javaScript: false });
    await giveCookies(page, agent);
    await page.goto(`${tool.url}/activities/${essay}?course=${world.course}`);

    await page.getByLabel('Find competencies').focus();
    await page.keyboard.type('third');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: /Do the third thing/ }).press('Space');
    await page.getByRole('button', { name: 'Save the alignment' }).press('Enter');
    await page.getByText('Saved. “Essay”: added 1 competency.').waitFor();

    expect((await world.alignedTo(essay)).map(({ item }) => item)).to.deep.equal([world.items[2]]);
    await context.close();
  });
});
