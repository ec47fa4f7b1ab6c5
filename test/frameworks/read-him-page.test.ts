import { expect } from 'chai';
import { isAppError } from '../../src/http/errors.js';
import { readHimPage, type HimPage } from '../../src/frameworks/read-him-page.js';
import { pageWith, publishedPage, SMALL_BODY } from './him-page-text.js';

describe('readHimPage', () => {
  it('finds 8 domains, 25 subdomains and 75 competencies whose counts add up to 3,516 on the published page', () => {
    const page = readHimPage({ text: publishedPage() });

    const subdomains = page.domains.flatMap((domain) => domain.subdomains);
    const competencies = subdomains.flatMap((subdomain) => subdomain.competencies);
    expect(page.domains).to.have.length(8);
    expect(subdomains).to.have.length(25);
    expect(competencies).to.have.length(75);
    expect(competencies.reduce((sum, { count }) => sum + count, 0)).to.equal(3516);
  });

  it('keeps the words around the tree exactly as published', () => {
    const page = readHimPage({ text: publishedPage() });

    expect(page.title).to.equal('Health Information Management (HIM) Competency Framework');
    expect(page.shareText).to.equal('Share this page with family, friends, and colleagues.');
    expect(page.featuredPost).to.equal('Using for Classroom Instruction that Works');
    expect(page.backLabel).to.equal('Back to Career Pathways');
    expect(page.readMoreLabel).to.equal('Read more about HIM Career Pathway');
    expect(page.note).to.match(
      /^The number of available resources are displayed.*achieve the competency\.$/,
    );
  });

  it('continues a domain whose heading is repeated', () => {
    const [first] = readHimPage({ text: publishedPage() }).domains;

    expect(first?.title).to.equal('Health Data Management');
    expect(first?.subdomains.map(({ title }) => title)).to.include('Reimbursement Methodologies');
    expect(first?.subdomains).to.have.length(5);
  });

  it('keeps other parentheses of a statement, a missing period, and the period of a heading', () => {
    const page = readHimPage({ text: publishedPage() });
    const all = allCompetencies(page);

    expect(all).to.include(
      'Participate in compliance (fraud and abuse), HIPAA (Health Insurance Portability and Accountability Act of 1996), and other organization specific training',
    );
    expect(all).to.include(
      'Collect and maintain health data (such as data elements, data sets, and databases).',
    );
    expect(page.domains[2]?.subdomains[1]?.title).to.equal(
      'Better understand self (values, work ethic, attitudes, professional presence, personal wellness, self esteem).',
    );
  });

  const sameTexts: { title: string; text: string | Uint8Array }[] = [
    { title: 'a byte order mark', text: `\uFEFF${pageWith(SMALL_BODY)}` },
    { title: 'CRLF line ends', text: pageWith(SMALL_BODY).replaceAll('\n', '\r\n') },
    { title: 'UTF-8 bytes', text: Buffer.from(pageWith(SMALL_BODY), 'utf8') },
    { title: 'UTF-16 bytes', text: Buffer.from(`\uFEFF${pageWith(SMALL_BODY)}`, 'utf16le') },
    { title: 'Windows-1252 bytes', text: windows1252(pageWith(SMALL_BODY)) },
    { title: 'hyphens for bullets', text: pageWith(SMALL_BODY).replaceAll('•', '-') },
    { title: 'no bullets at all', text: pageWith(SMALL_BODY).replaceAll('  • ', '') },
    {
      title: 'no-break spaces between words',
      text: pageWith(SMALL_BODY).replaceAll('the first', 'the\u00a0first'),
    },
  ];
  for (const { title, text } of sameTexts) {
    it(`reads the same from a file with ${title}`, () => {
      const page = readHimPage({ text });

      expect(withoutLines(page)).to.deep.equal(
        withoutLines(readHimPage({ text: pageWith(SMALL_BODY) })),
      );
    });
  }

  const faults: { title: string; text: string | Uint8Array; code: string; line: number }[] = [
    { title: 'an empty file', text: '', code: 'framework.empty', line: 1 },
    { title: 'blank lines only', text: '\n \n\u00a0\n', code: 'framework.empty', line: 1 },
    {
      title: 'a text of another layout',
      text: 'Dear all,\nplease find enclosed.\n',
      code: 'framework.unknown-layout',
      line: 2,
    },
    {
      title: 'a page without a title',
      text: pageWith(SMALL_BODY).replace('Small (SMALL) Competency Framework', ''),
      code: 'framework.unknown-layout',
      line: 8,
    },
    {
      title: 'a page without the note',
      text: pageWith(SMALL_BODY).replace(/^The number.*$/m, ''),
      code: 'framework.unknown-layout',
      line: 12,
    },
    {
      title: 'a file that ends after its head',
      text: pageWith(''),
      code: 'framework.cut-short',
      line: 10,
    },
    {
      title: 'a file that ends after a domain heading',
      text: pageWith('Domain one'),
      code: 'framework.cut-short',
      line: 12,
    },
    {
      title: 'a file that ends after a domain and a subdomain',
      text: pageWith('Domain one\n\nSubdomain A\n'),
      code: 'framework.cut-short',
      line: 14,
    },
    {
      title: 'a file that ends amid a competency',
      text: pageWith(`${SMALL_BODY}\n  • Do the fifth th`),
      code: 'framework.cut-short',
      line: 26,
    },
    {
      title: 'a file that ends amid a count',
      text: pageWith(SMALL_BODY.slice(0, -1)),
      code: 'framework.cut-short',
      line: 25,
    },
    {
      title: 'a heading without competencies',
      text: pageWith(SMALL_BODY.replace('  • Do the third thing. (1,204)\n', '')),
      code: 'framework.unknown-layout',
      line: 18,
    },
    {
      title: 'headings only',
      text: pageWith('One\n\nTwo\n\nThree\n\nFour'),
      code: 'framework.unknown-layout',
      line: 12,
    },
    {
      title: 'a competency before any heading',
      text: pageWith('  • Do it. (1)'),
      code: 'framework.unknown-layout',
      line: 12,
    },
    {
      title: 'a line broken in two',
      text: pageWith(SMALL_BODY.replace('the fourth thing', 'the\nfourth thing')),
      code: 'framework.unknown-layout',
      line: 26,
    },
    {
      title: 'damaged characters',
      text: pageWith(SMALL_BODY.replaceAll('•', '\uFFFD')),
      code: 'file.damaged-characters',
      line: 16,
    },
    {
      title: 'a picture',
      text: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
      code: 'file.binary',
      line: 2,
    },
  ];
  for (const { title, text, code, line } of faults) {
    it(`refuses ${title} and names line ${line}`, () => {
      const error = faultOf(() => readHimPage({ text }));

      expect(error.code).to.equal(code);
      expect(error.values['line']).to.equal(line);
    });
  }

  it('names both lines of a competency that is there twice, also under a repeated heading', () => {
    const twice = `${SMALL_BODY}\n  • Domain one\n\n    Subdomain A\n\n  • Do the second thing (9)`;

    const error = faultOf(() => readHimPage({ text: pageWith(twice) }));

    expect(error.code).to.equal('framework.duplicate-competency');
    expect(error.values).to.include({ first: 17, line: 30 });
  });

  it('takes the same statement in two subdomains for two competencies', () => {
    const page = readHimPage({ text: pageWith(SMALL_BODY.replace('the fourth', 'the third')) });

    expect(
      allCompetencies(page).filter((statement) => statement === 'Do the third thing.'),
    ).to.have.length(2);
  });
});

function allCompetencies(page: HimPage): string[] {
  return page.domains.flatMap(({ subdomains }) =>
    subdomains.flatMap(({ competencies }) => competencies.map(({ statement }) => statement)),
  );
}

function withoutLines(page: HimPage): unknown {
  return JSON.parse(
    JSON.stringify(page, (key, value: unknown) => (key === 'line' ? undefined : value)),
  );
}

function windows1252(text: string): Uint8Array {
  return Buffer.from([...text].map((letter) => (letter === '•' ? 0x95 : letter.charCodeAt(0))));
}

function faultOf(action: () => unknown): { code: string; values: Record<string, string | number> } {
  try {
    action();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('no fault was found');
}
