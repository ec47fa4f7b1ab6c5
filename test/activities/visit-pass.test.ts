// Links to new tabs: what a pass opens where the frame's cookie is not sent, and what it does not.
import { expect } from 'chai';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { createAgent } from '../support/browser-agent.js';
import { startAttainmentTool, type AttainmentTool } from '../attainment/attainment-tool.js';
import { listStated } from '../attainment/attainment-world.js';
import type { Launched } from '../support/launch-as.js';

describe('a link to a new tab, which the cookie of the frame does not reach', () => {
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());

  it('leads to the resource and states the opening of the person whose page held it', async () => {
    const { resources, launch } = await started.open();
    const link = await visitLink(await launch(), resources[0]?.id ?? '');

    const answer = await createAgent(started.tool.url).get(link);

    expect([answer.status, answer.location]).to.deep.equal([303, 'https://agency.example/1']);
    expect(answer.headers.getSetCookie()).to.deep.equal([]);
    const stated = await listStated();
    expect(stated.map(({ statement }) => statement.verb.id)).to.deep.equal([VERBS.experienced]);
  });

  it('opens no other resource, no other course, and nothing once it is altered', async () => {
    const { resources, launch } = await started.open();
    const learner = await launch();
    const link = await visitLink(learner, resources[0]?.id ?? '');
    const stranger = createAgent(started.tool.url);

    const answers = await Promise.all(
      [
        link.replace(resources[0]?.id ?? '', resources[1]?.id ?? ''),
        link.replace(`course=${learner.course}`, 'course=another'),
        `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`,
        link.replace(/pass=.*/, 'pass=made-up'),
      ].map((address) => stranger.get(address)),
    );

    expect(answers.map(({ status }) => status)).to.deep.equal([401, 401, 401, 401]);
    expect(await listStated()).to.deep.equal([]);
  });

  it('shows no page and takes no form', async () => {
    const { resources, launch } = await started.open();
    const link = await visitLink(await launch(), resources[0]?.id ?? '');
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
    const link = await visitLink(learner, resources[0]?.id ?? '');
    const page = `/progress?course=${learner.course}`;
    await learner.agent.postForm(page, {}, { action: '/lti/sign-out' });

    const answer = await createAgent(started.tool.url).get(link);

    expect(answer.status).to.equal(401);
    expect(await listStated()).to.deep.equal([]);
  });
});

async function visitLink({ agent, course }: Launched, resource: string): Promise<string> {
  const { text } = await agent.get(`/resources/${resource}?course=${course}`);
  const [found = ''] = /\/resources\/[^"]*\/visit\?[^"]*/.exec(text) ?? [];
  return found.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}
