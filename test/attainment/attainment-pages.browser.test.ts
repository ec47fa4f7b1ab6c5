// The pages of attainment/ and of a resource in a real browser: readable by assistive technology, no wider than a phone.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { BrowserAgent } from '../support/browser-agent.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { align, createActivity, FRAMEWORK } from './attainment-world.js';
import type { Launched } from '../support/launch-as.js';

describe('the pages of attainment in a browser', function () {
  this.timeout(90_000);
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(async () => {
    await stopBrowser();
    await started.close();
  });

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a small phone', width: 320, colorScheme: 'dark' as const },
  ]) {
    it(`have no fault that axe finds ${view.title}, and are no wider than it`, async () => {
      const world = await started.open();
      const learner = await world.launch();
      await doThings(world, learner);
      const instructor = await world.launch({ role: 'Instructor', user: 'teacher' });
      const lesson = `/resources/${world.lesson.id}`;
      const item = `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}`;
      const resource = `/resources/${world.resources[0]?.id ?? ''}`;

      for (const [agent, paths] of [
        [
          learner.agent,
          [
            `/frameworks/${FRAMEWORK}`,
            `/frameworks/${FRAMEWORK}?show=all`,
            `/frameworks/${FRAMEWORK}?q=resource`,
            item,
            '/progress',
            resource,
            lesson,
            `${lesson}/attempts/1`,
          ],
        ],
        [instructor.agent, [`/frameworks/${FRAMEWORK}?show=all`, item, resource, lesson, '/rules']],
      ] as const) {
        const { page, context } = await openPage(view);
        await giveCookies(page, agent);
        for (const path of paths) {
          const answer = await page.goto(
            `${started.tool.url}${path}${path.includes('?') ? '&' : '?'}course=${learner.course}`,
          );
          expect(answer?.status(), path).to.equal(200);
          await page.evaluate(
            `document.querySelectorAll('details').forEach((one) => (one.open = true))`,
          );
          await expectAccessible(page, path);
          const width = await page.evaluate('document.documentElement.scrollWidth');
          expect(width, path).to.be.at.most(view.width);
        }
        await context.close();
      }
    });
  }

  it('lets a lesson be answered by the keyboard alone', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const { page, context } = await openPage();
    await giveCookies(page, learner.agent);
    await page.goto(`${started.tool.url}/resources/${world.lesson.id}?course=${learner.course}`);

    for (const name of ['1. Question q1?', '2. Question q2?'])
      await page.getByRole('group', { name }).getByRole('radio', { name: 'This' }).press('Space');
    await page.getByRole('button', { name: 'Send my answers' }).press('Enter');
    await page.getByText('2 of 2 right (100%). Passed.').waitFor();

    expect(await page.getByText('Your answers are being counted.').isVisible()).to.equal(true);
    await context.close();
  });
});

async function doThings(world: OpenTool, learner: Launched): Promise<void> {
  const { course, agent } = learner;
  const activity = await createActivity({ deployment: world.deployment, course, assessed: true });
  await align(activity, world.items.slice(0, 2), { at: new Date() });
  const complete = (index: number) =>
    agent.postForm(
      `/resources/${world.resources[index]?.id ?? ''}?course=${course}`,
      {},
      { action: '/completions' },
    );
  await complete(0);
  await agent.postForm(
    `/resources/${world.lesson.id}?course=${course}`,
    { 'answer-q1': 'a', 'answer-q2': 'b' },
    { action: '/attempts' },
  );
  await agent.postForm(
    `/resources/${world.resources[1]?.id ?? ''}?course=${course}`,
    {},
    { action: '/choices' },
  );
  await world.project();
  await complete(2);
}

/** What a launch leaves in the browser: `__Host-` cookies, which have no domain and so need the protocol itself. */
async function giveCookies(page: Page, agent: BrowserAgent): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const [name, value] of agent.cookies) {
    const cookie = { name, value, url: 'https://localhost/', path: '/', secure: true };
    await session.send('Network.setCookie', cookie);
  }
}
