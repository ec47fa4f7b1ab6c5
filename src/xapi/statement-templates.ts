// What we say, one function an event: statements as plain objects, complete but for what the LRS sets. `version` is left
// out (1.0.x LRSs add it), `timestamp` is the event's, in UTC with milliseconds. Ids come in: deriveStatementId makes them.
import type { EvidenceKind } from './evidence-claim.js';
import type {
  Activity,
  ActivityDefinition,
  Agent,
  ContextActivities,
  Extensions,
  Result,
  Score,
  Statement,
  StatementContext,
  StatementRef,
  Verb,
} from './statement.js';
import {
  ACTIVITY_TYPES,
  EXTENSIONS,
  LEARNER_COMPETENCY_PROFILE_IRI,
  PROFILE_VERSION_IRI,
  VERBS,
  type ActivityTypeName,
  type VerbName,
} from './vocabulary.js';

/** What all statements of one visit have in common. */
export interface StatementSetting {
  actor: Agent;
  platformName: string | null;
  /** BCP 47 language of the titles and of what was done. */
  language: string;
  /** UUID of the learner's attempt on this object in this course. */
  registration: string;
  course: { iri: string; title: string } | null;
  framework: { iri: string; title: string } | null;
  timestamp: Date;
}

export interface ActivityDescription {
  iri: string;
  title: string;
  type: ActivityTypeName;
  description?: string;
}

export interface CompetencyDescription {
  iri: string;
  name: string;
}

interface ActivityEvent {
  id: string;
  setting: StatementSetting;
  activity: ActivityDescription;
  /** Competencies the activity counts for now, so that a search by competency finds the statement. */
  competencies?: CompetencyDescription[];
  /** What the activity is a part of. */
  parent?: ActivityDescription;
}

/** A learner entered through a launch. */
export function launchedStatement(event: ActivityEvent): Statement {
  return activityStatement('launched', event);
}

/** A learner opened or looked at something. */
export function experiencedStatement(event: ActivityEvent): Statement {
  return activityStatement('experienced', event);
}

/** A learner finished something; the extension says on whose word that rests. */
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
  const statement = activityStatement('completed', event, {
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

/** A learner achieved a competency: ADL's template "achieved competency", with the evidence that completed it. */
export function achievedStatement(event: {
  id: string;
  setting: StatementSetting;
  competency: CompetencyDescription;
  /** Id of the statement that met the rule; null where history alone did. */
  evidenceStatement: string | null;
  /** The rule that was met, as plain data. */
  rule: Extensions;
  score?: Score;
  parent?: CompetencyDescription;
}): Statement {
  const { id, setting, competency, evidenceStatement, rule, score, parent } = event;
  return {
    id,
    actor: setting.actor,
    verb: verbOf('achieved'),
    object: competencyActivity(competency, setting.language),
    result: { success: true, completion: true, ...(score && { score }) },
    context: {
      ...commonContext(setting, {
        parent: parent ? [competencyActivity(parent, setting.language)] : [],
        category: [profileActivity(LEARNER_COMPETENCY_PROFILE_IRI)],
      }),
      ...platformOf(setting),
      ...(evidenceStatement !== null && { statement: refTo(evidenceStatement) }),
      extensions: { [EXTENSIONS.rule]: rule },
    },
    timestamp: setting.timestamp.toISOString(),
  };
}

/** A named person vouches that the learner has a competency, or (`success` false) that they have it not yet. */
export function attestedStatement(event: {
  id: string;
  setting: StatementSetting;
  competency: CompetencyDescription;
  /** Who vouches. */
  instructor: Agent;
  success: boolean;
  score?: Score;
  /** In the person's own words, for instance what the attestation rests on. */
  response?: string;
}): Statement {
  const { id, setting, competency, instructor, success, score, response } = event;
  return {
    id,
    actor: setting.actor,
    verb: verbOf('attested'),
    object: competencyActivity(competency, setting.language),
    result: {
      success,
      ...(score && { score }),
      ...(response !== undefined && { response }),
      extensions: { [EXTENSIONS.evidenceKind]: 'attested' },
    },
    context: { ...commonContext(setting, {}), ...platformOf(setting), instructor },
    timestamp: setting.timestamp.toISOString(),
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

/** A member of staff changed what an activity is aligned to; the actor of the setting is that person. */
export function alignedStatement(
  event: ActivityEvent & {
    before: { iri: string; stage: string }[];
    now: { iri: string; stage: string }[];
  },
): Statement {
  const statement = activityStatement('aligned', event);
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

function activityStatement(verb: VerbName, event: ActivityEvent, result?: Result): Statement {
  const { id, setting, activity, competencies = [], parent } = event;
  return {
    id,
    actor: setting.actor,
    verb: verbOf(verb),
    object: activityOf(activity, setting.language, competencies),
    ...(result && { result }),
    context: {
      ...commonContext(setting, {
        parent: parent ? [activityOf(parent, setting.language, [])] : [],
        other: competencies.map((one) => competencyActivity(one, setting.language)),
      }),
      ...platformOf(setting),
    },
    timestamp: setting.timestamp.toISOString(),
  };
}

/** Registration, language and the context activities every statement has; the profile's version comes first. */
function commonContext(
  setting: StatementSetting,
  own: Partial<Record<keyof ContextActivities, Activity[]>>,
): StatementContext {
  const { course, framework, language, registration } = setting;
  const grouping = [
    ...(course ? [named({ ...course, type: 'course' }, language)] : []),
    ...(framework ? [named({ ...framework, type: 'framework' }, language)] : []),
    ...(own.grouping ?? []),
  ];
  const category = [profileActivity(PROFILE_VERSION_IRI), ...(own.category ?? [])];
  return {
    registration,
    contextActivities: {
      ...(own.parent && own.parent.length > 0 && { parent: own.parent }),
      ...(grouping.length > 0 && { grouping }),
      category,
      ...(own.other && own.other.length > 0 && { other: own.other }),
    },
    language,
  };
}

/** Only beside an activity (Data 2.4.6). */
function platformOf({ platformName }: StatementSetting): StatementContext {
  return platformName === null ? {} : { platform: platformName };
}

/** `moreInfo` is the competency's address where there is one competency: CaSS takes it as what the evidence is for. */
function activityOf(
  activity: ActivityDescription,
  language: string,
  competencies: CompetencyDescription[],
): Activity {
  const [only, ...others] = competencies;
  const moreInfo = only && others.length === 0 ? { moreInfo: only.iri } : {};
  return named(activity, language, moreInfo);
}

function competencyActivity(competency: CompetencyDescription, language: string): Activity {
  const { iri, name } = competency;
  return named({ iri, title: name, type: 'competency' }, language, { moreInfo: iri });
}

function named(
  { iri, title, type, description }: ActivityDescription,
  language: string,
  more: ActivityDefinition = {},
): Activity {
  return {
    objectType: 'Activity',
    id: iri,
    definition: {
      type: ACTIVITY_TYPES[type],
      name: { [language]: title },
      ...(description !== undefined && { description: { [language]: description } }),
      ...more,
    },
  };
}

function profileActivity(iri: string): Activity {
  return { objectType: 'Activity', id: iri, definition: { type: ACTIVITY_TYPES.profile } };
}

function verbOf(name: VerbName): Verb {
  return { id: VERBS[name], display: { en: name } };
}

function refTo(id: string): StatementRef {
  return { objectType: 'StatementRef', id };
}
