// The first journey: a student opens the framework from the course, in a frame on another site, and reads it as published.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Frame } from 'playwright-core';
import { packageRoot } from '../../src/package-root.js';
import { openPage, stopBrowser } from '../support/browser.js';
import { runProduct, type Product } from '../support/run-product.js';
import { expectFits, visit } from '../support/visit.js';

const TITLE = 'Health Information Management (HIM) Competency Framework';
const DOMAINS = [
  'Health Data Management',
  'Health Statistics, Biomedical Research, and Quality Management',
  'Interpersonal Skills',
  'Health Services Organization and Delivery',
  'Information Technology & Systems',
  'Job Search/Employment',
  'Organizational Resources',
  'Other',
];
const COMPETENCIES = 75;
const SUBDOMAINS = 25;
const BULLET = /^\s*•\s*/;
const PUBLISHED_COUNT = /\s*\(\d+\)$/;

describe('journey: a student launches and reads the framework', function () {
  this.timeout(60_000);
  let product: Product;

  before(async () => {
    product = await runProduct();
  });
  after(async () => {
    await stopBrowser();
    await product.remove();
  });

  it('shows the framework as published, each competency with its live count and own progress', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });

    const tool = await student.open('Competencies');

    expect(await readHeading(tool)).to.equal(TITLE);
    const published = publishedLines();
    for (const sentence of [
      'Share this page with family, friends, and colleagues.',
      'Featured Post : Using for Classroom Instruction that Works',
      'Back to Career Pathways',
      'Read more about HIM Career Pathway',
      'The number of available resources are displayed in parentheses. Click on a competency to search for related learning resources then choose from the results. You may not need to learn every resource associated with a competency to achieve the competency.',
    ]) {
      expect(published).to.include(sentence);
      expect(await tool.getByText(sentence, { exact: true }).count(), sentence).to.equal(1);
    }
    expect(
      await tool.getByRole('main').getByRole('heading', { level: 2 }).allInnerTexts(),
    ).to.deep.equal(DOMAINS);
    expect(await tool.getByRole('heading', { level: 3 }).count()).to.equal(SUBDOMAINS);
    const items = tool.locator('.tree-item');
    expect(await items.getByRole('link').allInnerTexts()).to.have.members(publishedCompetencies());
    expect(await items.count()).to.equal(COMPETENCIES);
    const texts = await items.allInnerTexts();
    expect(texts.filter((text) => !/\(\d+\)\s+Not started$/.test(text))).to.deep.equal([]);
    expect(await tool.getByText('0 of 75 achieved').count()).to.equal(1);
    await expectFits(student.page, tool, 'framework');
    await student.leave();
  });

  it('leads to the pathways, the pathway, the post and the public page', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const headings: string[] = [];

    for (const link of [
      'Back to Career Pathways',
      'Read more about HIM Career Pathway',
      'Featured Post : Using for Classroom Instruction that Works',
    ]) {
      const tool = await student.open('Competencies');
      await tool.getByRole('link', { name: link }).click();
      await tool.getByRole('heading', { level: 1 }).filter({ hasNotText: TITLE }).waitFor();
      headings.push(await readHeading(tool));
      await expectFits(student.page, tool, link);
    }

    expect(headings).to.deep.equal([
      'Career pathways',
      'Health information management (HIM)',
      'Using for Classroom Instruction that Works',
    ]);
    await student.leave();
  });

  it('shares the public address, which opens for a stranger', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    const tool = await student.open('Competencies');
    await tool.getByText('Share this page with family, friends, and colleagues.').click();

    const address = await tool.getByLabel('Address of this page').inputValue();

    expect(address).to.equal(`${product.url}/frameworks/him`);
    await student.leave();
    const { page, context } = await openPage();
    await page.goto(address);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal(TITLE);
    expect(await page.locator('.tree-item').count()).to.equal(COMPETENCIES);
    expect(await page.getByText('Not started').count()).to.equal(0);
    await expectFits(page, page, 'public framework page');
    await context.close();
  });

  it('needs no third-party cookie: only partitioned ones come back to the frame', async () => {
    const student = await visit({ product, person: 'Amara Okafor' });
    await student.open('Competencies');

    const cookies = await student.context.cookies(product.url);

    expect(
      cookies.map(({ name, httpOnly, secure, sameSite, partitionKey }) => ({
        name,
        httpOnly,
        secure,
        sameSite,
        partitionKey,
      })),
    ).to.have.deep.members(
      ['__Host-crosswalk', '__Host-crosswalk-back'].map((name) => ({
        name,
        httpOnly: true,
        secure: true,
        sameSite: 'None',
        partitionKey: new URL(product.demoUrl).origin.replace(/:\d+$/, ''),
      })),
    );
    const echo = await startCookieEcho();
    try {
      await student.page.goto(echo.url);
      await student.page.reload();
      const sent = await student.page.frameLocator('iframe').locator('body').innerText();
      const names = sent.split('; ').map((pair) => pair.split('=')[0]);
      expect(names).to.have.members(['__Host-crosswalk', '__Host-crosswalk-back', 'partitioned']);
    } finally {
      await echo.close();
    }
    await student.leave();
  });

  it('works without script, by two Continue buttons', async () => {
    const student = await visit({ product, person: 'Nguyễn Minh Anh', javaScript: false });

    const tool = await student.open('Competencies');

    expect(await readHeading(tool)).to.equal(TITLE);
    expect(await tool.getByText('Nguyễn Minh Anh, student').count()).to.equal(1);
    await student.leave();
  });

  for (const [person, shown] of [
    ['ليلى الحداد', /^ليلى الحداد, student$/],
    ['Student who shares no name', /^Learner [2-9B-Z]{6}, student$/],
    [
      'Maria Fernanda Aparecida dos Santos Albuquerque de Oliveira Cavalcanti e Vasconcelos',
      /^Maria Fernanda .* Vasconcelos, estudiante$/,
    ],
  ] as const) {
    it(`lets in ${person.slice(0, 30)}`, async () => {
      const student = await visit({ product, person });

      const tool = await student.open('Competencies');

      expect(await tool.locator('.masthead-person p').innerText()).to.match(shown);
      await expectFits(student.page, tool, `framework for ${person}`);
      await student.leave();
    });
  }
});

/** A page of the platform's site that frames one of the tool's: it sets a cookie of each kind, and says which came back. */
async function startCookieEcho(): Promise<{ url: string; close(): Promise<unknown> }> {
  const server = createServer((req, res) => {
    const attributes = 'Path=/; Secure; SameSite=None';
    const isFramed = req.headers.host?.startsWith('localhost');
    res.setHeader('Content-Type', isFramed ? 'text/plain' : 'text/html');
    if (isFramed)
      res.setHeader('Set-Cookie', [
        `unpartitioned=1; ${attributes}`,
        `partitioned=1; ${attributes}; Partitioned`,
      ]);
    res.end(isFramed ? req.headers.cookie : `<iframe src="http://localhost:${port}/"></iframe>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readHeading(tool: Frame): Promise<string> {
  return tool.getByRole('heading', { level: 1 }).innerText();
}

function publishedLines(): string[] {
  const path = join(packageRoot(), 'seeds', 'frameworks', 'him-competency-framework.txt');
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim());
}

function publishedCompetencies(): string[] {
  return publishedLines()
    .filter((line) => PUBLISHED_COUNT.test(line))
    .map((line) => line.replace(BULLET, '').replace(PUBLISHED_COUNT, '').trim());
}
