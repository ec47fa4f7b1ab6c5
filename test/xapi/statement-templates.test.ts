// Everything we say, checked by our own rules and by a validator that is not ours (xAPI 1.0.3).
import { statement as secondOpinion } from '@learninglocker/xapi-validation/dist/factory.js';
import { expect } from 'chai';
import { buildInstanceActor } from '../../src/xapi/actor.js';
import { findStatementFaults } from '../../src/xapi/statement-rules.js';
import {
  achievedStatement,
  attestedStatement,
  revokedStatement,
} from '../../src/xapi/competency-templates.js';
import {
  alignedStatement,
  completedStatement,
  experiencedStatement,
  launchedStatement,
  ratedStatement,
  voidingStatement,
} from '../../src/xapi/statement-templates.js';
import type { Statement } from '../../src/xapi/statement.js';
import { ACTIVITY_TYPES, EXTENSIONS, PROFILE_VERSION_IRI } from '../../src/xapi/vocabulary.js';
import { buildSetting } from './sample-setting.js';
import { buildAgent, SAMPLE_ID } from './sample-statements.js';

const id = SAMPLE_ID;
const evidence = 'aaaaaaaa-1111-4222-8333-444455556666';
const activity = {
  iri: 'https://lms.example/activities/1',
  title: 'Reading',
  type: 'lesson' as const,
};
const privacy = {
  iri: 'https://crosswalk.example/items/privacy',
  name: 'Apply privacy rules (Bloom 3)',
};
const coding = { iri: 'https://crosswalk.example/items/coding', name: 'Assign codes' };
const setting = buildSetting();
const bare = buildSetting({ platformName: null, course: null, framework: null });

const all: Record<string, Statement> = {
  launched: launchedStatement({ id, setting, activity }),
  'launched outside a course': launchedStatement({ id, setting: bare, activity }),
  experienced: experiencedStatement({ id, setting, activity, competencies: [privacy] }),
  'completed by declaration': completedStatement({
    id,
    setting,
    activity,
    evidenceKind: 'declared',
    competencies: [privacy, coding],
  }),
  'completed with a score': completedStatement({
    id,
    setting,
    activity: { ...activity, description: 'Five questions' },
    evidenceKind: 'assessed',
    score: { scaled: 0.8, raw: 4, min: 0, max: 5 },
    success: true,
    competencies: [privacy],
    parent: { iri: 'https://lms.example/modules/1', title: 'Module', type: 'module' },
  }),
  attested: attestedStatement({
    id,
    setting,
    competency: privacy,
    instructor: buildAgent('teacher'),
    success: true,
    response: 'Shown at the bedside.',
  }),
  'attested as not yet there': attestedStatement({
    id,
    setting: bare,
    competency: privacy,
    instructor: buildAgent('teacher'),
    success: false,
    score: { scaled: 0.4 },
  }),
  rated: ratedStatement({
    id,
    setting,
    activity,
    competency: privacy,
    instructor: buildAgent('teacher'),
    score: { scaled: 0.75, raw: 3, min: 0, max: 4 },
    success: true,
  }),
  achieved: achievedStatement({
    id,
    setting,
    competency: privacy,
    evidenceStatement: evidence,
    rule: { required: 2 },
    score: { scaled: 0.9 },
    parent: coding,
  }),
  'achieved by history': achievedStatement({
    id,
    setting: bare,
    competency: privacy,
    evidenceStatement: null,
    rule: {},
  }),
  revoked: revokedStatement({
    id,
    setting,
    competency: privacy,
    achievedStatement: evidence,
    revoker: buildInstanceActor({ url: 'https://crosswalk.example' }),
  }),
  aligned: alignedStatement({
    verb: 'aligned',
    id,
    setting,
    activity,
    competencies: [privacy],
    before: [],
    now: [{ iri: privacy.iri, stage: 'introduced' }],
  }),
};
const voiding = voidingStatement({
  id,
  actor: buildAgent(),
  voids: evidence,
  timestamp: setting.timestamp,
});

describe('statement templates', () => {
  for (const [name, statement] of Object.entries({ ...all, voiding }))
    it(`are faultless by our rules and by a second opinion: ${name}`, () => {
      const sent: unknown = JSON.parse(JSON.stringify(statement));

      expect(findStatementFaults(sent, { version: '1.0.3' })).to.deep.equal([]);
      expect(findStatementFaults(sent, { version: '2.0.0' })).to.deep.equal([]);
      expect(secondOpinion(sent, ['statement'])).to.deep.equal([]);
    });

  for (const [name, statement] of Object.entries(all))
    it(`carry registration, language, category and a moment in UTC, and no version: ${name}`, () => {
      expect(statement.context?.registration).to.equal(setting.registration);
      expect(statement.context?.language).to.equal('en');
      expect(iris(statement, 'category')[0]).to.equal(PROFILE_VERSION_IRI);
      expect(statement.timestamp).to.equal('2026-05-04T10:20:30.123Z');
      expect(statement).to.not.have.any.keys('version', 'stored', 'authority');
    });

  it('name course and framework as what a statement belongs to, and the platform beside an activity', () => {
    expect(iris(launchedStatement({ id, setting, activity }), 'grouping')).to.deep.equal([
      'https://crosswalk.example/courses/1',
      'https://crosswalk.example/frameworks/him',
    ]);
    expect(all['launched']?.context?.platform).to.equal('Demo LMS');
    expect(all['revoked']?.context).to.not.have.property('platform');
  });
});

describe('completedStatement', () => {
  it('names the competencies it counts for, so that a search by competency finds it', () => {
    expect(iris(all['completed by declaration'], 'other')).to.deep.equal([privacy.iri, coding.iri]);
  });

  it('gives the competency as moreInfo where there is one, and none where there are several', () => {
    const { object: one } = completedStatement({
      id,
      setting,
      activity,
      evidenceKind: 'declared',
      competencies: [privacy],
    });
    const { object: several } = completedStatement({
      id,
      setting,
      activity,
      evidenceKind: 'declared',
      competencies: [privacy, coding],
    });

    expect(one).to.have.nested.property('definition.moreInfo', privacy.iri);
    expect(several).to.not.have.nested.property('definition.moreInfo');
  });

  it('says its kind of evidence, and success only where it is known', () => {
    expect(all['completed by declaration']?.result).to.deep.equal({
      completion: true,
      extensions: { [EXTENSIONS.evidenceKind]: 'declared' },
    });
    expect(all['completed with a score']?.result).to.deep.include({
      success: true,
      score: { scaled: 0.8, raw: 4, min: 0, max: 5 },
    });
  });
});

describe('achievedStatement', () => {
  it('is about the competency and points at the evidence that met the rule', () => {
    expect(all['achieved']?.object).to.deep.include({ id: privacy.iri });
    expect(all['achieved']?.object).to.have.nested.property(
      'definition.type',
      ACTIVITY_TYPES.competency,
    );
    expect(all['achieved']?.context?.statement?.id).to.equal(evidence);
    expect(all['achieved']?.result).to.deep.equal({
      success: true,
      completion: true,
      score: { scaled: 0.9 },
    });
  });
});

function iris(statement: Statement | undefined, role: 'grouping' | 'category' | 'other'): string[] {
  return [statement?.context?.contextActivities?.[role] ?? []].flat().map(({ id: iri }) => iri);
}
