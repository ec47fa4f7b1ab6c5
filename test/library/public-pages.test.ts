import { expect } from 'chai';
import request from 'supertest';
import { setPageShell } from '../../src/http/page-shell.js';
import { publishedPage } from '../frameworks/him-page-text.js';
import { seedStarterContent } from '../../src/library/seed-starter-content.js';
import { publicApp, URL } from './public-app.js';
import { readHimPage } from '../../src/frameworks/read-him-page.js';
import { countLiveResources } from '../../src/library/learning-resource.model.js';
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { setCurrentLaunch } from '../../src/lti/current-launch.js';
import { buildLaunch } from '../support/build-launch.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const VIEWER = { deployment: null };
const FIRST_ITEM = '/frameworks/him/items/a7a0684b-df5d-5e06-bc6b-cac3139b0ec3';

describe('GET /frameworks/him', () => {
  it('shows every sentence of the published page, and each competency with its live count', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    const page = await request(publicApp()).get('/frameworks/him').expect(200);

    const shown = textOf(page.text);
    for (const sentence of [
      'Share this page with family, friends, and colleagues.',
      'Featured Post : Using for Classroom Instruction that Works',
      'Back to Career Pathways',
      'Health Information Management (HIM) Competency Framework',
      'Read more about HIM Career Pathway',
      'The number of available resources are displayed in parentheses. Click on a competency to search for related learning resources then choose from the results. You may not need to learn every resource associated with a competency to achieve the competency.',
    ])
      expect(shown).to.include(sentence);
    const counts = await countLiveResources({ framework: 'him', viewer: VIEWER });
    const tree = await readTree({
      framework: await getFramework({ framework: 'him', viewer: VIEWER }),
    });
    for (const { identifier, fullStatement } of tree.competencies)
      expect(shown).to.include(`${fullStatement} (${counts.get(identifier) ?? 0})`);
    for (const domain of readHimPage({ text: publishedPage() }).domains)
      for (const { title } of [domain, ...domain.subdomains]) expect(shown).to.include(title);
  });

  it('shows (0) for competencies without resources', async () => {
    await importFramework({ text: publishedPage(), format: 'him-page', now: NOW, url: URL });

    const page = await request(publicApp()).get('/frameworks/him').expect(200);

    expect([...page.text.matchAll(/<span class="tree-count">\(0\)<\/span>/g)]).to.have.length(75);
  });

  it('has headings in order, no inline script or style, and weighs less than 60 kB', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    const { text } = await request(publicApp()).get('/frameworks/him').expect(200);

    const levels = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels[0]).to.equal(1);
    expect(levels.filter((level) => level === 1)).to.have.length(1);
    levels.reduce((before, level) => {
      expect(level - before).to.be.at.most(1);
      return level;
    });
    expect(text).not.to.match(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/i);
    expect(Buffer.byteLength(text)).to.be.lessThan(60_000);
  });

  it('leads nowhere that is not there', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const app = publicApp();
    const { text } = await request(app).get('/frameworks/him');

    const paths = new Set([...text.matchAll(/href="(\/[^"#]*)/g)].map(([, path]) => path ?? ''));

    expect(paths.size).to.be.greaterThan(78);
    for (const path of [...paths].filter((one) => !one.startsWith('/assets/')))
      await request(app).get(path).expect(200);
  });

  it('may be kept for a minute by everybody without a cookie, by nobody with one, and answers 304', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const app = publicApp();

    const first = await request(app).get('/frameworks/him');
    const again = await request(app)
      .get('/frameworks/him')
      .set('If-None-Match', String(first.headers['etag']));
    const signedIn = await request(app).get('/frameworks/him').set('Cookie', 'session=x');

    expect(first.headers['cache-control']).to.equal('public, max-age=60');
    expect(first.headers['vary']).to.match(/Cookie/);
    expect(first.headers['content-security-policy']).to.match(/frame-ancestors \*/);
    expect(again.status).to.equal(304);
    expect(signedIn.headers['cache-control']).to.equal('private, no-cache');
  });

  it('shares the public address and keeps the course in links when a launch is open', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const app = publicApp({
      offer: (req, _res, next) => {
        setCurrentLaunch(req, buildLaunch({ mayReadNames: true, startedAt: NOW }));
        setPageShell(req, {
          language: 'en',
          contextTitle: 'HIM 101',
          personName: 'Ana',
          roleKey: 'page:roles.Learner',
          navigation: [],
          formFields: [],
          keeps: null,
          typist: null,
          studentView: null,
          courseTools: { rules: false, shortlists: false },
          courseQuery: 'course=c1',
        });
        next();
      },
    });

    const page = await request(app).get('/frameworks/him?course=c1').expect(200);

    expect(page.text).to.include(`value="${URL}/frameworks/him"`);
    expect(page.text).to.match(/href="\/pathways\?course&#x3D;c1"/);
    expect(page.text).to.include('<input type="hidden" name="course" value="c1" />');
    expect(page.text).not.to.match(/mailto:[^"]*course/);
    expect(page.headers['cache-control']).to.equal('private, no-store');
  });

  it('searches competencies and resources without script, forgiving a typing error', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    const page = await request(publicApp())
      .get('/frameworks/him')
      .query({ q: 'statstics' })
      .expect(200);

    const shown = textOf(page.text);
    expect(shown).to.include(
      'Comprehend basic descriptive, institutional, and healthcare vital statistics.',
    );
    expect(shown).to.include('“statstics” was read as “statistics”.');
    expect(shown).to.include('Show the whole framework');
  });

  it('escapes what was searched for', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    const page = await request(publicApp())
      .get('/frameworks/him')
      .query({ q: '<script>alert(1)</script>"' })
      .expect(200);

    expect(page.text).not.to.include('<script>alert');
  });

  const bad = [
    '?q=a&q=b',
    '?page=-1',
    '?page=x',
    '?kind=%24where',
    '?duration=forever',
    '?page=99999999',
    `?q=${'x'.repeat(3000)}`,
  ];
  for (const query of bad) {
    it(`opens with the odd query ${query.slice(0, 24)}`, async () => {
      await seedStarterContent({ now: NOW, url: URL });

      await request(publicApp()).get(`/frameworks/him${query}`).expect(200);
    });
  }

  it('answers 404 in words for a framework that is not there', async () => {
    const page = await request(publicApp()).get('/frameworks/nursing').expect(404);

    expect(page.text).to.include('This framework is not here');
    expect(page.headers['cache-control']).to.equal('no-store');
  });
});

