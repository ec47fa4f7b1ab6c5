// `npm run screenshots`: writes every page that links lead each role to, with little and with much data, and some pages after
// a click, to tmp/screenshots/ at 390 and 1280 pixels, light and dark; and the three images of the README to docs/images/.
// For designers' eyes. Prints what axe or a sideways scroll finds on the way, and the pages that no link reached.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packageRoot } from '../../src/package-root.js';
import {
  findCompetencies,
  nameOf,
  openActivity,
  openCompetency,
  openCourse,
  openProgress,
} from './acts.js';
import { stopBrowser } from './browser.js';
import { announceTestEngine, startTestEngine } from './engine.js';
import { fillClass } from './fill-class.js';
import { fillCourse } from './fill-course.js';
import { runBeside, runProduct, type Product } from './run-product.js';
import { eventually, expectFits, visit } from './visit.js';
import { listPageRoutes, walkPages } from './walk-pages.js';

const WIDTHS = [390, 1280];
const SCHEMES = ['light', 'dark'] as const;
const README_SIZE = { width: 1280, height: 900 };
const SCREENSHOTS = join(packageRoot(), 'tmp', 'screenshots');
const IMAGES = join(packageRoot(), 'docs', 'images');

const ACTIVITIES = {
  competencies: '1',
  quiz: '3',
  release: '4',
  discussion: '5',
  report: '6',
  admin: '7',
};
const AUDIT =
  'Use and summarize data compiled from audit trails and data quality monitoring programs.';

async function main(): Promise<void> {
  await Promise.all([SCREENSHOTS, IMAGES].map((folder) => mkdir(folder, { recursive: true })));
  const engine = await startTestEngine();
  announceTestEngine(engine.engine.uri);
  const product = await runProduct();
  try {
    await shootEmptyPages(product);
    await walkAll(product, 'little');
    await fillCourse(product);
    await shootStudent(product);
    await shootInstructor(product);
    await shootReviewer(product);
    await shootAdministrator(product);
    await shootPublic(product);
    await fillClass(product);
    await walkAll(product, 'much');
    printUnreached();
  } finally {
    await stopBrowser();
    await product.remove();
    await engine.remove();
  }
}

async function shootEmptyPages(product: Product): Promise<void> {
  const { page, tool, leave } = await openTop(product, 'Ruth Alvarez', ACTIVITIES.competencies);
  await shoot(page, 'instructor-framework-empty');
  await openCourse(tool);
  await shoot(page, 'instructor-course-empty');
  await leave();
}

async function shootStudent(product: Product): Promise<void> {
  const { page, tool, leave } = await openTop(product, 'Amara Okafor', ACTIVITIES.competencies);
  await eventually(tool, () => tool.getByText(/^Achieved/));
  await shoot(page, 'student-course-competencies');
  await tool.getByRole('link', { name: 'Whole framework' }).click();
  await tool.getByText(/of 75 achieved/).waitFor();
  await shoot(page, 'student-framework');
  await openCompetency(tool, AUDIT);
  await shoot(page, 'student-competency');
  await tool.getByText('Filter these resources').click();
  await shoot(page, 'student-competency-filters');
  await tool
    .getByRole('link', { name: nameOf('Open the lesson', 'Access logs and audit trails') })
    .click();
  await tool.getByRole('button', { name: 'Send my answers' }).waitFor();
  await shoot(page, 'student-lesson');
  for (const group of await tool.getByRole('group').all())
    await group.getByRole('radio').nth(1).check();
  await tool.getByRole('button', { name: 'Send my answers' }).click();
  await tool.getByRole('link', { name: 'Back to the competency' }).waitFor();
  await shoot(page, 'student-feedback');
  await openProgress(tool);
  await shoot(page, 'student-progress');
  await page.goto(page.url().replace('/progress', '/reports'));
  await shoot(page, 'student-refused');
  await leave();
  const other = await openTop(product, 'Amara Okafor', ACTIVITIES.discussion);
  await shoot(other.page, 'student-activity');
  await other.leave();
  const framed = await visit({ product, person: 'Amara Okafor', ...README_SIZE });
  const inFrame = await framed.open('Competencies');
  await inFrame.waitForLoadState();
  // A frame of another site is painted by a process of its own: two of its frames later it stands in the picture.
  await inFrame.evaluate(
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
  );
  await framed.page.screenshot({ path: join(IMAGES, 'student.png') });
  await framed.leave();
}

async function shootInstructor(product: Product): Promise<void> {
  const { page, tool, leave } = await openTop(product, 'Ruth Alvarez', ACTIVITIES.competencies);
  await shoot(page, 'instructor-framework');
  await openCourse(tool);
  await shoot(page, 'instructor-course');
  await shootImage(page, 'instructor');
  await openActivity(tool, 'HIPAA security quiz');
  await shoot(page, 'instructor-activity');
  await findCompetencies(tool, 'security');
  await shoot(page, 'instructor-align-found');
  await openCourse(tool);
  await tool.getByLabel('Activities, one a line').fill('A title | javascript:alert(1) | quiz');
  await tool.getByRole('button', { name: 'Add the activities' }).click();
  await tool.getByRole('alert').waitFor();
  await shoot(page, 'instructor-activities-fault');
  await openCourse(tool);
  await tool.getByRole('link', { name: 'Completion rule', exact: true }).click();
  await tool.getByRole('heading', { level: 1, name: 'Completion rule' }).waitFor();
  await shoot(page, 'instructor-rule');
  await leave();
  const placing = await visit({ product, person: 'Ruth Alvarez' });
  await placing.page.goto(`${product.demoUrl}/courses/1/content/launch`);
  await placing.page.getByRole('button', { name: 'Place the chosen ones' }).waitFor();
  await shoot(placing.page, 'instructor-deep-linking');
  await placing.leave();
}

