// Bad inputs 60 to 74: well-signed tokens whose times, nonce, audience, issuer or subject are not those of this login.
import { expect } from 'chai';
import {
  countStored,
  expectRefusal,
  launchWith,
  openDoor,
  refuseEach,
  type BadInput,
} from '../../support/bad-inputs.js';
import type { BrowserAgent } from '../../support/browser-agent.js';
import { beginLaunch, launchAs, postLaunch } from '../../support/launch-as.js';

const nowS = () => Math.floor(Date.now() / 1_000);
const DAY_S = 86_400;

describe('bad inputs at /lti/launch: what a token says of itself', () => {
  const door = openDoor();

  const inputs: [title: string, claims: () => Record<string, unknown>][] = [
    ['[60] no exp', () => ({ exp: undefined })],
    ['[60] an exp that is null', () => ({ exp: null })],
    ['[61] an expired token', () => ({ iat: nowS() - 200, exp: nowS() - 100 })],
    ['[61] a token that expired two minutes ago', () => ({ exp: nowS() - 121 })],
    ['[62] no iat', () => ({ iat: undefined })],
    ['[63] an iat older than the greatest age', () => ({ iat: nowS() - 600, exp: nowS() + 60 })],
    ['[64] an iat in the future beyond skew', () => ({ iat: nowS() + 600, exp: nowS() + 660 })],
    [
      '[64] an iat a year ahead',
      () => ({ iat: nowS() + 365 * DAY_S, exp: nowS() + 365 * DAY_S + 60 }),
    ],
    ['[64] an nbf in the future beyond skew', () => ({ nbf: nowS() + 600 })],
    ['[64] an nbf that is a text', () => ({ nbf: String(nowS()) })],
    ['[65] exp more than a day after iat', () => ({ exp: nowS() + DAY_S + 60 })],
    ['[66] an exp that is a text', () => ({ exp: String(nowS() + 60) })],
    ['[66] an iat that is a text', () => ({ iat: String(nowS()) })],
    ['[66] an exp of 1e300', () => ({ exp: 1e300 })],
    ['[66] an iat of 1e300', () => ({ iat: 1e300 })],
    ['[66] an iat of -1', () => ({ iat: -1 })],
    ['[67] no nonce', () => ({ nonce: undefined })],
    ['[67] an empty nonce', () => ({ nonce: '' })],
    ['[68] a nonce not issued for this state', () => ({ nonce: 'B'.repeat(43) })],
    ['[68] a nonce that is an object', () => ({ nonce: { $ne: 1 } })],
    ['[68] a nonce that is a list', () => ({ nonce: [] })],
    ['[70] no aud', () => ({ aud: undefined })],
    ['[70] another aud', () => ({ aud: 'other' })],
    ['[70] an empty list as aud', () => ({ aud: [] })],
    ['[70] an aud that is an object', () => ({ aud: { 0: 'client-1', length: 1 } })],
    [
      '[71] an aud list with a further audience',
      () => ({ aud: ['client-1', 'other'], azp: 'client-1' }),
    ],
    ['[72] several audiences without azp', () => ({ aud: ['client-1', 'other'] })],
    ['[72] the same audience twice without azp', () => ({ aud: ['client-1', 'client-1'] })],
    ['[72] an azp that is not the client_id', () => ({ aud: ['client-1'], azp: 'other' })],
    ['[72] an azp that is not the client_id, aud a text', () => ({ azp: 'other' })],
    ['[73] no iss', () => ({ iss: undefined })],
    ['[73] an iss that is a list', () => ({ iss: [door.platform.issuer] })],
    ['[73] another iss', () => ({ iss: 'https://evil.example' })],
    ['[73] an iss with a trailing slash', () => ({ iss: `${door.platform.issuer}/` })],
    ['[74] no sub', () => ({ sub: undefined })],
    ['[74] an empty sub', () => ({ sub: '' })],
    ['[74] a sub of blanks', () => ({ sub: '  ' })],
    ['[74] a sub that is a number', () => ({ sub: 7 })],
    ['[74] a sub that is an object', () => ({ sub: { $ne: '' } })],
    ['[74] a sub of 256 characters', () => ({ sub: 'x'.repeat(256) })],
  ];
  refuseEach(
    door,
    inputs.map(([title, claims]): BadInput => [
      title,
      401,
      'lti.token',
      () => launchWith(door, (message) => door.platform.idToken({ ...message, claims: claims() })),
    ]),
  );

  it('[68] the nonce of another login of the same browser -> 401', async () => {
    const first = await beginLaunch({ tool: door.tool, platform: door.platform });
    const second = await beginLaunch({
      tool: door.tool,
      platform: door.platform,
      agent: first.agent,
    });
    const before = await countStored();

    const answer = await postLaunch(first.agent, {
      id_token: door.platform.idToken(second.message),
      state: first.state,
    });

    expectRefusal(answer, { status: 401, code: 'lti.token' });
    expect(await countStored()).to.deep.equal(before);
  });

  it('[69] a token replayed between ten seconds and exp, in its own browser or with a login of its own -> 401', async () => {
    const { agent, message, state } = await beginLaunch({
      tool: door.tool,
      platform: door.platform,
    });
    const issued = nowS() - 20;
    const id_token = door.platform.idToken({
      ...message,
      claims: { iat: issued, exp: issued + 3_600 },
    });
    const first = await postLaunch(agent, { id_token, state });
    const before = await countStored();
    const replay = async (browser: BrowserAgent) => {
      const next = await beginLaunch({
        tool: door.tool,
        platform: door.platform,
        agent: browser,
      });
      return postLaunch(browser, { id_token, state: next.state });
    };

    const answers = [await postLaunch(agent, { id_token, state }), await replay(agent)];

    expect(first.status).to.equal(303);
    for (const answer of answers) expect(answer.status).to.equal(401);
    expect(await countStored()).to.deep.equal(before);
  });

  it('[72] an aud list of the client_id alone, with or without azp -> accepted, as the list is to be read', async () => {
    for (const claims of [{ aud: ['client-1'] }, { aud: ['client-1'], azp: 'client-1' }])
      await launchAs({ tool: door.tool, platform: door.platform, claims });
  });
});
