// Pure: the claims of a verified token -> what the launch tells us (LTI 1.3 core, sections 5.3 and 5.4; Deep Linking 2.0,
// 4.4.1; AGS 2.0, 3.1; NRPS 2.0, 3.6). Says which claim is at fault. Signature, time and audience are checked elsewhere.
import { AppError } from '../http/errors.js';
import type { CurrentLaunch, DeepLinkingRequest, LaunchServices } from './current-launch.js';
import type { CourseFacts } from './course.model.js';
import {
  asRecord,
  isRecord,
  readCustom,
  readDate,
  readId,
  readLanguage,
  readText,
  readTexts,
  readWebAddress,
} from './read-claims.js';
import { readOutsideCourse, type OutsideCourse } from './outside-course.js';
import { refuseClaim } from './refuse.js';
import * as words from './vocabulary.js';

const { CLAIM, CUSTOM } = words;
const MESSAGE_TYPES = [
  words.RESOURCE_LINK_REQUEST,
  words.DEEP_LINKING_REQUEST,
  words.SUBMISSION_REVIEW_REQUEST,
  words.DATA_PRIVACY_REQUEST,
] as const;
/** Lists of a place that is no course are never read. */
const NO_SERVICES: LaunchServices = {
  lineItemsUrl: null,
  lineItemUrl: null,
  gradeScopes: [],
  membershipsUrl: null,
};
const MAX_ROLES = 100;
const MAX_SHOWN_CHARACTERS = 60;
const MAX_URI_CHARACTERS = 2_048;

export interface LaunchContext {
  messageType: CurrentLaunch['messageType'];
  deploymentId: string;
  sub: string;
  targetLinkUri: string | null;
  roleUris: string[];
  name: string | null;
  email: string | null;
  personSisId: string | null;
  personLmsId: string | null;
  course: CourseFacts | null;
  /** Null in a course, and where the platform names no context at all. */
  outside: OutsideCourse | null;
  resourceLink: { id: string; title: string | null; description: string | null } | null;
  custom: Record<string, string>;
  language: string;
  returnUrl: string | null;
  framed: boolean;
  services: LaunchServices;
  deepLinking: DeepLinkingRequest | null;
  /** The platform's id of the person the message is about: a submission review's, a data privacy launch's. */
  forUser: string | null;
  productFamily: string | null;
  accountName: string | null;
  /** Named by this verified token; what of it is private or plain http is left out. */
  frameOrigins: string[];
  serviceHosts: string[];
}

/**
 * Reads the claims. `mayReach` tells whether a service address may be called (public https, or listed): others switch the
 * service off and let the launch go on. Throws `lti.claim`, `lti.message-not-offered` (400) or `lti.token` (401) for a bad `sub`.
 */
export function readLaunchContext(
  claims: Record<string, unknown>,
  options: { mayReach: (url: string) => boolean },
): LaunchContext {
  const messageType = readMessageType(claims);
  if (claims[CLAIM.version] !== words.LTI_VERSION) throw refuseClaim('version', 'not 1.3.0');
  const deploymentId = readId(claims[CLAIM.deploymentId], 'deployment_id');
  const sub = readId(claims['sub'], 'sub');
  const roleUris = readRoleUris(claims[CLAIM.roles]);
  const resourceLink = readResourceLink(claims, messageType);
  const targetLinkUri = readTargetLinkUri(claims, messageType);
  const custom = readCustom(claims[CLAIM.custom]);
  const deepLinking =
    messageType === words.DEEP_LINKING_REQUEST ? readDeepLinking(claims, options) : null;
  const presentation = asRecord(claims[CLAIM.launchPresentation]);
  const lis = asRecord(claims[CLAIM.lis]);
  const toolPlatform = asRecord(claims[CLAIM.toolPlatform]);
  const productFamily = readText(toolPlatform['product_family_code']);
  const context = readContext(claims[CLAIM.context]);
  const outside =
    context && readOutsideCourse({ context, productFamily, deploymentId, roleUris, custom });
  const services = outside ? NO_SERVICES : readServices(claims, options);
  const returnUrl = readWebAddress(presentation['return_url']);
  return {
    messageType,
    deploymentId,
    sub,
    targetLinkUri,
    roleUris,
    name: readName(claims),
    email: readText(claims['email']),
    personSisId: readText(lis['person_sourcedid']) ?? custom[CUSTOM.personSisId] ?? null,
    personLmsId: custom[CUSTOM.personLmsId] ?? null,
    course: context && !outside ? readCourse(context, { custom, lis, services }) : null,
    outside,
    resourceLink,
    custom,
    language: readLanguage(presentation['locale'] ?? claims['locale']),
    returnUrl,
    framed: presentation['document_target'] !== 'window',
    services,
    deepLinking,
    forUser: readForUser(claims, messageType),
    productFamily,
    accountName: readText(toolPlatform['name']) ?? readText(toolPlatform['description']),
    ...readSeenHosts({ services, returnUrl, deepLinking, apiDomain: custom[CUSTOM.apiDomain] }),
  };
}

