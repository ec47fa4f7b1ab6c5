// Statements for tests: a small one, one that uses every part of the standard, and random ones.
import fc from 'fast-check';
import type { Agent, Statement } from '../../src/xapi/statement.js';

export const SAMPLE_ID = '12345678-1234-4234-8234-123456789012';

export function buildAgent(name = 'ana'): Agent {
  return {
    objectType: 'Agent',
    account: { homePage: 'https://lms.example/people', name },
  };
}

export function buildStatement(overrides: Partial<Statement> = {}): Statement {
  return {
    id: SAMPLE_ID,
    actor: buildAgent(),
    verb: { id: 'http://adlnet.gov/expapi/verbs/completed', display: { en: 'completed' } },
    object: { objectType: 'Activity', id: 'https://lms.example/activities/1' },
    timestamp: '2026-05-04T10:20:30.123Z',
    ...overrides,
  };
}

/** Uses every property that 1.0.3 knows. */
export function buildFullStatement(overrides: Partial<Statement> = {}): Statement {
  const activity = { objectType: 'Activity' as const, id: 'https://lms.example/courses/1' };
  return {
    id: SAMPLE_ID,
    actor: {
      objectType: 'Group',
      name: 'Team',
      mbox: 'mailto:team@example.org',
      member: [
        { name: 'Ana', mbox_sha1sum: 'a'.repeat(40) },
        { objectType: 'Agent', openid: 'https://ana.example/' },
      ],
    },
    verb: { id: 'http://adlnet.gov/expapi/verbs/answered', display: { 'en-US': 'answered' } },
    object: {
      objectType: 'Activity',
      id: 'https://lms.example/activities/1',
      definition: {
        name: { en: 'A question', 'zh-Hant-TW': '問題' },
        description: { en: 'Which?' },
        type: 'http://adlnet.gov/expapi/activities/cmi.interaction',
        moreInfo: 'https://lms.example/more',
        interactionType: 'matching',
        correctResponsesPattern: ['a[.]1'],
        source: [{ id: 'a', description: { en: 'A' } }, { id: 'b' }],
        target: [{ id: '1' }],
        extensions: { 'https://lms.example/ext': { a: null, 'b.c': [1, null], $set: 1 } },
      },
    },
    result: {
      score: { scaled: -0.5, raw: 3, min: 0, max: 10 },
      success: false,
      completion: true,
      response: 'a[.]1',
      duration: 'PT1H2M3.456S',
      extensions: { 'https://lms.example/ext': 1 },
    },
    context: {
      registration: 'c0ffee00-1111-4222-8333-444455556666',
      instructor: buildAgent('teacher'),
      team: { objectType: 'Group', member: [buildAgent('one')] },
      contextActivities: {
        parent: [activity],
        grouping: [activity, activity],
        category: [],
        other: [{ id: 'https://lms.example/other' }],
      },
      revision: '3',
      platform: 'LMS',
      language: 'en-GB',
      statement: { objectType: 'StatementRef', id: 'aaaaaaaa-1111-4222-8333-444455556666' },
      extensions: { 'https://lms.example/null': null },
    },
    timestamp: '2026-05-04T12:20:30.123456+02:00',
    stored: '2026-05-04T12:20:30.123Z',
    authority: buildAgent('lrs'),
    version: '1.0.0',
    attachments: [
      {
        usageType: 'https://lms.example/usage',
        display: { en: 'A file' },
        description: { en: 'What it is' },
        contentType: 'text/plain; charset=utf-8',
        length: 27,
        sha2: '495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a',
        fileUrl: 'https://lms.example/file',
      },
    ],
    ...overrides,
  };
}

/** A statement whose object is a sub-statement. */
export function buildNestedStatement(): Statement {
  const { actor, verb, object, context, result } = buildFullStatement();
  return buildStatement({
    object: {
      objectType: 'SubStatement',
      actor,
      verb,
      object: object as Exclude<typeof object, { objectType: 'SubStatement' }>,
      ...(context && { context }),
      ...(result && { result }),
      timestamp: '2026-05-04T10:20:30Z',
    },
  });
}

const words = fc.stringMatching(/^[a-z]{1,8}$/);
const iris = words.map((word) => `https://x.example/${word}`);
const agents: fc.Arbitrary<Agent> = fc.oneof(
  words.map((word) => ({ mbox: `mailto:${word}@Example.ORG` })),
  fc.record({ homePage: iris, name: words }).map((account) => ({ account })),
  fc.record({ name: words, openid: iris }),
);

/** Valid statements, many of them alike. */
export const randomStatements: fc.Arbitrary<Statement> = fc
  .record(
    {
      id: fc.uuid(),
      actor: fc.oneof(
        agents,
        fc.array(agents, { minLength: 1, maxLength: 4 }).map((member) => ({
          objectType: 'Group' as const,
          member,
        })),
      ),
      verb: iris.map((id) => ({ id })),
      object: fc.oneof(
        iris.map((id) => ({ id, definition: { name: { en: id } } })),
        fc.uuid().map((id) => ({ objectType: 'StatementRef' as const, id })),
      ),
      result: fc.record(
        {
          score: fc.record({ scaled: fc.integer({ min: -10, max: 10 }).map((n) => n / 10) }),
          success: fc.boolean(),
          duration: fc.constantFrom('PT1S', 'PT1.001S', 'PT1.5S', 'P1D', 'PT1.00S'),
          extensions: fc.dictionary(iris, fc.jsonValue({ maxDepth: 2 })),
        },
        { requiredKeys: [] },
      ),
      context: fc.record(
        {
          registration: fc.uuid(),
          language: fc.constantFrom('en', 'EN', 'en-gb'),
          contextActivities: fc.record(
            {
              parent: fc.array(
                iris.map((id) => ({ id })),
                { maxLength: 2 },
              ),
            },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
      timestamp: fc
        .date({ min: new Date(0), max: new Date('2090-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    },
    { requiredKeys: ['id', 'actor', 'verb', 'object'] },
  )
  // As JSON gives them: objects with the usual prototype.
  .map((statement) => JSON.parse(JSON.stringify(statement)) as Statement);
