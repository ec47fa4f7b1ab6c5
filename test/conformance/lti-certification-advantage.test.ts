// The certification suite's Advantage services in its own words: what a platform sees of deep linking, of Names and Roles and
// of Assignment and Grades, from a launch on.
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect } from 'chai';
import { createLineItem } from '../../src/lti/claim-line-item.js';
import type { CurrentLaunch } from '../../src/lti/current-launch.js';
import { listLineItems } from '../../src/lti/line-items.js';
import { readMemberships } from '../../src/lti/read-memberships.js';
import { readResults } from '../../src/lti/read-results.js';
import { sendScore } from '../../src/lti/send-score.js';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { NOW, pageWith, SMALL_BODY, URL as PAGE_URL } from '../frameworks/him-page-text.js';
import { openDoor } from '../support/bad-inputs.js';
import { createAgent, readForms } from '../support/browser-agent.js';
import { DL, LTI, sendJson } from '../support/fake-platform.js';
import { launchAs } from '../support/launch-as.js';
import { showLaunchRoutes } from '../support/show-launch.js';
import { startTool } from '../support/start-tool.js';

const NRPS_SCOPE = 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly';
const AGS_SCOPE = 'https://purl.imsglobal.org/spec/lti-ags/scope/';

/** Verifies with the key of our key set that the token's header names. */
async function verify(toolUrl: string, token: string): Promise<jwt.JwtPayload> {
  const { keys } = (await createAgent(toolUrl).get('/lti/keys')).json() as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const kid = jwt.decode(token, { complete: true })?.header.kid;
  const key = keys.find((one) => one.kid === kid);
  if (!key) throw new Error('the kid is not in the tool’s key set');
  const pem = createPublicKey({ key, format: 'jwk' });
  const claims = jwt.verify(token, pem, { algorithms: ['RS256'] });
  if (typeof claims === 'string') throw new Error('no claims');
  return claims;
}

describe('LTI Advantage certification: deep linking', () => {
  const door = openDoor();

  it('request payload; response received; response is LtiDeepLinkingResponse; time stamps, signature, required claims and values are valid; core launch of the passed link', async () => {
    await importFramework({
      text: pageWith(SMALL_BODY),
      format: 'him-page',
      now: NOW,
      url: PAGE_URL,
    });
    const { agent, path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
      messageType: 'LtiDeepLinkingRequest',
    });
    const { text } = await agent.get(path);
    const choice = /name="choice"[^>]*value="(item:[^"]+)"/.exec(text)?.[1] ?? '';

    const page = await agent.postForm(path, { choice }, { action: '/deep-linking/answers' });

    const [form] = readForms(page.text);
    expect(form?.action).to.equal(`${door.platform.origin}/deep-link-return?course=1`);
    const claims = await verify(door.tool.url, String(form?.fields['JWT']));
    const nowS = Date.now() / 1_000;
    expect(claims.iat).to.be.within(nowS - 30, nowS + 1);
    expect(claims.exp).to.be.greaterThan(nowS);
    expect(claims).to.include({
      iss: door.platform.clientId,
      aud: door.platform.issuer,
      [`${LTI}message_type`]: 'LtiDeepLinkingResponse',
      [`${LTI}version`]: '1.3.0',
      [`${LTI}deployment_id`]: door.platform.deploymentId,
      [`${DL}data`]: 'opaque "data" & <more>',
    });
    expect(claims).to.have.property('nonce').that.is.a('string');
    const [item] = claims[`${DL}content_items`] as { type: string; url: string }[];
    expect(item?.type).to.equal('ltiResourceLink');
    const target = (item?.url ?? '').replace(door.tool.url, '');
    const linked = await launchAs({ tool: door.tool, platform: door.platform, target });
    expect((await linked.agent.follow(linked.path)).status).to.equal(200);
  });
});

