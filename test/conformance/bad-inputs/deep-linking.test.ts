// Bad inputs 136 to 147: answers to a deep linking request that the platform does not take or the person may not send.
import { expect } from 'chai';
import { importFramework } from '../../../src/frameworks/import-framework.js';
import { NOW, pageWith, SMALL_BODY, URL as PAGE_URL } from '../../frameworks/him-page-text.js';
import {
  countStored,
  expectAlive,
  expectRefusal,
  openDoor,
  type Door,
} from '../../support/bad-inputs.js';
import { anythingDeepLinkedRoutes } from '../../support/anything-deep-linked.js';
import { readForms, type Answer } from '../../support/browser-agent.js';
import { DL } from '../../support/fake-platform.js';
import { launchAs, type LaunchAs, type Launched } from '../../support/launch-as.js';
import { startTool } from '../../support/start-tool.js';

function choose(
  door: Door,
  settings: object = {},
  more: Partial<LaunchAs> = {},
): Promise<Launched> {
  return launchAs({
    tool: door.tool,
    platform: door.platform,
    role: 'Instructor',
    messageType: 'LtiDeepLinkingRequest',
    claims: {
      [`${DL}deep_linking_settings`]: {
        deep_link_return_url: `${door.platform.origin}/return`,
        accept_types: ['ltiResourceLink'],
        accept_multiple: true,
        data: 'opaque',
        ...settings,
      },
    },
    ...more,
  });
}

describe('bad inputs to deep linking: items of any kind', () => {
  const door = openDoor(() =>
    startTool({ routes: (services) => [anythingDeepLinkedRoutes(services)] }),
  );
  const item = (more: object = {}): object => ({
    type: 'ltiResourceLink',
    url: `${door.tool.url}/frameworks/1`,
    title: 'Privacy',
    ...more,
  });
  const answerWith = (launched: Launched, items: unknown): Promise<Answer> =>
    launched.agent.postForm(launched.path, { items: JSON.stringify(items) });
  const twice = () => [item(), item()];
  const graded = (scoreMaximum: unknown) => () => [item({ lineItem: { scoreMaximum } })];

  const refused: [title: string, status: number, items: () => unknown, settings?: object][] = [
    [
      '[136] an item type that is not in accept_types',
      422,
      () => [item()],
      { accept_types: ['link'] },
    ],
    ['[136] an item of a type that we do not send', 422, () => [item({ type: 'html' })]],
    ['[137] several items when accept_multiple is false', 422, twice, { accept_multiple: false }],
    ["[137] … when it is the text 'false'", 422, twice, { accept_multiple: 'false' }],
    ['[138] a lineItem when accept_lineitem is false', 422, graded(1), { accept_lineitem: false }],
    ['[138] a scoreMaximum of 0', 422, graded(0)],
    ['[138] a scoreMaximum of -1', 422, graded(-1)],
    ['[138] a scoreMaximum of NaN or Infinity, which JSON makes null', 422, graded(null)],
    ['[138] a scoreMaximum that is a text', 422, graded('10')],
    ['[139] an item url on another origin', 422, () => [item({ url: 'https://evil.example/' })]],
    ['[139] an item url that is javascript:', 422, () => [item({ url: 'javascript:alert(1)' })]],
    ['[145] more than 100 items', 413, () => Array.from({ length: 101 }, () => item())],
    ['[145] items of more than 64 KiB', 413, () => [item({ text: 'x'.repeat(70_000) })]],
    ['a custom value with a line end', 422, () => [item({ custom: { a: 'b\nc=d' } })]],
  ];
  for (const [title, status, items, settings] of refused)
    it(`${title} -> ${status}, and the request can still be answered`, async () => {
      const launched = await choose(door, settings);
      const before = await countStored();

      const answer = await answerWith(launched, items());

      expectRefusal(answer, { status, code: 'lti.deep-linking-items' });
      expect(await countStored()).to.deep.equal(before);
      expect((await answerWith(launched, [])).status).to.equal(200);
    });

  it('and a good launch works after all of them', () => expectAlive(door));
});

