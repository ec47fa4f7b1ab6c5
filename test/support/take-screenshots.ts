// `npm run screenshots`: starts the product on an engine of its own, lets people of the demo course work, and takes every
// main page at 390 and 1280 pixels, light and dark, into tmp/screenshots/. With `--readme` it renews docs/images/ as well.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { packageRoot } from '../../src/package-root.js';
import {
  addActivities,
  findCompetencies,
  markDone,
  openActivity,
  openCompetency,
  openCourse,
  openProgress,
} from './acts.js';
import { stopBrowser } from './browser.js';
import { announceTestEngine } from './engine.js';
import { runProduct, type Product } from './run-product.js';
import { eventually, visit } from './visit.js';

const FOLDER = join(packageRoot(), 'tmp', 'screenshots');
const IMAGES = join(packageRoot(), 'docs', 'images');
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];
const SCHEMES = ['light', 'dark'] as const;
const ACCURACY = 'Apply policies and procedures to ensure the accuracy of health data.';
const COLLECT =
  'Collect and maintain health data (such as data elements, data sets, and databases).';
const RELEASE = 'Release patient-specific data to authorized users.';
const isReadme = process.argv.includes('--readme');

announceTestEngine('');
for (const folder of [FOLDER, IMAGES]) mkdirSync(folder, { recursive: true });
const product = await runProduct({ settings: { MONGODB_URI: '' } });
try {
  await showInstructor(product);
  await showStudent(product);
  await showReviewer(product);
  await showAdministrator(product);
} finally {
  await stopBrowser();
  await product.remove();
}

async function showInstructor(at: Product): Promise<void> {
  const instructor = await visit({ product: at, person: 'Ruth Alvarez' });
  for (const activity of [
    'Health record scavenger hunt',
    'Data quality discussion',
    'Release of information case study',
  ])
    await instructor.open(activity);
  const tool = await instructor.open('Competencies');
  await take(instructor.page, tool, 'instructor-framework');
  await addActivities(tool, ['Chart audit exercise, https://lms.example/mod/assign/7, assignment']);
  await align(tool, 'Health record scavenger hunt', 'accuracy', ACCURACY);
  await align(tool, 'Data quality discussion', 'collect', COLLECT);
  await align(tool, 'Release of information case study', 'release patient', RELEASE);
  await openActivity(tool, 'Health record scavenger hunt');
  await take(instructor.page, tool, 'instructor-align');
  await openCourse(tool);
  await take(instructor.page, tool, 'instructor-course', 'instructor');
  await instructor.leave();
}

async function align(
  tool: Frame,
  activity: string,
  words: string,
  competency: string,
): Promise<void> {
  await openActivity(tool, activity);
  await findCompetencies(tool, words);
  await tool.getByRole('checkbox', { name: competency }).check();
  await tool.getByRole('button', { name: 'Save the alignment' }).click();
  await tool.getByText('Last change: added 1 competency.').waitFor();
}

async function showStudent(at: Product): Promise<void> {
  const student = await visit({ product: at, person: 'Amara Okafor' });
  const tool = await student.open('Competencies');
  await tool.getByRole('link', { name: 'Whole framework' }).click();
  await openCompetency(tool, ACCURACY);
  for (const title of ['Data organization in spreadsheets', 'Health IT playbook'])
    await markDone(tool, title);
  await take(student.page, tool, 'student-competency');
  await openProgress(tool);
  await eventually(tool, () => tool.getByText(/2 of 75/));
  await take(student.page, tool, 'student-progress');
  await tool.getByRole('link', { name: 'Open the framework' }).click();
  await tool.locator('.tree-domain').first().waitFor();
  await take(student.page, tool, 'student-framework', 'student');
  await student.leave();
}

async function showReviewer(at: Product): Promise<void> {
  const reviewer = await visit({ product: at, person: 'Samuel Whitfield' });
  const tool = await reviewer.open('Programme report');
  await take(reviewer.page, tool, 'reviewer-report', 'reviewer');
  await tool.locator('tbody th a').first().click();
  await tool.locator('h1').waitFor();
  await take(reviewer.page, tool, 'reviewer-item');
  await reviewer.leave();
}

async function showAdministrator(at: Product): Promise<void> {
  const administrator = await visit({ product: at, person: 'Priya Raman' });
  const tool = await administrator.open('Administration');
  await take(administrator.page, tool, 'administrator');
  await administrator.leave();
}

/** The tool's page alone, as long as it is, within the frame's width. */
async function take(page: Page, tool: Frame, name: string, readmeImage?: string): Promise<void> {
  for (const size of SIZES)
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      for (const part of [tool, page]) await part.evaluate('window.scrollTo(0, 0)');
      await page.screenshot({ path: join(FOLDER, `${name}-${size.width}-${colorScheme}.png`) });
      if (isReadme && readmeImage !== undefined && size.width === 1280 && colorScheme === 'light')
        await page.screenshot({ path: join(IMAGES, `${readmeImage}.png`) });
    }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