describe('LTI Advantage certification: services', () => {
  const door = openDoor(() =>
    startTool({
      routes: () => [showLaunchRoutes()],
    }),
  );
  let target: CurrentLaunch;
  beforeEach(async () => {
    const { agent, path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
    });
    target = (await agent.get(path)).json() as CurrentLaunch;
    door.platform.calls.length = 0;
  });
  const services = () => door.tool.services;
  const called = (part: string) => door.platform.calls.filter(({ url }) => url.includes(part));
  const all = async <Row>(pages: AsyncIterable<Row[]>): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const page of pages) rows.push(...page);
    return rows;
  };

  /** The last token that was asked for: its assertion is ours, and it names these scopes. */
  async function expectToken(...scopes: string[]): Promise<void> {
    const [call] = called('/token').slice(-1);
    const form = new URLSearchParams(call?.body);
    expect(form.get('grant_type')).to.equal('client_credentials');
    expect(form.get('client_assertion_type')).to.equal(
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    );
    expect(form.get('scope')?.split(' ')).to.have.members(scopes);
    const claims = await verify(door.tool.url, form.get('client_assertion') ?? '');
    const { clientId, tokenUrl } = door.platform;
    expect(claims).to.include({ iss: clientId, sub: clientId, aud: tokenUrl });
  }

  it('Names and Roles: request received, with bearer and Accept; token valid; scope correct', async () => {
    door.platform.respond('/courses/1/memberships', (_call, res) =>
      sendJson(res, 200, { members: [{ user_id: '5', roles: ['Learner'] }] }),
    );

    const members = await all(readMemberships({ services: services(), target }));

    expect(members.map(({ sub }) => sub)).to.deep.equal(['5']);
    const [call] = called('/memberships');
    expect(call?.method).to.equal('GET');
    expect(call?.headers.authorization).to.match(/^Bearer \S+$/);
    expect(call?.headers.accept).to.equal(
      'application/vnd.ims.lti-nrps.v2.membershipcontainer+json',
    );
    await expectToken(NRPS_SCOPE);
  });

  it('Assignment and Grades: line item created and read back; token valid; scope correct', async () => {
    const lineItem = { label: 'Reading', scoreMaximum: 10, resourceId: 'r', tag: 't' };

    const made = await createLineItem({ services: services(), target, lineItem });
    await expectToken(`${AGS_SCOPE}lineitem`);
    door.platform.respond('/courses/1/lineitems', (_call, res) =>
      sendJson(res, 200, [{ ...lineItem, id: made.id }]),
    );
    const listed = await listLineItems({ services: services(), target });

    expect(listed.map(({ id }) => id)).to.deep.equal([made.id]);
    const created = called('/lineitems').find(({ method }) => method === 'POST');
    expect(created?.headers['content-type']).to.equal('application/vnd.ims.lis.v2.lineitem+json');
    expect(JSON.parse(created?.body ?? '')).to.deep.equal(lineItem);
  });

  it('Assignment and Grades: score published, with its media type; token valid; scope correct', async () => {
    const score = {
      userId: '5',
      timestamp: '2026-01-05T08:00:00.123Z',
      activityProgress: 'Completed' as const,
      gradingProgress: 'FullyGraded' as const,
      scoreGiven: 8,
      scoreMaximum: 10,
    };

    await sendScore({
      services: services(),
      target,
      lineItemUrl: `${door.platform.origin}/courses/1/lineitems/9/lineitem?type_id=1`,
      score,
    });

    const [call] = called('/scores');
    expect(call?.method).to.equal('POST');
    expect(call?.headers['content-type']).to.equal('application/vnd.ims.lis.v1.score+json');
    expect(JSON.parse(call?.body ?? '')).to.deep.equal(score);
    await expectToken(`${AGS_SCOPE}score`);
  });

  it('Assignment and Grades: results read, with their media type; token valid; scope correct', async () => {
    door.platform.respond('/courses/1/lineitems/9/lineitem/results', (_call, res) =>
      sendJson(res, 200, [{ id: 'a', userId: '5', resultScore: 8, resultMaximum: 10 }]),
    );

    const results = await all(
      readResults({
        services: services(),
        target,
        lineItemUrl: `${door.platform.origin}/courses/1/lineitems/9/lineitem?type_id=1`,
      }),
    );

    expect(results[0]).to.include({ sub: '5', score: 8, maximum: 10 });
    expect(called('/results')[0]?.headers.accept).to.equal(
      'application/vnd.ims.lis.v2.resultcontainer+json',
    );
    await expectToken(`${AGS_SCOPE}result.readonly`);
  });
});
