import { expect } from 'chai';
import { openSealedText, sealText, secretFingerprint, UnsealError } from '../src/secrets.js';

const secret = 'the secret of this instance, long enough';

describe('sealText', () => {
  it('is opened by the same secret and purpose, and says nothing of the text', () => {
    const sealed = sealText({ secret, purpose: 'tool-key', text: 'PRIVATE KEY é' });

    expect(openSealedText({ secret, purpose: 'tool-key', sealed })).to.equal('PRIVATE KEY é');
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString()).not.to.contain(
      'PRIVATE',
    );
  });

  it('is another text each time', () => {
    const [a, b] = [1, 2].map(() => sealText({ secret, purpose: 'p', text: 'same' }));

    expect(a).not.to.equal(b);
  });

  const sealed = sealText({ secret, purpose: 'tool-key', text: 'x' });
  const data = sealed.lastIndexOf('.') + 1;
  // The first character of the data: the last one holds bits that mean nothing.
  const altered = `${sealed.slice(0, data)}${sealed[data] === 'A' ? 'B' : 'A'}${sealed.slice(data + 1)}`;
  const headless = sealed.split('.').with(2, '').join('.');
  for (const { title, attempt } of [
    { title: 'another secret', attempt: { secret: `${secret}!`, purpose: 'tool-key', sealed } },
    { title: 'another purpose', attempt: { secret, purpose: 'password', sealed } },
    { title: 'an altered text', attempt: { secret, purpose: 'tool-key', sealed: altered } },
    { title: 'a cut text', attempt: { secret, purpose: 'tool-key', sealed: sealed.slice(0, 30) } },
    {
      title: 'a text without its random start',
      attempt: { secret, purpose: 'tool-key', sealed: headless },
    },
    { title: 'no sealed text at all', attempt: { secret, purpose: 'tool-key', sealed: 'x' } },
  ])
    it(`is not opened by ${title}`, () => {
      expect(() => openSealedText(attempt)).to.throw(UnsealError);
    });
});

describe('secretFingerprint', () => {
  it('is the same for the same secret only', () => {
    expect(secretFingerprint(secret))
      .to.equal(secretFingerprint(secret))
      .and.match(/^[0-9a-f]{32}$/);
    expect(secretFingerprint(`${secret}!`)).not.to.equal(secretFingerprint(secret));
  });
});
