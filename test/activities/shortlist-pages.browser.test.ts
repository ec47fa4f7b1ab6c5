// The pages of a course's shortlist in a real browser: readable by assistive technology, in light and dark, on a phone.
import { expect } from 'chai';
import { startAttainmentTool, type AttainmentTool } from '../attainment/attainment-tool.js';
import { FRAMEWORK } from '../attainment/attainment-world.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';

describe('the pages of a shortlist in a browser', function () {
  this.timeout(90_000);
  let started: AttainmentTool;
  before(async () => (started = await startAttainmentTool()));
  after(async () => {
    await stopBrowser();
    await started.close();
  });

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ])
    it(`have no fault that axe finds ${view.title}, and are no wider than it`, async () => {
      const world = await started.open();
      const teacher = await world.launch({
        role: 'Instructor',
        user: { sub: 'teacher', name: 'Ana Ruiz' },
      });
      const learner = await world.launch({ user: 'student' });
      const { course, agent } = teacher;
      const path = `/shortlists/items/${world.items[0] ?? ''}`;
      const page = `${path}?course=${course}`;
      await agent.postForm(
        page,
        {
          title: 'How our hospital keeps its records',
          address: 'https://school.example/records',
          note: 'Read this before the first seminar.',
        },
        { action: `${path}/links` },
      );
      await agent.postForm(
        page,
        {
          [`placing-${world.resources[0]?.id ?? ''}`]: 'hidden',
          [`placing-${world.resources[1]?.id ?? ''}`]: 'pinned-required',
        },
        { action: `${path}/placings` },
      );
      const item = `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}`;

      for (const [who, paths] of [
        [agent, [path, '/shortlists', item]],
        [learner.agent, [item]],
      ] as const) {
        const opened = await openPage(view);
        await giveCookies(opened.page, who);
        for (const one of paths) {
          const answer = await opened.page.goto(`${started.tool.url}${one}?course=${course}`);
          expect(answer?.status(), one).to.equal(200);
          await expectAccessible(opened.page, one);
          const width = await opened.page.evaluate('document.documentElement.scrollWidth');
          expect(width, one).to.be.at.most(view.width);
        }
        await opened.context.close();
      }
    });
});
