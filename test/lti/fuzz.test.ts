// Random parameters at the door: whatever is sent, the answer is a refusal or a redirect to a host that is registered, never a
// fault of ours, never the raw input in a page, never a stored row. The seed of a run stands in each title.
import { expect } from 'chai';
import fc from 'fast-check';
import { expectAlive, openDoor } from '../support/bad-inputs.js';
import { createAgent, readForms, type Answer } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { AGS, DL, LTI, NRPS } from '../support/fake-platform.js';
import { invite } from '../support/invite.js';
import { beginLaunch, launchAs, postLaunch } from '../support/launch-as.js';
import { startApp } from '../support/start-app.js';

const seed = Date.now() % 2 ** 31;
const LONGEST_MS = 1_300;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
/** Stands in hostile values, so that a page which holds one unescaped is found. */
const MARK = 'zq7';

const hostile = fc.constantFrom(
  `${MARK}<script>alert(1)</script>`,
  `${MARK}"onmouseover="x`,
  `${MARK}'><img src=x>`,
  'javascript:alert(1)',
  'https://evil.example/frameworks',
  '//evil.example/x',
  '/\\evil.example',
  '{"$ne":null}',
  '__proto__',
  '${7*7}{{7*7}}',
  '../../etc/passwd',
  'a\r\nSet-Cookie: x=y',
  '\0',
  'x'.repeat(70_000),
  '',
);
const text = fc.oneof(
  { weight: 3, arbitrary: hostile },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3_000 }) },
  { weight: 1, arbitrary: fc.json() },
);
const broken = fc.constantFrom('%', '%E0%A4%A', '%zz', '+', '&&&', '=', ';', '%00', '%0d%0a');

