// What statements claim about somebody's work, ours and other tools'.
import { expect } from 'chai';
import { readEvidenceClaim } from '../../src/xapi/evidence-claim.js';
import { attestedStatement } from '../../src/xapi/competency-templates.js';
import {
  completedStatement,
  launchedStatement,
  ratedStatement,
} from '../../src/xapi/statement-templates.js';
import { EXTENSIONS, VERBS } from '../../src/xapi/vocabulary.js';
import { buildAgent, buildStatement, SAMPLE_ID } from './sample-statements.js';
import { buildSetting } from './sample-setting.js';

const activity = {
  iri: 'https://lms.example/activities/1',
  title: 'Reading',
  type: 'lesson' as const,
};

describe('readEvidenceClaim', () => {
  for (const evidenceKind of ['declared', 'observed', 'assessed', 'attested'] as const)
    it(`reads back that a completion of ours is ${evidenceKind}`, () => {
      const statement = completedStatement({
        id: SAMPLE_ID,
        setting: buildSetting(),
        activity,
        evidenceKind,
      });

      expect(readEvidenceClaim(statement)).to.deep.include({
        kind: evidenceKind,
        completion: true,
        success: null,
        score: null,
        objectIri: activity.iri,
        actor: buildSetting().actor,
      });
    });

  it('takes a score or a success of another tool for an assessment', () => {
    const scored = buildStatement({ result: { score: { scaled: 0.4 } } });
    const passed = buildStatement({ verb: { id: VERBS.passed } });
    const failed = buildStatement({ verb: { id: VERBS.failed } });

    expect(readEvidenceClaim(scored)).to.deep.include({
      kind: 'assessed',
      score: { scaled: 0.4 },
      success: null,
    });
    expect(readEvidenceClaim(passed)).to.deep.include({ kind: 'assessed', success: true });
    expect(readEvidenceClaim(failed)).to.deep.include({ kind: 'assessed', success: false });
  });

  it('takes a bare completion, and any meeting, of another tool for an observation', () => {
    const opened = buildStatement({ verb: { id: VERBS.experienced } });

    expect(readEvidenceClaim(buildStatement())).to.deep.include({
      kind: 'observed',
      completion: true,
    });
    expect(readEvidenceClaim(opened)).to.deep.include({ kind: 'observed', completion: false });
    expect(
      readEvidenceClaim(launchedStatement({ id: SAMPLE_ID, setting: buildSetting(), activity })),
    ).to.deep.include({ kind: 'observed', completion: false });
  });

  it('does not believe a kind that is none of the four', () => {
    const statement = buildStatement({
      result: { extensions: { [EXTENSIONS.evidenceKind]: 'proven' } },
    });

    expect(readEvidenceClaim(statement)).to.deep.include({ kind: 'observed' });
  });

  it('reads who vouches, and for which competency a rating speaks', () => {
    const competency = { iri: 'https://crosswalk.example/items/privacy', name: 'Privacy' };
    const instructor = buildAgent('teacher');
    const event = { id: SAMPLE_ID, setting: buildSetting(), competency, instructor };
    const attested = attestedStatement({ ...event, success: true });
    const { context: { instructor: _nobody, ...rest } = {}, ...unsigned } = attested;

    expect(readEvidenceClaim(attested)).to.deep.include({
      kind: 'attested',
      completion: true,
      success: true,
      objectIri: competency.iri,
      itemIri: null,
      instructor,
    });
    expect(
      readEvidenceClaim(ratedStatement({ ...event, activity, score: { scaled: 0.4 } })),
    ).to.deep.include({ kind: 'assessed', objectIri: activity.iri, itemIri: competency.iri });
    expect(readEvidenceClaim({ ...unsigned, context: rest })).to.deep.equal({
      reason: 'nobody-attests',
    });
  });

  it('gives the reason where a statement claims nothing', () => {
    const about = buildStatement({ object: { objectType: 'Agent', ...buildAgent('other') } });
    const liked = buildStatement({ verb: { id: 'https://lms.example/verbs/liked' } });

    expect(readEvidenceClaim(about)).to.deep.equal({ reason: 'object-is-no-activity' });
    expect(readEvidenceClaim(liked)).to.deep.equal({ reason: 'verb-says-nothing-of-work' });
  });
});
