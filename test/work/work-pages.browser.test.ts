// Work for review in a real browser: a student sends a file from a phone, the instructor accepts it, and every page on the way
// is readable by assistive technology and no wider than its window.
import { expect } from 'chai';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { FRAMEWORK } from '../attainment/attainment-world.js';
import { PDF } from '../files/sample-files.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import type { Launched } from '../support/launch-as.js';
import type { Page } from 'playwright-core';

const PHONE = { width: 390, colorScheme: 'light' as const };
const DESK = { width: 1280, colorScheme: 'dark' as const };

describe('the pages of work for review in a browser', function () {
  this.timeout(90_000);
  let started: AttainmentTool;
  let world: OpenTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(async () => {
    await stopBrowser();
    await started.close();
  });
  beforeEach(async () => {
    world = await started.open();
  });

  async function open(launched: Launched, view: typeof PHONE | typeof DESK) {
    const opened = await openPage(view);
    await giveCookies(opened.page, launched.agent);
    const look = async (what: string): Promise<void> => {
      await expectAccessible(opened.page, what);
      const width = await opened.page.evaluate('document.documentElement.scrollWidth');
      expect(width, what).to.be.at.most(view.width);
    };
    return { ...opened, look };
  }

  const chooseFile = (page: Page, bytes: Buffer) =>
    page.getByLabel('File', { exact: true }).setInputFiles({
      name: 'audit.pdf',
      mimeType: 'application/pdf',
      buffer: bytes,
    });

  it('let a student send a file from a phone, and an instructor accept it at a desk', async () => {
    const learner = await world.launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const phone = await open(learner, PHONE);
    const item = `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}`;
    await phone.page.goto(`${started.tool.url}${item}?course=${learner.course}`);
    await phone.page.getByRole('link', { name: 'Send work for review' }).click();
    await phone.look('the form');
    await phone.page.getByLabel('Note for the reader').fill('Look at page 2.');
    await chooseFile(phone.page, PDF);
    await phone.page.getByRole('button', { name: 'Send' }).click();
    await phone.page.getByText('Your work is sent.').waitFor();
    await phone.look('the work');

    const teacher = await world.launch({ role: 'Instructor', user: 'tom' });
    const desk = await open(teacher, DESK);
    await desk.page.goto(`${started.tool.url}/waiting?course=${teacher.course}`);
    await desk.look('what waits');
    await desk.page.getByRole('link', { name: /^Review .* of Ana Ruiz$/ }).click();
    await desk.look('the review');
    const download = desk.page.waitForEvent('download');
    await desk.page.getByRole('link', { name: 'audit.pdf' }).click();
    expect((await download).suggestedFilename()).to.equal('audit.pdf');
    await desk.page.getByLabel('Comment').fill('Well done.');
    await desk.page.getByRole('button', { name: 'Accept as evidence' }).click();
    await desk.page.getByText('Decided lately').waitFor();

    await phone.page.goto(`${started.tool.url}/work?course=${learner.course}`);
    await phone.look('the list');
    expect(await phone.page.getByText('Accepted').count()).to.equal(1);
    await Promise.all([phone.context.close(), desk.context.close()]);
  });

  it('say at once that a chosen file is too large, and keep the note', async () => {
    const learner = await world.launch();
    const { page, context, look } = await open(learner, PHONE);
    const query = `course=${learner.course}&framework=${FRAMEWORK}&item=${world.items[0] ?? ''}`;
    await page.goto(`${started.tool.url}/work/new?${query}`);
    await page.getByLabel('Note for the reader').fill('My note.');

    await chooseFile(page, Buffer.alloc(1_100_000, 'a'));

    await page.getByText('A file may have 1 MB at most.').waitFor();
    await look('the form with a fault');
    expect(await page.getByLabel('Note for the reader').inputValue()).to.equal('My note.');
    await context.close();
  });
});
