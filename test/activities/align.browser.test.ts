// Aligning in a real browser: by the keyboard alone, one activity after another, beside the course's table; what was chosen
// survives somebody else's change and an ended session.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { expectAccessible, expectOtherColours, openPage, stopBrowser } from '../support/browser.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { giveCookies } from '../support/give-cookies.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { courseRouters, createCourseWorld, type CourseWorld } from './course-world.js';

describe('aligning in a browser', function () {
  this.timeout(90_000);
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;
  let quiz: string;
  let essay: string;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
    [quiz = '', essay = ''] = await world.type('Second thing quiz', 'Essay');
  });
  after(async () => {
    await stopBrowser();
    await tool.close();
    await fake.close();
  });

  it('goes from one activity to the next by the keyboard alone, on a page that axe finds no fault in', async () => {
    const { page, leave } = await open(`/alignments?activity=${quiz}`);
    const field = page.getByRole('combobox', { name: 'Find competencies' });

    await field.focus();
    await page.keyboard.type('thing');
    await options(page).first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await activeOption(page)).to.equal(await options(page).nth(1).getAttribute('id'));
    expect(await page.getByText('4 competencies found.').count()).to.equal(1);
    await expectAccessible(page, 'while somebody types');
    await expectOtherColours(page, 'while somebody types');
    await page.keyboard.press('Escape');
    expect(await field.getAttribute('aria-expanded')).to.equal('false');
    await field.fill('');
    await page.keyboard.type('third');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: /third thing/, checked: true }).waitFor();
    expect(await focusedName(page)).to.equal(`stage-${world.items[2] ?? ''}`);
    await page.keyboard.type('m');
    await page.keyboard.press('Enter');
    expect(await focusedName(page)).to.equal('q');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Essay' }).waitFor();

    expect(
      await page.getByText('Saved. “Second thing quiz”: added 1 competency.').count(),
    ).to.equal(2);
    expect(await focusedName(page)).to.equal('q');
    expect(await world.alignedTo(quiz)).to.deep.equal([
      { framework: 'small', item: world.items[2], stage: 'mastered' },
    ]);
    await expectAccessible(page, 'the next activity');
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('heading', { name: 'Second thing quiz' }).waitFor();
    expect(await world.alignedTo(quiz)).to.deep.equal([]);
    await leave();
  });

  it('opens beside the table of the course, renews the table, and closes where it was opened', async () => {
    const { page, leave } = await open('/activities');
    const row = page.getByRole('row', { name: /Second thing quiz/ });

    await row.getByRole('link', { name: 'Align' }).click();
    const panel = page.getByRole('complementary', { name: 'Align' });
    await panel.getByRole('checkbox', { name: /second thing/ }).check();
    await expectAccessible(page, 'the panel');
    await panel.getByRole('button', { name: 'Save and go to the next' }).click();
    await panel.getByRole('heading', { name: 'Essay' }).waitFor();
    await row.getByText('· introduced').waitFor();
    await page.getByText('1 activity counts for no competency yet.').waitFor();
    await panel.getByRole('button', { name: 'Close' }).click();

    expect(await panel.isVisible()).to.equal(false);
    expect(new URL(page.url()).pathname).to.equal('/activities');
    await leave();
  });

  it('leads to a page of its own where there is no room beside the table', async () => {
    const { page, leave } = await open('/activities', 760);

    await page.getByRole('link', { name: /^Align ?: Essay/ }).click();

    await page.getByRole('heading', { name: 'Essay' }).waitFor();
    expect(new URL(page.url()).pathname).to.equal('/alignments');
    await leave();
  });

  it('remembers a suggestion that does not fit, and keeps what was chosen', async () => {
    const { page, leave } = await open(`/alignments?activity=${quiz}`);
    await choose(page, 'fourth');

    await page.getByRole('button', { name: /^Does not fit ?: Do the second thing/ }).click();
    await page.getByText('1 suggestion was dismissed.').waitFor();

    expect(await page.getByRole('checkbox', { name: /fourth/ }).isChecked()).to.equal(true);
    expect(await page.getByRole('checkbox', { name: /second thing/ }).count()).to.equal(0);
    await leave();
  });

  it('keeps what was chosen where somebody else aligned meanwhile, and saves it on request', async () => {
    const { page, leave } = await open(`/alignments?activity=${essay}`);
    await choose(page, 'third');
    const other = await world.open('TeachingAssistant');
    await other.agent.postForm(
      `/alignments?course=${world.course}&activity=${essay}`,
      { item: world.items[0] ?? '' },
      { action: '/alignments' },
    );

    await page.getByRole('button', { name: 'Save the alignment' }).click();
    await page.getByText('The TeachingAssistant added 1 competency.').waitFor();
    await expectAccessible(page, 'a conflict');
    expect(await page.getByRole('checkbox', { name: /third/ }).isChecked()).to.equal(true);
    expect(await alignedItems(essay)).to.deep.equal([world.items[0]]);
    await page.getByRole('button', { name: 'Save the alignment' }).click();
    await page.getByText('Saved. “Essay”').first().waitFor();

    expect(await alignedItems(essay)).to.deep.equal([world.items[2]]);
    await leave();
  });

  it('keeps what was chosen when the session has ended, and saves it in the next one', async () => {
    const { page, leave } = await open(`/alignments?activity=${essay}`);
    await choose(page, 'third');
    await page.context().clearCookies();

    await page.getByRole('button', { name: 'Save and go to the next' }).click();
    await page.getByText('Your session has ended').waitFor();
    await expectAccessible(page, 'an ended session');
    expect(await page.getByRole('checkbox', { name: /third/ }).isChecked()).to.equal(true);
    const { agent } = await world.open('Instructor');
    await giveCookies(page, agent);
    await page.getByRole('button', { name: 'Save and go to the next' }).click();
    await page.getByRole('heading', { name: 'Second thing quiz' }).waitFor();

    expect(await alignedItems(essay)).to.deep.equal([world.items[2]]);
    await leave();
  });

  async function open(path: string, width = 1280) {
    const { agent } = await world.open('Instructor');
    const { page, context } = await openPage({ width });
    await giveCookies(page, agent);
    await page.goto(`${tool.url}${path}${path.includes('?') ? '&' : '?'}course=${world.course}`);
    return { page, leave: () => context.close() };
  }

  async function alignedItems(activity: string): Promise<string[]> {
    return (await world.alignedTo(activity)).map(({ item }) => item);
  }
});

async function choose(page: Page, words: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Find competencies' }).fill(words);
  await options(page).first().click();
}

function options(page: Page) {
  return page.getByRole('listbox', { name: 'Competencies found' }).getByRole('option');
}

async function focusedName(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.name');
}

async function activeOption(page: Page): Promise<string | null> {
  return page
    .getByRole('combobox', { name: 'Find competencies' })
    .getAttribute('aria-activedescendant');
}
