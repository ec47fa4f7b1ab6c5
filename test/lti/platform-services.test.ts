import jwt from 'jsonwebtoken';
import { createPublicKey } from 'node:crypto';
import mongoose from 'mongoose';
import { expect } from 'chai';
import type { CurrentLaunch } from '../../src/lti/current-launch.js';
import { createLineItem } from '../../src/lti/claim-line-item.js';
import { listLineItems, readLineItemAt } from '../../src/lti/line-items.js';
import { readMemberships } from '../../src/lti/read-memberships.js';
import { readResults } from '../../src/lti/read-results.js';
import { insertBeforeQuery, sendScore, type Score } from '../../src/lti/send-score.js';
import { isPermanent } from '../../src/lti/service-answer.js';
import { SCOPE } from '../../src/lti/vocabulary.js';
import { sealText } from '../../src/secrets.js';
import { AGS, sendJson, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { refusal } from '../support/refusal.js';
import { showLaunchRoutes } from '../support/show-launch.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const ITEM = {
  id: 'https://lms.example/items/1?type_id=1',
  label: 'Quiz',
  scoreMaximum: 10,
  resourceId: 'r',
  tag: 't',
  extra: { kept: true },
};
const SCORE: Score = {
  userId: '5',
  timestamp: '2026-01-05T08:00:00.123Z',
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  scoreGiven: 4,
  scoreMaximum: 5,
};

