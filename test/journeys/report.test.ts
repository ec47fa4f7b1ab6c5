// The fifth journey: a programme reviewer reads what the course covers and what its learners achieved, from the sentence
// down to the statement, by pseudonyms; an administrator lets the reviewer see names; everybody else is kept out.
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Frame } from 'playwright-core';
import { VERBS } from '../../src/xapi/vocabulary.js';
import {
  addActivities,
  findCompetencies,
  markDone,
  openActivity,
  openCompetency,
} from '../support/acts.js';
import { stopBrowser } from '../support/browser.js';
import { statementReader } from '../support/read-statements.js';
import { runProduct, type Product } from '../support/run-product.js';
import { eventually, expectFits, visit } from '../support/visit.js';

const COMPETENCY =
  'Use and summarize data compiled from audit trails and data quality monitoring programs.';
const GUIDE = 'Guide to computer security log management (SP 800-92)';
const CYBERSECURITY = 'Cybersecurity framework';
const PSEUDONYM = /^Learner [2-9B-Z]{6}$/;

describe('journey: a programme reviewer reads the report', function () {
  this.timeout(90_000);
  let product: Product;

  before(async () => {
    product = await runProduct();
    const instructor = await visit({ product, person: 'Ruth Alvarez' });
    const course = await instructor.open('Competencies');
    await addActivities(course, ['Audit trail exercise']);
    await openActivity(course, 'Audit trail exercise');
    await findCompetencies(course, 'audit trails');
    await course.getByRole('checkbox', { name: COMPETENCY }).check();
    await course.getByRole('button', { name: 'Save the alignment' }).click();
    await course.getByText('Saved. “Audit trail exercise”: added 1 competency.').waitFor();
    await instructor.leave();
    const student = await visit({ product, person: 'Amara Okafor' });
    const tool = await student.open('Competencies');
    await openCompetency(tool, COMPETENCY);
    await markDone(tool, GUIDE);
    await markDone(tool, CYBERSECURITY);
    await eventually(tool, () => tool.getByText('completed by self-report'));
    await eventually(tool, () => tool.getByText(/^Achieved/));
    await student.signIn('Nguyễn Minh Anh');
    await student.open('Competencies');
    await student.leave();
  });
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('says in words and numbers what is covered, attempted and achieved, and opens each number', async () => {
    const reviewer = await visit({ product, person: 'Samuel Whitfield' });
    const tool = await reviewer.open('Programme report');

    const words = await tool.locator('p.lead').first().innerText();
    expect(words)
      .to.contain('covers 1 of the 75 competencies')
      .and.to.contain('2 of 5 enrolled learners have opened the course')
      .and.to.contain('1 of them by self-report alone');
    const row = tool.getByRole('row').filter({ hasText: COMPETENCY });
    expect((await row.getByRole('cell').allInnerTexts()).map(tidy)).to.deep.equal([
      'Audit trail exercise (introduced)',
      '1 of 5',
      '1 of 5',
      '1',
    ]);
    await expectFits(reviewer.page, tool, 'report');

    await row.getByRole('cell').nth(2).getByRole('link').click();
    await tool.getByRole('heading', { level: 1, name: COMPETENCY }).waitFor();
    const learners = await tool.locator('tbody th').allInnerTexts();
    expect(learners).to.have.length(1);
    expect(learners[0]).to.match(PSEUDONYM);
    await expectFits(reviewer.page, tool, 'report of a competency');
    await tool.getByRole('link', { name: learners[0] ?? '' }).click();
    await tool.getByRole('heading', { level: 1, name: learners[0] ?? '' }).waitFor();
    await expectFits(reviewer.page, tool, 'report of a learner');
    await reviewer.leave();
  });

  it('goes down to the statement itself, the learner under a pseudonym', async () => {
    const reviewer = await visit({ product, person: 'Samuel Whitfield' });
    const tool = await reviewer.open('Programme report');
    await tool.getByRole('rowheader').getByRole('link', { name: COMPETENCY }).click();
    await tool.getByRole('link', { name: 'The statements behind these numbers' }).click();
    await tool.getByRole('heading', { level: 1, name: 'Statements' }).waitFor();
    await expectFits(reviewer.page, tool, 'statements');

    await tool.getByRole('link', { name: new RegExp(`completed “${CYBERSECURITY}”`) }).click();
    await tool.locator('pre').waitFor();

    const statement = JSON.parse(await tool.locator('pre').innerText()) as { id: string };
    const stored = await (await statementReader(product)).list({ verb: VERBS.completed });
    expect(stored.map(({ id }) => id)).to.include(statement.id);
    expect(await tool.getByRole('heading', { level: 1 }).innerText()).to.match(
      /^Learner [2-9B-Z]{6} completed/,
    );
    expect(await tool.locator('body').innerText()).not.to.contain('Amara');
    await expectFits(reviewer.page, tool, 'statement');
    await reviewer.leave();
  });

  it('downloads the table as CSV and as JSON, with the same numbers', async () => {
    const reviewer = await visit({ product, person: 'Samuel Whitfield' });
    const tool = await reviewer.open('Programme report');
    const download = async (link: string) => {
      const [file] = await Promise.all([
        reviewer.page.waitForEvent('download'),
        tool.getByRole('link', { name: link, exact: true }).click(),
      ]);
      return { name: file.suggestedFilename(), content: await text(await file.createReadStream()) };
    };

    const csv = await download('CSV for spreadsheets');
    const json = await download('JSON');

    expect(
      [csv.name, json.name].map((name) => name.replace(/\d{4}-\d\d-\d\d/, 'DATE')),
    ).to.deep.equal(['crosswalk-attainment-DATE.csv', 'crosswalk-attainment-DATE.json']);
    const line = csv.content.split('\r\n').find((one) => one.includes(COMPETENCY)) ?? '';
    expect(line).to.contain('Audit trail exercise');
    expect(JSON.parse(json.content)).to.be.an('object');
    expect(csv.content + json.content).not.to.contain('Amara');
    await reviewer.leave();
  });

  it('shows names once an administrator says so, and pseudonyms again after', async () => {
    const administrator = await visit({ product, person: 'Priya Raman' });
    const admin = await administrator.open('Administration');
    await expectFits(administrator.page, admin, 'administration');
    await openDeployment(admin);
    await expectFits(administrator.page, admin, 'deployment');
    const reviewer = await visit({ product, person: 'Samuel Whitfield' });

    await admin.getByRole('button', { name: 'Let Samuel Whitfield see names' }).click();
    await admin.getByText('This reviewer sees names from now on').waitFor();
    const withNames = await readLearners(await reviewer.open('Programme report'));
    await admin.getByRole('button', { name: 'Show Samuel Whitfield pseudonyms again' }).click();
    await admin.getByText('This reviewer sees pseudonyms from now on.').waitFor();
    const without = await readLearners(await reviewer.open('Programme report'));

    expect(withNames).to.include.members(['Amara Okafor', 'Nguyễn Minh Anh']);
    expect(withNames.filter((label) => PSEUDONYM.test(label))).to.have.length(1);
    expect(without.filter((label) => !PSEUDONYM.test(label))).to.deep.equal([]);
    expect(without).to.have.length(5);
    await administrator.leave();
    await reviewer.leave();
  });

  it('has a page for each part of the administration', async () => {
    const administrator = await visit({ product, person: 'Priya Raman' });
    const tool = await administrator.open('Administration');
    const parts = tool.getByRole('navigation', { name: 'Administration' }).getByRole('link');
    const names = await parts.allInnerTexts();

    for (const name of names) {
      await parts.filter({ hasText: name }).click();
      await parts.and(tool.locator('[aria-current]')).filter({ hasText: name }).waitFor();
      await expectFits(administrator.page, tool, `administration: ${name}`);
    }

    expect(names).to.include.members(['Platforms', 'Deployments', 'Record stores', 'Frameworks']);
    await administrator.leave();
  });

  it('tells a student in words that the report is not for students', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const tool = await student.open('Competencies');

    const answer = await tool.goto(tool.url().replace('/frameworks/him', '/reports'));

    expect(answer?.status()).to.equal(403);
    expect(await tool.getByRole('heading', { level: 1 }).innerText()).to.equal(
      'Your role cannot open this',
    );
    expect(await tool.getByText('You are signed in as student.').count()).to.equal(1);
    await expectFits(student.page, tool, 'refusal');
    await student.leave();
  });

  it('shows nothing of a course that is not open here', async () => {
    const reviewer = await visit({ product, person: 'Samuel Whitfield' });
    const tool = await reviewer.open('Programme report');

    const address = tool
      .url()
      .replace(/course=[^&]*/, 'course=00000000-0000-5000-8000-000000000000');
    const answer = await tool.goto(address);

    expect(answer?.status()).to.equal(404);
    expect(await tool.getByText('Nothing was shown or changed.').count()).to.equal(1);
    await expectFits(reviewer.page, tool, 'refusal of another course');
    await reviewer.leave();
  });
});

async function openDeployment(admin: Frame): Promise<void> {
  await admin
    .getByRole('navigation', { name: 'Administration' })
    .getByRole('link', { name: 'Deployments' })
    .click();
  await admin.getByRole('rowheader').getByRole('link').click();
  await admin.getByRole('heading', { name: 'Which reviewers see names' }).waitFor();
}

async function readLearners(tool: Frame): Promise<string[]> {
  await tool.getByRole('link', { name: '2 of 5', exact: true }).first().click();
  await tool.getByRole('rowheader').first().waitFor();
  const labels = await tool.locator('tbody th').allInnerTexts();
  return labels.sort();
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
