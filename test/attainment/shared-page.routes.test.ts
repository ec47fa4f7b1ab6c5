import { expect } from 'chai';
import '../../src/app.js';
import '../../src/jobs.js';
import { findOwnSharedPage } from '../../src/attainment/shared-page.model.js';
import { listDeployments, setDeploymentStatus } from '../../src/lti/deployment.model.js';
import { setPlatformStatus } from '../../src/lti/platform.model.js';
import { openPersonExport } from '../../src/privacy/read-person.js';
import { erasePerson } from '../../src/privacy/erase-person.js';
import { requestErasure } from '../../src/privacy/request-erasure.js';
import { createAgent } from '../support/browser-agent.js';
import { expectAccessible, openPage, stopBrowser } from '../support/browser.js';
import { countRecords } from '../support/count-records.js';
import type { Launched } from '../support/launch-as.js';
import { testDatabase } from '../support/engine.js';
import { sendUpload } from '../work/send-upload.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { FRAMEWORK } from './attainment-world.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const LINK = 'https://work.example/ana/audit';

describe('the page that a learner shares', function () {
  this.timeout(60_000);
  let started: AttainmentTool;
  let world: OpenTool;
  let learner: Launched;
  let later = 0;
  before(async () => {
    started = await startAttainmentTool({ now: () => new Date(Date.now() + later) });
  });
  after(() => started.close());
  beforeEach(async () => {
    later = 0;
    world = await started.open();
    learner = await world.launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
  });

  const form = (who = learner) => `/progress/shared?course=${who.course}`;
  const visitor = () => createAgent(started.tool.url);
  const first = () => world.items[0] ?? '';
  const second = () => world.items[1] ?? '';
  const statement = (index: number) =>
    (world.tree.competencies[index]?.fullStatement ?? '').split('(')[0] ?? '';

  /** Marks each resource, and passes the lesson; what is taken back leaves too little for either competency. */
  async function mark(state: 'done' | 'undone'): Promise<void> {
    for (const { id } of world.resources)
      await learner.agent.postForm(
        `/resources/${id}?course=${learner.course}`,
        { state },
        { action: '/completions' },
      );
    if (state === 'done')
      await learner.agent.postForm(
        `/resources/${world.lesson.id}?course=${learner.course}`,
        { 'answer-q1': 'a', 'answer-q2': 'b' },
        { action: '/attempts' },
      );
    await world.project();
  }

  /** Accepted work with a link, vouched for by an instructor with a name, for the second competency. */
  async function haveWorkAccepted(): Promise<void> {
    const sent = await sendUpload({
      agent: learner.agent,
      page: `/work/new?course=${learner.course}&framework=${FRAMEWORK}&item=${first()}`,
      action: '/work',
      fields: { link: LINK, note: 'My private note' },
    });
    const teacher = await world.launch({
      role: 'Instructor',
      user: { sub: 'tom', name: 'Tom T.' },
    });
    const review = `/waiting${sent.location.split('?')[0] ?? ''}?course=${teacher.course}`;
    await teacher.agent.postForm(
      review,
      { decision: 'accepted', comment: 'Good' },
      { action: '/decisions' },
    );
    await world.project();
  }

  /** Turns the page on and gives its path. */
  async function turnOn(fields: Record<string, string | string[]> = {}): Promise<string> {
    const answer = await learner.agent.postForm(
      form(),
      { items: [first()], ...fields },
      { action: '/progress/shared' },
    );
    expect(answer.location, answer.text).to.contain('notice=shared-on');
    return readPath();
  }

  async function readPath(): Promise<string> {
    const { text } = await learner.agent.get(form());
    return /\/shared\/[\w-]{24}/.exec(text)?.[0] ?? '';
  }

  const change = (fields: Record<string, string | string[]>) =>
    learner.agent.postForm(form(), fields, { action: '/settings' });
  const turnOff = () => learner.agent.postForm(form(), {}, { action: '/endings' });

  it('is chosen by learners of a course', async () => {
    const staff = await world.launch({ role: 'Instructor', user: 'tom' });

    expect((await visitor().get(form())).status).to.equal(401);
    expect((await staff.agent.get(form(staff))).status).to.equal(403);
  });

  it('offers nothing while nothing is achieved, and is off', async () => {
    const { text } = await learner.agent.get(form());

    expect(text).to.contain('You have not achieved a competency');
    expect(text).to.contain('Your page is off');
  });

  it('shows the chosen competencies, since when and what they rest on, to whoever has the address', async () => {
    await mark('done');
    const path = await turnOn({ name: '  Ana <b>R.</b> ' });

    const { status, text, headers } = await visitor().get(path);

    expect(status).to.equal(200);
    expect(text).to.contain(statement(0)).and.not.to.contain(statement(1));
    expect(text).to.contain('<bdi>  Ana &lt;b&gt;R.&lt;/b&gt; </bdi>');
    expect(text).to.contain('completions by the person’s own word');
    expect(text).to.contain('completed by self-report');
    expect(headers.get('x-robots-tag')).to.contain('noindex');
    expect(text).to.contain('<meta name="robots" content="noindex');
    expect(headers.get('referrer-policy')).to.equal('no-referrer');
    expect(headers.getSetCookie()).to.deep.equal([]);
  });

  it('says nothing of other people but their role, and of work only what is shared', async () => {
    await mark('done');
    await haveWorkAccepted();
    const path = await turnOn({ items: [first()] });

    const without = (await visitor().get(path)).text;
    await change({ items: [first()], links: 'yes' });
    const withLinks = (await visitor().get(path)).text;

    expect(without).to.contain('vouched for once by teaching staff').and.not.to.contain(LINK);
    expect(withLinks).to.contain(`href="${LINK}"`);
    for (const word of ['Tom', 'Ana', 'private note', 'Good', 'HIM101', 'Resource 1'])
      expect(withLinks, word).not.to.contain(word);
  });

  it('loses an item that is taken off, and one whose achievement is withdrawn', async () => {
    await mark('done');
    const path = await turnOn({ items: [first(), second()] });
    const both = (await visitor().get(path)).text;
    await change({ items: [second()] });
    const one = (await visitor().get(path)).text;
    await mark('undone');
    const none = (await visitor().get(path)).text;

    expect(both).to.contain(statement(0)).and.to.contain(statement(1));
    expect(one).to.contain(statement(1)).and.not.to.contain(statement(0));
    expect(none).to.contain('nothing on this page at present').and.not.to.contain(statement(1));
  });

  it('ends at once when it is turned off, and gets a new address when it is turned on again', async () => {
    await mark('done');
    const old = await turnOn();
    expect((await turnOff()).location).to.contain('notice=shared-off');

    const ended = await visitor().get(old);
    const fresh = await turnOn();

    expect(ended.status).to.equal(410);
    expect(ended.text).to.contain('This page has ended').and.not.to.contain(statement(0));
    expect(ended.headers.get('x-robots-tag')).to.contain('noindex');
    expect(fresh).not.to.equal(old);
    expect((await visitor().get(old)).status).to.equal(410);
    expect((await visitor().get(fresh)).status).to.equal(200);
  });

  it('ends by itself after the chosen days', async () => {
    await mark('done');
    const path = await turnOn({ expiry: '30' });
    const before = (await visitor().get(path)).status;
    later = 30 * DAY_MS + 60_000;

    expect([before, (await visitor().get(path)).status]).to.deep.equal([200, 410]);
  });

  it('ends while its school or the whole platform is paused, and is there again afterwards', async () => {
    await mark('done');
    const path = await turnOn();
    const status = async () => (await visitor().get(path)).status;
    const [deployment] = await listDeployments();
    const { _id = '', platform = '' } = deployment ?? {};
    const statuses = [await status()];
    for (const to of ['paused', 'approved'] as const) {
      await setDeploymentStatus({ deployment: _id, status: to });
      statuses.push(await status());
    }
    for (const to of ['paused', 'active'] as const) {
      await setPlatformStatus({ platform, status: to });
      statuses.push(await status());
    }

    expect(statuses).to.deep.equal([200, 410, 200, 410, 200]);
  });

  it('answers a guessed or broken address with 404 and nothing stored', async () => {
    for (const address of ['A'.repeat(24), '$ne', '..%2f', 'x'.repeat(500)]) {
      const { status, text } = await visitor().get(`/shared/${address}`);
      expect(status, address).to.equal(404);
      expect(text).to.contain('There is no such page');
    }
    expect((await countRecords())['sharedPages'] ?? 0).to.equal(0);
  });

  it('counts openings by day for the learner, and no fetching ahead', async () => {
    await mark('done');
    const path = await turnOn();
    await visitor().get(path);
    await visitor().get(path);
    await visitor().get(path, { headers: { 'sec-purpose': 'prefetch' } });
    await visitor().send('HEAD', path);

    const { text } = await learner.agent.get(form());

    expect(text).to.contain('It was opened 2 times').and.to.contain('Last on');
  });

  it('draws a faulty form again with what was chosen, and saves nothing', async () => {
    await mark('done');
    const post = (fields: Record<string, string | string[]>) =>
      learner.agent.postForm(form(), fields, { action: '/progress/shared' });

    const empty = await post({ name: 'Ana R.' });
    const foreign = await post({ items: [first(), 'not-mine'] });
    const long = await post({ items: [first()], name: 'x'.repeat(101) });

    expect([empty.status, foreign.status, long.status]).to.deep.equal([400, 400, 400]);
    expect(empty.text).to.contain('Choose at least one').and.to.contain('value="Ana R."');
    expect(foreign.text).to.contain('is not achieved any more');
    expect(long.text).to.contain('at most 100 characters');
    expect((await countRecords())['sharedPages'] ?? 0).to.equal(0);
  });

  it('tells of a form that was left open while the page was turned off', async () => {
    await mark('done');
    const path = await turnOn();
    const held = { address: path.split('/').at(-1) ?? '', items: [first()] };
    await turnOff();

    const late = await learner.agent.postForm(form(), held, { action: '/progress/shared' });
    const again = await learner.agent.postForm(
      form(),
      { ...held, address: held.address },
      { action: '/settings' },
    );

    expect(late.location).to.contain('notice=shared-on');
    expect(again.status).to.equal(409);
  });

  it('is nothing for test users', async () => {
    const test = await world.launch({
      user: 'tess',
      roleUris: [
        'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner',
        'http://purl.imsglobal.org/vocab/lti/system/person#TestUser',
      ],
    });
    const { text } = await test.agent.get(form(test));
    const token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';

    expect(text).to.contain('Test users and staff have nothing to share');
    const answer = await test.agent.post(`/progress/shared`, {
      _csrf: token,
      course: test.course,
      items: [first()],
    });
    expect(answer.status).to.equal(403);
    expect((await countRecords())['sharedPages'] ?? 0).to.equal(0);
  });

  it('is in the export, and gone with an erase: the address is one that never was', async () => {
    await mark('done');
    const path = await turnOn({ name: 'Ana R.' });
    const stored = await testDatabase().collection('sharedPages').findOne({});
    const key = { deployment: world.deployment, user: String(stored?.['user']) };
    let exported = '';
    for await (const piece of await openPersonExport({ ...key, now: new Date() }))
      exported += JSON.stringify(piece);

    const erasure = await requestErasure({ ...key, by: 'head', now: new Date() });
    await erasePerson({
      erasure,
      url: started.tool.url,
      deriveId: (...parts) => world.source.deriveId(...parts),
      now: () => new Date(),
    });

    expect(exported).to.contain('"sharedPages"').and.to.contain('Ana R.');
    expect(await findOwnSharedPage({ ...key, framework: FRAMEWORK })).to.equal(null);
    expect((await visitor().get(path)).status).to.equal(404);
  });

  it('has no fault that axe finds on a phone, nor has its form', async () => {
    await mark('done');
    const path = await turnOn({ items: [first(), second()], name: 'Ana R.' });
    const { page, context } = await openPage({ width: 390 });
    const session = await page.context().newCDPSession(page);
    for (const [name, value] of learner.agent.cookies)
      await session.send('Network.setCookie', {
        name,
        value,
        url: 'https://localhost/',
        path: '/',
        secure: true,
      });
    try {
      for (const one of [path, form()]) {
        await page.goto(`${started.tool.url}${one}`);
        await expectAccessible(page, one);
        expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(390);
      }
    } finally {
      await context.close();
      await stopBrowser();
    }
  });
});
