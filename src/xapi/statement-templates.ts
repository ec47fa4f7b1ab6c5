// What we say, one function an event: statements as plain objects, complete but for what the LRS sets. `version` is left
// out (1.0.x LRSs add it), `timestamp` is the event's, in UTC with milliseconds. Ids come in: deriveStatementId makes them.
import type { EvidenceKind } from './evidence-claim.js';
import type { Agent, Score, Statement } from './statement.js';
import {
  activityStatement,
  profileActivity,
  refTo,
  verbOf,
  type ActivityEvent,
  type CompetencyDescription,
} from './statement-parts.js';
import { EXTENSIONS, PROFILE_VERSION_IRI, type VerbName } from './vocabulary.js';

/** A learner entered through a launch. */
export function launchedStatement(event: ActivityEvent): Statement {
  return activityStatement('launched', event);
}

/** A learner opened or looked at something. */
export function experiencedStatement(event: ActivityEvent): Statement {
  return activityStatement('experienced', event);
}

/** A learner began an attempt at a question set. */
export function initializedStatement(event: ActivityEvent): Statement {
  return activityStatement('initialized', event);
}

/** A learner put work forward as evidence for what an activity counts for. It proves nothing yet: somebody has to look. */
export function workEvidencedStatement(event: ActivityEvent): Statement {
  return activityStatement('evidenced', event);
}

/**
 * A learner finished something; the extension says on whose word that rests. Where success is known the verb is `passed` or
 * `failed`: one statement for one event, so that nobody counts an attempt twice.
 */
export function completedStatement(
  event: ActivityEvent & {
    evidenceKind: EvidenceKind;
    score?: Score;
    success?: boolean;
    /** Where a person brought the score in from a file. */
    imported?: { by: Agent; at: Date };
  },
): Statement {
  const { evidenceKind, score, success, imported } = event;
  const statement = activityStatement(verbOfEnd(success), event, {
    completion: true,
    ...(success !== undefined && { success }),
    ...(score && { score }),
    extensions: { [EXTENSIONS.evidenceKind]: evidenceKind },
  });
  if (!imported) return statement;
  return {
    ...statement,
    context: { ...statement.context, extensions: { [EXTENSIONS.imported]: importOf(imported) } },
  };
}

/** A named person gives a score for one competency to what a learner did: it speaks for that competency alone. */
export function ratedStatement(
  event: Omit<ActivityEvent, 'competencies'> & {
    competency: CompetencyDescription;
    /** Who rates; absent where a file says that somebody did. */
    instructor?: Agent;
    score: Score;
    success?: boolean;
    response?: string;
    /** Where a person brought the rating in from a file. */
    imported?: { by: Agent; at: Date };
  },
): Statement {
  const { competency, instructor, score, success, response, imported } = event;
  const statement = activityStatement(
    'scored',
    { ...event, competencies: [competency] },
    {
      completion: true,
      ...(success !== undefined && { success }),
      score,
      ...(response !== undefined && { response }),
      extensions: { [EXTENSIONS.evidenceKind]: 'assessed' },
    },
  );
  return {
    ...statement,
    context: {
      ...statement.context,
      ...(instructor && { instructor }),
      extensions: {
        [EXTENSIONS.ratedCompetency]: competency.iri,
        ...(imported && { [EXTENSIONS.imported]: importOf(imported) }),
      },
    },
  };
}

/** A competency that the activity counts for, with stage and, where it was stated, Bloom's level. */
interface AlignmentTold {
  iri: string;
  stage: string;
  bloomLevel?: number;
}

/**
 * A member of staff changed what an activity is aligned to: `aligned` names what was added or changed, `unaligned` what was
 * taken away. The actor of the setting is that person.
 */
export function alignedStatement(
  event: ActivityEvent & {
    verb: 'aligned' | 'unaligned';
    before: AlignmentTold[];
    now: AlignmentTold[];
  },
): Statement {
  const statement = activityStatement(event.verb, event);
  const { before, now } = event;
  return {
    ...statement,
    context: { ...statement.context, extensions: { [EXTENSIONS.alignment]: { before, now } } },
  };
}

/** Takes back a statement (Data 2.3.2). */
export function voidingStatement(event: {
  id: string;
  actor: Agent;
  voids: string;
  timestamp: Date;
}): Statement {
  return {
    id: event.id,
    actor: event.actor,
    verb: verbOf('voided'),
    object: refTo(event.voids),
    context: { contextActivities: { category: [profileActivity(PROFILE_VERSION_IRI)] } },
    timestamp: event.timestamp.toISOString(),
  };
}

function importOf({ by, at }: { by: Agent; at: Date }) {
  return { by, at: at.toISOString() };
}

function verbOfEnd(success: boolean | undefined): VerbName {
  if (success === undefined) return 'completed';
  return success ? 'passed' : 'failed';
}
