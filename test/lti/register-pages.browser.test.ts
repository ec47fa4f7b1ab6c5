// The registration pages in a real browser, in the frame of a platform on another site: they can be read by assistive
// technology, need no script and no cookie, and tell the platform when they are done.
import { expect } from 'chai';
import type { Frame, Page } from 'playwright-core';
import { listPlatforms } from '../../src/lti/platform.model.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { encodeForm } from '../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { addRegistration, sendText, type FakeRegistration } from '../support/fake-registration.js';
import { invite } from '../support/invite.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('the registration pages in a browser', function () {
  this.timeout(60_000);
  let tool: TestTool;
  let platform: FakePlatform;
  let fake: FakeRegistration;
  let address: string;

  before(async () => {
    [tool, platform] = await Promise.all([startTool(), startFakePlatform()]);
  });
  after(async () => {
    await stopBrowser();
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    fake = addRegistration(platform);
    const { path } = await invite(tool, { name: 'Our Moodle' });
    const query = { openid_configuration: fake.configurationUrl, registration_token: fake.token };
    address = `${tool.url}${path}?${encodeForm(query)}`;
    const html = `<!doctype html><title>Manage tools</title><iframe title="Crosswalk" width="100%" height="800" src="${address.replaceAll('&', '&amp;')}"></iframe>`;
    platform.respond('/manage-tools', (_call, res) => sendText(res, 200, 'text/html', html));
  });

  /** Remembers what the page is told by its frames and windows. */
  const listen = (page: Page) =>
    page.addInitScript(`addEventListener('message', (event) => {
      (globalThis.told ??= []).push([event.origin, event.data]);
    })`);
  const told = (page: Page): Promise<unknown> => page.evaluate('globalThis.told');
  const CLOSE = { subject: 'org.imsglobal.lti.close' };

  async function openFrame(page: Page): Promise<Frame> {
    await page.goto(`${platform.origin}/manage-tools`);
    const frame = page.frames().find((one) => one.url().startsWith(tool.url));
    if (!frame) throw new Error('the frame did not open');
    await frame.getByRole('heading', { level: 1 }).waitFor();
    return frame;
  }

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ])
    it(`connect in the platform's frame and have no fault that axe finds, ${view.title}`, async () => {
      fake.answer = { scope: '' };
      const { page, context } = await openPage(view);
      await listen(page);
      const frame = await openFrame(page);

      await expectAccessible(frame, 'before');
      const excess = await frame.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      await frame.getByRole('button', { name: 'Connect' }).click();
      await frame.getByText('Our Moodle is connected to Crosswalk').waitFor();
      await expectAccessible(frame, 'after');
      const before = await told(page);
      await frame.getByRole('button', { name: 'Go back to Moodle' }).click();
      await page.waitForFunction('globalThis.told');

      expect(excess, 'pixels to scroll sideways').to.equal(0);
      expect(before, 'said before it was read').to.equal(undefined);
      expect(await told(page)).to.deep.equal([[new URL(tool.url).origin, CLOSE]]);
      await context.close();
    });

  it('close at once, in a window of its own too, where there is nothing more to read', async () => {
    const { page, context } = await openPage();
    await listen(page);
    await page.goto(`${platform.origin}/manage-tools`);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(`void open(${JSON.stringify(address)}, 'registration', 'popup')`),
    ]);

    await popup.getByRole('button', { name: 'Connect' }).click();
    await page.waitForFunction('globalThis.told');

    expect(await told(page)).to.deep.equal([[new URL(tool.url).origin, CLOSE]]);
    await context.close();
  });

  it('work without script', async () => {
    const { page, context } = await openPage({ javaScript: false });
    await page.goto(address);

    await page.getByRole('button', { name: 'Connect' }).click();

    expect(await page.getByRole('heading', { level: 1 }).textContent()).to.equal('Connected');
    expect(await page.getByRole('button').count()).to.equal(0);
    expect(await listPlatforms()).to.have.length(1);
    await context.close();
  });
});
