import { expect } from 'chai';
import {
  isStateShaped,
  loginMark,
  loginNonce,
  makeLoginId,
  openLogin,
  sealLogin,
  type Login,
} from '../../src/lti/sealed-login.js';
import { sealText } from '../../src/secrets.js';

const secret = 'a secret for tests that is long enough for everybody';
const now = new Date('2026-03-02T09:00:00Z');
const login: Login = {
  id: makeLoginId(),
  platform: '9b1deb4d-3b7d-5bad-9bdd-2b0d7b3dcb6d',
  deploymentId: 'deployment é',
  targetLinkUri: 'https://tool.example/frameworks?view=all',
  browserHash: 'f'.repeat(64),
  storageTarget: '_parent',
  limitKey: 'platform 192.0.2.7',
  inWindow: false,
  expiresAt: new Date(now.getTime() + 600_000),
};

describe('a sealed login', () => {
  it('comes back as it was, from a state that is safe in an address and says nothing', () => {
    const state = sealLogin(login, { secret });

    expect(openLogin({ state, secret, now })).to.deep.equal(login);
    expect(isStateShaped(state)).to.equal(true);
    expect(encodeURIComponent(state)).to.equal(state);
    expect(state.length).to.be.below(600);
    expect(state).not.to.contain(login.id);
  });

  it('opens for no other secret, not after its end, and not when a character was changed', () => {
    const state = sealLogin(login, { secret });
    const altered = [...state].map((_, at) => {
      const swapped = state[at] === 'A' ? 'B' : 'A';
      return `${state.slice(0, at)}${swapped}${state.slice(at + 1)}`;
    });

    expect(openLogin({ state, secret: `${secret}!`, now })).to.equal(null);
    expect(openLogin({ state, secret, now: login.expiresAt })).to.equal(null);
    // The last character may carry unused bits: it then says the same bytes.
    const opened = altered.slice(0, -1).filter((one) => openLogin({ state: one, secret, now }));
    expect(opened).to.deep.equal([]);
  });

  for (const [title, text] of [
    ['no JSON', 'x'],
    ['a record of another release', '["id"]'],
    ['a record with another kind of field', '[1,2,3,4,5,6,7,8,9]'],
  ] as const)
    it(`is none when it holds ${title}`, () => {
      const state = sealText({ secret, purpose: 'login-state', text });

      expect(openLogin({ state, secret, now })).to.equal(null);
    });

  it('is none when it was sealed for something else', () => {
    const state = sealText({ secret, purpose: 'tool-key', text: 'x' });

    expect(openLogin({ state, secret, now })).to.equal(null);
  });

  it('has a nonce and a mark of its own, which do not tell its id', () => {
    const other = makeLoginId();

    expect(loginNonce({ id: login.id, secret })).to.match(/^[\w-]{43}$/);
    expect(loginNonce({ id: other, secret })).not.to.equal(loginNonce({ id: login.id, secret }));
    expect(loginNonce({ id: login.id, secret: `${secret}!` })).not.to.equal(
      loginNonce({ id: login.id, secret }),
    );
    expect(loginMark(other))
      .to.match(/^[0-9a-f]{16}$/)
      .and.not.equal(loginMark(login.id));
  });
});
