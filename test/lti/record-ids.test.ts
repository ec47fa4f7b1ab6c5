import { expect } from 'chai';
import { personCode, userRecordId } from '../../src/lti/record-ids.js';

describe('personCode', () => {
  const codeOf = (number: number) =>
    personCode(userRecordId({ platform: 'p1', sub: `person-${String(number)}` }));

  it('is always the same for a person, six characters that nobody reads as others', () => {
    const codes = Array.from({ length: 200 }, (_, number) => codeOf(number));

    expect(codes).to.deep.equal(Array.from({ length: 200 }, (_, number) => codeOf(number)));
    for (const code of codes) expect(code).to.match(/^[2-9BCDFGHJKMNPQRSTVWXYZ]{6}$/);
  });

  it('tells the people of large courses apart', () => {
    const codes = Array.from({ length: 3_000 }, (_, number) => codeOf(number));
    expect(new Set(codes).size).to.equal(3_000);
  });
});
