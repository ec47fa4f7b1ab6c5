// Bad inputs 148 to 160: scores that nobody may send, answers of a platform's services that nobody may believe, and our keys.
import type { ServerResponse } from 'node:http';
import mongoose from 'mongoose';
import { expect } from 'chai';
import { createLineItem } from '../../../src/lti/claim-line-item.js';
import type { CurrentLaunch } from '../../../src/lti/current-launch.js';
import { listLineItems, readLineItemAt } from '../../../src/lti/line-items.js';
import { readMemberships } from '../../../src/lti/read-memberships.js';
import { readResults } from '../../../src/lti/read-results.js';
import { sendScore, type Score } from '../../../src/lti/send-score.js';
import { isPermanent } from '../../../src/lti/service-answer.js';
import { SCOPE } from '../../../src/lti/vocabulary.js';
import { countStored, expectAlive, expectRefusal, openDoor } from '../../support/bad-inputs.js';
import { createAgent } from '../../support/browser-agent.js';
import { AGS, sendJson } from '../../support/fake-platform.js';
import { launchAs } from '../../support/launch-as.js';
import { refusal } from '../../support/refusal.js';
import { startApp } from '../../support/start-app.js';
import { showLaunchRoutes } from '../../support/show-launch.js';
import { startTool, type TestTool } from '../../support/start-tool.js';

const SCORE: Score = {
  userId: '5',
  timestamp: '2026-01-05T08:00:00.123Z',
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  scoreGiven: 4,
  scoreMaximum: 5,
};
const LINE_ITEM = '/courses/1/lineitems/9/lineitem';
const LINE_ITEMS = '/courses/1/lineitems';
const MEMBERS = '/courses/1/memberships';

