// The second journey: an instructor lists the course's activities and aligns one to competencies; students see it.
import { expect } from 'chai';
import type { Frame } from 'playwright-core';
import { addActivities, findCompetencies, openActivity, openCourse } from '../support/acts.js';
import { stopBrowser } from '../support/browser.js';
import { runProduct, type Product } from '../support/run-product.js';
import { expectFits, toolFrame, visit } from '../support/visit.js';

const RELEASE = 'Release patient-specific data to authorized users.';
const AUDIT =
  'Use and summarize data compiled from audit trails and data quality monitoring programs.';
const LMS_ADDRESS = 'https://lms.example/mod/assign/7';

describe('journey: an instructor aligns an activity', function () {
  this.timeout(60_000);
  let product: Product;

  before(async () => {
    product = await runProduct();
  });
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('lists what was launched, typed and pasted, and says why the rest must be typed', async () => {
    const instructor = await visit({ product, person: 'Ruth Alvarez' });
    const tool = await instructor.open('Health record scavenger hunt');
    await expectFits(instructor.page, tool, 'activity, for staff');

    await addActivities(tool, [
      `Release form exercise, ${LMS_ADDRESS}, assignment`,
      'Reading week',
    ]);

    expect(
      await tool.getByText('LTI shows a tool no gradebook column but its own').count(),
    ).to.equal(1);
    expect(await tool.locator('tbody th').allInnerTexts()).to.deep.equal([
      'Health record scavenger hunt',
      'Release form exercise',
      'Reading week',
    ]);
    expect(await tool.getByText('new, not aligned yet').count()).to.equal(3);
    await expectFits(instructor.page, tool, 'course, for staff');
    await instructor.leave();
  });

  it('says which line is wrong, keeps what was typed and adds nothing', async () => {
    const instructor = await visit({ product, person: 'Ruth Alvarez' });
    const tool = await instructor.open('Competencies');
    await openCourse(tool);
    const lines = 'A good one\nA bad one | javascript:alert(1) | quiz';

    await tool.getByLabel('Activities, one a line').fill(lines);
    await tool.getByRole('button', { name: 'Add the activities' }).click();

    const alert = tool.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText())
      .to.contain('Nothing was added yet')
      .and.to.contain('Line 2');
    expect(await tool.getByLabel('Activities, one a line').inputValue()).to.equal(lines);
    await expectFits(instructor.page, tool, 'activities with a fault');
    await openCourse(tool);
    expect(await tool.getByText('A good one').count()).to.equal(0);
    await instructor.leave();
  });

  it('aligns one to two competencies found by words, undoes it, and brings it back', async () => {
    const instructor = await visit({ product, person: 'Ruth Alvarez' });
    const tool = await instructor.open('Competencies');
    await openActivity(tool, 'Release form exercise');
    await expectFits(instructor.page, tool, 'alignment');

    await findCompetencies(tool, 'audit trails');
    await tool.getByRole('checkbox', { name: AUDIT }).check();
    await findCompetencies(tool, 'release patient');
    await expectFits(instructor.page, tool, 'alignment, found');
    expect(await tool.getByRole('checkbox', { name: AUDIT }).isChecked()).to.equal(true);
    await tool.getByRole('checkbox', { name: RELEASE }).check();
    await tool.getByLabel(`Stage: ${RELEASE}`).selectOption('mastered');
    await tool.getByRole('button', { name: 'Save the alignment' }).click();

    await tool.getByText('Saved. “Release form exercise”: added 2 competencies.').waitFor();
    expect(await readChips(tool)).to.deep.equal([`${AUDIT} · introduced`, `${RELEASE} · mastered`]);
    await openActivity(tool, 'Release form exercise');
    await tool.getByRole('button', { name: 'Undo the last change' }).click();
    await tool.getByText('Last change: took 2 away.').waitFor();
    expect(await readChips(tool)).to.deep.equal([]);
    await openActivity(tool, 'Release form exercise');
    await tool.getByRole('button', { name: 'Undo the last change' }).click();
    await tool.getByText('Last change: added 2 competencies.').waitFor();
    expect(await readChips(tool)).to.have.length(2);
    await instructor.leave();
  });

  it('shows a student this course’s competencies first, the whole framework one tap away', async () => {
    const student = await visit({ product, person: 'Amara Okafor', width: 390, height: 844 });

    const tool = await student.open('Competencies');

    const statements = tool.locator('.tree-statement > a');
    expect(await statements.allInnerTexts()).to.have.members([AUDIT, RELEASE]);
    await expectFits(student.page, tool, 'competencies of the course');
    await tool.getByRole('link', { name: 'Whole framework' }).click();
    await tool.getByText('0 of 75 achieved').waitFor();
    expect(await statements.count()).to.equal(75);
    await tool.getByRole('link', { name: RELEASE }).click();
    await tool.getByRole('heading', { level: 1, name: RELEASE }).waitFor();
    await tool.getByRole('link', { name: 'Release form exercise' }).click();
    await tool.getByRole('heading', { level: 1, name: 'Release form exercise' }).waitFor();
    await expectFits(student.page, tool, 'activity, for a student');
    const address = await student.followOutside(() =>
      tool.getByRole('link', { name: 'Open the activity' }).click(),
    );
    expect(address).to.equal(LMS_ADDRESS);
    await student.leave();
  });

  it('places a lesson in the course by deep linking, where it opens on its questions', async () => {
    const instructor = await visit({ product, person: 'Ruth Alvarez' });
    await instructor.page.getByRole('link', { name: 'Select content' }).click();
    const tool = await toolFrame(instructor.page);
    await expectFits(instructor.page, tool, 'deep linking');
    await tool.getByLabel('Find competencies, lessons and resources').fill('audit trails');
    await tool.getByRole('button', { name: 'Find' }).click();
    await tool.getByLabel(/^Access logs and audit trails/).check();
    await tool.getByRole('button', { name: 'Place the chosen ones' }).click();
    await tool.getByText('New in the course:').waitFor();
    await instructor.leave();

    const student = await visit({ product, person: 'Amara Okafor' });
    const lesson = await student.open('Access logs and audit trails');

    expect(await lesson.getByRole('group').count()).to.be.greaterThan(0);
    await expectFits(student.page, lesson, 'placed lesson');
    await student.leave();
  });
});

/** What the course page shows beside the aligned activity. */
async function readChips(tool: Frame): Promise<string[]> {
  await openCourse(tool);
  const row = tool.getByRole('row').filter({ hasText: 'Release form exercise' });
  return row.locator('.chip-list .chip').allInnerTexts();
}
