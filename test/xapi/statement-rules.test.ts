// Which values are statements: the table of what the standard refuses, each by its clause, and a second opinion on both.
import { statement as secondOpinion } from '@learninglocker/xapi-validation/dist/factory.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { findStatementFaults } from '../../src/xapi/statement-rules.js';
import type { XapiVersion } from '../../src/xapi/statement.js';
import {
  buildFullStatement,
  buildNestedStatement,
  buildStatement,
  randomStatements,
} from './sample-statements.js';

interface Case {
  title: string;
  /** Where the fault is said to lie. */
  path: string;
  change: (statement: Record<string, any>) => void; // eslint-disable-line @typescript-eslint/no-explicit-any -- wrong on purpose
}

const refused: Case[] = [
  { title: '[Data 2.2] an unknown property', path: 'more', change: (s) => (s['more'] = 1) },
  {
    title: '[Data 2.2] a property in another case',
    path: 'Actor',
    change: (s) => (s['Actor'] = s['actor']),
  },
  { title: '[Data 2.2] null as a value', path: 'result', change: (s) => (s['result'] = null) },
  {
    title: '[Data 2.2] null deep inside',
    path: 'object.definition.name.en',
    change: (s) => (s['object'].definition.name.en = null),
  },
  {
    title: '[Data 2.2] a number as text',
    path: 'result.score.raw',
    change: (s) => (s['result'].score.raw = '3'),
  },
  {
    title: '[Data 2.2] a boolean as text',
    path: 'result.success',
    change: (s) => (s['result'].success = 'true'),
  },
  { title: '[Data 2.2] a missing actor', path: 'actor', change: (s) => delete s['actor'] },
  { title: '[Data 2.2] a missing verb', path: 'verb', change: (s) => delete s['verb'] },
  { title: '[Data 2.2] a missing object', path: 'object', change: (s) => delete s['object'] },
  {
    title: '[Data 2.4.1] an id that is no UUID',
    path: 'id',
    change: (s) => (s['id'] = 'AA97B177-9383-4934-8543-0F91A7A028368'),
  },
  { title: '[Data 2.4.1] an id that is a number', path: 'id', change: (s) => (s['id'] = 12) },
  {
    title: '[Data 2.4.2] an agent without identifier',
    path: 'actor',
    change: (s) => (s['actor'] = { name: 'Ana' }),
  },
  {
    title: '[Data 2.4.2] an agent with two identifiers',
    path: 'actor',
    change: (s) => (s['actor'] = { mbox: 'mailto:a@b.org', openid: 'https://a.b/' }),
  },
  {
    title: '[Data 2.4.2] an agent with members',
    path: 'actor.member',
    change: (s) => (s['actor'] = { mbox: 'mailto:a@b.org', member: [] }),
  },
  {
    title: '[Data 2.4.2] a type of actor in lower case',
    path: 'actor.objectType',
    change: (s) => (s['actor'].objectType = 'group'),
  },
  {
    title: '[Data 2.4.2] an anonymous group without members',
    path: 'actor',
    change: (s) => (s['actor'] = { objectType: 'Group' }),
  },
  {
    title: '[Data 2.4.2] an anonymous group with an empty list of members',
    path: 'actor',
    change: (s) => (s['actor'] = { objectType: 'Group', member: [] }),
  },
  {
    title: '[Data 2.4.2] a group in a group',
    path: 'actor.member[0].objectType',
    change: (s) => (s['actor'].member[0] = { objectType: 'Group', mbox: 'mailto:a@b.org' }),
  },
  {
    title: '[Data 2.4.2] a group with two identifiers',
    path: 'actor',
    change: (s) => (s['actor'].openid = 'https://a.b/'),
  },
  {
    title: '[Data 2.4.2.3] a mailbox without mailto',
    path: 'actor.mbox',
    change: (s) => (s['actor'].mbox = 'team@example.org'),
  },
  {
    title: '[Data 2.4.2.3] a mailbox without an @',
    path: 'actor.mbox',
    change: (s) => (s['actor'].mbox = 'mailto:should.fail.com'),
  },
  {
    title: '[Data 2.4.2.3] a SHA-1 of the wrong length',
    path: 'actor.member[0].mbox_sha1sum',
    change: (s) => (s['actor'].member[0].mbox_sha1sum = 'abc'),
  },
  {
    title: '[Data 2.4.2.3] an openid that is no URI',
    path: 'actor.member[1].openid',
    change: (s) => (s['actor'].member[1].openid = 'ab=c://should.fail.com'),
  },
  {
    title: '[Data 2.4.2.4] an account without home page',
    path: 'actor.account.homePage',
    change: (s) => (s['actor'] = { account: { name: 'a' } }),
  },
  {
    title: '[Data 2.4.2.4] an account without name',
    path: 'actor.account.name',
    change: (s) => (s['actor'] = { account: { homePage: 'https://a.b' } }),
  },
  {
    title: '[Data 2.4.2.4] an account whose home page is no IRL',
    path: 'actor.account.homePage',
    change: (s) => (s['actor'] = { account: { homePage: 'a.b', name: 'a' } }),
  },
  {
    title: '[Data 2.4.2.4] an account whose name is a number',
    path: 'actor.account.name',
    change: (s) => (s['actor'] = { account: { homePage: 'https://a.b', name: 1 } }),
  },
  { title: '[Data 2.4.3] a verb without id', path: 'verb.id', change: (s) => delete s['verb'].id },
  {
    title: '[Data 2.4.3] a verb that is no IRI',
    path: 'verb.id',
    change: (s) => (s['verb'].id = 'completed'),
  },
  {
    title: '[Data 4.2] a language that is none',
    path: 'verb.display.a12345',
    change: (s) => (s['verb'].display = { a12345: 'x' }),
  },
  {
    title: '[Data 4.2] a language map whose text is a number',
    path: 'verb.display.en',
    change: (s) => (s['verb'].display = { en: 1 }),
  },
  {
    title: '[Data 2.4.4] an unknown type of object',
    path: 'object.objectType',
    change: (s) => (s['object'].objectType = 'activity'),
  },
  {
    title: '[Data 2.4.4.1] an activity without id',
    path: 'object.id',
    change: (s) => delete s['object'].id,
  },
  {
    title: '[Data 2.4.4.1] a type of activity that is no IRI',
    path: 'object.definition.type',
    change: (s) => (s['object'].definition.type = 'quiz'),
  },
  {
    title: '[Data 2.4.4.1] moreInfo that is no IRL',
    path: 'object.definition.moreInfo',
    change: (s) => (s['object'].definition.moreInfo = 'should error'),
  },
  {
    title: '[Data 2.4.4.1] an unknown interaction type',
    path: 'object.definition.interactionType',
    change: (s) => (s['object'].definition.interactionType = 'Matching'),
  },
  {
    title: '[Data 2.4.4.1] responses without interaction type',
    path: 'object.definition.interactionType',
    change: (s) => (s['object'].definition = { correctResponsesPattern: ['a'] }),
  },
  {
    title: '[Data 2.4.4.1] components of another interaction type',
    path: 'object.definition.choices',
    change: (s) => (s['object'].definition.choices = [{ id: 'a' }]),
  },
  {
    title: '[Data 2.4.4.1] a component without id',
    path: 'object.definition.source[0].id',
    change: (s) => (s['object'].definition.source = [{}]),
  },
  {
    title: '[Data 2.4.4.1] two components of one id',
    path: 'object.definition.source',
    change: (s) => (s['object'].definition.source = [{ id: 'a' }, { id: 'a' }]),
  },
  {
    title: '[Data 2.4.4.2] an agent as object without its type',
    path: 'object.account',
    change: (s) => (s['object'] = { account: { homePage: 'https://a.b', name: 'a' } }),
  },
  {
    title: '[Data 2.4.4.3] a reference without id',
    path: 'object.id',
    change: (s) => (s['object'] = { objectType: 'StatementRef' }),
  },
  {
    title: '[Data 2.4.4.3] a reference to no UUID',
    path: 'object.id',
    change: (s) => (s['object'] = { objectType: 'StatementRef', id: 'x' }),
  },
  {
    title: '[Data 2.4.5] a scaled score above 1',
    path: 'result.score.scaled',
    change: (s) => (s['result'].score.scaled = 1.001),
  },
  {
    title: '[Data 2.4.5] a raw score above the maximum',
    path: 'result.score.raw',
    change: (s) => (s['result'].score.raw = 11),
  },
  {
    title: '[Data 2.4.5] a raw score below the minimum',
    path: 'result.score.raw',
    change: (s) => (s['result'].score.raw = -1),
  },
  {
    title: '[Data 2.4.5] a minimum above the maximum',
    path: 'result.score.min',
    change: (s) => (s['result'].score = { min: 2, max: 1 }),
  },
  {
    title: '[Data 2.4.5] an unknown part of a score',
    path: 'result.score.percent',
    change: (s) => (s['result'].score.percent = 1),
  },
  {
    title: '[Data 4.6] a duration with weeks and days',
    path: 'result.duration',
    change: (s) => (s['result'].duration = 'P4W1D'),
  },
  {
    title: '[Data 4.6] an empty duration',
    path: 'result.duration',
    change: (s) => (s['result'].duration = 'P'),
  },
  {
    title: '[Data 4.6] a duration with an empty time',
    path: 'result.duration',
    change: (s) => (s['result'].duration = 'P1DT'),
  },
  {
    title: '[Data 2.4.6] a registration that is no UUID',
    path: 'context.registration',
    change: (s) => (s['context'].registration = 'x'),
  },
  {
    title: '[Data 2.4.6] a team that is an agent',
    path: 'context.team.objectType',
    change: (s) => (s['context'].team = { objectType: 'Agent', mbox: 'mailto:a@b.org' }),
  },
  {
    title: '[Data 2.4.6] an unknown kind of context activity',
    path: 'context.contextActivities.children',
    change: (s) => (s['context'].contextActivities.children = []),
  },
  {
    title: '[Data 2.4.6] a context activity that is none',
    path: 'context.contextActivities.parent[0].id',
    change: (s) => (s['context'].contextActivities.parent = [{ objectType: 'Activity' }]),
  },
  {
    title: '[Data 2.4.6] a language that is none',
    path: 'context.language',
    change: (s) => (s['context'].language = 'a12345678'),
  },
  {
    title: '[Data 2.4.6] a context statement that is no reference',
    path: 'context.statement.objectType',
    change: (s) => (s['context'].statement.objectType = 'SubStatement'),
  },
  {
    title: '[Data 2.4.6] a platform beside an object that is no activity',
    path: 'context.platform',
    change: (s) => {
      s['object'] = { objectType: 'Agent', mbox: 'mailto:a@b.org' };
      delete s['context'].revision;
    },
  },
  {
    title: '[Data 2.4.6] a revision beside an object that is no activity',
    path: 'context.revision',
    change: (s) => {
      s['object'] = { objectType: 'Agent', mbox: 'mailto:a@b.org' };
      delete s['context'].platform;
    },
  },
  {
    title: '[Data 4.1] an extension whose key is no IRI',
    path: 'context.extensions.should fail',
    change: (s) => (s['context'].extensions = { 'should fail': 1 }),
  },
  {
    title: '[Data 2.4.7] a timestamp without zone',
    path: 'timestamp',
    change: (s) => (s['timestamp'] = '2026-05-04T10:20:30'),
  },
  {
    title: '[Data 4.5] a negative zero offset',
    path: 'timestamp',
    change: (s) => (s['timestamp'] = '2026-05-04T10:20:30-00:00'),
  },
  {
    title: '[Data 4.5] a negative zero offset without colon',
    path: 'timestamp',
    change: (s) => (s['timestamp'] = '2026-05-04T10:20:30-0000'),
  },
  {
    title: '[Data 4.5] a negative zero offset of hours',
    path: 'timestamp',
    change: (s) => (s['timestamp'] = '2026-05-04T10:20:30-00'),
  },
  {
    title: '[Data 2.4.7] a day that no month has',
    path: 'timestamp',
    change: (s) => (s['timestamp'] = '2026-02-30T10:20:30Z'),
  },
  {
    title: '[Data 2.4.7] a time stamp as number',
    path: 'timestamp',
    change: (s) => (s['timestamp'] = 1),
  },
  {
    title: '[Data 2.4.8] a stored that is no moment',
    path: 'stored',
    change: (s) => (s['stored'] = 'today'),
  },
  {
    title: '[Data 2.4.9] an authority of three',
    path: 'authority.member',
    change: (s) =>
      (s['authority'] = {
        objectType: 'Group',
        member: ['a', 'b', 'c'].map((n) => ({ openid: `https://${n}.org` })),
      }),
  },
  {
    title: '[Data 2.4.9] an authority that is an identified group',
    path: 'authority',
    change: (s) =>
      (s['authority'] = {
        objectType: 'Group',
        mbox: 'mailto:a@b.org',
        member: ['a', 'b'].map((n) => ({ openid: `https://${n}.org` })),
      }),
  },
  {
    title: '[Data 2.4.10] a version from before',
    path: 'version',
    change: (s) => (s['version'] = '0.9.9'),
  },
  {
    title: '[Data 2.4.10] a version that never was',
    path: 'version',
    change: (s) => (s['version'] = '1.1.0'),
  },
  {
    title: '[Data 2.4.11] an attachment without its hash',
    path: 'attachments[0].sha2',
    change: (s) => delete s['attachments'][0].sha2,
  },
  {
    title: '[Data 2.4.11] an attachment whose hash is none',
    path: 'attachments[0].sha2',
    change: (s) => (s['attachments'][0].sha2 = 'abc'),
  },
  {
    title: '[Data 2.4.11] an attachment without content type',
    path: 'attachments[0].contentType',
    change: (s) => delete s['attachments'][0].contentType,
  },
  {
    title: '[Data 2.4.11] an attachment with a length in words',
    path: 'attachments[0].length',
    change: (s) => (s['attachments'][0].length = '27'),
  },
  {
    title: '[Data 2.4.11] an attachment of negative length',
    path: 'attachments[0].length',
    change: (s) => (s['attachments'][0].length = -1),
  },
  {
    title: '[Data 2.4.11] an attachment whose address is none',
    path: 'attachments[0].fileUrl',
    change: (s) => (s['attachments'][0].fileUrl = 'file'),
  },
  {
    title: '[Data 2.4.11] attachments that are no array',
    path: 'attachments',
    change: (s) => (s['attachments'] = {}),
  },
  {
    title: '[Data 2.6] a signature that is no octet stream',
    path: 'attachments[0].contentType',
    change: (s) =>
      (s['attachments'][0].usageType = 'http://adlnet.gov/expapi/attachments/signature'),
  },
  {
    title: '[Data 2.3.2] a voiding of an activity',
    path: 'object.objectType',
    change: (s) => (s['verb'] = { id: 'http://adlnet.gov/expapi/verbs/voided' }),
  },
  {
    title: '[Data 2.2] a key named __proto__',
    path: '__proto__',
    change: (s) => Object.defineProperty(s, '__proto__', { value: { a: 1 }, enumerable: true }),
  },
];