describe('bad inputs to deep linking: the page', () => {
  const door = openDoor();
  beforeEach(async () => {
    await importFramework({
      text: pageWith(SMALL_BODY),
      format: 'him-page',
      now: NOW,
      url: PAGE_URL,
    });
  });
  const form = async ({ agent, path }: Launched): Promise<Record<string, string | string[]>> => {
    const { text } = await agent.get(path);
    const found = readForms(text).find(({ action }) => action.includes('deep-linking'));
    if (!found) throw new Error('the page has no form to answer with');
    return found.fields;
  };

  for (const choice of [
    'item:00000000-0000-4000-8000-000000000000',
    'activity:00000000-0000-4000-8000-000000000000',
    'lesson:x',
    'nonsense',
  ])
    it(`[140] the choice ${choice}, which is not of this tenant -> 404`, async () => {
      const launched = await choose(door);
      const fields = { ...(await form(launched)), choice };
      const before = await countStored();

      const answer = await launched.agent.post('/deep-linking/answers', fields);

      expectRefusal(answer, { status: 404, code: 'input.invalid' });
      expect(await countStored()).to.deep.equal(before);
    });

  it('[141] a second submit of the same deep linking session -> 409, also when both come at once', async () => {
    const launched = await choose(door);
    const fields = await form(launched);

    const answers = await Promise.all(
      [1, 2].map(() => launched.agent.post('/deep-linking/answers', fields)),
    );
    const third = await launched.agent.post('/deep-linking/answers', fields);

    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
    expectRefusal(third, { status: 409, code: 'lti.deep-linking-answered' });
  });

  it('[142] the deep linking session of another user -> refused (409 that says who is signed in, where the list says 403)', async () => {
    const mine = await choose(door, {}, { user: 'me' });
    const fields = await form(mine);
    const theirs = await choose(door, {}, { user: 'they' });
    const ordinary = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
      user: 'third',
    });

    const forged = await theirs.agent.post('/deep-linking/answers', fields);
    const without = await ordinary.agent.post('/deep-linking/answers', fields);

    for (const answer of [forged, without])
      expectRefusal(answer, { status: 409, code: 'session.other-person' });
    expect((await mine.agent.post('/deep-linking/answers', fields)).status).to.equal(200);
  });

  it('[143] a resource link session that calls the deep linking answer -> 403', async () => {
    const { agent, course, path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
    });
    const { text } = await agent.get(path);
    const fields = readForms(text)[0]?.fields ?? {};

    const page = await agent.get(`/deep-linking?course=${course}`);
    const answer = await agent.post('/deep-linking/answers', { ...fields, course });

    for (const refused of [page, answer])
      expectRefusal(refused, { status: 403, code: 'session.not-asked' });
  });

  it('[144] a return url with quotes and < -> escaped in its attribute', async () => {
    const address = `${door.platform.origin}/return?x="><script>alert(1)</script>`;
    const launched = await choose(door, { deep_link_return_url: address });

    const page = await launched.agent.post('/deep-linking/answers', await form(launched));

    expect(page.status).to.equal(200);
    expect(page.text).not.to.contain('<script>alert');
    expect(readForms(page.text)[0]?.action).to.equal(address);
  });

  it('[146] data and return address in the form -> ignored: the answer echoes what the launch said', async () => {
    const launched = await choose(door);
    const fields = {
      ...(await form(launched)),
      data: 'altered',
      deep_link_return_url: 'https://evil.example/',
      returnUrl: 'https://evil.example/',
    };

    const page = await launched.agent.post('/deep-linking/answers', fields);

    const [handOver] = readForms(page.text);
    expect(handOver?.action).to.equal(`${door.platform.origin}/return`);
    const [, payload = ''] = String(handOver?.fields['JWT']).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    expect(claims).to.include({ [`${DL}data`]: 'opaque' });
    expect(page.text).not.to.contain('evil.example');
  });

  it('[147] GET on the answer route -> 405', async () => {
    const launched = await choose(door);
    const before = await countStored();

    const answers = [
      await launched.agent.get('/deep-linking/answers'),
      await launched.agent.send('PUT', '/deep-linking/answers'),
    ];

    for (const answer of answers) {
      expectRefusal(answer, { status: 405, code: 'page.method' });
      expect(answer.headers.get('allow')).to.equal('POST');
    }
    expect(await countStored()).to.deep.equal(before);
    expect(
      (await launched.agent.post('/deep-linking/answers', await form(launched))).status,
    ).to.equal(200);
  });
});