describe('GET /frameworks/him/items/:item', () => {
  it('has the statement as heading, the path above, the results, and the published count in the details', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    const page = await request(publicApp()).get(FIRST_ITEM).expect(200);

    expect(page.text).to.include(
      '<h1>Apply policies and procedures to ensure the accuracy of health data.</h1>',
    );
    expect(page.text).to.include(`<link rel="canonical" href="${URL}${FIRST_ITEM}" />`);
    const shown = textOf(page.text);
    expect(shown).to.match(/Health Data Management Health Data Structure, Content, and Standards/);
    expect(shown).to.include('Related learning resources (5)');
    expect(shown).to.include('What makes health data good');
    expect(shown).to.include('Resources on the published page 22');
  });

  it('filters by the address alone, and says how to undo it when nothing is left', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const app = publicApp();

    const lessons = await request(app).get(FIRST_ITEM).query({ kind: 'lesson' }).expect(200);
    const none = await request(app).get(FIRST_ITEM).query({ kind: 'podcast' }).expect(200);

    expect(textOf(lessons.text)).to.include('1 learning resource with these filters.');
    expect(lessons.text).to.match(/<option value="lesson" selected>/);
    expect(textOf(none.text)).to.include('No resource has all of this.');
    expect(textOf(none.text)).to.include('Clear all filters');
  });

  it('reads (0) and says what to do for a competency without resources', async () => {
    await importFramework({ text: publishedPage(), format: 'him-page', now: NOW, url: URL });

    const page = await request(publicApp()).get(FIRST_ITEM).expect(200);

    expect(textOf(page.text)).to.include('Related learning resources (0)');
    expect(textOf(page.text)).to.include(
      'There is no learning resource for this competency yet (0).',
    );
    expect(textOf(page.text)).to.include('These competencies of the same subdomain may help');
  });

  it('answers 404 for an item that is not there', async () => {
    await seedStarterContent({ now: NOW, url: URL });

    await request(publicApp())
      .get('/frameworks/him/items/00000000-0000-5000-8000-000000000000')
      .expect(404);
  });
});

describe('GET /resources/:resource', () => {
  it('shows the text of a lesson, without its answers', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const app = publicApp();
    const results = await request(app).get(FIRST_ITEM).query({ kind: 'lesson' });
    const [, path = ''] = /href="(\/resources\/[^"]+)"/.exec(results.text) ?? [];

    const page = await request(app).get(path).expect(200);

    const shown = textOf(page.text);
    expect(shown).to.include('Characteristics of good data');
    expect(shown).to.match(/This lesson ends with \d+ questions\. Open it from your course/);
    expect(shown).to.include(
      'Apply policies and procedures to ensure the accuracy of health data.',
    );
    expect(page.text).not.to.match(/type="radio"/);
  });

  it('leads to a resource elsewhere by an ordinary link', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const app = publicApp();
    const results = await request(app).get(FIRST_ITEM).query({ kind: 'course' });
    const [, path = ''] = /href="(\/resources\/[^"]+)"/.exec(results.text) ?? [];

    const page = await request(app).get(path).expect(200);

    expect(page.text).to.match(
      /<a class="button button-primary" href="https:\/\/[^"]+" target="_blank" rel="noopener noreferrer">Open at /,
    );
  });
});

describe('the pages the framework leads to', () => {
  it('are real: the pathways, the HIM pathway with its domains and sources, the featured post', async () => {
    await seedStarterContent({ now: NOW, url: URL });
    const app = publicApp();

    const pathways = await request(app).get('/pathways').expect(200);
    const pathway = await request(app).get('/pathways/him').expect(200);
    const post = await request(app)
      .get('/posts/using-for-classroom-instruction-that-works')
      .expect(200);

    expect(textOf(pathways.text)).to.include('Health information management (HIM)');
    expect(textOf(pathway.text)).to.include('8 domains, 25 subdomains, 75 competencies');
    expect(textOf(pathway.text)).to.include('Occupational Outlook Handbook');
    expect(pathway.text).to.match(/href="\/frameworks\/him#i-[0-9a-f-]+"/);
    expect(post.text).to.include('<h1>Using for Classroom Instruction that Works</h1>');
    expect(textOf(post.text)).to.include('Start from the competency, not from the resource');
  });

  it('are there for a framework that was imported without articles too', async () => {
    await importFramework({ text: publishedPage(), format: 'him-page', now: NOW, url: URL });
    const app = publicApp();

    for (const path of [
      '/pathways',
      '/pathways/him',
      '/posts/using-for-classroom-instruction-that-works',
    ])
      await request(app).get(path).expect(200);
    for (const path of ['/pathways/other', '/posts/other'])
      await request(app).get(path).expect(404);
  });
});

function textOf(html: string): string {
  return html
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}