async function shootReviewer(product: Product): Promise<void> {
  const { page, tool, leave } = await openTop(product, 'Samuel Whitfield', ACTIVITIES.report);
  await shoot(page, 'reviewer-report');
  await shootImage(page, 'reviewer');
  await tool.getByRole('rowheader').getByRole('link', { name: AUDIT }).click();
  await tool.getByRole('heading', { level: 1, name: AUDIT }).waitFor();
  await shoot(page, 'reviewer-competency');
  await tool.getByRole('rowheader').getByRole('link').first().click();
  await tool.getByRole('heading', { level: 1, name: /Learner [2-9B-Z]{6}/ }).waitFor();
  await shoot(page, 'reviewer-learner');
  await page.goBack();
  await tool.getByRole('link', { name: 'The statements behind these numbers' }).click();
  await tool.getByRole('heading', { level: 1, name: 'Statements' }).waitFor();
  await shoot(page, 'reviewer-statements');
  await tool.locator('.result h3 a').first().click();
  await tool.locator('pre').waitFor();
  await shoot(page, 'reviewer-statement');
  await leave();
}

async function shootAdministrator(product: Product): Promise<void> {
  const { page, tool, leave } = await openTop(product, 'Priya Raman', ACTIVITIES.admin);
  const parts = tool.getByRole('navigation', { name: 'Administration' }).getByRole('link');
  for (const name of await parts.allInnerTexts()) {
    await parts.filter({ hasText: name }).click();
    await parts.and(tool.locator('[aria-current]')).filter({ hasText: name }).waitFor();
    await shoot(page, `admin-${name.toLowerCase().replaceAll(' ', '-')}`);
  }
  await parts.filter({ hasText: 'Deployments' }).click();
  await tool.getByRole('rowheader').getByRole('link').click();
  await tool.getByRole('heading', { name: 'Which reviewers see names' }).waitFor();
  await shoot(page, 'admin-deployment');
  await leave();
}

async function shootPublic(product: Product): Promise<void> {
  const { page, leave } = await visit({ product, person: 'Amara Okafor' });
  await shoot(page, 'demo-course');
  for (const [name, path] of [
    ['public-framework', '/frameworks/him'],
    ['public-search', '/frameworks/him?q=statstics'],
    ['public-pathways', '/pathways'],
    ['public-pathway', '/pathways/him'],
    ['public-post', '/posts/using-for-classroom-instruction-that-works'],
    ['public-not-found', '/nowhere'],
    ['public-session-missing', '/progress'],
  ] as const) {
    await page.goto(`${product.url}${path}`);
    await shoot(page, name);
  }
  await leave();
}

/** Students and instructors see most pages in their own way; of the others only what is theirs alone is shot. */
const OWN_WAYS = ['student', 'instructor'];
const WALKS = [
  { role: 'student', person: 'Amara Okafor', activity: ACTIVITIES.competencies },
  { role: 'instructor', person: 'Ruth Alvarez', activity: ACTIVITIES.competencies },
  { role: 'reviewer', person: 'Samuel Whitfield', activity: ACTIVITIES.report },
  { role: 'administrator', person: 'Priya Raman', activity: ACTIVITIES.admin },
];
const reached = new Set<string>();

async function walkAll(product: Product, data: 'little' | 'much'): Promise<void> {
  const shot = new Set<string>();
  for (const { role, person, activity } of WALKS) {
    const { page, leave } = await openTop(product, person, activity);
    await walk({ page, data, role, shot });
    await leave();
  }
  const { address } = (await runBeside(product, ['operator-link'])) as { address: string };
  const { page, leave } = await visit({ product, person: 'Priya Raman' });
  await page.goto(address);
  await page.locator('form button').first().click();
  await page.locator('#content').waitFor();
  await walk({ page, data, role: 'operator', shot });
  await leave();
}

async function walk(options: {
  page: Page;
  data: 'little' | 'much';
  role: string;
  shot: Set<string>;
}): Promise<void> {
  const { page, data, role, shot } = options;
  const routes = await walkPages({
    page,
    see: async ({ name: kind }) => {
      if (shot.has(kind) && !OWN_WAYS.includes(role)) return;
      shot.add(kind);
      const name = `${data}-${role}-${kind}`;
      await shoot(page, name);
      await expectFits(page, page, name).catch((error: unknown) => {
        process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
      });
    },
  });
  for (const route of routes) reached.add(route);
}

function printUnreached(): void {
  const unreached = listPageRoutes().filter((route) => !reached.has(route));
  process.stdout.write(`No link led to: ${unreached.join(', ')}\n`);
}

/** The tool in a window of its own, where a picture can hold the whole page. */
async function openTop(product: Product, person: string, activity: string) {
  const { page, leave } = await visit({ product, person });
  await page.goto(`${product.demoUrl}/activities/${activity}/launch?target=window`);
  await page.locator('#content').waitFor();
  return { page, tool: page.mainFrame(), leave };
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS)
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(SCREENSHOTS, `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
      });
    }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function shootImage(page: Page, name: string): Promise<void> {
  await page.setViewportSize(README_SIZE);
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
}

await main();
