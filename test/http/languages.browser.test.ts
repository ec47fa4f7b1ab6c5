// Pages in languages that are not English: nothing is cut or overlaps where words are half as long again, and everything
// turns round where a language runs from right to left.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { addPseudoLanguage } from '../support/pseudo-language.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import { startAttainmentTool, type AttainmentTool } from '../attainment/attainment-tool.js';
import { align, createActivity, FRAMEWORK } from '../attainment/attainment-world.js';

const PRESENTATION = 'https://purl.imsglobal.org/spec/lti/claim/launch_presentation';
const LONG = 'de';
const RIGHT_TO_LEFT = 'ar';
/** How far the words of the heading are from the left and from the right edge of the page. */
const GAPS = `(() => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector('h1'));
  const box = range.getBoundingClientRect();
  return [box.left, window.innerWidth - box.right];
})()`;

describe('pages in another language', function () {
  this.timeout(90_000);
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(async () => {
    await stopBrowser();
    await started.close();
  });

  /** Opens the pages of a learner whose platform says this language. */
  const walk = async (options: {
    language: string;
    width: number;
    look: (page: Page, path: string) => Promise<void>;
  }): Promise<void> => {
    const { language, width, look } = options;
    const world = await started.open();
    const claims = { [PRESENTATION]: { document_target: 'iframe', locale: language } };
    const learner = await world.launch({ claims });
    const activity = await createActivity({
      deployment: world.deployment,
      course: learner.course,
      assessed: true,
    });
    await align(activity, world.items.slice(0, 2), { at: new Date() });
    const { page, context } = await openPage({ width });
    await giveCookies(page, learner.agent);
    for (const path of [
      `/frameworks/${FRAMEWORK}`,
      `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}`,
      '/progress',
      `/resources/${world.resources[0]?.id ?? ''}`,
      `/resources/${world.lesson.id}`,
      '/frameworks/nowhere',
    ]) {
      await page.goto(`${started.tool.url}${path}?course=${learner.course}`);
      await look(page, path);
    }
    await context.close();
  };

  for (const width of [320, 1280])
    it(`hold words half as long again at ${String(width)} pixels`, async () => {
      const takeAway = addPseudoLanguage({ language: LONG, growth: 0.5 });
      try {
        await walk({
          language: LONG,
          width,
          async look(page, path) {
            expect(await page.getAttribute('html', 'lang'), path).to.equal(LONG);
            const scrolled = await page.evaluate('document.documentElement.scrollWidth');
            expect(scrolled, path).to.be.at.most(width);
            await expectAccessible(page, path);
          },
        });
      } finally {
        takeAway();
      }
    });

  it('are in Spanish for whose platform says so, and say which words are not', async () => {
    await walk({
      language: 'es-MX',
      width: 390,
      async look(page, path) {
        expect(await page.getAttribute('html', 'lang'), path).to.equal('es-MX');
        expect(await page.getByRole('button', { name: 'Salir' }).count(), path).to.equal(1);
        if (path.includes('/items/') || path.endsWith(FRAMEWORK))
          expect(await page.getAttribute('h1', 'lang'), path).to.equal('en');
        const scrolled = await page.evaluate('document.documentElement.scrollWidth');
        expect(scrolled, path).to.be.at.most(390);
        await expectAccessible(page, path);
      },
    });
  });

  it('run from right to left where the language does', async () => {
    const takeAway = addPseudoLanguage({ language: RIGHT_TO_LEFT, growth: 0 });
    try {
      await walk({
        language: RIGHT_TO_LEFT,
        width: 390,
        async look(page, path) {
          expect(await page.getAttribute('html', 'dir'), path).to.equal('rtl');
          const [left, right] = z.tuple([z.number(), z.number()]).parse(await page.evaluate(GAPS));
          expect(right, path).to.be.at.most(left);
          const scrolled = await page.evaluate('document.documentElement.scrollWidth');
          expect(scrolled, path).to.be.at.most(390);
          await expectAccessible(page, path);
        },
      });
    } finally {
      takeAway();
    }
  });
});