function readMessageType(claims: Record<string, unknown>): LaunchContext['messageType'] {
  const given = claims[CLAIM.messageType];
  if (typeof given !== 'string') throw refuseClaim('message_type', 'missing');
  const known = MESSAGE_TYPES.find((type) => type === given);
  if (known) return known;
  const message = given.slice(0, MAX_SHOWN_CHARACTERS);
  throw new AppError('lti.message-not-offered', { status: 400, values: { message } });
}

function readRoleUris(value: unknown): string[] {
  if (value === undefined) throw refuseClaim('roles', 'missing');
  if (!Array.isArray(value) || value.length > MAX_ROLES) throw refuseClaim('roles', 'not a list');
  return value.map((role: unknown) => {
    if (typeof role !== 'string' || role.length > MAX_URI_CHARACTERS)
      throw refuseClaim('roles', 'not a list of texts');
    return role;
  });
}

function readResourceLink(
  claims: Record<string, unknown>,
  messageType: string,
): LaunchContext['resourceLink'] {
  const value = claims[CLAIM.resourceLink];
  if (messageType !== words.RESOURCE_LINK_REQUEST) return null; // Others lead elsewhere than the link does.
  if (!isRecord(value)) throw refuseClaim('resource_link', 'missing');
  return {
    id: readId(value['id'], 'resource_link.id'),
    title: readText(value['title']),
    description: readText(value['description']),
  };
}

function readTargetLinkUri(claims: Record<string, unknown>, messageType: string): string | null {
  const value = claims[CLAIM.targetLinkUri];
  if (typeof value === 'string' && value !== '') return value;
  if (value === undefined && messageType !== words.RESOURCE_LINK_REQUEST) return null;
  throw refuseClaim('target_link_uri', value === undefined ? 'missing' : 'not a text');
}

function readName(claims: Record<string, unknown>): string | null {
  const whole = readText(claims['name']);
  if (whole !== null) return whole;
  const parts = [readText(claims['given_name']), readText(claims['family_name'])];
  const joined = parts.filter((part) => part !== null).join(' ');
  return joined === '' ? null : joined;
}

interface Context {
  id: string;
  label: string | null;
  title: string | null;
  types: string[];
}

function readContext(value: unknown): Context | null {
  if (value === undefined || value === null) return null;
  if (!isRecord(value)) throw refuseClaim('context', 'not an object');
  return {
    id: readId(value['id'], 'context.id'),
    label: readText(value['label']),
    title: readText(value['title']),
    types: readTexts(value['type']),
  };
}

function readCourse(
  context: Context,
  options: {
    custom: Record<string, string>;
    lis: Record<string, unknown>;
    services: LaunchServices;
  },
): CourseFacts {
  const { id: contextId, ...facts } = context;
  const { custom, lis } = options;
  const { lineItemsUrl, gradeScopes, membershipsUrl } = options.services;
  const term = {
    name: custom[CUSTOM.termName] ?? null,
    startsAt: readDate(custom[CUSTOM.termStartsAt]),
    endsAt: readDate(custom[CUSTOM.termEndsAt]),
  };
  const hasTerm = Object.values(term).some((part) => part !== null);
  return {
    contextId,
    ...facts,
    term: hasTerm ? term : null,
    sisIds: {
      course: readText(lis['course_offering_sourcedid']) ?? custom[CUSTOM.courseSisId] ?? null,
      section: readText(lis['course_section_sourcedid']),
    },
    contextIdHistory: readHistory(custom[CUSTOM.contextHistory]),
    services: { lineItemsUrl, gradeScopes, membershipsUrl },
  };
}

