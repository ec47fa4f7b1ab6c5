// Links to new tabs: what a pass opens where the frame's cookie is not sent, how often, and what it does not open.
import { expect } from 'chai';
import { recordActivities } from '../../src/activities/activity.model.js';
import { PASS_LIFE_MS } from '../../src/lti/visit-pass.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { startAttainmentTool, type AttainmentTool } from '../attainment/attainment-tool.js';
import { listStated } from '../attainment/attainment-world.js';
import { createAgent } from '../support/browser-agent.js';
import type { Launched } from '../support/launch-as.js';

const PUBLIC_ADDRESS = 'https://agency.example/1';

describe('a link to a new tab, which the cookie of the frame does not reach', () => {
  let started: AttainmentTool;
  let aheadMs = 0;
  before(async () => {
    started = await startAttainmentTool({ now: () => new Date(Date.now() + aheadMs) });
  });
  beforeEach(() => (aheadMs = 0));
  after(() => started.close());

  const open = (link: string) => createAgent(started.tool.url).get(link);

  it('leads to the resource and states the opening of the person whose page held it', async () => {
    const { resources, launch } = await started.open();
    const link = await visitLink(await launch(), `/resources/${resources[0]?.id ?? ''}`);

    const answer = await open(link);

    expect([answer.status, answer.location]).to.deep.equal([303, PUBLIC_ADDRESS]);
    expect(answer.headers.getSetCookie()).to.deep.equal([]);
    const stated = await listStated();
    expect(stated.map(({ statement }) => statement.verb.id)).to.deep.equal([VERBS.experienced]);
  });

  it('records once, however often it is opened and wherever: later it leads to what is public', async () => {
    const { resources, launch } = await started.open();
    const learner = await launch();
    const link = await visitLink(learner, `/resources/${resources[0]?.id ?? ''}`);
    await open(link);
    // A new launch would make a new statement, if the pass still spoke for anybody.
    await launch({ agent: learner.agent });

    const answers = await Promise.all([open(link), open(link)]);

    expect(answers.map(({ status, location }) => [status, location])).to.deep.equal([
      [303, PUBLIC_ADDRESS],
      [303, PUBLIC_ADDRESS],
    ]);
    expect(await listStated()).to.have.length(1);
  });

  it('speaks for the first of two who open it at the same moment', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const link = await visitLink(learner, `/activities/${await addActivity(world, learner)}`);

    const answers = await Promise.all([open(link), open(link)]);

    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 401]);
    expect(await listStated()).to.have.length(1);
  });

  it('leads nobody to an address of the course a second time, and says what to do', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const link = await visitLink(learner, `/activities/${await addActivity(world, learner)}`);

    const first = await open(link);
    const second = await open(link);

    expect([first.status, first.location]).to.deep.equal([303, 'https://lms.example/essay']);
    expect(second.status).to.equal(401);
    expect(second.text).to.contain('Open this from your course again');
    expect(second.text).not.to.contain('lms.example');
    expect(await listStated()).to.have.length(1);
  });

  it('is another one each time the page is drawn, and the same launch states one opening', async () => {
    const { resources, launch } = await started.open();
    const learner = await launch();
    const path = `/resources/${resources[0]?.id ?? ''}`;
    const links = [await visitLink(learner, path), await visitLink(learner, path)];

    for (const link of links) await open(link);

    expect(new Set(links).size).to.equal(2);
    expect(await listStated()).to.have.length(1);
  });

  it('is not needed where the cookie is sent', async () => {
    const { resources, launch } = await started.open();
    const learner = await launch();
    const link = await visitLink(learner, `/resources/${resources[0]?.id ?? ''}`);

    const answer = await learner.agent.get(link.replace(/&pass=.*/, ''));

    expect([answer.status, answer.location]).to.deep.equal([303, PUBLIC_ADDRESS]);
    expect(await listStated()).to.have.length(1);
  });

  it('carries no pass in a window of its own', async () => {
    const { resources, launch } = await started.open();
    const learner = await launch({
      claims: {
        'https://purl.imsglobal.org/spec/lti/claim/launch_presentation': {
          document_target: 'window',
        },
      },
    });

    const link = await visitLink(learner, `/resources/${resources[0]?.id ?? ''}`);

    expect(link).to.match(/visit\?course=[^&]+$/);
  });

  it('speaks for nobody at another path, in another course, or once it is altered', async () => {
    const { resources, launch } = await started.open();
    const learner = await launch();
    const other = await launch({ agent: learner.agent, course: 'HIM202' });
    const link = await visitLink(learner, `/resources/${resources[0]?.id ?? ''}`);
    const [, session = '', drawn = '', nonce = '', signed = ''] =
      /pass=([^.]+)\.([^.]+)\.([^.]+)\.(.+)$/.exec(link) ?? [];
    const later = (Number.parseInt(drawn, 36) + 60_000).toString(36);
    const flipped = (text: string) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
    const path = link.replace(/pass=.*/, '');

    const answers = await Promise.all(
      [
        link.replace(resources[0]?.id ?? '', resources[1]?.id ?? ''),
        link.replace(`course=${learner.course}`, `course=${other.course}`),
        link.replace(`course=${learner.course}`, 'course=another'),
        `${path}pass=${session}.${drawn}.${nonce}.${flipped(signed)}`,
        `${path}pass=${session}.${drawn}.${flipped(nonce)}.${signed}`,
        `${path}pass=${session}.${later}.${nonce}.${signed}`,
        `${path}pass=made-up`,
      ].map(open),
    );

    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([303]));
    expect(await listStated()).to.deep.equal([]);
    await open(link);
    expect(await listStated(), 'and none of them used it up').to.have.length(1);
  });

  it('is not used up by a browser that fetches ahead or asks for the head alone', async () => {
    const { resources, launch } = await started.open();
    const link = await visitLink(await launch(), `/resources/${resources[0]?.id ?? ''}`);
    const browser = createAgent(started.tool.url);

    await browser.get(link, { headers: { 'Sec-Purpose': 'prefetch' } });
    await browser.send('HEAD', link);

    expect(await listStated()).to.deep.equal([]);
    await open(link);
    expect(await listStated()).to.have.length(1);
  });

  it('shows no page and takes no form', async () => {
    const { resources, launch } = await started.open();
    const link = await visitLink(await launch(), `/resources/${resources[0]?.id ?? ''}`);
    const query = link.slice(link.indexOf('?'));
    const stranger = createAgent(started.tool.url);

    const page = await stranger.get(`/progress${query}`);
    const form = await stranger.post(`/resources/${resources[0]?.id ?? ''}/completions${query}`, {
      state: 'done',
    });

    expect([page.status, form.status]).to.deep.equal([401, 401]);
  });

  it('ends with the session', async () => {
    const { resources, launch } = await started.open();
    const learner = await launch();
    const link = await visitLink(learner, `/resources/${resources[0]?.id ?? ''}`);
    const page = `/progress?course=${learner.course}`;
    await learner.agent.postForm(page, {}, { action: '/lti/sign-out' });

    await open(link);

    expect(await listStated()).to.deep.equal([]);
  });

  it('ends after some hours, though the session goes on', async () => {
    const world = await started.open();
    const learner = await world.launch();
    const link = await visitLink(learner, `/activities/${await addActivity(world, learner)}`);
    for (; aheadMs < PASS_LIFE_MS; aheadMs += PASS_LIFE_MS / 4)
      await learner.agent.get(`/progress?course=${learner.course}`);

    const answer = await open(link);

    expect(answer.status).to.equal(401);
    const page = await learner.agent.get(`/progress?course=${learner.course}`);
    expect(page.status, 'the session goes on').to.equal(200);
    expect(await listStated()).to.deep.equal([]);
  });
});

/** An activity with an address that the instructor typed: for people of the course only. */
async function addActivity(
  { deployment }: { deployment: string },
  { course, agent }: Launched,
): Promise<string> {
  const [id = ''] = await recordActivities({
    facts: [
      {
        deployment,
        course,
        key: ['typed', 'Essay'],
        title: 'Essay',
        kind: 'assignment',
        source: 'typed',
        address: 'https://lms.example/essay',
        resourceLinkId: null,
        lineItemUrl: null,
        lesson: null,
        assessed: false,
        lastLaunchAt: null,
      },
    ],
    url: agent.baseUrl,
    now: new Date(),
  });
  return id;
}

async function visitLink({ agent, course }: Launched, path: string): Promise<string> {
  const { text } = await agent.get(`${path}?course=${course}`);
  const [found = ''] = /"(\/[a-z]+\/[^"]*\/visit\?[^"]*)"/.exec(text)?.slice(1) ?? [];
  return found.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}
