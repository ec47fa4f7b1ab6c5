// When two statements are the same (Data 2.3.1): what an LRS may change does not count, everything else does.
import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalStatement, isSameStatement } from '../../src/xapi/same-statement.js';
import type { Statement } from '../../src/xapi/statement.js';
import {
  buildAgent,
  buildFullStatement,
  buildNestedStatement,
  buildStatement,
  randomStatements,
} from './sample-statements.js';

const same: { title: string; other: () => Statement }[] = [
  {
    title: 'authority, stored and version',
    other: () =>
      change((s) => {
        s.authority = buildAgent('other');
        s.stored = '2030-01-01T00:00:00Z';
        delete s.version;
      }),
  },
  { title: 'an id that one of them lacks', other: () => change((s) => delete s.id) },
  { title: 'the case of its id', other: () => change((s) => (s.id = s.id?.toUpperCase() ?? '')) },
  { title: 'a timestamp that one of them lacks', other: () => change((s) => delete s.timestamp) },
  {
    title: 'the zone of its timestamp, and what is finer than milliseconds',
    other: () => change((s) => (s.timestamp = '2026-05-04T10:20:30.123999Z')),
  },
  {
    title: 'the display of its verb',
    other: () => change((s) => (s.verb = { id: s.verb.id, display: { es: 'x' } })),
  },
  {
    title: 'the definition of its activity',
    other: () => change((s) => (s.object = { id: 'https://lms.example/activities/1' })),
  },
  {
    title: 'the definitions of context activities',
    other: () =>
      change(
        (s) =>
          (s.context = {
            ...s.context,
            contextActivities: {
              ...s.context?.contextActivities,
              other: [
                {
                  objectType: 'Activity',
                  id: 'https://lms.example/other',
                  definition: { name: { en: 'x' } },
                },
              ],
            },
          }),
      ),
  },
  {
    title: 'one context activity as such or in an array',
    other: () =>
      change(
        (s) =>
          (s.context = {
            ...s.context,
            contextActivities: {
              ...s.context?.contextActivities,
              other: { id: 'https://lms.example/other' },
            },
          }),
      ),
  },
  {
    title: 'the order of members',
    other: () =>
      change((s) => {
        if (s.actor.objectType === 'Group') s.actor.member?.reverse();
      }),
  },
  {
    title: 'the case of hashes and of mail hosts',
    other: () =>
      change((s) => {
        if (s.actor.objectType === 'Group') {
          s.actor.mbox = 'MAILTO:team@EXAMPLE.org';
          s.actor.member = [
            { openid: 'https://ana.example/' },
            { name: 'Ana', mbox_sha1sum: 'A'.repeat(40) },
          ];
        }
      }),
  },
  {
    title: 'the case of languages and registrations',
    other: () =>
      change(
        (s) =>
          (s.context = {
            ...s.context,
            language: 'EN-gb',
            registration: s.context?.registration?.toUpperCase() ?? '',
          }),
      ),
  },
  {
    title: 'a duration beyond a hundredth of a second',
    other: () => change((s) => (s.result = { ...s.result, duration: 'PT1H2M3.459S' })),
  },
  {
    title: 'the order of keys in an extension',
    other: () =>
      change(
        (s) =>
          (s.context = {
            ...s.context,
            extensions: JSON.parse('{"https://lms.example/null":null}') as Record<string, unknown>,
          }),
      ),
  },
];

const different: { title: string; other: () => Statement }[] = [
  {
    title: 'another id',
    other: () => change((s) => (s.id = 'aaaaaaaa-1111-4222-8333-444455556666')),
  },
  { title: 'another actor', other: () => change((s) => (s.actor = buildAgent())) },
  { title: 'another name of the actor', other: () => change((s) => (s.actor.name = 'Other')) },
  {
    title: 'another verb',
    other: () => change((s) => (s.verb = { id: 'https://lms.example/verb' })),
  },
  {
    title: 'another activity',
    other: () => change((s) => (s.object = { id: 'https://lms.example/activities/2' })),
  },
  {
    title: 'another score',
    other: () => change((s) => (s.result = { ...s.result, score: { scaled: 0 } })),
  },
  { title: 'no result', other: () => change((s) => delete s.result) },
  { title: 'another time', other: () => change((s) => (s.timestamp = '2026-05-04T10:20:30.124Z')) },
  {
    title: 'a duration a hundredth of a second longer',
    other: () => change((s) => (s.result = { ...s.result, duration: 'PT1H2M3.466S' })),
  },
  {
    title: 'another value in an extension',
    other: () =>
      change((s) => (s.context = { ...s.context, extensions: { 'https://lms.example/null': 0 } })),
  },
  {
    title: 'another registration',
    other: () =>
      change(
        (s) => (s.context = { ...s.context, registration: 'aaaaaaaa-1111-4222-8333-444455556666' }),
      ),
  },
  {
    title: 'another attachment',
    other: () =>
      change(
        (s) =>
          (s.attachments = s.attachments?.map((one) => ({ ...one, sha2: 'b'.repeat(64) })) ?? []),
      ),
  },
];

describe('isSameStatement', () => {
  for (const { title, other } of same)
    it(`[Data 2.3.1] does not look at ${title}`, () => {
      expect(isSameStatement(buildFullStatement(), other())).to.equal(true);
    });

  for (const { title, other } of different)
    it(`[Data 2.3.1] tells ${title}`, () => {
      expect(isSameStatement(buildFullStatement(), other())).to.equal(false);
    });

  it('compares sub-statements by the same rules', () => {
    const other = structuredClone(buildNestedStatement());
    if (other.object.objectType !== 'SubStatement') throw new Error('not nested');

    other.object.verb = { id: other.object.verb.id };
    expect(isSameStatement(buildNestedStatement(), other)).to.equal(true);

    other.object.result = { success: true };
    expect(isSameStatement(buildNestedStatement(), other)).to.equal(false);
  });

  it('does not look at the order of keys', () => {
    const { actor, verb, object, timestamp } = buildStatement({
      actor: { account: { name: 'a', homePage: 'https://a.b' } },
    });

    const other = {
      timestamp,
      object,
      verb,
      actor: { account: { homePage: 'https://a.b', name: 'a' } },
    };

    expect(isSameStatement({ actor, verb, object }, other as Statement)).to.equal(true);
  });

  it('is reflexive and symmetric', () => {
    fc.assert(
      fc.property(randomStatements, randomStatements, (one, other) => {
        expect(isSameStatement(one, structuredClone(one))).to.equal(true);
        expect(isSameStatement(one, other)).to.equal(isSameStatement(other, one));
      }),
    );
  });
});

describe('canonicalStatement', () => {
  it('of a canonical statement is itself', () => {
    fc.assert(
      fc.property(randomStatements, (statement) => {
        const once = canonicalStatement(statement);
        expect(canonicalStatement(once)).to.deep.equal(once);
      }),
    );
    for (const statement of [buildFullStatement(), buildNestedStatement()]) {
      const once = canonicalStatement(statement);
      expect(canonicalStatement(once)).to.deep.equal(once);
    }
  });
});

function change(edit: (statement: Statement) => unknown): Statement {
  const statement = structuredClone(buildFullStatement());
  edit(statement);
  return statement;
}