/** Comma separated, URL-encoded ids, newest copy first (LTI 1.3 core, variable Context.id.history). */
export function readHistory(value: string | undefined): string[] {
  const ids = (value ?? '').split(',').filter((id) => id !== '');
  return ids.slice(0, 100).map((id) => {
    try {
      return decodeURIComponent(id.trim());
    } catch {
      return id.trim(); // Not encoded after all: the id as it stands.
    }
  });
}

function readServices(
  claims: Record<string, unknown>,
  options: { mayReach: (url: string) => boolean },
): LaunchServices {
  const grades = asRecord(claims[CLAIM.grades]);
  const roster = asRecord(claims[CLAIM.memberships]);
  const reachable = (value: unknown) => {
    const url = readWebAddress(value);
    return url !== null && options.mayReach(url) ? url : null;
  };
  return {
    lineItemsUrl: reachable(grades['lineitems']),
    lineItemUrl: reachable(grades['lineitem']),
    gradeScopes: readTexts(grades['scope']),
    membershipsUrl: reachable(roster['context_memberships_url']),
  };
}

function readDeepLinking(
  claims: Record<string, unknown>,
  options: { mayReach: (url: string) => boolean },
): DeepLinkingRequest {
  const settings = claims[CLAIM.deepLinkingSettings];
  if (!isRecord(settings)) throw refuseClaim('deep_linking_settings', 'missing');
  const returnUrl = readWebAddress(settings['deep_link_return_url']);
  if (returnUrl === null || !options.mayReach(returnUrl))
    throw refuseClaim('deep_link_return_url', 'not an https address');
  if (!Array.isArray(settings['accept_types'])) throw refuseClaim('accept_types', 'not a list');
  const data = settings['data'];
  return {
    returnUrl,
    acceptTypes: readTexts(settings['accept_types']),
    acceptMultiple: isYes(settings['accept_multiple'] ?? true),
    acceptLineItem: isYes(settings['accept_lineitem'] ?? true),
    data: typeof data === 'string' ? data : null,
  };
}

/** Some platforms write booleans as text. */
function isYes(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Whom the message is about (LTI Submission Review 1.0; data privacy launch). A review needs the line item as well. */
function readForUser(claims: Record<string, unknown>, messageType: string): string | null {
  const value = claims[CLAIM.forUser];
  if (messageType === words.SUBMISSION_REVIEW_REQUEST) {
    if (!isRecord(value)) throw refuseClaim('for_user', 'missing');
    if (!isRecord(claims[CLAIM.context])) throw refuseClaim('context', 'missing');
    if (readText(asRecord(claims[CLAIM.grades])['lineitem']) === null)
      throw refuseClaim('endpoint.lineitem', 'missing');
    return readId(value['user_id'], 'for_user.user_id');
  }
  if (messageType !== words.DATA_PRIVACY_REQUEST || !isRecord(value)) return null;
  return value['user_id'] === undefined ? null : readId(value['user_id'], 'for_user.user_id');
}

function readSeenHosts(options: {
  services: LaunchServices;
  returnUrl: string | null;
  deepLinking: DeepLinkingRequest | null;
  apiDomain: string | undefined;
}): Pick<LaunchContext, 'frameOrigins' | 'serviceHosts'> {
  const { services, returnUrl, deepLinking, apiDomain } = options;
  const serviceUrls = [services.lineItemsUrl, services.lineItemUrl, services.membershipsUrl];
  const isDomain = apiDomain !== undefined && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(apiDomain);
  const domainUrl = isDomain ? `https://${apiDomain}` : null;
  const frames = [...serviceUrls, returnUrl, deepLinking?.returnUrl ?? null, domainUrl];
  const parsed = (urls: (string | null)[]) =>
    urls.flatMap((url) => (url === null ? [] : [URL.parse(url)])).filter((url) => url !== null);
  return {
    frameOrigins: [...new Set(parsed(frames).map((url) => url.origin))],
    serviceHosts: [...new Set(parsed([...serviceUrls, domainUrl]).map((url) => url.host))],
  };
}
