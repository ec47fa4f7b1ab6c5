// What grants come to for one person at one moment.
import { expect } from 'chai';
import fc from 'fast-check';
import { GRANT_KINDS, type GrantObject, type StandingGrant } from '../../src/lti/grant.model.js';
import { mayEdit, readGrantedRights } from '../../src/lti/granted-rights.js';

const NOW = new Date('2027-03-01T12:00:00Z');
const OBJECTS: GrantObject[] = ['programmes', 'library', 'framework:him', 'framework:other'];

function buildGrant(overrides: Partial<StandingGrant> = {}): StandingGrant {
  return {
    user: 'u1',
    kind: 'reviewer',
    object: 'programmes',
    names: 'hidden',
    until: new Date('2027-03-02T00:00:00Z'),
    ...overrides,
  };
}
const rightsAt = (grants: StandingGrant[], now = NOW) =>
  readGrantedRights({ grants, user: 'u1', now });

const anyGrant: fc.Arbitrary<StandingGrant> = fc.record({
  user: fc.constantFrom('u1', 'u2'),
  kind: fc.constantFrom(...GRANT_KINDS),
  object: fc.constantFrom(...OBJECTS),
  names: fc.constantFrom('shown' as const, 'hidden' as const),
  until: fc.option(fc.date({ min: new Date('2027-01-01'), max: new Date('2027-06-01') })),
});

describe('rights that grants give', () => {
  it('are a reviewer’s, with names only where they were given', () => {
    expect(rightsAt([buildGrant()])).to.deep.equal({
      roles: ['Reviewer'],
      seesNames: false,
      edits: [],
    });
    expect(rightsAt([buildGrant({ names: 'shown' })]).seesNames).to.equal(true);
  });

  it('hold until the moment they name, and not at it', () => {
    const grants = [buildGrant({ until: NOW })];

    expect(rightsAt(grants, new Date(NOW.getTime() - 1)).roles).to.deep.equal(['Reviewer']);
    expect(rightsAt(grants, NOW).roles).to.deep.equal([]);
  });

  it('are an editor’s, of what was named and of nothing else', () => {
    const rights = rightsAt([buildGrant({ kind: 'editor', object: 'framework:him', until: null })]);

    expect(rights).to.deep.equal({ roles: ['Editor'], seesNames: false, edits: ['framework:him'] });
    expect(OBJECTS.filter((object) => mayEdit(rights, object))).to.deep.equal(['framework:him']);
  });

  it('never let an editor see names, whatever the record says', () => {
    const rights = rightsAt([
      buildGrant({ kind: 'editor', object: 'library', names: 'shown', until: null }),
    ]);

    expect(rights.seesNames).to.equal(false);
  });

  it('come from nobody else’s grants, and only shrink with time', () => {
    fc.assert(
      fc.property(fc.array(anyGrant), fc.nat({ max: 400 }), (grants, days) => {
        const later = new Date(NOW.getTime() + days * 86_400_000);
        const own = grants.filter(({ user }) => user === 'u1');
        const [before, after] = [rightsAt(grants), rightsAt(grants, later)];

        expect(rightsAt(own)).to.deep.equal(before);
        expect(before.roles).to.include.members(after.roles);
        expect(before.edits).to.include.members(after.edits);
        expect(before.seesNames || !after.seesNames).to.equal(true);
      }),
    );
  });
});
