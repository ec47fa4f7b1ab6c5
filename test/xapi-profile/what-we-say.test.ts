// Every kind of statement that the product makes, held against the standard by a validator that is not ours, against the
// published profile by a checker that shares no code with src/, and against a reader of competencies that is not ours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statement as validate } from '@learninglocker/xapi-validation/dist/factory.js';
import { expect } from 'chai';
import type { Evidence } from '../../src/attainment/evidence.js';
import { completedStatement } from '../../src/xapi/statement-templates.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { startAttainmentTool, type AttainmentTool } from '../attainment/attainment-tool.js';
import { buildSetting } from '../xapi/sample-setting.js';
import { SAMPLE_ID } from '../xapi/sample-statements.js';
import { readAsCass } from './cass-reader.js';
import { checkPatterns } from './check-patterns.js';
import { checkStatement, findTemplates, type Json } from './check-statement.js';
import { readPath } from './json-path.js';
import { findProfileFaults, readProfile } from './profile-shape.js';
import { sayEverything } from './say-everything.js';

const profile = readProfile(
  JSON.parse(readFileSync(join('config', 'xapi-profile', 'v1.json'), 'utf8')),
);

describe('our xAPI profile', () => {
  it('is one, by xAPI Profiles 1.0', () => {
    expect(findProfileFaults(profile)).to.deep.equal([]);
  });

  it('finds each statement by its verb alone, so that none is meant by two templates', () => {
    const verbs = profile.templates.map(({ verb }) => verb);

    expect(new Set(verbs).size).to.equal(verbs.length);
  });
});

describe('what was said before passed and failed were told apart', () => {
  it('still follows the profile that it names', () => {
    const statement = {
      ...completedStatement({
        id: SAMPLE_ID,
        setting: buildSetting(),
        activity: { iri: 'https://lms.example/activities/1', title: 'Reading', type: 'lesson' },
        evidenceKind: 'assessed',
        score: { scaled: 0.8, raw: 4, min: 0, max: 5 },
        success: true,
      }),
      verb: { id: VERBS.completed, display: { en: 'completed' } },
    };

    expect(checkStatement(statement, { profile, find: () => undefined })).to.deep.equal([]);
    expect(checkPatterns([statement], profile)).to.deep.equal([]);
  });
});

describe('what we say', () => {
  let started: AttainmentTool;
  let statements: Json[];
  let evidence: Evidence[];
  before(async () => {
    started = await startAttainmentTool();
    ({ statements, evidence } = await sayEverything(started));
  });
  after(() => started.close());

  it('is every kind of statement that the profile names, faultless in all respects', async () => {
    const find = (id: string) => statements.find((one) => one['id'] === id);
    const faults = statements.flatMap((one) => [
      ...validate(one, ['statement']).map(String),
      ...checkStatement(one, { profile, find }),
    ]);
    const kinds = new Set(
      statements.flatMap((one) => findTemplates(one, profile).map(({ id }) => id)),
    );

    expect(faults).to.deep.equal([]);
    expect(checkPatterns(statements, profile)).to.deep.equal([]);
    expect(profile.templates.map(({ id }) => id).filter((id) => !kinds.has(id))).to.deep.equal([]);
  });

  it('makes evidence once for each event: what is opened, begun, finished, scored or attested', () => {
    const of = (names: string[]) =>
      statements.filter((one) => names.includes(String(readPath(one, '$.verb.display.en')[0])));
    const ends = of(['completed', 'passed', 'failed', 'scored', 'attested']);
    const completing = evidence.filter(({ completes }) => completes);
    const others = evidence.filter(({ completes }) => !completes);
    const meetings = of(['launched', 'initialized', 'experienced']).map((one) => one['id']);

    expect(completing.map(({ statementId }) => statementId)).to.have.members(
      ends.map((one) => one['id']),
    );
    expect(others.filter(({ statementId }) => !meetings.includes(statementId))).to.deep.equal([]);
  });

  it('is refused by the checker as soon as anything of it is broken', () => {
    const find = (id: string) => statements.find((one) => one['id'] === id);
    const unnoticed = statements.flatMap((one) =>
      listMutations(one)
        .filter(({ broken }) => checkStatement(broken, { profile, find }).length === 0)
        .map(({ title }) => `${String(readPath(one, '$.verb.id')[0])}: ${title}`),
    );

    expect([...new Set(unnoticed)]).to.deep.equal([]);
  });

  it('tells a reader of competencies what was passed, failed, attested and achieved, and nothing else', () => {
    const competencies = [
      ...new Set(
        statements.flatMap((one) => readPath(one, '$.object.definition.moreInfo').map(String)),
      ),
    ];
    const read = new Set(
      statements.flatMap((one) => {
        const assertion = readAsCass(one, { competencies });
        const verb = String(readPath(one, '$.verb.display.en')[0]);
        return assertion ? [`${verb}: ${assertion.isPositive ? 'yes' : 'not yet'}`] : [];
      }),
    );

    expect([...read].sort()).to.deep.equal([
      'achieved: yes',
      'attested: yes',
      'failed: not yet',
      'passed: yes',
      'scored: yes',
    ]);
  });
});

/** The statement without each thing that its template asks for, and with things that are wrong. */
function listMutations(statement: Json): { title: string; broken: Json }[] {
  const [template] = findTemplates(statement, profile);
  const change = (title: string, edit: (copy: Json) => void) => {
    const broken = structuredClone(statement);
    edit(broken);
    return { title, broken };
  };
  const required = (template?.rules ?? []).filter(
    ({ presence, location }) => presence === 'included' && !location.includes('[*]'),
  );
  return [
    ...required.map(({ location }) =>
      change(`without ${location}`, (copy) => removeAt(copy, location)),
    ),
    change('of another profile', (copy) => {
      copy['context'] = { ...(copy['context'] as Json), contextActivities: { category: [] } };
    }),
    change('with another verb', (copy) => {
      copy['verb'] = { id: 'https://example.org/jumped' };
    }),
    ...(template?.rules ?? []).flatMap(({ location, presence, all }) =>
      presence === 'included' && all && !location.includes('[')
        ? [change(`with another ${location}`, (copy) => setAt(copy, location, 'other'))]
        : [],
    ),
    ...(template?.rules ?? []).flatMap(({ location, presence }) =>
      presence === 'excluded'
        ? [change(`with ${location}`, (copy) => setAt(copy, location, { success: true }))]
        : [],
    ),
    ...(template?.contextStatementRefTemplate
      ? [
          change('about a statement that nobody has', (copy) =>
            setAt(copy, '$.context.statement.id', '00000000-0000-4000-8000-000000000000'),
          ),
        ]
      : []),
  ];
}

/** Takes away what the last part of a path names. */
function removeAt(value: Json, path: string): void {
  const { holder, names } = splitPath(value, path);
  for (const name of names) delete holder[name];
}

function setAt(value: Json, path: string, to: unknown): void {
  const { holder, names } = splitPath(value, path);
  for (const name of names) holder[name] = to;
}

function splitPath(value: Json, path: string): { holder: Json; names: string[] } {
  const [, before = '$', last = ''] = /^(.*?)(\.[\w]+|\[[^\]]*\])$/.exec(path) ?? [];
  const [holder] = readPath(value, before);
  if (typeof holder !== 'object' || holder === null)
    throw new Error(`${path}: nothing at ${before}`);
  const names = last.startsWith('.')
    ? [last.slice(1)]
    : [...last.matchAll(/'([^']*)'/g)].map(([, name = '']) => name);
  return { holder: holder as Json, names };
}
