import { expect } from 'chai';
import mongoose from 'mongoose';
import { pausePlatform } from '../../src/lti/manage-platforms.js';
import { createAgent, encodeForm, readForms, type Answer } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { comeBack, connectPlatform, postLaunch } from '../support/launch-as.js';
import { showLaunchRoutes } from '../support/show-launch.js';
import { startTool, type TestTool } from '../support/start-tool.js';

type Fields = Record<string, string>;

describe('three ways in', () => {
  let now = new Date();
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    platform = await startFakePlatform();
    tool = await startTool({
      now: () => now,
      routes: () => [showLaunchRoutes()],
    });
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    now = new Date();
    await connectPlatform(platform);
  });

  const loginFields = (more: Fields = {}): Fields => ({
    iss: platform.issuer,
    client_id: platform.clientId,
    login_hint: 'hint 7',
    lti_message_hint: '{"cmid":4,"x":"é"}',
    target_link_uri: `${tool.url}/frameworks`,
    ...more,
  });
  const fresh = () => createAgent(tool.url);
  const later = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };

  /** A frame that keeps no cookie: every request is a stranger's. Ends at the page that takes the cookie's place. */
  async function loginWithoutCookies(more: Fields = {}): Promise<Answer> {
    const first = await fresh().post('/lti/login', loginFields(more));
    return fresh().get(first.location);
  }

  function dataOf(page: Answer, name: string): string {
    const found = new RegExp(`data-${name}="([^"]*)"`).exec(page.text)?.[1] ?? '';
    return found.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&quot;', '"');
  }
  function formOf(page: Answer): { action: string; fields: Fields } {
    const [form] = readForms(page.text);
    const fields = Object.entries(form?.fields ?? {}).map(([name, value]) => [name, String(value)]);
    return { action: form?.action ?? '', fields: Object.fromEntries(fields) as Fields };
  }
  const press = (page: Answer, agent = fresh()) => {
    const { action, fields } = formOf(page);
    return agent.post(action, fields);
  };
  const tokenFor = (authorization: string, claims: Record<string, unknown> = {}): Fields => {
    const asked = new URL(authorization).searchParams;
    const nowS = Math.floor(now.getTime() / 1_000);
    return {
      state: asked.get('state') ?? '',
      id_token: platform.idToken({
        targetLinkUri: `${tool.url}/frameworks`,
        nonce: asked.get('nonce') ?? '',
        claims: { iat: nowS, exp: nowS + 60, ...claims },
      }),
    };
  };
  const entries = async () =>
    (await mongoose.connection.collection('launches').find({}).toArray()).map(
      (launch) => launch['entry'] as unknown,
    );

  describe('one: a cookie of ours comes back', () => {
    for (const method of ['GET', 'POST'] as const)
      it(`goes on to the platform with the hints as they came, after one return, by ${method}`, async () => {
        const agent = fresh();
        const first = await (method === 'GET'
          ? agent.get(`/lti/login?${encodeForm(loginFields())}`)
          : agent.post('/lti/login', loginFields()));

        const second = await agent.get(first.location);

        expect([first.status, second.status]).to.deep.equal([302, 302]);
        expect(first.location).to.match(/^\/lti\/login\?step=[\w.-]+$/);
        expect(first.location).not.to.contain('cmid');
        const asked = new URL(second.location);
        expect(asked.origin).to.equal(platform.origin);
        expect(asked.searchParams.get('lti_message_hint')).to.equal('{"cmid":4,"x":"é"}');
        const launch = await postLaunch(agent, tokenFor(second.location));
        expect(launch.status).to.equal(303);
        expect(await entries()).to.deep.equal(['cookie']);
      });

    it('costs no return for a browser that shows a cookie of ours', async () => {
      const agent = fresh();
      await comeBack(agent, await agent.post('/lti/login', loginFields()));

      const again = await agent.post('/lti/login', loginFields());

      expect(new URL(again.location).origin).to.equal(platform.origin);
    });

    it('opens one launch only, however often the address of the return is used', async () => {
      const agent = fresh();
      const first = await agent.post('/lti/login', loginFields());
      const ways = [await agent.get(first.location), await agent.get(first.location)];

      const statuses = [];
      for (const way of ways)
        statuses.push((await postLaunch(agent, tokenFor(way.location))).status);

      // The later return took the cookie's place: its launch is the one that opens.
      expect(statuses).to.deep.equal([401, 303]);
      expect(await countRecords()).to.deep.include({ launches: 1 });
    });

    it('refuses a return that is altered, late, sealed for a button, or of nobody', async () => {
      const { location } = await fresh().post('/lti/login', loginFields());
      const { fields } = formOf(await fresh().get(location));
      const altered = location.replace(/.{9}$/, 'AAAAAAAAA');
      const forged = `/lti/login?step=${fields['code']}`;
      const answers = [];
      for (const path of [altered, forged, '/lti/login?step=x'])
        answers.push((await fresh().get(path)).status);
      later(61_000);

      expect(answers).to.deep.equal([401, 401, 401]);
      expect((await fresh().get(location)).status).to.equal(401);
    });

    it('goes straight on where the hints are too long for an address', async () => {
      const agent = fresh();
      const hint = 'h'.repeat(8_000);

      const answer = await agent.post('/lti/login', loginFields({ lti_message_hint: hint }));

      const asked = new URL(answer.location);
      expect(asked.origin).to.equal(platform.origin);
      expect(asked.searchParams.get('lti_message_hint')).to.equal(hint);
      expect((await postLaunch(agent, tokenFor(answer.location))).status).to.equal(303);
    });
  });

  describe('two: the platform keeps the secret', () => {
    const login = () => loginWithoutCookies({ lti_storage_target: '_parent' });

    it('asks the platform’s origin only, and hands the launch to a window of its own', async () => {
      const page = await login();
      const launchPage = await postLaunch(fresh(), tokenFor(dataOf(page, 'next')));
      const { action, fields } = formOf(launchPage);

      const verified = await fresh().post(action, { ...fields, secret: dataOf(page, 'value') });
      const inWindow = fresh();
      const opened = await press(verified, inWindow);

      expect(dataOf(page, 'origin')).to.equal(platform.origin);
      expect(dataOf(page, 'target')).to.equal('_parent');
      expect(dataOf(page, 'key')).to.match(/^lti_state_[0-9a-f]{16}$/);
      expect(dataOf(launchPage, 'key')).to.equal(dataOf(page, 'key'));
      expect(launchPage.text).not.to.contain(dataOf(page, 'value'));
      expect([page.status, launchPage.status, verified.status]).to.deep.equal([200, 200, 200]);
      expect(verified.text).to.contain('Open Crosswalk in a new window').and.not.contain('Ana');
      expect(opened.status).to.equal(303);
      const shown = await inWindow.get(opened.location);
      expect(shown.json()).to.deep.include({ userName: 'Ana Ruiz', framed: false });
      expect(await entries()).to.deep.equal(['storage']);
    });

    it('is open for scripts of our own only, and lets the opener be reached', async () => {
      const page = await login();

      const policy = page.headers.get('content-security-policy');
      expect(policy).to.contain("script-src 'self'").and.to.contain('frame-ancestors *');
      expect(page.text).not.to.match(/<script>|<script(?![^>]*src="\/assets)| on\w+=/);
      expect(page.headers.get('cross-origin-opener-policy')).to.equal(null);
      expect(page.headers.get('cache-control')).to.equal('no-store');
    });

    it('opens the session at once where the cookie came back meanwhile', async () => {
      const page = await login();
      const launchPage = await postLaunch(fresh(), tokenFor(dataOf(page, 'next')));
      const { action, fields } = formOf(launchPage);
      const agent = fresh();
      await agent.post('/lti/login', loginFields());

      const verified = await agent.post(action, { ...fields, secret: dataOf(page, 'value') });

      expect(verified.status).to.equal(303);
      expect((await agent.get(verified.location)).status).to.equal(200);
      expect(await entries()).to.deep.equal(['storage']);
    });

    it('needs no storage where the login’s cookie comes with the launch', async () => {
      const first = await fresh().post(
        '/lti/login',
        loginFields({ lti_storage_target: '_parent' }),
      );
      const agent = fresh();
      const page = await agent.get(first.location);

      const launch = await postLaunch(agent, tokenFor(dataOf(page, 'next')));

      expect(launch.status).to.equal(303);
      expect(await entries()).to.deep.equal(['cookie']);
    });

    for (const [title, secret] of [
      ['no secret, as when nobody answered', ''],
      ['a secret of another login', 'A'.repeat(43)],
      ['what is no secret', '"><script>'],
    ] as const)
      it(`is refused with ${title} (401), and stores nothing`, async () => {
        const page = await login();
        const launchPage = await postLaunch(fresh(), tokenFor(dataOf(page, 'next')));
        const before = await countRecords();
        const { action, fields } = formOf(launchPage);

        const answer = await fresh().post(action, { ...fields, secret });

        expect(answer.status).to.equal(401);
        expect(answer.text).to.contain('data-code="lti.browser"');
        expect(await countRecords()).to.deep.equal(before);
      });

    it('is refused from another site, with another token, and the second time', async () => {
      const page = await login();
      const launchPage = await postLaunch(fresh(), tokenFor(dataOf(page, 'next')));
      const { action, fields } = formOf(launchPage);
      const good = { ...fields, secret: dataOf(page, 'value') };
      const bad = tokenFor(dataOf(page, 'next'), { nonce: 'B'.repeat(43) });

      const foreign = await fresh().post(action, good, { headers: { origin: platform.origin } });
      const forged = await fresh().post(action, { ...good, id_token: bad['id_token'] ?? '' });
      const first = await fresh().post(action, good);
      const second = await fresh().post(action, good);

      expect([foreign.status, forged.status, first.status, second.status]).to.deep.equal([
        403, 401, 200, 401,
      ]);
      expect(await countRecords()).to.deep.include({ launches: 1, entryCodes: 1 });
    });

    it('is not asked for a token that is none, a state that is altered, or a paused platform', async () => {
      const page = await login();
      const good = tokenFor(dataOf(page, 'next'));
      const { platform: record } = await connectPlatform(platform);

      const noToken = await postLaunch(fresh(), { ...good, id_token: 'a.b' });
      const state = (good['state'] ?? '').replace(/.{6}$/, 'AAAAAA');
      const altered = await postLaunch(fresh(), { ...good, state });
      await pausePlatform({ platform: record._id });
      const paused = await postLaunch(fresh(), good);

      expect([noToken.status, altered.status, paused.status]).to.deep.equal([400, 401, 401]);
    });

    it('shows the button of the third way where no script runs', async () => {
      const page = await login();
      const [, withoutScript = ''] = /<noscript>([\s\S]*?)<\/noscript>/.exec(page.text) ?? [];
      const inWindow = fresh();

      const away = await press({ ...page, text: withoutScript }, inWindow);

      expect((await postLaunch(inWindow, tokenFor(away.location))).status).to.equal(303);
      expect(await entries()).to.deep.equal(['window']);
    });

    it('takes no frame name that is none', async () => {
      const page = await loginWithoutCookies({ lti_storage_target: '"><script>alert(1)' });

      expect(page.text).not.to.contain('data-storage').and.not.to.contain('alert(1)');
      expect(formOf(page).action).to.equal('/lti/login/window');
    });
  });

  describe('three: a window of its own', () => {
    it('is one sentence and one button, and spends the hints only when it is pressed', async () => {
      const page = await loginWithoutCookies();
      const inWindow = fresh();

      const away = await press(page, inWindow);

      expect(page.text.match(/<button/g)).to.have.length(1);
      expect(page.text).to.contain('target="_blank"').and.not.to.contain('cmid');
      expect(page.headers.get('referrer-policy')).to.equal('same-origin');
      const asked = new URL(away.location);
      expect(asked.searchParams.get('lti_message_hint')).to.equal('{"cmid":4,"x":"é"}');
      const launch = await postLaunch(inWindow, tokenFor(away.location));
      expect(launch.status).to.equal(303);
      expect((await inWindow.get(launch.location)).json()).to.deep.include({ framed: false });
      expect(await entries()).to.deep.equal(['window']);
    });

    it('works once: pressed again, late, altered, or from another site it is refused', async () => {
      const page = await loginWithoutCookies();
      const { action, fields } = formOf(page);
      const { code = '' } = fields;

      const foreign = await fresh().post(action, fields, { headers: { origin: platform.origin } });
      const altered = await fresh().post(action, { code: code.replace(/.{6}$/, 'AAAAAA') });
      const first = await press(page);
      const second = await press(page);
      const unpressed = await loginWithoutCookies();
      later(301_000);
      const late = await press(unpressed);

      expect([foreign, altered, first, second, late].map(({ status }) => status)).to.deep.equal([
        403, 401, 302, 401, 401,
      ]);
      expect(second.text).to.contain('This button works once');
    });

    it('works once among several buttons of the same login', async () => {
      const { location } = await fresh().post('/lti/login', loginFields());
      const pages = [await fresh().get(location), await fresh().get(location)];

      const statuses = [];
      for (const page of pages) statuses.push((await press(page)).status);

      expect(statuses).to.deep.equal([302, 401]);
      expect(await countRecords()).to.deep.include({ entryCodes: 1 });
    });

    it('does not open a launch in a browser that is not the window', async () => {
      const away = await press(await loginWithoutCookies());

      const launch = await postLaunch(fresh(), tokenFor(away.location));

      expect(launch.status).to.equal(401);
      expect(launch.text).to.contain('data-code="lti.browser"');
    });

    it('hands a verified launch over once, in time, and to our own page only', async () => {
      const verified = async () => {
        const page = await loginWithoutCookies({ lti_storage_target: '_parent' });
        const launchPage = await postLaunch(fresh(), tokenFor(dataOf(page, 'next')));
        const { action, fields } = formOf(launchPage);
        return fresh().post(action, { ...fields, secret: dataOf(page, 'value') });
      };
      const page = await verified();
      const { action, fields } = formOf(page);

      const foreign = await fresh().post(action, fields, { headers: { origin: 'null' } });
      const both = await Promise.all([press(page), press(page)]);
      const unpressed = await verified();
      later(301_000);
      const late = await press(unpressed);
      const unknown = await fresh().post(action, { code: 'A'.repeat(43) });

      expect(foreign.status).to.equal(403);
      expect(both.map(({ status }) => status).sort()).to.deep.equal([303, 401]);
      expect([late.status, unknown.status]).to.deep.equal([401, 401]);
      const policy = page.headers.get('content-security-policy');
      expect(policy).to.contain(`frame-ancestors 'self' ${platform.origin}`);
    });

    for (const path of ['/lti/login/window', '/lti/launch/verify', '/lti/launch/window'])
      it(`answers bad requests to ${path} with 4xx`, async () => {
        const statuses = [
          await fresh().get(path),
          await fresh().post(path, {}),
          await fresh().post(path, { code: 'x'.repeat(50_000) }),
          await fresh().send('POST', path, {
            body: '{}',
            headers: { 'content-type': 'application/json', origin: tool.url },
          }),
        ].map(({ status }) => status);

        expect(statuses).to.deep.equal([405, 400, 413, 415]);
      });
  });
});
