// The claims of an id_token (LTI Core 1.3, section 5; Deep Linking 2.0, section 3; AGS 2.0,
// section 3.1; NRPS 2.0, section 3.6), from the course, the person and what is opened. Pure.
import { GRADE_SCOPES } from './access-tokens.js';
import type { DemoActivity } from './demo-activities.js';
import {
  contentReturnUrl,
  courseReturnUrl,
  lineItemsUrl,
  lineItemUrl,
  membershipsUrl,
} from './demo-addresses.js';
import type { DemoCourse, Person } from './demo-course.js';
import type { DemoRegistration } from './demo.js';
import { expandCustom } from './custom-parameters.js';

const ID_TOKEN_LIFETIME_S = 300;

export interface LaunchInput {
  url: string;
  registration: DemoRegistration;
  course: DemoCourse;
  person: Person;
  nonce: string;
  documentTarget: 'iframe' | 'window';
  now: Date;
}

export function buildResourceLinkClaims(
  input: LaunchInput & { activity: DemoActivity; lineItemId: string | null },
) {
  const { url, course, activity, lineItemId } = input;
  const address = { url, courseId: course.id };

  return {
    ...buildSharedClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
    'https://purl.imsglobal.org/spec/lti/claim/target_link_uri': activity.targetLinkUri,
    'https://purl.imsglobal.org/spec/lti/claim/resource_link': {
      id: activity.id,
      title: activity.title,
      description: activity.text,
    },
    'https://purl.imsglobal.org/spec/lti/claim/custom': expandCustom({
      course,
      person: input.person,
      custom: { ...course.custom, ...activity.custom },
    }),
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
      scope: GRADE_SCOPES,
      lineitems: lineItemsUrl(address),
      ...(lineItemId === null ? {} : { lineitem: lineItemUrl({ ...address, id: lineItemId }) }),
    },
  };
}

export function buildDeepLinkingClaims(
  input: LaunchInput & { targetLinkUri: string; request: string; data: string },
) {
  const { url, course, person, targetLinkUri, request, data } = input;
  const address = { url, courseId: course.id };

  return {
    ...buildSharedClaims(input),
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiDeepLinkingRequest',
    'https://purl.imsglobal.org/spec/lti/claim/target_link_uri': targetLinkUri,
    'https://purl.imsglobal.org/spec/lti/claim/custom': expandCustom({
      course,
      person,
      custom: course.custom,
    }),
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
      scope: GRADE_SCOPES,
      lineitems: lineItemsUrl(address),
    },
    'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings': {
      deep_link_return_url: contentReturnUrl({ ...address, request }),
      accept_types: ['ltiResourceLink'],
      accept_presentation_document_targets: ['iframe', 'window'],
      accept_multiple: true,
      accept_lineitem: true,
      auto_create: true,
      data,
    },
  };
}

function buildSharedClaims(input: LaunchInput) {
  const { url, registration, course, person, nonce, documentTarget, now } = input;
  const iat = Math.floor(now.getTime() / 1000);
  const address = { url, courseId: course.id };

  return {
    iss: registration.issuer,
    aud: registration.clientId,
    sub: person.id,
    iat,
    exp: iat + ID_TOKEN_LIFETIME_S,
    nonce,
    ...nameClaims(person),
    'https://purl.imsglobal.org/spec/lti/claim/version': '1.3.0',
    'https://purl.imsglobal.org/spec/lti/claim/deployment_id': registration.deploymentId,
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
      locale: 'en',
      document_target: documentTarget,
      return_url: courseReturnUrl(address),
    },
    'https://purl.imsglobal.org/spec/lti/claim/tool_platform': {
      guid: 'demo-lms',
      product_family_code: 'demo-lms',
      version: '1',
      name: registration.name,
      url,
    },
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
      context_memberships_url: membershipsUrl(address),
      service_versions: ['2.0'],
    },
  };
}

/** What the person shares: someone without these fields is launched anonymously. */
function nameClaims(person: Person) {
  const { givenName, familyName, email } = person;
  const isNamed = givenName !== undefined && familyName !== undefined;
  return {
    ...(isNamed
      ? { given_name: givenName, family_name: familyName, name: person.displayName }
      : {}),
    ...(email === undefined ? {} : { email }),
  };
}
