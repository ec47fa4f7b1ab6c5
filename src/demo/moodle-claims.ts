// The claims of an id_token as Moodle 4.5.6 was seen to send them: short context type, custom parameters twice where their
// names are not plain, an empty lineitem beside a column of the tool's own, one minute of life. Pure.
import type { DemoActivity } from './demo-activities.js';
import { lineItemsUrl, lineItemUrl, membershipsUrl } from './demo-addresses.js';
import type { MemberKind, Person } from './demo-course.js';
import type { StoredLineItem } from './demo-records.js';
import { customOf, gradeScopesOf, nameClaims, type LaunchInput } from './launch-claims.js';

const ID_TOKEN_LIFETIME_S = 60;
const VOCABULARY = 'http://purl.imsglobal.org/vocab/lis/v2';

/** Roles in a launch. Moodle has no officer: such a person is its non-editing teacher, an instructor when launching. */
const LAUNCH_ROLES: Record<MemberKind, string[]> = {
  Learner: [`${VOCABULARY}/membership#Learner`],
  Instructor: [`${VOCABULARY}/membership#Instructor`],
  Officer: [`${VOCABULARY}/membership#Instructor`],
  Administrator: [
    `${VOCABULARY}/institution/person#Administrator`,
    `${VOCABULARY}/membership#Instructor`,
    `${VOCABULARY}/system/person#Administrator`,
  ],
};

type ActivityInput = LaunchInput & { activity: DemoActivity; lineItems: StoredLineItem[] };

export function buildMoodleResourceLinkClaims(input: ActivityInput) {
  const { platform, address, activity, lineItems, person } = input;
  const own = lineItems.find(({ isStandalone }) => isStandalone !== true);

  return {
    ...buildSharedClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
    'https://purl.imsglobal.org/spec/lti/claim/target_link_uri': activity.targetLinkUri,
    'https://purl.imsglobal.org/spec/lti/claim/resource_link': {
      id: activity.id,
      title: activity.title,
      description: activity.text === '' ? '' : `<p>${activity.text}</p>`,
    },
    'https://purl.imsglobal.org/spec/lti/claim/custom': customClaim(input, activity.custom),
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
      ...endpoint(input),
      ...lineItemClaim(input, lineItems),
    },
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
      context_memberships_url: membershipsUrl(address),
      service_versions: ['1.0', '2.0'],
    },
    ...(own
      ? {
          'https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome': {
            lis_result_sourcedid: JSON.stringify({
              data: { instanceid: activity.id, userid: person.id },
            }),
            lis_outcome_service_url: `${platform.url}/mod/lti/service.php`,
          },
        }
      : {}),
  };
}

/** The analysis links of the grader report: of the learner nothing but the number. */
export function buildMoodleReviewClaims(input: ActivityInput & { learner: Person }) {
  return {
    ...buildMoodleResourceLinkClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiSubmissionReviewRequest',
    'https://purl.imsglobal.org/spec/lti/claim/for_user': { user_id: input.learner.id },
  };
}

/** Without `data`, and without the memberships. */
export function buildMoodleDeepLinkingClaims(
  input: LaunchInput & { targetLinkUri: string; returnUrl: string },
) {
  return {
    ...buildSharedClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiDeepLinkingRequest',
    'https://purl.imsglobal.org/spec/lti/claim/target_link_uri': input.targetLinkUri,
    'https://purl.imsglobal.org/spec/lti/claim/custom': customClaim(input, {}),
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': endpoint(input),
    'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings': {
      accept_types: ['ltiResourceLink'],
      accept_presentation_document_targets: ['frame', 'iframe', 'window'],
      accept_copy_advice: false,
      accept_multiple: true,
      accept_unsigned: false,
      auto_create: false,
      can_confirm: false,
      deep_link_return_url: input.returnUrl,
      title: '',
      text: '',
    },
  };
}

function buildSharedClaims(input: LaunchInput) {
  const { platform, tool, course, person, nonce, documentTarget, now } = input;
  const iat = Math.floor(now.getTime() / 1000);
  const returnQuery = `course=${course.id}&launch_container=4&sesskey=Kd8s2LmQ1x`;
  const { given_name, family_name, name, email } = nameClaims({ person, tool });

  return {
    nonce,
    iat,
    exp: iat + ID_TOKEN_LIFETIME_S,
    iss: platform.issuer,
    aud: tool.clientId,
    sub: person.id,
    given_name,
    family_name,
    name,
    email,
    'https://purl.imsglobal.org/spec/lti/claim/version': '1.3.0',
    'https://purl.imsglobal.org/spec/lti/claim/deployment_id': tool.deploymentId,
    'https://purl.imsglobal.org/spec/lti/claim/roles': LAUNCH_ROLES[person.kind],
    'https://purl.imsglobal.org/spec/lti/claim/context': {
      id: course.id,
      label: course.label,
      title: course.title,
      type: ['CourseSection'],
    },
    'https://purl.imsglobal.org/spec/lti/claim/lis': {
      person_sourcedid: person.sisId ?? '',
      course_section_sourcedid: course.sectionSisId,
    },
    'https://purl.imsglobal.org/spec/lti/claim/ext': {
      user_username: `user${person.id}`,
      lms: 'moodle-2',
    },
    'https://purl.imsglobal.org/spec/lti/claim/launch_presentation': {
      locale: person.locale ?? 'en',
      document_target: documentTarget,
      return_url: `${platform.url}/mod/lti/return.php?${returnQuery}`,
    },
    'https://purl.imsglobal.org/spec/lti/claim/tool_platform': {
      product_family_code: 'moodle',
      version: '2024100706',
      guid: 'demo-lms',
      name: platform.name,
      description: platform.name,
    },
  };
}

function endpoint({ address, tool }: LaunchInput) {
  return { scope: gradeScopesOf(tool), lineitems: lineItemsUrl(address) };
}

/** Named where it is the only column; empty, not absent, where the only column is one that the tool made. */
function lineItemClaim({ address }: LaunchInput, lineItems: StoredLineItem[]) {
  const [first, ...others] = lineItems;
  if (!first || others.length > 0) return {};
  return { lineitem: first.isStandalone ? '' : lineItemUrl({ ...address, id: first.id }) };
}

/** A name with capitals or signs arrives a second time, in small letters and underscores. */
function customClaim(input: LaunchInput, custom: Record<string, string>) {
  const { platform, address } = input;
  const given = Object.entries(customOf(input, custom));
  const plain = given.map(([name, value]) => [
    name.toLowerCase().replace(/[^a-z0-9]/g, '_'),
    value,
  ]);
  const { typeId, courseId } = address;
  const settings = `${platform.url}/mod/lti/services.php`;
  return {
    ...Object.fromEntries([...given, ...plain]),
    context_memberships_url: membershipsUrl(address),
    system_setting_url: `${settings}/tool/${typeId}/custom`,
    context_setting_url: `${settings}/CourseSection/${courseId}/bindings/tool/${typeId}/custom`,
    link_setting_url: `${settings}/links/{link_id}/custom`,
  };
}
