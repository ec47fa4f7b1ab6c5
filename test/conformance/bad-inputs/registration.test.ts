// Bad inputs 118 to 135: dynamic registration. Refused registrations reach no registration endpoint that was not checked
// first, and leave the invitation open.
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { createLogger } from '../../../src/logger.js';
import { findInvitation, revokeInvitation } from '../../../src/lti/invitation.model.js';
import { createLtiServices } from '../../../src/lti/lti-services.js';
import { addPlatform } from '../../../src/lti/manage-platforms.js';
import { offerRegistration } from '../../../src/lti/offer-registration.js';
import { listPlatforms } from '../../../src/lti/platform.model.js';
import { createOutgoingClient } from '../../../src/outgoing/outgoing-client.js';
import { countStored, expectAlive, expectRefusal } from '../../support/bad-inputs.js';
import { createAgent, type Answer } from '../../support/browser-agent.js';
import { startFakePlatform, type FakePlatform } from '../../support/fake-platform.js';
import {
  addRegistration,
  PLATFORM_CONFIGURATION,
  sendText,
  TOOL_CONFIGURATION,
  type FakeRegistration,
} from '../../support/fake-registration.js';
import { invite, openInvitation, readSecret, register } from '../../support/invite.js';
import { connectPlatform } from '../../support/launch-as.js';
import { refusal } from '../../support/refusal.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const HOURS_MS = 3_600_000;
const PATIENCE_MS = 250;

