// The third journey: a student finds, keeps, opens and completes resources; each becomes a statement in the record store,
// exactly once, and evidence that says what it is, until the competency is achieved.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Frame } from 'playwright-core';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { markDone, nameOf, openCompetency, openProgress, press } from '../support/acts.js';
import { stopBrowser } from '../support/browser.js';
import { statementReader, type StatementReader } from '../support/read-statements.js';
import { runProduct, type Product } from '../support/run-product.js';
import { eventually, expectFits, visit } from '../support/visit.js';

const COMPETENCY =
  'Use and summarize data compiled from audit trails and data quality monitoring programs.';
const LESSON = 'Access logs and audit trails';
const GUIDE = 'Guide to computer security log management (SP 800-92)';
const GUIDE_ADDRESS = 'https://csrc.nist.gov/pubs/sp/800/92/final';
const CYBERSECURITY = 'Cybersecurity framework';
const SELF_REPORT = /Achieved \w+ \d+, \d{4} · completed by self-report/;
const LESSONS = z.object({
  lessons: z.array(
    z.object({
      title: z.string(),
      questions: z.array(
        z.object({
          text: z.string(),
          answer: z.string(),
          options: z.array(z.object({ id: z.string(), text: z.string() })),
        }),
      ),
    }),
  ),
});

