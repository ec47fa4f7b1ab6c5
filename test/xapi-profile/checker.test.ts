// The checker itself, on a small profile of its own: what it must refuse, by the words of xAPI Profiles 1.0.
import { expect } from 'chai';
import { followsPattern } from './check-patterns.js';
import { checkRule, checkStatement, type Json } from './check-statement.js';
import { parsePath, readPath } from './json-path.js';
import { findProfileFaults, readProfile, type TemplateRule } from './profile-shape.js';

const P = 'https://example.org/p';
const V = `${P}/v1`;
const text = { en: 'Words' };
const described = { inScheme: V, prefLabel: text, definition: text };
const verb = (name: string) => ({ ...described, id: `${P}/${name}`, type: 'Verb' });
const template = (name: string, more: object = {}) => ({
  ...described,
  id: `${P}/t/${name}`,
  type: 'StatementTemplate',
  verb: `${P}/${name}`,
  ...more,
});
const pattern = (name: string, more: object) => ({
  ...described,
  id: `${P}/p/${name}`,
  type: 'Pattern',
  ...more,
});
const plain = {
  '@context': 'https://w3id.org/xapi/profiles/context',
  id: P,
  type: 'Profile',
  conformsTo: 'https://w3id.org/xapi/profiles#1.0',
  prefLabel: text,
  definition: text,
  versions: [{ id: V, generatedAtTime: '2026-01-01T00:00:00Z' }],
  author: { type: 'Organization', name: 'Somebody' },
  concepts: [verb('began'), verb('went'), verb('ended')],
  templates: [
    template('began'),
    template('went', { rules: [{ location: '$.result.score.scaled', presence: 'included' }] }),
    template('ended', { allowedSolo: true, contextStatementRefTemplate: [`${P}/t/began`] }),
  ],
  patterns: [
    pattern('whole', {
      primary: true,
      sequence: [`${P}/t/began`, `${P}/p/going`, `${P}/p/maybe`],
    }),
    pattern('going', { zeroOrMore: `${P}/t/went` }),
    pattern('maybe', { optional: `${P}/t/ended` }),
  ],
};
const profile = readProfile(plain);
const begun: Json = { id: 'b', verb: { id: `${P}/began` } };
const went: Json = { verb: { id: `${P}/went` }, result: { score: { scaled: 0.5 } } };
const ended: Json = {
  verb: { id: `${P}/ended` },
  context: { statement: { objectType: 'StatementRef', id: 'b' } },
};
const find = (id: string) => (id === 'b' ? begun : id === 'w' ? went : undefined);

describe('the checker’s JSONPath', () => {
  const value = { a: { b: [1, 2], 'c.d': 3 }, e: [{ f: 4 }, { f: 5 }, {}] };
  for (const { path, found } of [
    { path: '$', found: [value] },
    { path: '$.a.b[0]', found: [1] },
    { path: "$.a['c.d']", found: [3] },
    { path: "$['a','e'][*]", found: [[1, 2], 3, { f: 4 }, { f: 5 }, {}] },
    { path: '$.e[*].f', found: [4, 5] },
    { path: '$.e[0,2]', found: [{ f: 4 }, {}] },
    { path: '$.a.none', found: [] },
    { path: '$.a.b.length', found: [] },
    { path: '$.a.constructor', found: [] },
  ])
    it(`finds ${JSON.stringify(found)} at ${path}`, () => {
      expect(readPath(value, path)).to.deep.equal(found);
    });

  for (const path of ['a.b', '$..a', '$.a[?(@.b)]', '$.a[(@.length-1)]', '$.a[]', '$.a[-1]'])
    it(`does not take ${path}`, () => {
      expect(() => parsePath(path)).to.throw(path);
    });
});

