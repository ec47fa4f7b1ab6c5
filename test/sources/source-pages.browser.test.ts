// The pages of the xAPI profile and of evidence sources in a real browser: readable by assistive technology, and on a phone
// without scrolling sideways.
import { expect } from 'chai';
import { sourcesRoutes } from '../../src/admin/sources.routes.js';
import { addLrsKey } from '../../src/lrs/lrs-keys.js';
import { addStoreSource } from '../../src/sources/evidence-sources.js';
import { countUnmatched } from '../../src/sources/unmatched-actor.model.js';
import { profileRoutes } from '../../src/xapi/profile.routes.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { giveCookies } from '../support/give-cookies.js';
import { connectPlatform } from '../support/launch-as.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('the pages of what we and other tools say, in a browser', function () {
  this.timeout(90_000);
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config, now, outgoing }) => [
        profileRoutes(),
        sourcesRoutes({ config, now, mayReach: outgoing.mayReach, nudge: () => undefined }),
      ],
    });
  });
  after(async () => {
    await stopBrowser();
    await tool.close();
    await fake.close();
  });

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ])
    it(`have no fault that axe finds and fit ${view.title}`, async () => {
      const sources = await fillSources();
      const { page, context } = await openPage(view);
      await giveCookies(page, await signInAsOperator(tool));

      for (const path of ['/xapi-profile', ...sources]) {
        await page.goto(`${tool.url}${path}`);
        for (const summary of await page.locator('summary').all()) await summary.click();
        await expectAccessible(page, path);
        const excess = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(excess, path).to.equal(0);
      }
      await context.close();
    });

  /** Addresses of the list and of one with actors that are nobody. */
  async function fillSources(): Promise<string[]> {
    const { deployment } = await connectPlatform(fake);
    const now = new Date();
    await addLrsKey({ name: 'H5P', scopes: ['all'], now });
    const source = await addStoreSource({
      deployment: deployment._id,
      body: {
        name: 'Moodle’s record store',
        endpoint: 'https://lrs.school.example/xapi',
        key: 'reader',
        password: 'secret',
        homePages: 'https://moodle.example',
        accountName: 'sub',
      },
      secret: tool.services.config.secret,
      mayReach: () => true,
      now,
    });
    const homePage = 'https://a-very-long-name-of-a-host.example/with/a/long/path/behind/it';
    const agentKey = JSON.stringify(['account', homePage, 'x'.repeat(80)]);
    const seen = [{ agentKey, position: 1, at: now }];
    await countUnmatched({ deployment: deployment._id, source, seen });
    const list = `/admin/deployments/${deployment._id}/sources`;
    return [list, `${list}/${source}`];
  }
});
