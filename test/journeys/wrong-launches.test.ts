// The six launches of the demo LMS that must not work: each is refused in the frame, for its own reason, in a real browser.
import { expect } from 'chai';
import { stopBrowser } from '../support/browser.js';
import { runProduct, type Product } from '../support/run-product.js';
import { expectFits, visit } from '../support/visit.js';

const EXPECTED = new Map([
  ['Send a launch twice', 'Nothing was stored'],
  ['Send an expired launch', '(expired)'],
  ['Send a launch signed with another key', '(signature)'],
  ['Send a launch meant for another tool', '(audience)'],
  ['Send a launch begun in another browser', 'Nothing was stored'],
  ['Send a launch of an unknown deployment', '(deployment 999)'],
]);

describe('journey: launches that must not work', function () {
  this.timeout(60_000);
  let product: Product;

  before(async () => {
    product = await runProduct();
  });
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('are all refused in the frame, each with its reason', async () => {
    const { page, leave } = await visit({ product, person: 'Amara Okafor' });
    await page.getByRole('link', { name: 'Try what must not work' }).click();
    await expectFits(page, page, 'try what must not work');
    const seen = new Map<string, string>();

    for (const title of EXPECTED.keys()) {
      await page.getByRole('link', { name: `Send it: ${title}` }).click();
      const refusal = page
        .locator('iframe.tool')
        .contentFrame()
        .locator('main:has-text("Reference number")');
      seen.set(title, await refusal.innerText());
      await page.getByRole('link', { name: 'Back to what must not work' }).click();
    }

    for (const [title, words] of EXPECTED) expect(seen.get(title), title).to.contain(words);
    await page.goto(`${product.demoUrl}/courses/1/wrong/expired`);
    await expectFits(page, page, 'a launch that must not work');
    await leave();
  });
});
