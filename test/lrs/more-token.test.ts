import { expect } from 'chai';
import { readMoreToken, writeMoreToken, type MoreSearch } from '../../src/lrs/more-token.js';
import { acceptPreviousSecrets } from '../../src/secrets.js';

const search: MoreSearch = {
  keys: ['verb https://example.org/read'],
  afterUs: 1_000,
  untilUs: null,
  ascending: true,
  limit: 20,
  format: 'exact',
  attachments: false,
};

describe('readMoreToken', () => {
  it('goes on with a search that was signed under a previous secret', () => {
    const secret = 'the present secret of this test';
    acceptPreviousSecrets({ secret, previous: ['the first secret', 'the second secret'] });

    for (const earlier of ['the first secret', 'the second secret', secret]) {
      const token = writeMoreToken({ search, secret: earlier });
      expect(readMoreToken({ token, secret })).to.deep.equal(search);
    }
  });

  it('knows no token of a secret that was never accepted', () => {
    const token = writeMoreToken({ search, secret: 'a secret of somebody else' });

    expect(readMoreToken({ token, secret: 'a secret without predecessors' })).to.equal(null);
  });
});
