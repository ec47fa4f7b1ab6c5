// The claims of an id_token (LTI Core 1.3, section 5; Deep Linking 2.0, section 3; AGS 2.0,
// section 3.1; NRPS 2.0, section 3.6), from the course, the person and what is opened. Pure.
import { GRADE_SCOPES } from './access-tokens.js';
import type { DemoActivity } from './demo-activities.js';
import {
  courseReturnUrl,
  lineItemsUrl,
  lineItemUrl,
  membershipsUrl,
  type CourseAddress,
} from './demo-addresses.js';
import type { DemoCourse, Person } from './demo-course.js';
import { expandCustom } from './custom-parameters.js';
import type { DemoTool } from './demo-tools.js';

const ID_TOKEN_LIFETIME_S = 300;

export interface LaunchInput {
  platform: { url: string; issuer: string; name: string };
  address: CourseAddress;
  tool: DemoTool;
  course: DemoCourse;
  person: Person;
  nonce: string;
  documentTarget: 'iframe' | 'window';
  now: Date;
}

export function buildResourceLinkClaims(
  input: LaunchInput & { activity: DemoActivity; lineItemId: string | null },
) {
  const { address, activity, lineItemId } = input;

  return {
    ...buildSharedClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
    'https://purl.imsglobal.org/spec/lti/claim/target_link_uri': activity.targetLinkUri,
    'https://purl.imsglobal.org/spec/lti/claim/resource_link': {
      id: activity.id,
      title: activity.title,
      description: activity.text,
    },
    'https://purl.imsglobal.org/spec/lti/claim/custom': customOf(input, activity.custom),
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
      scope: gradeScopesOf(input.tool),
      lineitems: lineItemsUrl(address),
      ...(lineItemId === null ? {} : { lineitem: lineItemUrl({ ...address, id: lineItemId }) }),
    },
  };
}

export function buildDeepLinkingClaims(
  input: LaunchInput & { targetLinkUri: string; returnUrl: string; data: string },
) {
  const { address, targetLinkUri, returnUrl, data } = input;

  return {
    ...buildSharedClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiDeepLinkingRequest',
    'https://purl.imsglobal.org/spec/lti/claim/target_link_uri': targetLinkUri,
    'https://purl.imsglobal.org/spec/lti/claim/custom': customOf(input, {}),
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
      scope: gradeScopesOf(input.tool),
      lineitems: lineItemsUrl(address),
    },
    'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings': {
      deep_link_return_url: returnUrl,
      accept_types: ['ltiResourceLink'],
      accept_presentation_document_targets: ['iframe', 'window'],
      accept_multiple: true,
      accept_lineitem: true,
      auto_create: true,
      data,
    },
  };
}

/** Opens what a learner handed in (LTI Submission Review 1.0). */
export function buildReviewClaims(
  input: LaunchInput & { activity: DemoActivity; lineItemId: string; learner: Person },
) {
  const { learner, tool } = input;
  return {
    ...buildResourceLinkClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiSubmissionReviewRequest',
    'https://purl.imsglobal.org/spec/lti/claim/for_user': {
      user_id: learner.id,
      roles: learner.roles,
      ...nameClaims({ person: learner, tool }),
    },
  };
}

export function customOf(input: LaunchInput, custom: Record<string, string>) {
  const { course, person, tool } = input;
  return expandCustom({ course, person, custom: { ...course.custom, ...tool.custom, ...custom } });
}

/** What the claim says the tool may ask for; the token's answer is what counts. */
export function gradeScopesOf(tool: DemoTool): string[] {
  return GRADE_SCOPES.filter((scope) => tool.scopes.includes(scope));
}

function buildSharedClaims(input: LaunchInput) {
  const { platform, address, tool, course, person, nonce, documentTarget, now } = input;
  const iat = Math.floor(now.getTime() / 1000);

  return {
    iss: platform.issuer,
    aud: tool.clientId,
    sub: person.id,
    iat,
    exp: iat + ID_TOKEN_LIFETIME_S,
    nonce,
    ...nameClaims({ person, tool }),
    'https://purl.imsglobal.org/spec/lti/claim/version': '1.3.0',
    'https://purl.imsglobal.org/spec/lti/claim/deployment_id': tool.deploymentId,
    'https://purl.imsglobal.org/spec/lti/claim/roles': person.roles,
    'https://purl.imsglobal.org/spec/lti/claim/context': {
      id: course.id,
      label: course.label,
      title: course.title,
      type: course.type,
    },
    'https://purl.imsglobal.org/spec/lti/claim/lis': {
      ...(person.sisId === undefined ? {} : { person_sourcedid: person.sisId }),
      course_offering_sourcedid: course.offeringSisId,
      course_section_sourcedid: course.sectionSisId,
    },
    'https://purl.imsglobal.org/spec/lti/claim/launch_presentation': {
      locale: person.locale ?? 'en',
      document_target: documentTarget,
      return_url: courseReturnUrl(address),
    },
    'https://purl.imsglobal.org/spec/lti/claim/tool_platform': {
      guid: 'demo-lms',
      product_family_code: 'demo-lms',
      version: '1',
      name: platform.name,
      url: platform.url,
    },
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
      context_memberships_url: membershipsUrl(address),
      service_versions: ['2.0'],
    },
  };
}

/** What the person shares: someone without these fields is launched anonymously. */
export function nameClaims({ person, tool }: { person: Person; tool: DemoTool }) {
  const { givenName, familyName } = person;
  const email = tool.sharesEmail ? person.email : undefined;
  const isNamed = tool.sharesName && givenName !== undefined && familyName !== undefined;
  return {
    ...(isNamed
      ? { given_name: givenName, family_name: familyName, name: person.displayName }
      : {}),
    ...(email === undefined ? {} : { email }),
  };
}