describe('bad inputs to and from services', () => {
  const door = openDoor(() =>
    startTool({
      routes: () => [showLaunchRoutes()],
    }),
  );
  let target: CurrentLaunch;

  const launchTarget = async (claims: Record<string, unknown> = {}): Promise<CurrentLaunch> => {
    const { agent, path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
      claims,
    });
    return (await agent.get(path)).json() as CurrentLaunch;
  };
  beforeEach(async () => {
    target = await launchTarget();
    door.platform.calls.length = 0;
  });
  afterEach(() => {
    for (const path of [LINE_ITEM, `${LINE_ITEM}/scores`, `${LINE_ITEM}/results`, LINE_ITEMS])
      door.platform.respond(path, (_call, res) => sendJson(res, 200, []));
    for (const path of [MEMBERS, '/token'])
      door.platform.respond(path, (_call, res) =>
        sendJson(res, 200, { members: [], access_token: 'x', expires_in: 3_600 }),
      );
  });

  const services = () => door.tool.services;
  const called = (part: string) => door.platform.calls.filter(({ url }) => url.includes(part));
  const list = () => listLineItems({ services: services(), target });
  const lineItemUrl = () => `${door.platform.origin}${LINE_ITEM}?type_id=1`;
  const send = (score: Score = SCORE, from = target) =>
    sendScore({ services: services(), target: from, lineItemUrl: lineItemUrl(), score });
  async function readAll(pages: AsyncIterable<unknown>): Promise<number> {
    let count = 0;
    for await (const _page of pages) count += 1;
    return count;
  }
  const members = () => readAll(readMemberships({ services: services(), target }));
  const results = () =>
    readAll(readResults({ services: services(), target, lineItemUrl: lineItemUrl() }));

  for (const [title, change] of [
    ['[148] a score of NaN', { scoreGiven: Number.NaN }],
    ['[148] a score of Infinity', { scoreGiven: Number.POSITIVE_INFINITY }],
    ['[148] a negative score', { scoreGiven: -1 }],
    ['[149] a scoreMaximum of 0 with scoreGiven', { scoreMaximum: 0 }],
    ['[149] no scoreMaximum with scoreGiven', { scoreMaximum: undefined }],
    ['[150] an unknown activityProgress', { activityProgress: 'Done' }],
    ['[150] an unknown gradingProgress', { gradingProgress: 'Graded' }],
    ['a time without zone', { timestamp: '2026-01-05T08:00:00' }],
    ['a score that clears the grade on Moodle', { gradingProgress: 'Pending' }],
    ['a final one without a score, which clears it too', { scoreGiven: undefined }],
  ] as const)
    it(`${title} -> 422, and no call`, async () => {
      const before = await countStored();

      // Values that the type forbids are the point here.
      const error = await refusal(send({ ...SCORE, ...change } as Score));

      expect(error).to.deep.include({ code: 'lti.score', status: 422 });
      expect(door.platform.calls).to.deep.equal([]);
      expect(await countStored()).to.deep.equal(before);
    });

  for (const [status, words] of [
    [400, 'user not gradable'],
    [422, 'User not in course'],
  ] as const)
    it(`[151] a user who is not in the context, or a teacher: the platform's ${status} -> final, with its words`, async () => {
      door.platform.respond(`${LINE_ITEM}/scores`, (_call, res) => {
        res.writeHead(status, words).end('[]');
      });

      const error = await refusal(send());

      expect(error.values).to.deep.include({ status, reason: words });
      expect(isPermanent(error)).to.equal(true);
      expect(called('/scores')).to.have.length(1);
    });

  it('[152] no score scope granted -> 403 here, no call', async () => {
    const readOnly = await launchTarget({
      [AGS]: { scope: [SCOPE.lineItemReadOnly], lineitems: door.platform.lineItemsUrl },
    });
    door.platform.calls.length = 0;

    const error = await refusal(send(SCORE, readOnly));

    expect(error).to.deep.include({ code: 'lti.service-missing', status: 403 });
    expect(door.platform.calls).to.deep.equal([]);
  });

  it('[153] a service address on a host that is not this deployment’s -> refused, and no token goes there', async () => {
    for (const url of ['https://evil.example/lineitem', 'https://lms.example:8443/lineitem']) {
      const error = await refusal(readLineItemAt({ services: services(), target, url }));

      expect(error).to.deep.include({ code: 'lti.service-host', status: 403 });
    }
    expect(door.platform.calls).to.deep.equal([]);
  });

  const pages: [string, string, () => Promise<unknown>, object][] = [
    ['line items', LINE_ITEMS, list, []],
    ['results', `${LINE_ITEM}/results`, results, []],
    ['memberships', MEMBERS, members, { members: [] }],
  ];
  for (const [title, path, read, body] of pages) {
    it(`[154] a next link of ${title} to another host -> stops with an error, and no bearer goes there`, async () => {
      door.platform.respond(path, (_call, res) =>
        sendJson(res, 200, body, { link: '<https://evil.example/next>; rel="next"' }),
      );

      expect(await refusal(read())).to.deep.include({ code: 'lti.service-answer', status: 502 });
      expect(called(path)).to.have.length(1);
    });

    it(`[154] a next link of ${title} that leads in a circle -> stops with an error`, async () => {
      door.platform.respond(path, (call, res) =>
        sendJson(res, 200, body, { link: `<${door.platform.origin}${call.url}>; rel="next"` }),
      );

      expect(await refusal(read())).to.deep.include({ code: 'lti.service-answer', status: 502 });
      expect(called(path)).to.have.length(1);
    });
  }

  it('[155] a members answer of 50 MiB -> stops at the cap, 502', async () => {
    door.platform.respond(MEMBERS, (_call, res) => sendFiftyMegabytes(res));

    expect(await refusal(members())).to.deep.include({ code: 'outgoing.too-large', status: 502 });
  });

  it('[155] members without end -> stops at the cap, 502', async () => {
    const page = JSON.stringify({
      members: Array.from({ length: 100_001 }, (_, index) => ({ user_id: String(index) })),
    });
    let sent = 0;
    door.platform.respond(MEMBERS, (_call, res) => {
      sent += 1;
      const link = `<${door.platform.membershipsUrl}?from=${sent}>; rel="next"`;
      res.writeHead(200, { 'content-type': 'application/json', link }).end(page);
    });

    expect(await refusal(members())).to.deep.include({ code: 'lti.service-answer', status: 502 });
    expect(sent).to.equal(2);
  });

  describe('with a process that holds no token yet', () => {
    let fresh: TestTool;
    beforeEach(async () => {
      fresh = await startTool();
    });
    afterEach(() => fresh.close());
    const ask = () => listLineItems({ services: fresh.services, target });

    const tokens: [string, (res: ServerResponse) => void][] = [
      ['an HTML page', (res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>')],
      ['an HTML page and 404', (res) => res.writeHead(404).end('<h1>fix_jwks_alg()</h1>')],
      ['a refusal', (res) => sendJson(res, 400, { error: 'invalid_client' })],
      ['no access_token', (res) => sendJson(res, 200, { expires_in: 3_600 })],
      [
        'expires_in as text',
        (res) => sendJson(res, 200, { access_token: 'x', expires_in: '3600' }),
      ],
      ['a negative expires_in', (res) => sendJson(res, 200, { access_token: 'x', expires_in: -1 })],
    ];
    for (const [title, respond] of tokens)
      it(`[156] a token endpoint that answers ${title} -> 502, nothing cached`, async () => {
        door.platform.respond('/token', (_call, res) => respond(res));

        const error = await refusal(ask());

        expect(error).to.deep.include({ code: 'lti.service-token', status: 502 });
        expect(called(LINE_ITEMS)).to.deep.equal([]);
        expect(await mongoose.connection.collection('serviceTokens').countDocuments()).to.equal(0);
      });

    it('[157] 401 with a cached token -> one refresh, then it fails', async () => {
      await ask();
      const asked = called('/token').length;
      door.platform.respond(LINE_ITEMS, (_call, res) => sendJson(res, 401, {}));
      door.platform.calls.length = 0;

      const error = await refusal(ask());

      expect(error.code).to.equal('lti.service-refused');
      expect(error.values['status']).to.equal(401);
      expect(asked).to.equal(1);
      expect(called('/token')).to.have.length(1);
      expect(called(LINE_ITEMS)).to.have.length(2);
    });
  });

  it('[158] a time stamp that is not newer than what the platform holds (409) -> superseded, which is no failure', async () => {
    door.platform.respond(`${LINE_ITEM}/scores`, (_call, res) => sendJson(res, 409, []));

    expect(await send()).to.equal('superseded');
    expect(called('/scores')).to.have.length(1);
  });

  it('[159] a line item that another tool wrote keeps its unknown members: we never replace one', async () => {
    const theirs = {
      id: lineItemUrl(),
      label: 'Quiz',
      scoreMaximum: 10,
      resourceId: 'r',
      tag: 't',
      'https://canvas.instructure.com/lti/submission_type': { type: 'external_tool' },
    };
    door.platform.respond(LINE_ITEMS, (_call, res) => sendJson(res, 200, [theirs]));
    door.platform.respond(LINE_ITEM, (_call, res) => sendJson(res, 200, theirs));

    const lineItem = { label: 'Reading', scoreMaximum: 1, resourceId: 'r', tag: 't' };
    const found = await createLineItem({ services: services(), target, lineItem });
    await readLineItemAt({ services: services(), target, url: found.id });
    await send();

    expect(found.id).to.equal(theirs.id);
    const methods = door.platform.calls
      .filter(({ url }) => url.includes('lineitem') && !url.includes('/scores'))
      .map(({ method }) => method);
    expect([...new Set(methods)]).to.deep.equal(['GET']);
  });

  it('and a good launch works after all of them', () => expectAlive(door));
});

describe('bad inputs to pages about services, and to our keys', () => {
  const door = openDoor(() => startApp());

  it('[153] a line item of another course -> 404', async () => {
    const open = (course: string) =>
      launchAs({ tool: door.tool, platform: door.platform, role: 'Instructor', course });
    const there = await open('course-2');
    door.platform.respond(LINE_ITEMS, (_call, res) =>
      sendJson(res, 200, [
        { id: `${door.platform.origin}${LINE_ITEM}`, label: 'Quiz', scoreMaximum: 1 },
      ]),
    );
    await there.agent.postForm(`/activities?course=${there.course}`, {}, { action: 'line-items' });
    const { text } = await there.agent.get(`/activities?course=${there.course}`);
    const id = /\/activities\/([0-9a-f-]{36})/.exec(text)?.[1] ?? '';
    const here = await open('course-1');

    const own = await there.agent.get(`/activities/${id}?course=${there.course}`);
    const answer = await here.agent.get(`/activities/${id}?course=${here.course}`);

    expect(own.status).to.equal(200);
    expectRefusal(answer, { status: 404, code: 'activity.not-found' });
  });

  for (const method of ['POST', 'PUT', 'DELETE'])
    it(`[160] the JWKS route with ${method} -> 405`, async () => {
      const answer = await createAgent(door.tool.url).send(method, '/lti/keys');

      expectRefusal(answer, { status: 405, code: 'page.method' });
      expect(answer.headers.get('allow')).to.equal('GET, HEAD');
    });

  it('[160] our keys never show d, p or q', async () => {
    const answer = await createAgent(door.tool.url).get('/lti/keys');

    expect(answer.status).to.equal(200);
    const { keys } = answer.json() as { keys: object[] };
    expect(keys).not.to.deep.equal([]);
    for (const key of keys)
      expect(Object.keys(key).sort()).to.deep.equal(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});

/** A mebibyte at a time, for as long as somebody listens. */
function sendFiftyMegabytes(res: ServerResponse): void {
  let left = 50;
  const part = Buffer.alloc(2 ** 20, ' ');
  const more = (): void => {
    while (left > 0) {
      left -= 1;
      if (!res.write(part)) return void res.once('drain', more);
    }
    res.end();
  };
  more();
}
