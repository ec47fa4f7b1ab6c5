// What we say about a competency, one function an event: put forward, attested, withdrawn, achieved, revoked. Its address is
// object and `moreInfo`, success is said where it is known: so other systems read whose competency a statement proves (CaSS).
import type {
  Activity,
  Agent,
  Extensions,
  Score,
  Statement,
  StatementContext,
} from './statement.js';
import {
  commonContext,
  competencyActivity,
  platformOf,
  profileActivity,
  refTo,
  verbOf,
  type CompetencyDescription,
  type StatementSetting,
} from './statement-parts.js';
import { EXTENSIONS, LEARNER_COMPETENCY_PROFILE_IRI, type VerbName } from './vocabulary.js';

interface CompetencyEvent {
  id: string;
  setting: StatementSetting;
  competency: CompetencyDescription;
  /** What the competency stands below in its framework. */
  parent?: CompetencyDescription;
}

/** A learner put work forward as evidence of a competency. It proves nothing yet: somebody has to look at it. */
export function evidencedStatement(event: CompetencyEvent): Statement {
  return competencyStatement('evidenced', event);
}

/** A named person vouches that the learner has a competency, or (`success` false) that they have it not yet. */
export function attestedStatement(
  event: CompetencyEvent & {
    /** Who vouches. */
    instructor: Agent;
    success: boolean;
    score?: Score;
    /** In the person's own words, for instance what the attestation rests on. */
    response?: string;
  },
): Statement {
  const { instructor, success, score, response } = event;
  return {
    ...competencyStatement('attested', event, { instructor }),
    result: {
      success,
      ...(score && { score }),
      ...(response !== undefined && { response }),
      extensions: { [EXTENSIONS.evidenceKind]: 'attested' },
    },
  };
}

/**
 * Whoever vouched for a competency, or another who may, takes that back. The voiding statement is what takes it back; this one
 * tells readers of the learner's record, from whose lists the voided statement is gone, that it was there.
 */
export function withdrawnStatement(
  event: CompetencyEvent & {
    /** Who takes it back. */
    instructor: Agent;
    /** Id of the statement that is taken back. */
    withdraws: string;
  },
): Statement {
  const { instructor, withdraws } = event;
  return competencyStatement('withdrawn', event, { instructor, statement: refTo(withdraws) });
}

/** A learner achieved a competency: ADL's template "achieved competency", with the evidence that completed it. */
export function achievedStatement(
  event: CompetencyEvent & {
    /** Id of the statement that met the rule; null where history alone did. */
    evidenceStatement: string | null;
    /** The rule that was met, as plain data. */
    rule: Extensions;
    score?: Score;
  },
): Statement {
  const { evidenceStatement, rule, score } = event;
  return {
    ...competencyStatement(
      'achieved',
      event,
      {
        ...(evidenceStatement !== null && { statement: refTo(evidenceStatement) }),
        extensions: { [EXTENSIONS.rule]: rule },
      },
      [profileActivity(LEARNER_COMPETENCY_PROFILE_IRI)],
    ),
    result: { success: true, completion: true, ...(score && { score }) },
  };
}

/** An achievement is taken back: ADL's template "revoked competency", whose object is the learner. */
export function revokedStatement(event: {
  id: string;
  setting: StatementSetting;
  competency: CompetencyDescription;
  achievedStatement: string;
  /** Who takes it back, usually this instance. */
  revoker: Agent;
}): Statement {
  const { id, setting, competency, achievedStatement: achieved, revoker } = event;
  return {
    id,
    actor: revoker,
    verb: verbOf('revoked'),
    object: { ...setting.actor, objectType: 'Agent' },
    context: {
      ...commonContext(setting, {
        grouping: [competencyActivity(competency, setting.language)],
        category: [profileActivity(LEARNER_COMPETENCY_PROFILE_IRI)],
      }),
      statement: refTo(achieved),
    },
    timestamp: setting.timestamp.toISOString(),
  };
}

function competencyStatement(
  verb: VerbName,
  event: CompetencyEvent,
  more: StatementContext = {},
  category: Activity[] = [],
): Statement {
  const { id, setting, competency, parent } = event;
  return {
    id,
    actor: setting.actor,
    verb: verbOf(verb),
    object: competencyActivity(competency, setting.language),
    context: {
      ...commonContext(setting, {
        parent: parent ? [competencyActivity(parent, setting.language)] : [],
        category,
      }),
      ...platformOf(setting),
      ...more,
    },
    timestamp: setting.timestamp.toISOString(),
  };
}
