// What the demo LMS shows beyond a launch, in a real browser: six launches that must not work, each refused in the frame for
// its own reason, and a tool that registers itself.
import { expect } from 'chai';
import { stopBrowser } from '../support/browser.js';
import { z } from 'zod';
import { runBeside, runProduct, type Product } from '../support/run-product.js';
import { expectFits, visit } from '../support/visit.js';

const EXPECTED = new Map([
  ['Send a launch twice', 'This launch was used before'],
  ['Send an expired launch', '(expired)'],
  ['Send a launch signed with another key', '(signature)'],
  ['Send a launch meant for another tool', '(audience)'],
  ['Send a launch begun in another browser', 'Your browser did not keep what it needs'],
  ['Send a launch of an unknown deployment', '(deployment 999)'],
]);

const Invited = z.object({ address: z.url() });

describe('journey: the demo LMS', function () {
  this.timeout(60_000);
  let product: Product;

  before(async () => {
    product = await runProduct();
  });
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('sends six launches that are all refused in the frame, each with its reason', async () => {
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

  it('has the tool register itself in a frame, activates it, and opens a course with it', async () => {
    const { address } = Invited.parse(
      await runBeside(product, ['platform', 'invite', '--accept-deployments']),
    );
    const { page, leave } = await visit({ product, person: 'Priya Raman' });
    await page.goto(`${product.demoUrl}/tools`);

    await page.getByLabel('Registration address').fill(address);
    await page.getByLabel('This LMS behaves').selectOption('moodle');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    const tool = page.locator('iframe.tool').contentFrame();
    await tool.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('button', { name: /^Activate/ }).click();
    await page.getByRole('button', { name: /^Remove/ }).waitFor();
    await expectFits(page, page, 'tools');
    await page.goto(`${product.demoUrl}/courses/2`);
    await page.getByLabel('This course is opened by').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Use this tool' }).click();
    await page.getByRole('main').getByRole('link', { name: 'Audit trail review' }).click();

    await tool.getByRole('heading', { level: 1, name: 'Course' }).waitFor();
    expect(await tool.getByRole('main').innerText()).to.contain('Audit trail review');
    for (const name of ['Gradebook', 'People']) {
      await page.getByRole('link', { name, exact: true }).click();
      await expectFits(page, page, name);
    }
    await leave();
  });
});