describe('the checker’s rules', () => {
  const statement = { a: [{ t: 'x' }, { t: 'y' }], b: [{ t: 'x' }, {}] };
  const cases: { title: string; rule: TemplateRule; ok: boolean }[] = [
    {
      title: 'what is there is included',
      rule: { location: '$.a', presence: 'included' },
      ok: true,
    },
    {
      title: 'what is not there is missing',
      rule: { location: '$.c', presence: 'included' },
      ok: false,
    },
    {
      title: 'what is there is not excluded',
      rule: { location: '$.a', presence: 'excluded' },
      ok: false,
    },
    {
      title: 'what is not there is excluded',
      rule: { location: '$.c', presence: 'excluded' },
      ok: true,
    },
    {
      title: 'what is recommended may be absent, with its values',
      rule: { location: '$.c', presence: 'recommended', any: ['x'] },
      ok: true,
    },
    {
      title: 'what is recommended has the values where it is there',
      rule: { location: '$.a[*].t', presence: 'recommended', any: ['z'] },
      ok: false,
    },
    { title: 'any value is enough', rule: { location: '$.a[*].t', any: ['y', 'z'] }, ok: true },
    { title: 'any of nothing is none', rule: { location: '$.c', any: ['y'] }, ok: false },
    {
      title: 'all values are among them',
      rule: { location: '$.a[*].t', all: ['x', 'y'] },
      ok: true,
    },
    {
      title: 'one other value is too many for all',
      rule: { location: '$.a[*].t', all: ['x'] },
      ok: false,
    },
    { title: 'none of the values', rule: { location: '$.a[*].t', none: ['z'] }, ok: true },
    { title: 'a forbidden value', rule: { location: '$.a[*].t', none: ['y'] }, ok: false },
    {
      title: 'a selector on each',
      rule: { location: '$.a[*]', selector: '$.t', all: ['x', 'y'] },
      ok: true,
    },
    {
      title: 'a selector that finds nothing once fails all',
      rule: { location: '$.b[*]', selector: '$.t', all: ['x'] },
      ok: false,
    },
    {
      title: 'a selector that finds nothing once is not included',
      rule: { location: '$.b[*]', selector: '$.t', presence: 'included' },
      ok: false,
    },
  ];
  for (const { title, rule, ok } of cases)
    it(title, () => {
      expect(checkRule(statement, rule).length === 0).to.equal(ok);
    });

  it('finds the templates by the verb and asks what they ask', () => {
    expect(checkStatement(went, { profile, find })).to.deep.equal([]);
    expect(checkStatement({ ...went, result: {} }, { profile, find })).to.have.length(1);
    expect(checkStatement({ verb: { id: `${P}/other` } }, { profile, find })).to.have.length(1);
  });

  it('follows references to statements of the right template', () => {
    const refer = (id: string) => ({
      ...ended,
      context: { statement: { objectType: 'StatementRef', id } },
    });

    expect(checkStatement(ended, { profile, find })).to.deep.equal([]);
    expect(checkStatement(refer('w'), { profile, find })).to.have.length(1);
    expect(checkStatement(refer('nobody'), { profile, find })).to.have.length(1);
    expect(checkStatement({ verb: ended['verb'] }, { profile, find })).to.have.length(1);
  });

  it('reads a single context activity as a list of one', () => {
    const category = { definition: { type: `${P}/type` } };
    const typed = readProfile({
      ...plain,
      concepts: [...plain.concepts, { ...verb('type'), type: 'ActivityType' }],
      templates: [template('began', { contextCategoryActivityType: [`${P}/type`] })],
      patterns: [],
    });
    const one = { ...begun, context: { contextActivities: { category } } };

    expect(checkStatement(one, { profile: typed, find })).to.deep.equal([]);
    expect(checkStatement(begun, { profile: typed, find })).to.have.length(1);
  });
});

describe('the checker’s patterns', () => {
  for (const { title, statements, ok } of [
    { title: 'the whole sequence', statements: [begun, went, went, ended], ok: true },
    { title: 'without what may be absent', statements: [begun], ok: true },
    { title: 'alone where that is allowed', statements: [ended], ok: true },
    { title: 'not begun', statements: [went, ended], ok: false },
    { title: 'in another order', statements: [begun, ended, went], ok: false },
    { title: 'twice what may be there once', statements: [begun, ended, ended], ok: false },
  ])
    it(`${ok ? 'accept' : 'refuse'} ${title}`, () => {
      expect(followsPattern(statements, profile)).to.equal(ok);
    });
});

describe('the checker’s view of a profile', () => {
  it('accepts the small one', () => {
    expect(findProfileFaults(profile)).to.deep.equal([]);
  });

  for (const { title, broken } of [
    {
      title: 'another version’s concept',
      broken: {
        concepts: [{ ...verb('began'), inScheme: `${P}/v0` }, verb('went'), verb('ended')],
      },
    },
    { title: 'an id twice', broken: { concepts: [...plain.concepts, verb('began')] } },
    { title: 'a verb that is no concept', broken: { concepts: [verb('went'), verb('ended')] } },
    {
      title: 'a pattern of what is not there',
      broken: { patterns: [pattern('one', { oneOrMore: `${P}/t/none` })] },
    },
    {
      title: 'a pattern of two forms',
      broken: { patterns: [pattern('one', { oneOrMore: `${P}/t/went`, optional: `${P}/t/went` })] },
    },
    {
      title: 'a pattern of itself',
      broken: {
        patterns: [
          pattern('one', { oneOrMore: `${P}/p/two` }),
          pattern('two', { oneOrMore: `${P}/p/one` }),
        ],
      },
    },
    {
      title: 'an alternative that may be nothing',
      broken: {
        patterns: [
          pattern('one', { alternates: [`${P}/p/two`, `${P}/t/went`] }),
          pattern('two', { optional: `${P}/t/went` }),
        ],
      },
    },
    {
      title: 'a path with a filter',
      broken: {
        templates: [
          ...plain.templates,
          template('went', {
            id: `${P}/t/x`,
            rules: [{ location: '$.a[?(@.b)]', presence: 'included' }],
          }),
        ],
      },
    },
    {
      title: 'a second version that revises none',
      broken: {
        versions: [{ id: `${P}/v0`, generatedAtTime: '2026-01-01T00:00:00Z' }, ...plain.versions],
      },
    },
  ])
    it(`names ${title}`, () => {
      expect(findProfileFaults(readProfile({ ...plain, ...broken }))).to.have.length.above(0);
    });

  it('refuses a rule that asks nothing, and a property that is none', () => {
    const rules = [{ location: '$.a' }];

    expect(() => readProfile({ ...plain, templates: [template('began', { rules })] })).to.throw();
    expect(() => readProfile({ ...plain, more: 1 })).to.throw();
  });
});
