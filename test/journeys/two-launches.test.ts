// Several launches in one browser: a page that one person left open changes nothing for the next, and says who is here now;
// two pages of the same person do not disturb each other.
import { expect } from 'chai';
import {
  findCompetencies,
  addActivities,
  nameOf,
  openActivity,
  openCompetency,
  openCourse,
  press,
} from '../support/acts.js';
import { stopBrowser } from '../support/browser.js';
import { statementReader } from '../support/read-statements.js';
import { runProduct, type Product } from '../support/run-product.js';
import { expectFits, visit } from '../support/visit.js';
import { VERBS } from '../../src/xapi/vocabulary.js';

const COMPETENCY =
  'Use and summarize data compiled from audit trails and data quality monitoring programs.';
const GUIDE = 'Guide to computer security log management (SP 800-92)';

describe('journey: two launches in one browser', function () {
  this.timeout(60_000);
  let product: Product;

  before(async () => {
    product = await runProduct();
  });
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('keeps a student’s two tabs apart: both go on working', async () => {
    const first = await visit({ product, person: 'Nguyễn Minh Anh' });
    const framework = await first.open('Competencies');
    const second = await first.tab();
    const activity = await second.open('Data quality discussion');

    await openCompetency(framework, COMPETENCY);
    await press(framework, 'Add to my list', GUIDE);
    await framework.getByText('It is on your list.').waitFor();
    await activity.getByRole('button', { name: 'Mark as done' }).click();
    await activity.getByText(/^Done, marked by you/).waitFor();
    await framework.getByRole('button', { name: nameOf('Take off my list', GUIDE) }).click();

    await framework.getByText('It is off your list.').waitFor();
    await first.leave();
  });

  it('keeps two courses in two tabs apart: each goes on in its own', async () => {
    const first = await visit({ product, person: 'Ruth Alvarez' });
    const one = await first.open('Competencies');
    const second = await first.tab();
    const two = await second.open('Competencies', '2');

    await addActivities(one, ['Only in the first course']);
    await addActivities(two, ['Only in the second course']);
    await openCourse(one);
    await openCourse(two);

    const titles = async (tool: typeof one) => tool.getByRole('main').innerText();
    expect(await titles(one))
      .to.contain('HIM 101')
      .and.to.contain('Only in the first course');
    expect(await titles(one)).not.to.contain('Only in the second course');
    expect(await titles(two))
      .to.contain('HIM 205')
      .and.to.contain('Only in the second course');
    expect(await titles(two)).not.to.contain('Only in the first course');
    await one.goto(one.url());
    expect(await titles(one)).to.contain('HIM 101');
    await first.leave();
  });

  it('changes nothing by a student’s form after an instructor came, and says who is here now', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const left = await student.open('Competencies');
    await openCompetency(left, COMPETENCY);
    const instructor = await student.tab();
    await instructor.signIn('Ruth Alvarez');
    const course = await instructor.open('Competencies');

    await press(left, 'Mark as done', GUIDE);

    // The mark is sent by script, which stays on the page and says it there.
    const told = left.getByText('now Ruth Alvarez is signed in');
    await told.waitFor();
    expect(await told.innerText()).to.contain('Nothing was changed.');
    await expectFits(student.page, left, 'someone else is signed in');
    await openCourse(course);
    expect(await course.getByText('Ruth Alvarez, instructor').count()).to.equal(1);
    const records = await statementReader(product);
    const completed = await records.list({ verb: VERBS.completed });
    expect(completed.filter(({ object }) => object.id.includes('/resources/'))).to.deep.equal([]);
    await student.leave();
  });

  it('changes nothing by an instructor’s form after a student came', async () => {
    const instructor = await visit({ product, person: 'Ruth Alvarez' });
    const left = await instructor.open('Competencies');
    await addActivities(left, ['Left open']);
    await openActivity(left, 'Left open');
    await findCompetencies(left, 'audit trails');
    await left.getByRole('checkbox', { name: COMPETENCY }).check();
    const student = await instructor.tab();
    await student.signIn('Amara Okafor');
    const tool = await student.open('Competencies');

    await left.getByRole('button', { name: 'Save the alignment' }).click();

    await left.getByRole('heading', { name: 'Someone else is signed in now' }).waitFor();
    expect(await left.getByText('now Amara Okafor is signed in').count()).to.equal(1);
    await openCompetency(tool, COMPETENCY);
    expect(
      await tool.getByText('No activity of this course is aligned to this competency.').count(),
    ).to.equal(1);
    await instructor.leave();
  });

  it('shows the instructor’s pages to nobody after the instructor signed out', async () => {
    const instructor = await visit({ product, person: 'Ruth Alvarez' });
    const tool = await instructor.open('Competencies');
    const address = tool.url();

    await tool.getByRole('button', { name: 'Sign out' }).click();
    await tool.getByRole('button', { name: 'Sign out' }).waitFor({ state: 'detached' });
    await expectFits(instructor.page, tool, 'signed out');
    await tool.goto(address.replace('/frameworks/him', '/activities'));

    expect(await tool.getByRole('heading', { level: 1 }).innerText()).to.equal(
      'Open Crosswalk from your course',
    );
    await expectFits(instructor.page, tool, 'session ended');
    await instructor.leave();
  });
});
