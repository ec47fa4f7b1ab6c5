// Names of LTI 1.3 Advantage as the specifications spell them: claims, scopes, media types, message types, and the custom
// parameters we ask platforms for (variables in docs/lms). The only place in the tool that writes purl.imsglobal.org out.

const LTI = 'https://purl.imsglobal.org/spec/lti/claim/';
const DEEP_LINKING = 'https://purl.imsglobal.org/spec/lti-dl/claim/';
const AGS_SCOPE = 'https://purl.imsglobal.org/spec/lti-ags/scope/';

export const CLAIM = {
  messageType: `${LTI}message_type`,
  version: `${LTI}version`,
  deploymentId: `${LTI}deployment_id`,
  targetLinkUri: `${LTI}target_link_uri`,
  resourceLink: `${LTI}resource_link`,
  roles: `${LTI}roles`,
  context: `${LTI}context`,
  toolPlatform: `${LTI}tool_platform`,
  launchPresentation: `${LTI}launch_presentation`,
  custom: `${LTI}custom`,
  lis: `${LTI}lis`,
  forUser: `${LTI}for_user`,
  deepLinkingSettings: `${DEEP_LINKING}deep_linking_settings`,
  contentItems: `${DEEP_LINKING}content_items`,
  data: `${DEEP_LINKING}data`,
  message: `${DEEP_LINKING}msg`,
  grades: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
} as const;

export const SCOPE = {
  lineItem: `${AGS_SCOPE}lineitem`,
  lineItemReadOnly: `${AGS_SCOPE}lineitem.readonly`,
  resultReadOnly: `${AGS_SCOPE}result.readonly`,
  score: `${AGS_SCOPE}score`,
  memberships: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
} as const;

export const MEDIA_TYPE = {
  lineItem: 'application/vnd.ims.lis.v2.lineitem+json',
  lineItemContainer: 'application/vnd.ims.lis.v2.lineitemcontainer+json',
  score: 'application/vnd.ims.lis.v1.score+json',
  resultContainer: 'application/vnd.ims.lis.v2.resultcontainer+json',
  memberships: 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json',
} as const;

/** Members of dynamic registration. */
export const PLATFORM_CONFIGURATION = 'https://purl.imsglobal.org/spec/lti-platform-configuration';
export const TOOL_CONFIGURATION = 'https://purl.imsglobal.org/spec/lti-tool-configuration';

export const LTI_VERSION = '1.3.0';
export const RESOURCE_LINK_REQUEST = 'LtiResourceLinkRequest';
export const DEEP_LINKING_REQUEST = 'LtiDeepLinkingRequest';
export const SUBMISSION_REVIEW_REQUEST = 'LtiSubmissionReviewRequest';
export const DATA_PRIVACY_REQUEST = 'DataPrivacyLaunchRequest';

/** Names under which custom parameters arrive; the platform fills them from its variables. */
export const CUSTOM = {
  contextHistory: 'context_id_history',
  linkHistory: 'resource_link_id_history',
  courseSisId: 'course_sis_id',
  termName: 'term_name',
  termStartsAt: 'term_starts_at',
  termEndsAt: 'term_ends_at',
  personSisId: 'person_sis_id',
  /** Canvas: the number of the person that its own exports use. */
  personLmsId: 'canvas_user_id',
  /** Canvas: the school's own domain, which is neither the issuer's nor the login host. */
  apiDomain: 'canvas_api_domain',
  /** Canvas: names of the roles that the person holds in the account or course, in English. */
  accountRoles: 'canvas_account_roles',
} as const;
