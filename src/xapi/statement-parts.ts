// The parts that statements of ours are made of: setting, activities, competencies, the context that all share. What is said
// of which event stands in statement-templates.ts and competency-templates.ts. Pure.
import type {
  Activity,
  ActivityDefinition,
  Agent,
  ContextActivities,
  Result,
  Statement,
  StatementContext,
  StatementRef,
  Verb,
} from './statement.js';
import {
  ACTIVITY_TYPES,
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

export interface ActivityEvent {
  id: string;
  setting: StatementSetting;
  activity: ActivityDescription;
  /** Competencies the activity counts for now, so that a search by competency finds the statement. */
  competencies?: CompetencyDescription[];
  /** What the activity is a part of; the course where nothing nearer is known. */
  parent?: ActivityDescription;
}

/** About an activity, whose parent is the course where the event names none. */
export function activityStatement(
  verb: VerbName,
  event: ActivityEvent,
  result?: Result,
): Statement {
  const { id, setting, activity, competencies = [], parent } = event;
  return {
    id,
    actor: setting.actor,
    verb: verbOf(verb),
    object: activityOf(activity, setting.language, competencies),
    ...(result && { result }),
    context: {
      ...commonContext(setting, {
        parent: parentOf(parent, setting),
        other: competencies.map((one) => competencyActivity(one, setting.language)),
      }),
      ...platformOf(setting),
    },
    timestamp: setting.timestamp.toISOString(),
  };
}

/** The nearest thing that is known to hold the activity. */
function parentOf(
  parent: ActivityDescription | undefined,
  { course, language }: StatementSetting,
): Activity[] {
  if (parent) return [named(parent, language)];
  return course ? [named({ ...course, type: 'course' }, language)] : [];
}

/** Registration, language and the context activities every statement has; the profile's version comes first. */
export function commonContext(
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
export function platformOf({ platformName }: StatementSetting): StatementContext {
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

export function competencyActivity(competency: CompetencyDescription, language: string): Activity {
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

export function profileActivity(iri: string): Activity {
  return { objectType: 'Activity', id: iri, definition: { type: ACTIVITY_TYPES.profile } };
}

export function verbOf(name: VerbName): Verb {
  return { id: VERBS[name], display: { en: name } };
}

export function refTo(id: string): StatementRef {
  return { objectType: 'StatementRef', id };
}
