import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { seedStarterContent } from '../../src/library/seed-starter-content.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { publicApp, URL } from './public-app.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const ITEM = '/frameworks/him/items/a7a0684b-df5d-5e06-bc6b-cac3139b0ec3';
const PATHS = [
  '/frameworks',
  '/frameworks/him',
  '/frameworks/him?q=statstics',
  ITEM,
  `${ITEM}?kind=podcast`,
  '/pathways',
  '/pathways/him',
  '/posts/using-for-classroom-instruction-that-works',
];

describe('the public pages in a browser', function () {
  this.timeout(120_000);
  let server: Server;

  before(() => {
    server = publicApp().listen(0, '127.0.0.1');
  });
  after(async () => {
    await stopBrowser();
    server.close();
  });

  for (const view of [
    { width: 320, colorScheme: 'dark' as const },
    { width: 1280, colorScheme: 'light' as const },
  ]) {
    const { width, colorScheme } = view;
    it(`are accessible and need no sideways scrolling at ${width} pixels, ${colorScheme}, with everything unfolded`, async () => {
      await seedStarterContent({ now: NOW, url: URL });
      const { page, context } = await openPage(view);

      for (const path of PATHS) {
        await page.goto(`${addressOf(server)}${path}`);
        await page.evaluate(
          `document.querySelectorAll('details').forEach((one) => (one.open = true))`,
        );
        await expectAccessible(page, path);
        expect(await page.evaluate('document.documentElement.scrollWidth'), path).to.equal(width);
      }
      await context.close();
    });
  }

  it('work without script: search by the form, open the share panel, select the address', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const { page, context } = await openPage({ width: 1280, javaScript: false });
    await page.goto(`${addressOf(server)}/frameworks/him`);

    await page.getByText('Share this page with family, friends, and colleagues.').click();
    const address = await page.getByLabel('Address of this page').inputValue();
    await page.getByLabel('Search competencies and resources').fill('statistics');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/q=statistics/);

    expect(address).to.equal(`${URL}/frameworks/him`);
    expect(
      await page.getByRole('heading', { name: 'Competencies for “statistics”' }).isVisible(),
    ).to.equal(true);
    await context.close();
  });
});

function addressOf(server: Server): string {
  // A listening TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
