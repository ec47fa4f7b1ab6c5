// Hands a test agent's session to a real browser. `__Host-` cookies have no domain, so they need the protocol itself.
import type { Page } from 'playwright-core';
import type { BrowserAgent } from './browser-agent.js';

/** For pages of the tool at localhost. */
export async function giveCookies(page: Page, agent: BrowserAgent): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const [name, value] of agent.cookies) {
    const cookie = { name, value, url: 'https://localhost/', path: '/', secure: true };
    await session.send('Network.setCookie', cookie);
  }
}
