// Bad input 113: one-time codes behind the button that opens a window, for browsers that keep no cookie in a frame.
import { expect } from 'chai';
import { countStored, expectRefusal, openDoor } from '../../support/bad-inputs.js';
import {
  createAgent,
  readForms,
  type Answer,
  type BrowserAgent,
} from '../../support/browser-agent.js';
import { postLaunch } from '../../support/launch-as.js';
import { startApp } from '../../support/start-app.js';

const MINUTES_MS = 60_000;

describe('bad inputs to the button that opens a window', () => {
  let now = new Date();
  const door = openDoor(() => startApp({ now: () => now }));
  beforeEach(() => {
    now = new Date();
  });
  const fresh = () => createAgent(door.tool.url);

  /** What a frame without cookies shows after a login: a button whose form carries a one-time code. */
  const loginButton = async (): Promise<Pressed> => {
    const { location } = await login(fresh());
    return buttonOf(await fresh().get(location));
  };
  /** A launch that the platform's storage proved, in a frame that keeps no cookie. */
  const launchButton = async (): Promise<Pressed> => {
    const { location } = await login(fresh(), { lti_storage_target: '_parent' });
    const page = await fresh().get(location);
    const asked = new URL(dataOf(page, 'next')).searchParams;
    const iat = Math.floor(now.getTime() / 1_000);
    const launchPage = await postLaunch(fresh(), {
      state: asked.get('state') ?? '',
      id_token: door.platform.idToken({
        targetLinkUri: `${door.tool.url}/frameworks`,
        nonce: asked.get('nonce') ?? '',
        claims: { iat, exp: iat + 60 },
      }),
    });
    const { action, fields } = buttonOf(launchPage);
    const secret = dataOf(page, 'value');
    return buttonOf(await fresh().post(action, { ...fields, secret }));
  };
  const login = (agent: BrowserAgent, more: Record<string, string> = {}): Promise<Answer> =>
    agent.post('/lti/login', {
      iss: door.platform.issuer,
      client_id: door.platform.clientId,
      login_hint: 'hint',
      target_link_uri: `${door.tool.url}/frameworks`,
      ...more,
    });
  const USED = { status: 401, code: 'lti.code' };

  for (const [title, button] of [
    ['a login', loginButton],
    ['a proved launch', launchButton],
  ] as const) {
    it(`[113] the handover code of ${title}, used twice -> 401`, async () => {
      const { action, fields } = await button();

      const answers = await Promise.all([1, 2].map(() => fresh().post(action, fields)));
      const third = await fresh().post(action, fields);

      const [first, second] = answers.sort((one, other) => one.status - other.status);
      expect(first?.status).to.be.oneOf([302, 303]);
      for (const refused of [second, third]) expectRefusal(refused as Answer, USED);
    });

    it(`[113] the handover code of ${title}, after the five minutes that a person gets (the list says 60 s) -> 401`, async () => {
      const { action, fields } = await button();
      now = new Date(now.getTime() + 5 * MINUTES_MS + 1);
      const before = await countStored();

      expectRefusal(await fresh().post(action, fields), USED);
      expect(await countStored()).to.deep.equal(before);
    });

    it(`[113] the handover code of ${title}, altered, of nobody, or from another site -> refused`, async () => {
      const { action, fields } = await button();
      const { code = '' } = fields;
      const before = await countStored();

      for (const other of [`${code.slice(0, 8)}AAAA${code.slice(12)}`, 'A'.repeat(43)])
        expectRefusal(await fresh().post(action, { code: other }), USED);
      const headers = { origin: 'https://evil.example' };
      expectRefusal(await fresh().post(action, fields, { headers }), {
        status: 403,
        code: 'session.csrf',
      });
      expect(await countStored()).to.deep.equal(before);
    });
  }

  it('[113] the return of a login after 60 s -> 401', async () => {
    const { location } = await login(fresh());
    now = new Date(now.getTime() + MINUTES_MS + 1);

    expectRefusal(await fresh().get(location), { status: 401, code: 'lti.state' });
  });
});

/** The form of a page with one button. */
interface Pressed {
  action: string;
  fields: Record<string, string>;
}

function buttonOf(page: Answer): Pressed {
  const [form] = readForms(page.text);
  if (!form) throw new Error(`no button on the page (${page.status})`);
  // These forms have one value a field.
  return { action: form.action, fields: form.fields as Record<string, string> };
}

function dataOf(page: Answer, name: string): string {
  const found = new RegExp(`data-${name}="([^"]*)"`).exec(page.text)?.[1] ?? '';
  return found.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&quot;', '"');
}