// What is refused: test/conformance/bad-inputs/services.test.ts.
describe("a platform's services", () => {
  let tool: TestTool;
  let platform: FakePlatform;
  let target: CurrentLaunch;

  beforeEach(async () => {
    platform = await startFakePlatform();
    tool = await startTool({ routes: () => [showLaunchRoutes()] });
    await connectPlatform(platform);
    target = await launchTarget();
    platform.calls.length = 0;
  });
  afterEach(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });

  async function launchTarget(claims: Record<string, unknown> = {}): Promise<CurrentLaunch> {
    const { agent, path } = await launchAs({ tool, platform, role: 'Instructor', claims });
    return (await agent.get(path)).json() as CurrentLaunch;
  }
  const services = () => tool.services;
  const callsTo = (part: string) => platform.calls.filter((call) => call.url.includes(part));
  const members = async () => {
    const all = [];
    for await (const page of readMemberships({ services: services(), target })) all.push(...page);
    return all;
  };

  describe('access tokens', () => {
    it('are asked for with a signed assertion for the token endpoint', async () => {
      await listLineItems({ services: services(), target });
      const form = Object.fromEntries(new URLSearchParams(callsTo('/token')[0]?.body));
      const { keys } = await services().keys.publicKeySet();

      expect(form).to.deep.include({ grant_type: 'client_credentials', scope: SCOPE.lineItem });
      const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
      const claims = jwt.verify(form['client_assertion'] ?? '', key, {
        algorithms: ['RS256'],
        audience: platform.tokenUrl,
        issuer: 'client-1',
        subject: 'client-1',
      }) as jwt.JwtPayload;
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).to.be.within(1, 300);
      expect(claims.jti).to.match(/^[0-9a-f-]{36}$/);
    });

    it('are asked for once, also by many at the same moment and by another process', async () => {
      await Promise.all(
        Array.from({ length: 8 }, () => listLineItems({ services: services(), target })),
      );
      const second = await startTool();
      try {
        await listLineItems({
          services: { ...second.services, config: services().config },
          target,
        });
      } finally {
        await second.close();
      }

      expect(callsTo('/token')).to.have.length(1);
      const stored = await mongoose.connection.collection('serviceTokens').findOne({});
      const [call] = callsTo('/lineitems');
      expect(JSON.stringify(stored)).not.to.contain(
        (call?.headers.authorization ?? '').replace('Bearer ', ''),
      );
    });

    it('are asked for anew where the stored one was sealed under a secret that nobody has', async () => {
      await listLineItems({ services: services(), target });
      const sealedToken = sealText({
        secret: 'a secret that was thrown away',
        purpose: 'service-token',
        text: 'old',
      });
      await mongoose.connection
        .collection('serviceTokens')
        .updateMany({}, { $set: { sealedToken } });
      const second = await startTool();
      try {
        const itsServices = { ...second.services, config: services().config };
        await listLineItems({ services: itsServices, target });
      } finally {
        await second.close();
      }

      expect(callsTo('/token')).to.have.length(2);
      const stored = await mongoose.connection.collection('serviceTokens').findOne({});
      expect(stored?.['sealedToken']).not.to.equal(sealedToken);
    });

    it('are sent to no host that neither the registration nor a verified launch named', async () => {
      const elsewhere = {
        ...target,
        services: { ...target.services, lineItemsUrl: 'https://evil.example/lineitems' },
      };

      const error = await refusal(listLineItems({ services: services(), target: elsewhere }));

      expect(error).to.deep.include({ code: 'lti.service-host', status: 403 });
      expect(platform.calls).to.deep.equal([]);
    });
  });

  describe('line items', () => {
    it('are listed by the exact media type, with the query of the address kept', async () => {
      platform.respond('/courses/1/lineitems', (_call, res) => sendJson(res, 200, [ITEM]));

      const found = await listLineItems({ services: services(), target, tag: 't' });

      expect(found).to.deep.equal([
        {
          id: ITEM.id,
          label: 'Quiz',
          scoreMaximum: 10,
          resourceId: 'r',
          tag: 't',
          resourceLinkId: null,
        },
      ]);
      expect(callsTo('/lineitems')[0]).to.deep.include({
        url: '/courses/1/lineitems?type_id=1&tag=t',
      });
      expect(callsTo('/lineitems')[0]?.headers).to.deep.include({
        accept: 'application/vnd.ims.lis.v2.lineitemcontainer+json',
        'user-agent': 'Crosswalk/test (+http://localhost)',
      });
    });

    it('are read by all pages, also where the Link header has typographic quotes', async () => {
      platform.respond('/courses/1/lineitems', (call, res) => {
        const page = Number(new URL(call.url, platform.origin).searchParams.get('page') ?? '1');
        const next = `<${platform.origin}/courses/1/lineitems?type_id=1&amp;page=${page + 1}>; rel=“next”`;
        sendJson(
          res,
          200,
          [{ ...ITEM, id: `https://lms.example/${page}` }],
          page < 3 ? { link: Buffer.from(next).toString('latin1') } : {},
        );
      });

      expect(await listLineItems({ services: services(), target })).to.have.length(3);
    });

    it('are made once for a resource id and tag', async () => {
      const lineItem = { label: 'Reading', scoreMaximum: 1, resourceId: 'r', tag: 't' };
      const made = await createLineItem({ services: services(), target, lineItem });
      platform.respond('/courses/1/lineitems/9/lineitem', (_call, res) =>
        sendJson(res, 200, { ...ITEM, label: 'Renamed', id: made.id }),
      );
      const again = await createLineItem({ services: services(), target, lineItem });

      expect([made.label, again.label, again.id]).to.deep.equal(['Reading', 'Renamed', made.id]);
      const [post, ...more] = callsTo('/lineitems').filter((call) => call.method === 'POST');
      expect(more).to.deep.equal([]);
      expect(post?.headers['content-type']).to.equal('application/vnd.ims.lis.v2.lineitem+json');
      expect(JSON.parse(post?.body ?? '')).to.deep.equal(lineItem);
    });

    it('are made once by many callers at the same moment, who all get the same', async () => {
      const made: object[] = [];
      platform.respond('/courses/1/lineitems', (call, res) => {
        if (call.method === 'GET') return sendJson(res, 200, made);
        const id = `${platform.origin}/courses/1/lineitems/${made.length}/lineitem?type_id=1`;
        made.push({ ...(JSON.parse(call.body) as object), id });
        sendJson(res, 201, made.at(-1));
      });
      platform.respond('/courses/1/lineitems/0/lineitem', (_call, res) =>
        sendJson(res, 200, made[0]),
      );
      const lineItem = { label: 'Reading', scoreMaximum: 1, resourceId: 'r', tag: 't' };
      const another = await startTool();
      try {
        let open: () => void = () => undefined;
        const first = new Promise<void>((resolve) => (open = resolve));
        const pause = () => first;
        const all = await Promise.all(
          [services(), another.services, services(), another.services].map(async (each) => {
            const got = await createLineItem({ services: each, target, lineItem, pause });
            open();
            return got;
          }),
        );

        expect(new Set(all.map(({ id }) => id)).size).to.equal(1);
        expect(made).to.have.length(1);
      } finally {
        await another.close();
      }
    });

    it('are adopted where a maker was killed after the platform made it', async () => {
      const lineItem = { label: 'Reading', scoreMaximum: 1, resourceId: 'r', tag: 't' };
      await createLineItem({ services: services(), target, lineItem });
      await mongoose.connection.collection('lineItemClaims').deleteMany({});
      platform.respond('/courses/1/lineitems', (_call, res) => sendJson(res, 200, [ITEM]));

      const found = await createLineItem({ services: services(), target, lineItem });

      expect(found.id).to.equal(ITEM.id);
      expect(callsTo('/lineitems').filter(({ method }) => method === 'POST')).to.have.length(1);
    });

    it('are read one at a time', async () => {
      platform.respond('/courses/1/lineitems/9/lineitem', (_call, res) => sendJson(res, 200, ITEM));

      const found = await readLineItemAt({
        services: services(),
        target,
        url: `${platform.origin}/courses/1/lineitems/9/lineitem?type_id=1`,
      });

      expect(found.label).to.equal('Quiz');
      expect(callsTo('/lineitem?')[0]?.headers.accept).to.equal(
        'application/vnd.ims.lis.v2.lineitem+json',
      );
    });

    it('are not asked for where the launch offered none, or no scope', async () => {
      const none = await launchTarget({ [AGS]: undefined });
      const unscoped = await launchTarget({
        [AGS]: { scope: [], lineitems: platform.lineItemsUrl },
      });
      platform.calls.length = 0;

      for (const without of [none, unscoped])
        expect(
          await refusal(listLineItems({ services: services(), target: without })),
        ).to.deep.include({ code: 'lti.service-missing', status: 403 });
      expect(platform.calls).to.deep.equal([]);
    });

    it('are refused when the answer is an HTML page with status 200', async () => {
      platform.respond('/courses/1/lineitems', (_call, res) => res.end('<html>'));

      const error = await listLineItems({ services: services(), target }).catch(
        (reason: unknown) => reason,
      );

      expect(error).to.deep.include({ code: 'lti.service-answer', status: 502 });
    });
  });

  describe('scores', () => {
    const lineItemUrl = () => `${platform.origin}/courses/1/lineitems/9/lineitem?type_id=1`;

    it('are sent as they are, time stamp included, before the query of the address', async () => {
      const outcome = await sendScore({
        services: services(),
        target,
        lineItemUrl: lineItemUrl(),
        score: SCORE,
      });

      expect(outcome).to.equal('sent');
      const [call] = callsTo('/scores');
      expect(call?.url).to.equal('/courses/1/lineitems/9/lineitem/scores?type_id=1');
      expect(call?.headers['content-type']).to.equal('application/vnd.ims.lis.v1.score+json');
      expect(JSON.parse(call?.body ?? '')).to.deep.equal(SCORE);
      expect(insertBeforeQuery('https://lms.example/items/1/', 'scores')).to.equal(
        'https://lms.example/items/1/scores',
      );
    });
  });

  describe('every call', () => {
    const list = () => listLineItems({ services: services(), target });

    it('waits as long as the platform asked for, also in another process', async () => {
      platform.respond('/courses/1/lineitems', (_call, res) =>
        res.writeHead(429, { 'retry-after': '120' }).end(),
      );
      const another = await startTool();
      try {
        const first = await refusal(list());
        const second = await refusal(listLineItems({ services: another.services, target }));

        expect(first.values).to.include({ status: 429, retryAfter: '120' });
        expect(second).to.deep.include({ code: 'lti.service-busy', status: 503 });
        expect(callsTo('/lineitems')).to.have.length(1);
      } finally {
        await another.close();
      }
    });

    it('is not made for a paused platform', async () => {
      await mongoose.connection
        .collection('platforms')
        .updateMany({}, { $set: { status: 'paused' } });
      const fresh = await startTool();
      try {
        const error = await refusal(listLineItems({ services: fresh.services, target }));

        expect(error).to.deep.include({ code: 'lti.service-paused', status: 503 });
        expect(platform.calls).to.deep.equal([]);
      } finally {
        await fresh.close();
      }
    });

    it('gets a token again where the token endpoint failed once, with an assertion of its own', async () => {
      let asked = 0;
      platform.respond('/token', (_call, res) => {
        asked += 1;
        if (asked === 1) res.writeHead(502).end();
        else sendJson(res, 200, { access_token: 'x', expires_in: 3600 });
      });

      expect(await list()).to.deep.equal([]);
      const assertions = callsTo('/token').map(({ body }) =>
        new URLSearchParams(body).get('client_assertion'),
      );
      expect(new Set(assertions).size).to.equal(2);
    });

    it('says when the platform grants less than was asked for', async () => {
      platform.respond('/token', (_call, res) =>
        sendJson(res, 200, { access_token: 'x', expires_in: 3600, scope: SCOPE.score }),
      );

      expect((await refusal(list())).values['reason']).to.equal('it grants less than asked for');
    });

    for (const [title, status, body, reason] of [
      [
        'JSON of Canvas',
        422,
        '{"errors":{"type":"x","message":"User not gradable"}}',
        'User not gradable',
      ],
      ['a list of errors', 400, '{"errors":[{"message":"No such user"}]}', 'No such user'],
      ['an HTML page', 404, '<!DOCTYPE html><title>Moodle</title>', 'an HTML error page'],
      [
        'plain text',
        403,
        '403 Forbidden (Rate Limit Exceeded)',
        '403 Forbidden (Rate Limit Exceeded)',
      ],
    ] as const)
      it(`tells the platform's words from ${title}`, async () => {
        platform.respond('/courses/1/lineitems', (_call, res) => res.writeHead(status).end(body));

        const error = await refusal(list());

        expect(error.values).to.deep.include({ status, reason });
        expect(isPermanent(error)).to.equal(!reason.includes('Rate Limit'));
      });

    it('keeps the score that Moodle repeats out of its words', async () => {
      platform.respond('/courses/1/lineitems', (_call, res) => {
        res.writeHead(400, 'Incorrect score received {"userId":"5","comment":"private"}').end('[]');
      });

      expect((await refusal(list())).values['reason']).to.equal('Incorrect score received');
    });
  });

  describe('results', () => {
    const lineItemUrl = () => `${platform.origin}/courses/1/lineitems/9/lineitem?type_id=1`;
    const resultsPath = '/courses/1/lineitems/9/lineitem/results';
    const results = async (sub?: string) => {
      const all = [];
      const asked = { services: services(), target, lineItemUrl: lineItemUrl() };
      for await (const page of readResults({ ...asked, ...(sub === undefined ? {} : { sub }) }))
        all.push(...page);
      return all;
    };

    it('are read by all pages, cleared ones without a score', async () => {
      platform.respond(resultsPath, (call, res) =>
        call.url.includes('from=1')
          ? sendJson(res, 200, [{ id: 'b', userId: '6', resultScore: '4.5', resultMaximum: 5 }])
          : sendJson(
              res,
              200,
              [
                {
                  id: 'a',
                  userId: 5,
                  resultScore: 4,
                  resultMaximum: 8,
                  timestamp: '2026-01-05T08:00:00Z',
                },
                { id: 'c', userId: '7' },
              ],
              { link: `<${platform.origin}${resultsPath}?type_id=1&from=1>; rel="next"` },
            ),
      );

      expect(await results()).to.deep.equal([
        { sub: '5', score: 4, maximum: 8, at: new Date('2026-01-05T08:00:00Z') },
        { sub: '7', score: null, maximum: 1, at: null },
        { sub: '6', score: 4.5, maximum: 5, at: null },
      ]);
      const [first] = callsTo('/results');
      expect(first?.url).to.equal(`${resultsPath}?type_id=1`);
      expect(first?.headers.accept).to.equal('application/vnd.ims.lis.v2.resultcontainer+json');
    });

    it('are asked for one person', async () => {
      platform.respond(resultsPath, (_call, res) => sendJson(res, 200, []));

      await results('5');

      expect(callsTo('/results')[0]?.url).to.equal(`${resultsPath}?type_id=1&user_id=5`);
    });

    it('are not followed to where a redirect leads', async () => {
      platform.respond(resultsPath, (_call, res) =>
        res.writeHead(302, { location: 'https://evil.example/results' }).end(),
      );

      expect((await refusal(results())).code).to.equal('outgoing.redirect');
      expect(callsTo('/results')).to.have.length(1);
    });

    for (const [title, answer] of [
      ['something else than a list', { results: [] }],
      ['a person without id', [{ resultScore: 1 }]],
      ['a score that is no number', [{ userId: '1', resultScore: 'A+' }]],
    ] as const)
      it(`are refused when the platform sends ${title}`, async () => {
        platform.respond(resultsPath, (_call, res) => sendJson(res, 200, answer));

        expect((await refusal(results())).code).to.equal('lti.service-answer');
      });
  });

  describe('memberships', () => {
    it('are asked for without a page size where the platform knows none', async () => {
      platform.respond('/courses/1/memberships', (call, res) =>
        call.url.includes('limit=')
          ? res.writeHead(400).end()
          : sendJson(res, 200, { members: [{ user_id: '5', roles: null }] }),
      );

      expect((await members()).map(({ sub }) => sub)).to.deep.equal(['5']);
      expect(callsTo('/memberships').map(({ url }) => url)).to.deep.equal([
        '/courses/1/memberships?limit=1000',
        '/courses/1/memberships',
      ]);
    });

    it('are read page by page, with short roles and without names', async () => {
      platform.respond('/courses/1/memberships', (call, res) => {
        const isFirst = !call.url.includes('from=1');
        const member = isFirst
          ? { user_id: 5, roles: ['Learner'], status: 'Inactive' }
          : { user_id: '6', roles: ['Instructor'], given_name: 'Ida', family_name: 'I' };
        sendJson(
          res,
          200,
          { members: [member] },
          isFirst
            ? { link: `<${platform.membershipsUrl}?from=1>; rel="next", </d>; rel="differences"` }
            : {},
        );
      });

      expect(await members()).to.deep.equal([
        {
          sub: '5',
          roleUris: ['Learner'],
          status: 'Inactive',
          name: null,
          email: null,
          sisId: null,
        },
        {
          sub: '6',
          roleUris: ['Instructor'],
          status: 'Active',
          name: 'Ida I',
          email: null,
          sisId: null,
        },
      ]);
      expect(callsTo('/memberships')[0]?.headers.accept).to.equal(
        'application/vnd.ims.lti-nrps.v2.membershipcontainer+json',
      );
    });
  });
});
