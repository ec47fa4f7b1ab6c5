// The registration side of a fake platform: its openid configuration and registration endpoint, as Moodle, Canvas or a plain
// platform, with a switch for each misbehaviour. Shares no code with src/lti.
import type { ServerResponse } from 'node:http';
import { sendJson, type FakePlatform } from './fake-platform.js';

export const PLATFORM_CONFIGURATION = 'https://purl.imsglobal.org/spec/lti-platform-configuration';
export const TOOL_CONFIGURATION = 'https://purl.imsglobal.org/spec/lti-tool-configuration';
const AGS = 'https://purl.imsglobal.org/spec/lti-ags/scope/';
const NRPS = 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly';

export const ALL_SCOPES = [
  `${AGS}lineitem`,
  `${AGS}lineitem.readonly`,
  `${AGS}result.readonly`,
  `${AGS}score`,
  NRPS,
];

type Json = Record<string, unknown>;

export interface FakeRegistration {
  /** What is passed to the tool's address. */
  configurationUrl: string;
  token: string;
  /** The document that the configuration answers; tests change members. */
  configuration: Json;
  /** Answers the configuration in place of the document. */
  answerConfiguration: ((res: ServerResponse) => void) | null;
  /** Answers the registration in place of a good answer. */
  answerRegistration: ((res: ServerResponse) => void) | null;
  /** Put over the good answer; `undefined` takes a member out. */
  answer: Json;
  /** Holds a good answer back until it resolves. */
  hold: Promise<unknown> | null;
  clientId: string;
  /** Bodies of the registrations that came. */
  registrations: Json[];
  /** Authorization headers of both requests, in order. */
  authorizations: (string | undefined)[];
}

/** Adds the two addresses to a fake platform. `family` decides the shapes. */
export function addRegistration(
  platform: FakePlatform,
  options: { family?: 'moodle' | 'canvas' | 'plain'; clientId?: string } = {},
): FakeRegistration {
  const { family = 'moodle', clientId = 'AbCdEf123456789' } = options;
  const { origin } = platform;
  const fake: FakeRegistration = {
    configurationUrl: `${origin}/mod/lti/openid-configuration.php`,
    token: platform.sign({ sub: clientId, scope: 'reg', exp: 4_000_000_000 }),
    configuration: { ...describe(platform), [PLATFORM_CONFIGURATION]: PRODUCTS[family] },
    answerConfiguration: null,
    answerRegistration: null,
    answer: {},
    hold: null,
    clientId,
    registrations: [],
    authorizations: [],
  };
  platform.respond('/mod/lti/openid-configuration.php', (call, res) => {
    fake.authorizations.push(call.headers.authorization);
    if (fake.answerConfiguration) return fake.answerConfiguration(res);
    sendJson(res, 200, fake.configuration);
  });
  platform.respond('/mod/lti/openid-registration.php', (call, res) => {
    fake.authorizations.push(call.headers.authorization);
    // The tool under test wrote it: a test that meets anything else fails here.
    const body = JSON.parse(call.body) as Json;
    fake.registrations.push(body);
    if (fake.answerRegistration) return fake.answerRegistration(res);
    const good = { ...(family === 'canvas' ? echo(body, fake) : moodleAnswer(body, fake)) };
    const answer = Object.entries({ ...good, ...fake.answer }).filter(
      ([, one]) => one !== undefined,
    );
    void Promise.resolve(fake.hold).then(() => sendJson(res, 200, Object.fromEntries(answer)));
  });
  return fake;
}

export function sendText(res: ServerResponse, status: number, type: string, text: string): void {
  res.writeHead(status, { 'Content-Type': type });
  res.end(text);
}

function describe({ issuer, origin, tokenUrl, jwksUrl }: FakePlatform): Json {
  return {
    issuer,
    authorization_endpoint: `${origin}/mod/lti/auth.php`,
    token_endpoint: tokenUrl,
    jwks_uri: jwksUrl,
    registration_endpoint: `${origin}/mod/lti/openid-registration.php`,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['id_token'],
    subject_types_supported: ['public', 'pairwise'],
    scopes_supported: ['https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome', ...ALL_SCOPES],
    claims_supported: ['sub', 'iss', 'name', 'given_name', 'family_name', 'email'],
  };
}

const PRODUCTS: Record<'moodle' | 'canvas' | 'plain', Json> = {
  moodle: {
    product_family_code: 'moodle',
    version: '4.5.6 (Build: 20250811)',
    messages_supported: [
      { type: 'LtiResourceLinkRequest' },
      { type: 'LtiDeepLinkingRequest', placements: ['ContentArea'] },
    ],
    variables: [
      'Context.id.history',
      'CourseSection.sourcedId',
      'CourseSection.timeFrame.begin',
      'CourseSection.timeFrame.end',
      'Person.sourcedId',
      'User.username',
      'Moodle.Person.userGroupIds',
    ],
  },
  canvas: {
    product_family_code: 'canvas',
    version: 'vCloud',
    messages_supported: [
      { type: 'LtiResourceLinkRequest', placements: ['account_navigation', 'course_navigation'] },
      { type: 'LtiDeepLinkingRequest', placements: ['assignment_selection', 'link_selection'] },
    ],
    notice_types_supported: ['LtiHelloWorldNotice'],
    variables: [
      'Context.id.history',
      'ResourceLink.id',
      'Canvas.term.name',
      'Canvas.term.startAt',
      'Canvas.term.endAt',
      'Canvas.course.sectionIds',
      'Canvas.course.sisSourceId',
      'Canvas.user.id',
      'Canvas.user.sisSourceId',
      'Canvas.api.domain',
    ],
    'https://canvas.instructure.com/lti/account_name': 'Test University',
    'https://canvas.instructure.com/lti/account_lti_guid': 'pNu5F9:canvas-lms',
  },
  plain: { product_family_code: 'a-platform', version: '1', messages_supported: [] },
};

function moodleAnswer(body: Json, fake: FakeRegistration): Json {
  const configuration = body[TOOL_CONFIGURATION] as Json;
  const messages = configuration['messages'] as { type: string }[];
  return {
    ...body,
    client_id: fake.clientId,
    logo_uri: '',
    [TOOL_CONFIGURATION]: {
      ...configuration,
      deployment_id: '1',
      claims: ['sub', 'iss', 'name', 'given_name', 'family_name', 'email'],
      messages: messages.filter(({ type }) => type === 'LtiDeepLinkingRequest'),
    },
  };
}

/** Canvas gives back what it was sent, and makes no deployment. */
function echo(body: Json, fake: FakeRegistration): Json {
  return { ...body, client_id: fake.clientId };
}
