// The pages of earlier terms and templates in a real browser: readable by assistive technology, in light and dark, on a phone.
import { expect } from 'chai';
import { findAlignment, replaceAlignments } from '../../src/activities/alignment.model.js';
import { listActivities } from '../../src/activities/activity.model.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { giveCookies } from '../support/give-cookies.js';
import type { Launched } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, type CourseWorld } from './course-world.js';

describe('the pages of earlier terms in a browser', function () {
  this.timeout(90_000);
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  let spring: Launched;
  let fall: Launched;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
    const open = (id: string, title: string) =>
      world.open('Instructor', {
        course: { id, title },
        user: { sub: 'ana', name: 'Ana Ruiz' },
      });
    spring = await open('HIM101-01', 'Health records, spring');
    await fill(spring, ['Quiz on records', 'Essay', 'Talk'], 'reinforced');
    fall = await open('HIM101-02', 'Health records, fall');
    await fill(fall, ['Quiz on records', 'Essay', 'Something new'], 'introduced');
    await spring.agent.postForm(
      `/earlier-alignments?course=${spring.course}`,
      {},
      { action: '/templates' },
    );
  });
  after(async () => {
    await stopBrowser();
    await tool.close();
    await fake.close();
  });

  /** Each is aligned to one competency more than the one before it. */
  async function fill(
    { agent, course }: Launched,
    titles: string[],
    stage: 'introduced' | 'reinforced',
  ): Promise<void> {
    const page = `/activities?course=${course}`;
    await agent.postForm(page, { lines: titles.join('\n') }, { action: '/activities' });
    const { deployment } = world;
    for (const { id, title } of await listActivities({ deployment, course })) {
      const place = { deployment, course, activity: id };
      const { revision } = await findAlignment(place);
      const items = world.items.slice(0, stage === 'introduced' ? 1 : titles.indexOf(title) + 1);
      await replaceAlignments({
        ...place,
        expectedRevision: revision,
        items: items.map((item) => ({ framework: 'small', item, stage })),
        by: 'ana',
        now: new Date(),
      });
    }
  }

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ])
    it(`have no fault that axe finds ${view.title}, and are no wider than it`, async () => {
      const { page, context } = await openPage(view);
      await giveCookies(page, fall.agent);
      for (const path of [
        '/earlier-alignments?',
        `/earlier-alignments/preview?from=course:${spring.course}&`,
        '/earlier-alignments/preview?from=template:HIM101&',
      ]) {
        const answer = await page.goto(`${tool.url}${path}course=${fall.course}`);
        expect(answer?.status(), path).to.equal(200);
        await expectAccessible(page, path);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect(width, path).to.be.at.most(view.width);
      }
      await context.close();
    });
});
