// A real browser for tests: the Chromium that comes in a registry package, with third-party cookies blocked as today's
// browsers do, and axe to read each page as assistive technology does.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import chromiumPackage from '@sparticuz/chromium';
import { expect } from 'chai';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Frame,
  type Page,
} from 'playwright-core';
import { z } from 'zod';

// Not the package's own arguments: they switch web security off, under which such tests would prove nothing.
const ARGUMENTS = [
  '--no-sandbox',
  '--headless=shell',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  // Names other than ours lead nowhere: a test reaches nothing outside this machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

const AxeResult = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      help: z.string(),
      nodes: z.array(
        z.object({ target: z.array(z.unknown()), failureSummary: z.string().optional() }),
      ),
    }),
  ),
});

let browser: Browser | null = null;
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** The browser of this test process, started at the first call. */
async function startBrowser(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: await chromiumPackage.executablePath(),
    args: ARGUMENTS,
    headless: true,
  });
  return browser;
}

/** Ends it; call in an `after` hook. */
export async function stopBrowser(): Promise<void> {
  await browser?.close();
  browser = null;
}

export interface VisitOptions {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  javaScript?: boolean;
}

/** A fresh browser profile with a page in which unpartitioned third-party cookies do not come back. */
export async function openPage(
  options: VisitOptions = {},
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await (
    await startBrowser()
  ).newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.javaScript ?? true,
    bypassCSP: false,
  });
  const page = await context.newPage();
  await blockThirdPartyCookies(page);
  return { page, context };
}

export async function blockThirdPartyCookies(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const blocking = {
    enableThirdPartyCookieRestriction: true,
    disableThirdPartyCookieMetadata: true,
    disableThirdPartyCookieHeuristics: true,
  };
  await session.send('Network.setCookieControls', blocking);
}

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** Reads the page or frame with axe (WCAG 2.0 to 2.2, A and AA) and fails naming each violation and element. */
export async function expectAccessible(target: Page | Frame, what: string): Promise<void> {
  await runAxe(target, what, { type: 'tag', values: STANDARDS });
}

/** Reads the page's colours in the other scheme, dark or light: all that differs there, for a fraction of the time. */
export async function expectOtherColours(target: Page | Frame, what: string): Promise<void> {
  const page = 'page' in target ? target.page() : target;
  const isDark = await page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`);
  const [own, other] =
    isDark === true ? (['dark', 'light'] as const) : (['light', 'dark'] as const);
  await page.emulateMedia({ colorScheme: other });
  await runAxe(target, `${what}, ${other}`, { type: 'rule', values: RULES_OF_COLOUR });
  await page.emulateMedia({ colorScheme: own });
}

async function runAxe(
  target: Page | Frame,
  what: string,
  runOnly: { type: 'tag' | 'rule'; values: string[] },
): Promise<void> {
  // Half a megabyte, which takes longer to send than to run.
  if ((await target.evaluate('typeof globalThis.axe')) === 'undefined')
    await target.evaluate(`void (() => {${axeSource}\n})()`);
  const raw: unknown = await target.evaluate(
    `axe.run(document, ${JSON.stringify({ runOnly, resultTypes: ['violations'] })})`,
  );
  const { violations } = AxeResult.parse(raw);
  const faults = violations.flatMap((fault) =>
    fault.nodes.map(
      (node) =>
        `${fault.id}: ${fault.help} (${node.target.join(' ')}) ${node.failureSummary ?? ''}`,
    ),
  );
  expect(faults, what).to.deep.equal([]);
}
