// An instructor downloads the gradebook of the demo LMS, which holds assignments that LTI shows no tool, and brings it in; the
// student finds the score on the page of the activity.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openCourse } from '../support/acts.js';
import { stopBrowser } from '../support/browser.js';
import { runProduct, type Product } from '../support/run-product.js';
import { eventually, expectFits, visit } from '../support/visit.js';

const ASSIGNMENT = 'Midterm examination';

describe('journey: a gradebook file', function () {
  this.timeout(120_000);
  let product: Product;

  before(async () => (product = await runProduct()));
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('is downloaded in the LMS, looked at, brought in, and found by the student', async () => {
    const teacher = await visit({ product, person: 'Ruth Alvarez' });
    await teacher.page.goto(`${product.demoUrl}/courses/1/gradebook`);
    const [download] = await Promise.all([
      teacher.page.waitForEvent('download'),
      teacher.page.getByRole('link', { name: 'Download gradebook (CSV)' }).click(),
    ]);
    const file = await download.path();
    expect(readFileSync(file, 'utf8')).to.contain(ASSIGNMENT);

    const tool = await teacher.open('Competencies');
    await openCourse(tool);
    await tool.getByRole('link', { name: 'Bring in a gradebook' }).click();
    await tool.getByLabel('Gradebook file').waitFor();
    await expectFits(teacher.page, tool, 'gradebook upload');
    await tool
      .getByLabel('Gradebook file')
      .setInputFiles({ name: 'gradebook.csv', mimeType: 'text/csv', buffer: readFileSync(file) });
    await tool.getByRole('button', { name: 'See what would change' }).click();
    await tool.getByText('Found by').waitFor();
    // The roster is read by a job a moment after the launch.
    await eventually(tool, () => tool.getByText('5 of 5 rows match learners'));
    await expectFits(teacher.page, tool, 'gradebook preview');
    await tool.getByRole('button', { name: 'Bring in what is chosen' }).click();
    await tool.getByRole('heading', { name: 'The gradebook is brought in' }).waitFor();
    await expectFits(teacher.page, tool, 'gradebook done');
    await teacher.leave();

    const student = await visit({ product, person: 'Amara Okafor' });
    const page = await student.open('Competencies');
    await page.goto(page.url().replace(/\/frameworks.*\?/, '/activities?all=1&'));
    await page.getByRole('link', { name: ASSIGNMENT }).click();
    await page.getByRole('heading', { level: 1, name: ASSIGNMENT }).waitFor();
    await eventually(page, () => page.getByText('88%'));
    await student.leave();
  });
});
