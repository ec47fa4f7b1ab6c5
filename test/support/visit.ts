// A person at a browser: signs in to the demo LMS, opens activities, and reads the tool in its frame. What a page does
// against its security policy is a fault of the visit.
import { expect } from 'chai';
import type { BrowserContext, Frame, Locator, Page, Request } from 'playwright-core';
import {
  blockThirdPartyCookies,
  expectAccessible,
  expectOtherColours,
  openPage,
  type VisitOptions,
} from './browser.js';
import type { Product } from './run-product.js';

const TRY_MS = 400;
const MAX_TRIES = 40;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Goes to the course (the first unless another is named) and opens one of its activities; the tool's page, once it is there. */
  open(activity: string, course?: string): Promise<Frame>;
  /** As somebody else, in the same browser. */
  signIn(person: string): Promise<void>;
  /** Another tab of the same browser. */
  tab(): Promise<Visitor>;
  /** The address outside this machine that a click leads to, in a new tab, which is closed again. */
  followOutside(click: () => Promise<void>): Promise<string>;
  /** Closes the browser profile; fails when a page broke its own security policy or threw. */
  leave(): Promise<void>;
}

export async function visit(
  options: VisitOptions & { product: Product; person: string },
): Promise<Visitor> {
  const { product, person, ...browserOptions } = options;
  const { page, context } = await openPage(browserOptions);
  const faults: string[] = [];
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
  context.on('weberror', (error) => faults.push(error.error().message));
  const visitor = visitOn({ page, context, product, faults, ...browserOptions });
  await visitor.signIn(person);
  return visitor;
}

function visitOn(
  options: VisitOptions & {
    page: Page;
    context: BrowserContext;
    product: Product;
    faults: string[];
  },
): Visitor {
  const { page, context, product, faults } = options;
  return {
    page,
    context,
    async open(activity, course = '1') {
      await page.goto(`${product.demoUrl}/courses/${course}`);
      await page.getByRole('main').getByRole('link', { name: activity, exact: true }).click();
      if (options.javaScript === false) await pressContinue(page);
      return toolFrame(page);
    },
    async signIn(name) {
      await page.goto(product.demoUrl);
      await page.getByRole('button', { name: `Sign in as ${name}`, exact: true }).click();
      await page.getByRole('heading', { name: 'Activities' }).waitFor();
    },
    async tab() {
      const another = await context.newPage();
      await blockThirdPartyCookies(another);
      return visitOn({ ...options, page: another });
    },
    async followOutside(click) {
      const isOutside = (request: Request) =>
        !['localhost', '127.0.0.1'].includes(new URL(request.url()).hostname);
      const [request, opened] = await Promise.all([
        context.waitForEvent('request', isOutside),
        context.waitForEvent('page'),
        click(),
      ]);
      await opened.close();
      return request.url();
    },
    async leave() {
      await context.close();
      expect(faults).to.deep.equal([]);
    },
  };
}

/** The tool's page inside the demo LMS. */
export async function toolFrame(page: Page): Promise<Frame> {
  const iframe = page.locator('iframe.tool');
  await iframe.contentFrame().locator('#content').waitFor();
  const frame = await (await iframe.elementHandle())?.contentFrame();
  if (!frame) throw new Error('the page has no frame of the tool');
  return frame;
}

/** Without script two pages ask for a click: the platform's login, and its answer to the tool. */
async function pressContinue(page: Page): Promise<void> {
  const frame = page.locator('iframe.tool').contentFrame();
  await frame.locator('form[action$="/lti/login"]').getByRole('button').click();
  await frame.locator('form[action$="/lti/launch"]').getByRole('button').click();
}

/** Reloads until it is there: workers count evidence a moment after it was made. */
export async function eventually(target: Frame | Page, find: () => Locator): Promise<void> {
  // With its fragment it would be a place on the same page, and no reload.
  const [address = ''] = target.url().split('#');
  for (let tries = 1; ; tries += 1) {
    try {
      return await find().first().waitFor({ timeout: TRY_MS });
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
    }
    await target.goto(address);
  }
}

/** Axe at both widths and in both colour schemes, and nothing to scroll sideways. */
export async function expectFits(page: Page, target: Frame | Page, what: string): Promise<void> {
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    await expectAccessible(target, `${what}, ${size.width} wide`);
    const excess = await target.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(excess, `${what}, ${size.width} wide: pixels to scroll sideways`).to.equal(0);
  }
  await expectOtherColours(target, what);
}
