// Fills the course of a running product by clicking, as an instructor and some students do in a week: for screenshots.
import type { Frame } from 'playwright-core';
import { addActivities, findCompetencies, openActivity } from './acts.js';
import type { Product } from './run-product.js';
import { visit } from './visit.js';

const LAUNCHED = [
  'Coding practice quiz',
  'Release of information case study',
  'Data quality discussion',
];
const TYPED = [
  'Record retention plan, https://lms.example/mod/assign/11, assignment',
  'HIPAA security quiz, https://lms.example/mod/quiz/12, quiz',
  'Interview with a coder, https://lms.example/mod/forum/13, discussion',
];
const ALIGNMENTS = [
  {
    activity: 'Coding practice quiz',
    words: 'code assignment',
    begin: 'Adhere to current regulations',
    stage: 'mastered',
  },
  {
    activity: 'Coding practice quiz',
    words: 'nomenclature',
    begin: 'Apply diagnosis/procedure codes',
    stage: 'reinforced',
  },
  {
    activity: 'Release of information case study',
    words: 'release patient',
    begin: 'Release patient-specific',
    stage: 'mastered',
  },
  {
    activity: 'Release of information case study',
    words: 'access and disclosure',
    begin: 'Apply policies and procedures for access',
    stage: 'reinforced',
  },
  {
    activity: 'Data quality discussion',
    words: 'accuracy health data',
    begin: 'Apply policies and procedures to ensure the accuracy',
    stage: 'introduced',
  },
  {
    activity: 'Record retention plan',
    words: 'retention',
    begin: 'Apply retention and destruction',
    stage: 'introduced',
  },
  {
    activity: 'HIPAA security quiz',
    words: 'audit trails',
    begin: 'Use and summarize data',
    stage: 'introduced',
  },
];
/** How many resources of a competency each marked as done. */
const DONE = [
  { person: 'Amara Okafor', begin: 'Use and summarize data', count: 2 },
  {
    person: 'Amara Okafor',
    begin: 'Apply policies and procedures to ensure the accuracy',
    count: 1,
  },
  { person: 'Amara Okafor', begin: 'Release patient-specific', count: 2 },
  { person: 'Nguyễn Minh Anh', begin: 'Use and summarize data', count: 2 },
  { person: 'Nguyễn Minh Anh', begin: 'Apply retention and destruction', count: 2 },
  { person: 'ليلى الحداد', begin: 'Apply retention and destruction', count: 1 },
];
const VISITORS = ['Student who shares no name'];

export async function fillCourse(product: Product): Promise<void> {
  await alignActivities(product);
  for (const person of new Set([...DONE.map((one) => one.person), ...VISITORS]))
    await doResources(product, person);
}

async function alignActivities(product: Product): Promise<void> {
  const visitor = await visit({ product, person: 'Ruth Alvarez' });
  for (const title of LAUNCHED) await visitor.open(title);
  const tool = await visitor.open('Competencies');
  await addActivities(tool, TYPED);
  for (const { activity, words, begin, stage } of ALIGNMENTS) {
    await openActivity(tool, activity);
    await findCompetencies(tool, words);
    const row = tool.locator('.align-row').filter({ hasText: begin });
    await row.getByRole('checkbox').check();
    await row.getByRole('combobox').selectOption(stage);
    await tool.getByRole('button', { name: 'Save the alignment' }).click();
    await tool.getByText(`Saved. “${activity}”`).waitFor();
  }
  await visitor.leave();
}

async function doResources(product: Product, person: string): Promise<void> {
  const visitor = await visit({ product, person });
  for (const { begin, count } of DONE.filter((one) => one.person === person))
    await markFirst(await visitor.open('Competencies'), begin, count);
  await visitor.open('Data quality discussion');
  await visitor.leave();
}

async function markFirst(tool: Frame, begin: string, count: number): Promise<void> {
  await tool.locator('.tree-statement').getByRole('link', { name: begin }).click();
  for (let done = 1; done <= count; done += 1) {
    await tool
      .getByRole('button', { name: /^Mark as done/ })
      .first()
      .click();
    await tool
      .getByRole('button', { name: /^Undo/ })
      .nth(done - 1)
      .waitFor();
  }
}
