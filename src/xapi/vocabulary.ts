// Every IRI we write into statements, with its source. Existing ones wherever they exist (ADL, TLA, TinCan registry); our
// own, under the profile, only for what nobody named: alignments, frameworks, the kind of evidence. Literals live here only.

/** Our xAPI Profile; statements carry the id of its version in `contextActivities.category`. */
const PROFILE_IRI = 'https://w3id.org/xapi/crosswalk';
export const PROFILE_VERSION_IRI = `${PROFILE_IRI}/v1`;
/** ADL's profile on competencies of learners, whose templates are found by this category. */
export const LEARNER_COMPETENCY_PROFILE_IRI = 'https://w3id.org/xapi/learnercompetency';

const ADL_VERBS = 'http://adlnet.gov/expapi/verbs';
const ADL_TYPES = 'http://adlnet.gov/expapi/activities';
const TLA = 'https://w3id.org/xapi/tla';
const TINCAN_TYPES = 'http://id.tincanapi.com/activitytype';

export const VERBS = {
  launched: `${ADL_VERBS}/launched`,
  initialized: `${ADL_VERBS}/initialized`,
  experienced: `${ADL_VERBS}/experienced`,
  completed: `${ADL_VERBS}/completed`,
  passed: `${ADL_VERBS}/passed`,
  failed: `${ADL_VERBS}/failed`,
  scored: `${ADL_VERBS}/scored`,
  answered: `${ADL_VERBS}/answered`,
  voided: `${ADL_VERBS}/voided`,
  achieved: `${TLA}/verbs/achieved`,
  revoked: `${TLA}/verbs/revoked`,
  aligned: `${PROFILE_IRI}/verbs/aligned`,
  unaligned: `${PROFILE_IRI}/verbs/unaligned`,
  /** A learner puts work forward as evidence. */
  evidenced: `${PROFILE_IRI}/verbs/evidenced`,
  /** A named person vouches for a competency. MOM's `asserted` demands a confidence and forbids a result. */
  attested: `${PROFILE_IRI}/verbs/attested`,
  /** Whoever may takes an attestation back. TLA's `revoked` is for what was conferred, and has the learner as object. */
  withdrawn: `${PROFILE_IRI}/verbs/withdrawn`,
} as const;

export type VerbName = keyof typeof VERBS;

export const ACTIVITY_TYPES = {
  course: `${ADL_TYPES}/course`,
  module: `${ADL_TYPES}/module`,
  lesson: `${ADL_TYPES}/lesson`,
  assessment: `${ADL_TYPES}/assessment`,
  media: `${ADL_TYPES}/media`,
  link: `${ADL_TYPES}/link`,
  profile: `${ADL_TYPES}/profile`,
  resource: `${TINCAN_TYPES}/resource`,
  assignment: `${TINCAN_TYPES}/school-assignment`,
  discussion: `${TINCAN_TYPES}/discussion`,
  platform: `${TINCAN_TYPES}/lms`,
  competency: `${TLA}/activity-types/competency`,
  framework: `${PROFILE_IRI}/activity-types/competency-framework`,
} as const;

export type ActivityTypeName = keyof typeof ACTIVITY_TYPES;

export const EXTENSIONS = {
  /** On a result: `declared`, `observed`, `assessed` or `attested`. */
  evidenceKind: `${PROFILE_IRI}/extensions/evidence-kind`,
  /** On the context of a rating: IRI of the one competency that the score speaks for. */
  ratedCompetency: `${PROFILE_IRI}/extensions/rated-competency`,
  /** On the context of an achievement: the completion rule in words that a program can read. */
  rule: `${PROFILE_IRI}/extensions/rule`,
  /** On the context of a score that a person brought in from a file: who (`by`, an Agent), and when (`at`). */
  imported: `${PROFILE_IRI}/extensions/imported`,
  /** On the context of an alignment: what it was before and is now. */
  alignment: `${PROFILE_IRI}/extensions/alignment`,
} as const;

/** What marks statements of cmi5 (CMI-5 9.6.2, 9.6.3); we read them and never say them. */
export const CMI5 = {
  category: 'https://w3id.org/xapi/cmi5/context/categories/cmi5',
  moveOn: 'https://w3id.org/xapi/cmi5/context/categories/moveon',
  sessionId: 'https://w3id.org/xapi/cmi5/context/extensions/sessionid',
} as const;

/** Usage type of a statement's signature (Data 2.6). */
export const SIGNATURE_USAGE_TYPE = 'http://adlnet.gov/expapi/attachments/signature';