describe('the door under random input', () => {
  const door = openDoor(() =>
    startApp({ config: { loginLimitPerMinute: 1_000_000 }, patienceMs: 300 }),
  );

  /** Names and values of a form, some good, as bytes that are sent as they stand. */
  function forms(good: Record<string, string>): fc.Arbitrary<string> {
    const names = Object.keys(good);
    const key = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...names) },
      { weight: 1, arbitrary: fc.constantFrom(...names).map((name) => `${name}[$ne]`) },
      { weight: 1, arbitrary: text },
    );
    const changed = fc.array(fc.tuple(key, text), { maxLength: 4 });
    const kept = fc.subarray(names);
    return fc.tuple(kept, changed, fc.option(broken, { nil: '' })).map(([keep, change, rest]) =>
      [...keep.map((name): [string, string] => [name, good[name] ?? '']), ...change]
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .concat(rest)
        .join('&'),
    );
  }

  const ownHosts = () => [door.tool.url, door.platform.origin].map((url) => new URL(url).origin);

  function expectDecent(answer: Answer, sent: string): void {
    expect(answer.status, sent).to.be.within(200, 499);
    expect(answer.text, sent).not.to.match(/zq7["'<>]|node_modules|\bat .*\.[jt]s:/);
    const location = answer.headers.get('location');
    if (location !== null)
      expect(new URL(location, door.tool.url).origin, location).to.be.oneOf(ownHosts());
    expect(answer.headers.get('x-powered-by')).to.equal(null);
  }

  async function run<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>) {
    await fc.assert(fc.asyncProperty(arbitrary, check), {
      seed,
      numRuns: 100,
      interruptAfterTimeLimit: LONGEST_MS,
    });
  }

  it(`refuses what is no login, and stores nothing (seed ${seed})`, async () => {
    const good = {
      iss: door.platform.issuer,
      client_id: door.platform.clientId,
      login_hint: 'hint',
      lti_message_hint: 'message',
      lti_deployment_id: door.platform.deploymentId,
      lti_storage_target: '_parent',
      target_link_uri: `${door.tool.url}/frameworks`,
    };
    const before = await countRecords();

    await run(fc.tuple(forms(good), fc.boolean()), async ([form, isGet]) => {
      const agent = createAgent(door.tool.url);
      const answer = isGet
        ? await agent.get(`/lti/login?${form.slice(0, 12_000)}`)
        : await agent.send('POST', '/lti/login', { body: form, headers: FORM });

      expectDecent(answer, form);
      if (answer.status < 400) {
        const sent = new URLSearchParams(form);
        expect(sent.get('iss')).to.equal(good.iss);
        expect(sent.getAll('iss').concat(sent.getAll('target_link_uri'))).to.have.length(2);
      }
    });

    expect(await countRecords()).to.deep.equal(before);
    await expectAlive(door);
  });

  it(`refuses what is no launch, and stores nothing (seed ${seed})`, async () => {
    const { agent, message, state } = await beginLaunch({
      tool: door.tool,
      platform: door.platform,
    });
    const forged = door.platform.idToken({ ...message, nonce: 'not of this login' });
    const before = await countRecords();

    await run(forms({ id_token: forged, state, utf8: '✓' }), async (form) => {
      const answer = await agent.send('POST', '/lti/launch', { body: form, headers: FORM });

      expectDecent(answer, form);
      expect(answer.status, form).to.be.within(400, 499);
    });

    expect(await countRecords()).to.deep.equal(before);
    await expectAlive(door);
  });

  it(`refuses tokens of any three parts, and stores nothing (seed ${seed})`, async () => {
    const { agent, message, state } = await beginLaunch({
      tool: door.tool,
      platform: door.platform,
    });
    const [header = '', payload = '', signature = ''] = door.platform.idToken(message).split('.');
    const part = (good: string) =>
      fc.oneof(
        fc.constant(good),
        fc.jsonValue().map((value) => base64url(JSON.stringify(value))),
        fc
          .record({ alg: text, kid: fc.jsonValue(), jku: text, crit: fc.jsonValue() })
          .map((value) => base64url(JSON.stringify(value))),
        text.map((value) => value.slice(0, 2_000)),
      );
    const before = await countRecords();

    await run(
      fc
        .tuple(part(header), part(payload), part(signature))
        .filter((parts) => parts.join('.') !== [header, payload, signature].join('.')),
      async (parts) => {
        const answer = await postLaunch(agent, { id_token: parts.join('.'), state });

        expectDecent(answer, parts.join('.'));
        expect(answer.status, parts.join('.')).to.be.within(400, 499);
      },
    );

    expect(await countRecords()).to.deep.equal(before);
  });

  it(`takes claims of any shape for refused or harmless, where the signature is good (seed ${seed})`, async () => {
    const names = [
      ...['sub', 'name', 'email', 'aud', 'azp', 'nbf', 'locale', 'given_name'],
      ...['context', 'resource_link', 'roles', 'custom', 'launch_presentation', 'lis'].map(
        (name) => `${LTI}${name}`,
      ),
      ...['tool_platform', 'for_user', 'deployment_id', 'message_type', 'target_link_uri'].map(
        (name) => `${LTI}${name}`,
      ),
      ...[AGS, NRPS, `${DL}deep_linking_settings`],
    ];
    const shapes = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      text.map((value) => value.slice(0, 5_000)),
      fc.record({ id: fc.oneof(fc.jsonValue(), text), title: text, type: fc.jsonValue() }),
      fc.record({ lineitems: text, scope: fc.jsonValue(), context_memberships_url: text }),
      fc.record({ return_url: text, locale: text, deep_link_return_url: text }),
      fc.dictionary(text, text, { maxKeys: 5 }),
    );

    await run(
      fc.dictionary(fc.constantFrom(...names), shapes, { minKeys: 1, maxKeys: 4 }),
      async (claims) => {
        const { agent, message, state } = await beginLaunch({
          tool: door.tool,
          platform: door.platform,
          role: 'Instructor',
        });

        const answer = await postLaunch(agent, {
          id_token: door.platform.idToken({ ...message, claims }),
          state,
        });

        const sent = JSON.stringify(claims);
        expectDecent(answer, sent);
        if (answer.status === 303) expectDecent(await agent.get(answer.location), sent);
      },
    );

    await expectAlive(door);
  });

  it(`registers nothing by an invitation that is opened with anything (seed ${seed})`, async () => {
    const { path } = await invite(door.tool);
    const before = await countRecords();
    const good = {
      openid_configuration: `${door.platform.origin}/no-configuration`,
      registration_token: 'token',
    };

    await run(fc.tuple(forms(good), fc.boolean()), async ([form, isGet]) => {
      const agent = createAgent(door.tool.url);
      const answer = isGet
        ? await agent.get(`${path}?${form.slice(0, 12_000)}`)
        : await agent.send('POST', path, {
            body: form,
            headers: { ...FORM, origin: door.tool.url },
          });

      // Another server that cannot be asked is no fault of ours.
      if (answer.status < 500) expectDecent(answer, form);
      expect(answer.status, form).to.satisfy(
        (status: number) => (status >= 400 && status < 500) || [502, 504].includes(status),
      );
      expect(answer.text, form).not.to.match(/zq7["'<>]/);
    });

    expect(await countRecords()).to.deep.equal(before);
  });

  it(`sends a deep linking answer only to the address of its launch (seed ${seed})`, async () => {
    const { agent, path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
      messageType: 'LtiDeepLinkingRequest',
    });
    const page = await agent.get(path);
    const own = readForms(page.text).find(({ action }) => action.includes('deep-linking'));
    const fields = Object.fromEntries(
      Object.entries(own?.fields ?? {}).filter(([name]) => name !== 'choice'),
    ) as Record<string, string>;
    const before = await countRecords();

    await run(
      forms({ ...fields, choice: 'item:x', q: 'x', find: '1', columns: '1' }),
      async (form) => {
        const answer = await agent.send('POST', '/deep-linking/answers', {
          body: form,
          headers: { ...FORM, origin: door.tool.url },
        });

        expectDecent(answer, form);
        for (const { action } of readForms(answer.text).filter(({ action }) => action !== ''))
          expect(new URL(action, door.tool.url).href).to.satisfy(
            (href: string) =>
              href.startsWith(`${door.tool.url}/`) ||
              href === `${door.platform.origin}/deep-link-return?course=1`,
          );
      },
    );

    expect(await countRecords()).to.deep.equal(before);
  });
});

function base64url(value: string): string {
  return Buffer.from(value).toString('base64url');
}