const refusedNested: Case[] = [
  {
    title: 'an id',
    path: 'object.id',
    change: (s) => (s['object'].id = 'aaaaaaaa-1111-4222-8333-444455556666'),
  },
  {
    title: 'a stored',
    path: 'object.stored',
    change: (s) => (s['object'].stored = '2026-05-04T10:20:30Z'),
  },
  { title: 'a version', path: 'object.version', change: (s) => (s['object'].version = '1.0.0') },
  {
    title: 'an authority',
    path: 'object.authority',
    change: (s) => (s['object'].authority = { mbox: 'mailto:a@b.org' }),
  },
  {
    title: 'another sub-statement',
    path: 'object.object.objectType',
    change: (s) => (s['object'].object = structuredClone(s['object'])),
  },
  {
    title: 'a wrong actor',
    path: 'object.actor',
    change: (s) => (s['object'].actor = { name: 'x' }),
  },
  {
    title: 'a platform beside an agent',
    path: 'object.context.platform',
    change: (s) => {
      s['object'].object = { objectType: 'Agent', mbox: 'mailto:a@b.org' };
      delete s['object'].context.revision;
    },
  },
];

describe('findStatementFaults', () => {
  it('finds nothing wrong with a small statement, a full one and one with a sub-statement', () => {
    for (const statement of [buildStatement(), buildFullStatement(), buildNestedStatement()])
      expect(faultsOf(statement)).to.deep.equal([]);
  });

  for (const { title, path, change } of refused) {
    it(`refuses ${title}, and says where`, () => {
      const statement = structuredClone(buildFullStatement());
      change(statement);

      const faults = faultsOf(statement);

      expect(faults.map((fault) => fault.path)).to.include(path);
      expect(secondOpinionRefuses(statement) || isOurRuleAlone(title)).to.equal(true);
    });
  }

  for (const { title, path, change } of refusedNested) {
    it(`[Data 2.4.4.3] refuses a sub-statement with ${title}`, () => {
      const statement = structuredClone(buildNestedStatement());
      change(statement);

      expect(faultsOf(statement).map((fault) => fault.path)).to.include(path);
    });
  }

  it('accepts durations, moments and languages in every form that the standard has', () => {
    const forms = [
      ...['P3Y1M29DT4H35M59.14S', 'PT16559.14S', 'P3Y', 'P4W', 'PT0S', 'P1.5D'].map((duration) =>
        buildStatement({ result: { duration } }),
      ),
      ...[
        '2026-05-04T10:20:30Z',
        '2026-05-04T10:20:30.123456789Z',
        '2024-02-29T23:59:60Z',
        '2026-05-04T10:20:30+05:30',
        '2026-05-04T10:20:30-0800',
        '20260504T102030Z',
        '2026-05-04',
      ].map((timestamp) => buildStatement({ timestamp })),
      ...['en', 'de-CH-1996', 'zh-Hant-TW', 'sl-rozaj-biske', 'x-own', 'i-klingon', 'es-419'].map(
        (language) => buildStatement({ context: { language } }),
      ),
    ];

    for (const statement of forms) expect(faultsOf(statement)).to.deep.equal([]);
  });

  it('[Data 2.4.6.2] accepts a single context activity where an array is meant', () => {
    const statement = buildStatement({
      context: { contextActivities: { parent: { id: 'https://a.example' } } },
    });

    expect(faultsOf(statement)).to.deep.equal([]);
  });

  it('knows contextAgents, contextGroups and version 2.0.0 where 2.0 is spoken, and only there', () => {
    const statement = buildStatement({
      version: '2.0.0',
      context: {
        contextAgents: [
          {
            objectType: 'contextAgent',
            agent: { mbox: 'mailto:a@b.org' },
            relevantTypes: ['https://a.b/type'],
          },
        ],
        contextGroups: [
          { objectType: 'contextGroup', group: { objectType: 'Group', mbox: 'mailto:a@b.org' } },
        ],
      },
    });

    expect(faultsOf(statement, '2.0.0')).to.deep.equal([]);
    expect(faultsOf(statement, '1.0.3').map((fault) => fault.path)).to.have.members([
      'version',
      'context.contextAgents',
      'context.contextGroups',
    ]);
    expect(faultsOf(buildStatement({ version: '1.0.9' }), '2.0.0')).to.deep.equal([]);
  });

  it('refuses a contextAgent with an empty list of types, another objectType or none', () => {
    const agent = { mbox: 'mailto:a@b.org' };
    const wrong = [
      { objectType: 'contextAgent', agent, relevantTypes: [] },
      { objectType: 'ContextAgent', agent },
      { agent },
      { objectType: 'contextAgent' },
    ];

    for (const one of wrong) {
      const statement = { ...buildStatement(), context: { contextAgents: [one] } };
      expect(faultsOf(statement, '2.0.0')).to.have.lengthOf(1);
    }
  });

  it('refuses values that are no objects at all', () => {
    for (const value of [null, undefined, 1, 'text', [], true])
      expect(faultsOf(value)).to.have.lengthOf(1);
  });

  it('stops counting after twenty faults', () => {
    const object = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`k${index}`, 1]),
    );

    expect(faultsOf(object)).to.have.lengthOf(20);
  });

  it('finds no fault in random statements, and neither does a second opinion', () => {
    fc.assert(
      fc.property(randomStatements, (statement) => {
        expect(faultsOf(statement)).to.deep.equal([]);
        expect(secondOpinionRefuses(statement)).to.equal(false);
      }),
    );
  });

  it('never throws, whatever JSON it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('actor', 'object', 'context'), (value, key) => {
        expect(faultsOf(value).length).to.be.greaterThan(0);
        expect(faultsOf({ ...buildStatement(), [key]: value })).to.be.an('array');
      }),
    );
  });
});

function faultsOf(value: unknown, version: XapiVersion = '1.0.3') {
  return findStatementFaults(value, { version });
}

function secondOpinionRefuses(statement: unknown): boolean {
  return secondOpinion(statement, ['statement']).length > 0;
}

/** What the standard says and the other validator does not look at. */
function isOurRuleAlone(title: string): boolean {
  return /group in a group|two components|length|SHA-1|hash is none|openid|day that no month|identified group|__proto__|a12345678|empty time/.test(
    title,
  );
}