describe('bad inputs to registration', () => {
  let now = new Date();
  let tool: TestApp;
  let platform: FakePlatform;
  let fake: FakeRegistration;
  let path: string;
  let invitation: string;

  before(async () => {
    platform = await startFakePlatform({ now: () => now });
    const { host } = new URL(platform.origin);
    const config = { privateHosts: [host], loginLimitPerMinute: 100_000 };
    tool = await startApp({ now: () => now, config, patienceMs: PATIENCE_MS });
  });
  after(() => Promise.all([tool.close(), platform.close()]));
  beforeEach(async () => {
    now = new Date();
    fake = addRegistration(platform);
    const invited = await invite(tool);
    path = invited.path;
    invitation = invited.invitation._id;
  });

  const agent = () => createAgent(tool.url);
  const open = (more: Record<string, string> = {}): Promise<Answer> =>
    openInvitation(agent(), path, fake, more);
  const confirm = async (): Promise<Answer> => (await register(tool, path, fake)).answer;
  const withConfiguration = (change: Record<string, unknown>): Promise<Answer> => {
    Object.assign(fake.configuration, change);
    return open();
  };

  /** Refused, and nothing stored. */
  async function expectNothing(
    answer: Answer,
    expected: { status: number; code: string; before: Record<string, number> },
  ): Promise<void> {
    expectRefusal(answer, expected);
    expect(answer.text).not.to.contain(fake.token);
    expect(await countStored()).to.deep.equal(expected.before);
  }

  type Case = [
    title: string,
    status: number,
    code: string,
    send: () => Promise<Answer>,
    arrange?: () => Promise<unknown>,
  ];
  const refuseEach = (cases: Case[]): void => {
    for (const [title, status, code, send, arrange] of cases)
      it(`${title} -> ${status}`, async () => {
        await arrange?.();
        const before = await countStored();

        const answer = await send();

        expect(fake.registrations).to.deep.equal([]);
        expect((await findInvitation({ invitation }))?.usedAt).to.equal(null);
        await expectNothing(answer, { status, code, before });
      });
  };

  refuseEach([
    [
      '[118] no invitation',
      403,
      'registration.invitation-unknown',
      () => agent().get('/lti/register'),
    ],
    [
      '[118] an unknown invitation',
      403,
      'registration.invitation-unknown',
      () => openInvitation(agent(), `/lti/register/${'A'.repeat(43)}`, fake),
    ],
    [
      '[118] what is no invitation at all',
      403,
      'registration.invitation-unknown',
      () => openInvitation(agent(), '/lti/register/x%00y', fake),
    ],
    [
      '[118] an invitation that was revoked',
      410,
      'registration.invitation-revoked',
      async () => {
        await revokeInvitation({ invitation, now });
        return open();
      },
    ],
    [
      '[118] an invitation that expired',
      410,
      'registration.invitation-expired',
      () => {
        now = new Date(now.getTime() + 73 * HOURS_MS);
        return open();
      },
    ],
    [
      '[119] no openid_configuration',
      400,
      'registration.no-configuration',
      () => agent().get(path),
    ],
    [
      '[119] two of them',
      400,
      'lti.parameter',
      () => agent().get(`${path}?openid_configuration=a&openid_configuration=b`),
    ],
    ...['http://school.example/c', 'ftp://school.example/c', 'file:///etc/passwd', 'nonsense'].map(
      (address): Case => [
        `[120] a configuration at ${address}`,
        400,
        'outgoing.address',
        () => open({ openid_configuration: address }),
      ],
    ),
    [
      '[120] a configuration with a user name',
      400,
      'outgoing.address',
      () => open({ openid_configuration: 'https://user@school.example/c' }),
    ],
    ...[
      '127.0.0.1',
      '127.8.8.8',
      '10.0.0.7',
      '169.254.169.254',
      '[::1]',
      '[fc00::1]',
      '100.64.0.1',
      '0.0.0.0',
      '2130706433',
      '0177.0.0.1',
      'localhost',
    ].map((host): Case => [
      `[121] a configuration at ${host}`,
      400,
      'outgoing.private-address',
      () => open({ openid_configuration: `https://${host}/c` }),
    ]),
    [
      '[123] a redirect to another address',
      400,
      'outgoing.redirect',
      () => {
        fake.answerConfiguration = (res) => {
          res.writeHead(302, { Location: 'http://169.254.169.254/latest' });
          res.end();
        };
        return open();
      },
    ],
    [
      '[124] an HTML page for a configuration',
      502,
      'registration.configuration',
      () => {
        fake.answerConfiguration = (res) => sendText(res, 200, 'text/html', '<!doctype html><p>Hi');
        return open();
      },
    ],
    [
      '[124] a configuration that is refused',
      502,
      'registration.configuration',
      () => {
        fake.answerConfiguration = (res) => sendText(res, 401, 'text/plain', 'no');
        return open();
      },
    ],
    [
      '[124] a configuration of 10 MiB',
      502,
      'outgoing.too-large',
      () => {
        fake.answerConfiguration = sendTenMegabytes;
        return open();
      },
    ],
    [
      '[124] a configuration that never ends',
      504,
      'outgoing.timeout',
      () => {
        fake.answerConfiguration = (res) => {
          res.writeHead(200, { 'Content-Type': 'application/json' });
          res.write('{');
        };
        return open();
      },
    ],
    [
      '[124] a configuration without a registration endpoint',
      502,
      'registration.configuration',
      () => withConfiguration({ registration_endpoint: undefined }),
    ],
    [
      "[125] a configuration of somebody else's issuer",
      400,
      'registration.issuer',
      () => withConfiguration({ issuer: 'https://canvas.instructure.com' }),
    ],
    [
      '[125] an issuer whose name only ends like the host',
      400,
      'registration.issuer',
      () => withConfiguration({ issuer: 'https://127.0.0.1.evil.example' }),
    ],
    ...['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'registration_endpoint'].flatMap(
      (name): Case[] => [
        [
          `[126] ${name} of another domain`,
          400,
          'registration.endpoint',
          () => withConfiguration({ [name]: 'https://evil.example/x' }),
        ],
        [
          `[126] ${name} by http`,
          400,
          'registration.endpoint',
          () => withConfiguration({ [name]: 'http://school.example/x' }),
        ],
        [
          `[126] ${name} on another port of the machine`,
          400,
          'registration.endpoint',
          () => withConfiguration({ [name]: 'http://127.0.0.1:6379/x' }),
        ],
      ],
    ),
    [
      '[127] no RS256',
      422,
      'registration.unsupported',
      () => withConfiguration({ id_token_signing_alg_values_supported: ['HS256'] }),
    ],
    [
      '[127] no private_key_jwt',
      422,
      'registration.unsupported',
      () => withConfiguration({ token_endpoint_auth_methods_supported: ['client_secret_post'] }),
    ],
    [
      '[130] same issuer and client id at other addresses, without an invitation of its own, before the platform is asked',
      409,
      'registration.registered',
      () => open(),
      () => addPlatform(known(platform.issuer), { now, mayReach: () => true }),
    ],
    [
      '[133] a confirmation without its secret',
      403,
      'registration.consent',
      () => agent().post(path, { secret: '' }),
    ],
    [
      '[133] a confirmation with a secret of nobody',
      403,
      'registration.consent',
      () => agent().post(path, { secret: 'B'.repeat(43) }),
    ],
    [
      '[134] the issuer of a trusted platform, claimed by another host',
      400,
      'registration.issuer',
      () => withConfiguration({ issuer: 'https://school.example' }),
      () => addPlatform(known('https://school.example'), { now, mayReach: () => true }),
    ],
  ]);

  const known = (issuer: string) => ({
    name: 'School',
    issuer,
    clientId: fake.clientId,
    authorizationUrl: 'https://school.example/auth',
    tokenUrl: 'https://school.example/token',
    jwksUrl: 'https://school.example/keys',
  });

  it('lets good launches in after all of them', async () => {
    await connectPlatform(platform);

    await expectAlive({ tool, platform });
  });

  it('[122] a public name that leads to a private address at connection -> 400, and nothing is connected to', async () => {
    const outgoing = createOutgoingClient({
      privateHosts: [],
      exemptHosts: [],
      userAgent: 'Crosswalk/test',
      log: createLogger({ level: 'silent' }),
      now: () => now,
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    const services = createLtiServices({ ...tool.services, outgoing });
    const { port } = new URL(platform.origin);

    const error = await refusal(
      offerRegistration({
        services,
        token: path.split('/').at(-1) ?? '',
        parameters: { openid_configuration: `https://school.example:${port}/c` },
        browserSecret: 'B'.repeat(43),
      }),
    );
    await outgoing.close();

    expect(error).to.include({ code: 'outgoing.private-address', status: 400 });
    expect(fake.authorizations).to.deep.equal([]);
  });

  const answers: [string, number, string, (res: ServerResponse) => void][] = [
    [
      '[128] an answer without a client id',
      502,
      'registration.answer',
      (res) => sendText(res, 200, 'application/json', '{"scope":""}'),
    ],
    [
      '[128] a client id that is a number',
      502,
      'registration.answer',
      (res) => sendText(res, 200, 'application/json', '{"client_id":7}'),
    ],
    [
      '[128] an HTML page for an answer',
      502,
      'registration.answer',
      (res) => sendText(res, 200, 'text/html', '<!doctype html><p>Welcome'),
    ],
    [
      '[135] an answer whose deployment_id has 256 characters',
      502,
      'registration.answer',
      (res) =>
        sendText(
          res,
          200,
          'application/json',
          JSON.stringify({
            client_id: 'c',
            [TOOL_CONFIGURATION]: { deployment_id: 'x'.repeat(256) },
          }),
        ),
    ],
    ['[128] an answer of 10 MiB', 502, 'outgoing.too-large', sendTenMegabytes],
    [
      '[128] an answer that sends elsewhere',
      502,
      'outgoing.redirect',
      (res) => {
        res.writeHead(307, { Location: 'https://evil.example/' });
        res.end();
      },
    ],
    ['[128] no answer', 504, 'registration.unanswered', () => undefined],
    [
      '[128] a line that goes dead',
      502,
      'registration.unanswered',
      (res) => void res.socket?.destroy(),
    ],
    [
      '[129] 401',
      502,
      'registration.refused',
      (res) => sendText(res, 401, 'application/json', '{"error":"token_already_used"}'),
    ],
    [
      '[129] 403 as a page',
      502,
      'registration.refused',
      (res) => sendText(res, 403, 'text/html', '<!DOCTYPE html><script>alert(1)</script>'),
    ],
    [
      '[129] 422',
      502,
      'registration.refused',
      (res) => sendText(res, 422, 'application/json', '{"errors":["scope"]}'),
    ],
    [
      '[129] 500 without a word',
      502,
      'registration.refused',
      (res) => sendText(res, 500, 'text/plain', ''),
    ],
  ];
  for (const [title, status, code, respond] of answers)
    it(`${title} -> ${status}, nothing stored, and the invitation open again`, async () => {
      const before = await countStored();
      fake.answerRegistration = respond;

      const answer = await confirm();

      expect(fake.registrations).to.have.length(1);
      await expectNothing(answer, { status, code, before });
      fake.answerRegistration = null;
      expect((await confirm()).status, 'another try').to.equal(200);
    });

  it("[129] shows Moodle's plain words, escaped", async () => {
    fake.answerRegistration = (res) =>
      sendText(res, 400, 'text/plain', 'missing required attribute <b>client_name</b>');

    const answer = await confirm();

    expectRefusal(answer, { status: 502, code: 'registration.refused' });
    expect(answer.text).to.contain('missing required attribute &lt;b&gt;client_name&lt;/b&gt;');
  });

  it('[130] same issuer and client id, known only from the answer, at other addresses -> 409, endpoints unchanged', async () => {
    await addPlatform(known(platform.issuer), { now, mayReach: () => true });
    const before = await listPlatforms();
    fake.token = 'opaque';

    const answer = await confirm();

    expectRefusal(answer, { status: 409, code: 'registration.registered' });
    expect(await listPlatforms()).to.deep.equal(before);
  });

  it('[131] two confirmations at once -> one wins, the other 409, the platform is asked once', async () => {
    const [one, two] = [agent(), agent()];
    const [pageOne, pageTwo] = [
      await openInvitation(one, path, fake),
      await openInvitation(two, path, fake),
    ];

    const answers = await Promise.all([
      one.post(path, { secret: readSecret(pageOne) }),
      two.post(path, { secret: readSecret(pageTwo) }),
    ]);

    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
    expect(fake.registrations).to.have.length(1);
    expect(await listPlatforms()).to.have.length(1);
  });

  it('[118] an invitation that was used -> 410, for whoever opens it and whoever had it open', async () => {
    const late = agent();
    const page = await openInvitation(late, path, fake);
    await confirm();

    const opened = await open();
    const confirmed = await late.post(path, { secret: readSecret(page) });

    for (const answer of [opened, confirmed])
      expectRefusal(answer, { status: 410, code: 'registration.invitation-used' });
    expect(fake.registrations).to.have.length(1);
  });

  it('[132] HTML in product, version, account and scopes -> escaped, everywhere it is shown', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    fake.configuration = {
      ...fake.configuration,
      [PLATFORM_CONFIGURATION]: {
        product_family_code: evil,
        version: evil,
        messages_supported: [{ type: evil, placements: [evil] }],
        'https://canvas.instructure.com/lti/account_name': evil,
      },
    };
    fake.answer = { scope: evil };

    const { page, answer } = await register(tool, path, fake);

    expect([page.status, answer.status]).to.deep.equal([200, 200]);
    expect(page.text).to.contain('&lt;img src');
    expect(page.text + answer.text).not.to.contain('<img');
  });

  for (const [title, headers] of [
    ['from another site', { origin: 'https://evil.example' }],
    ['from a page without an origin', { origin: 'null' }],
  ] as const)
    it(`[133] a confirmation ${title} -> 403`, async () => {
      const browser = agent();
      const page = await openInvitation(browser, path, fake);

      const answer = await browser.post(path, { secret: readSecret(page) }, { headers });

      expectRefusal(answer, { status: 403, code: 'session.csrf' });
      expect(fake.registrations).to.deep.equal([]);
    });

  it('[133] a confirmation in another browser, and of another invitation -> 403', async () => {
    const browser = agent();
    const page = await openInvitation(browser, path, fake);
    const other = agent();
    await openInvitation(other, path, fake);
    const second = await invite(tool);

    const elsewhere = await other.post(path, { secret: readSecret(page) });
    const crossed = await browser.post(second.path, { secret: readSecret(page) });

    for (const answer of [elsewhere, crossed])
      expectRefusal(answer, { status: 403, code: 'registration.consent' });
    expect(fake.registrations).to.deep.equal([]);
  });
});

function sendTenMegabytes(res: ServerResponse): void {
  res.writeHead(200, { 'Content-Type': 'application/json' });
  res.end(Buffer.alloc(10 * 1024 * 1024, ' '));
}