describe('journey: a student completes resources and achieves a competency', function () {
  this.timeout(90_000);
  let product: Product;
  let records: StatementReader;

  before(async () => {
    product = await runProduct();
    records = await statementReader(product);
  });
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('finds resources by words and filters, keeps one on the list and opens it', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const tool = await student.open('Competencies');
    await tool.getByLabel('Search competencies and resources').fill('audit trails');
    await tool.getByRole('button', { name: 'Search' }).click();
    await tool.getByRole('heading', { name: 'Competencies for “audit trails”' }).waitFor();
    await expectFits(student.page, tool, 'search');
    await tool.getByRole('link', { name: COMPETENCY }).click();
    await tool.getByText('3 learning resources').waitFor();
    await expectFits(student.page, tool, 'competency');

    await tool.getByText('Filter these resources').click();
    await tool.getByLabel('Difficulty').selectOption({ label: 'Advanced (1)' });
    await tool.getByRole('button', { name: 'Apply' }).click();
    await tool.getByText('1 learning resource').waitFor();
    await press(tool, 'Add to my list', GUIDE);
    await tool.getByText('On your list', { exact: true }).waitFor();
    const address = await student.followOutside(() =>
      tool.getByRole('link', { name: nameOf('Open', GUIDE) }).click(),
    );

    expect(address).to.equal(GUIDE_ADDRESS);
    await openProgress(tool);
    expect(
      await tool
        .getByRole('region')
        .or(tool.locator('section'))
        .getByRole('link', { name: GUIDE })
        .count(),
    ).to.be.greaterThan(0);
    await expectFits(student.page, tool, 'progress, nothing done');
    await student.leave();
  });

  it('says “completed by self-report” where the learner’s word is all there is', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const tool = await student.open('Competencies');
    await openCompetency(tool, COMPETENCY);

    await markDone(tool, GUIDE);
    await tool.getByText('Done. It is being counted.').waitFor();
    await markDone(tool, CYBERSECURITY);

    await eventually(tool, () => tool.getByText(SELF_REPORT));
    expect(
      await tool.getByText(SELF_REPORT).count(),
      'in this course and in the framework',
    ).to.equal(2);
    await expectFits(student.page, tool, 'competency, achieved by self-report');
    await tool.getByRole('link', { name: 'Competencies', exact: true }).click();
    await tool.getByText('1 of 75 achieved').waitFor();
    expect(await itemText(tool)).to.match(SELF_REPORT);
    await openProgress(tool);
    await tool.getByText('1 of 75 competencies achieved').waitFor();
    await student.leave();
  });

  it('counts a question set as assessed, and then no longer speaks of self-report alone', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const tool = await student.open('Competencies');
    await openCompetency(tool, COMPETENCY);
    await tool.getByRole('link', { name: nameOf('Open the lesson', LESSON) }).click();
    await tool.getByRole('heading', { level: 1, name: LESSON }).waitFor();
    await expectFits(student.page, tool, 'lesson');

    for (const { question, answer } of rightAnswers(LESSON))
      await tool.getByRole('group', { name: question }).getByLabel(answer, { exact: true }).check();
    await tool.getByRole('button', { name: 'Send my answers' }).click();

    await tool.getByText('5 of 5 right (100%). Passed.').waitFor();
    expect(await tool.getByText('It counts as assessed evidence.').count()).to.equal(1);
    await expectFits(student.page, tool, 'feedback');
    await tool.getByRole('link', { name: 'Back to the competency' }).click();
    await tool.getByText('Done: question set passed, best score 100%').waitFor();
    await eventually(tool, () =>
      tool.getByRole('row').filter({ hasText: LESSON }).getByText('yes'),
    );
    expect(await tool.getByText(/^Achieved/).count()).to.equal(2);
    expect(await tool.getByText(SELF_REPORT).count()).to.equal(0);
    await expectFits(student.page, tool, 'competency, achieved');
    await openProgress(tool);
    await expectFits(student.page, tool, 'progress, with evidence');
    await student.leave();
  });

  it('has told the record store of the launch, the opening, the completions and the achievement, each once', async () => {
    const [completed] = await listUntil(records, { verb: VERBS.completed }, 2);
    const agent = JSON.stringify({ account: completed?.actor.account });

    const all = await listUntil(records, { agent, verb: VERBS.achieved }, 2);
    const told = await records.list({ agent });

    expect(all.length).to.be.at.least(1);
    const verbs = new Set(told.map(({ verb }) => verb.id));
    expect([...verbs]).to.include.members([
      VERBS.launched,
      VERBS.experienced,
      VERBS.initialized,
      VERBS.completed,
      VERBS.passed,
      VERBS.achieved,
    ]);
    expect(new Set(told.map(({ id }) => id)).size).to.equal(told.length);
    const ends: string[] = [VERBS.completed, VERBS.passed];
    const completions = told.filter(({ verb }) => ends.includes(verb.id));
    expect(completions).to.have.length(3);
    expect(completions.filter(({ result }) => result?.score?.scaled === 1)).to.have.length(1);
    expect(completed?.actor.account.homePage).to.equal(`${product.url}/learners`);
  });

  it('makes one statement of a double click and of a second tab, and takes it back', async () => {
    const student = await visit({ product, person: 'Nguyễn Minh Anh' });
    const tool = await student.open('Competencies');
    await openCompetency(tool, COMPETENCY);
    const second = await student.tab();
    const other = await second.open('Competencies');
    await openCompetency(other, COMPETENCY);

    await tool.getByRole('button', { name: nameOf('Mark as done', GUIDE) }).dblclick();
    await tool.getByRole('button', { name: nameOf('Undo: not done after all', GUIDE) }).waitFor();
    await press(other, 'Mark as done', GUIDE);
    await other.getByText('It was marked as done already.').waitFor();

    await eventually(tool, () => tool.getByRole('row').filter({ hasText: GUIDE }).getByText('yes'));
    const shown = await tool
      .getByRole('row')
      .filter({ hasText: GUIDE })
      .locator('code')
      .allInnerTexts();
    const [statement] = await records.list({ verb: VERBS.completed, limit: '1' });
    const mine = await records.list({
      verb: VERBS.completed,
      agent: JSON.stringify({ account: statement?.actor.account }),
    });
    expect(mine.map(({ id }) => id)).to.deep.equal(shown);
    await press(tool, 'Undo: not done after all', GUIDE);
    await tool.getByText('Undone. It counts no longer.').waitFor();
    await tool.getByRole('button', { name: nameOf('Mark as done', GUIDE) }).waitFor();
    await eventually(tool, () => tool.getByText('no, taken back'));
    expect(await tool.getByText('Not started', { exact: true }).count()).to.equal(2);
    const id = statement?.id ?? '';
    expect(await records.status({ statementId: id })).to.equal(404);
    expect(await records.status({ voidedStatementId: id })).to.equal(200);
    await student.leave();
  });

  it('takes a course’s activity as done, on the learner’s word', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const tool = await student.open('Data quality discussion');
    await expectFits(student.page, tool, 'activity of the course');

    await tool.getByRole('button', { name: 'Mark as done' }).click();

    await tool.getByText(/^Done, marked by you/).waitFor();
    await tool.getByRole('button', { name: 'Undo: not done after all' }).click();
    await tool.getByText('Not done yet').waitFor();
    await student.leave();
  });
});

async function itemText(tool: Frame): Promise<string> {
  return tool.locator('.tree-item').filter({ hasText: COMPETENCY }).innerText();
}

function rightAnswers(title: string): { question: string; answer: string }[] {
  const path = join(packageRoot(), 'seeds', 'library', 'lessons.json');
  const { lessons } = LESSONS.parse(JSON.parse(readFileSync(path, 'utf8')));
  const questions = lessons.find((lesson) => lesson.title === title)?.questions ?? [];
  return questions.map(({ text, answer, options }) => ({
    question: text,
    answer: options.find(({ id }) => id === answer)?.text ?? '',
  }));
}

/** Delivery follows the page by a moment: asks again, a bounded number of times, until there are `count`. */
async function listUntil(
  records: StatementReader,
  filter: Record<string, string>,
  count: number,
): Promise<Awaited<ReturnType<StatementReader['list']>>> {
  const TRIES = 200;
  for (let tries = 1; ; tries += 1) {
    const found = await records.list(filter);
    if (found.length >= count || tries === TRIES) return found;
  }
}
