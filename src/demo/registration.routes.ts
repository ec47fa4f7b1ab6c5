// Dynamic registration, the platform's side (LTI Dynamic Registration 1.0): the configuration and the registration endpoint,
// once by the standard with what Canvas asks beside it (the token on the configuration too), once as Moodle has them.
import { json, Router, type Request, type Response } from 'express';
import { KNOWN_SCOPES, readBearer } from './access-tokens.js';
import { endpointsOf, type DemoMode } from './demo-addresses.js';
import type { Demo, PendingRegistration } from './demo.js';
import { allowOnly, DemoError } from './demo-errors.js';
import { describeTool, readToolRequest, recordTool } from './tool-registration.js';

const MAX_REQUEST = '64kb';
const BASIC_OUTCOME = 'https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome';
const TOOL_SETTING = 'https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting';
const VARIABLES = [
  'Context.id',
  'Context.id.history',
  'CourseOffering.academicSession',
  'CourseOffering.sourcedId',
  'CourseSection.sourcedId',
  'CourseSection.timeFrame.begin',
  'CourseSection.timeFrame.end',
  'Person.sourcedId',
  'User.id',
];

export function registrationRoutes(demo: Demo): Router {
  const router = Router();
  const paths = (mode: DemoMode) => {
    const { configuration, registrationEndpoint } = endpointsOf({ url: '', mode });
    return { configuration, registrationEndpoint };
  };
  const readJson = json({ type: () => true, limit: MAX_REQUEST });

  const standard = paths('standard');
  router
    .route(standard.configuration)
    .get((req, res) => {
      requirePending({ demo, req, mode: 'standard' });
      res.json(describePlatform(demo, 'standard'));
    })
    .all(allowOnly('GET'));
  router
    .route(standard.registrationEndpoint)
    .post(readJson, async (req, res) => {
      const { token, pending } = requirePending({ demo, req, mode: 'standard' });
      const read = readToolRequest(req.body, 'standard');
      if ('fault' in read)
        throw new DemoError({ status: 400, code: read.code, message: read.fault });
      if (!demo.registrations.take(token)) throw unknownToken();
      res.status(201).json(await register({ demo, pending, read }));
    })
    .all(allowOnly('POST'));

  const moodle = paths('moodle');
  router
    .route(moodle.configuration)
    .get((_req, res) => void res.json(describePlatform(demo, 'moodle')))
    .all(allowOnly('GET'));
  router
    .route(moodle.registrationEndpoint)
    .post(readJson, async (req, res) => {
      const token = readBearer(req);
      if (token === null) return answerPlain(res, 401, 'missing_registration_token');
      const pending = demo.registrations.peek(token);
      if (pending?.mode !== 'moodle') return answerPlain(res, 401, 'token_already_used');
      const read = readToolRequest(req.body, 'moodle');
      if ('fault' in read) return answerPlain(res, 400, read.fault);
      if (!demo.registrations.take(token)) return answerPlain(res, 401, 'token_already_used');
      res.json(await register({ demo, pending, read }));
    })
    .all(allowOnly('POST'));

  return router;
}

async function register(options: {
  demo: Demo;
  pending: PendingRegistration;
  read: Exclude<ReturnType<typeof readToolRequest>, { fault: string }>;
}) {
  const { demo, pending, read } = options;
  const { mode, clientId, renews } = pending;
  const recording = { request: read.request, mode, clientId, renews, knownScopes: KNOWN_SCOPES };
  const tool = await demo.records.change((draft) =>
    recordTool(draft, { ...recording, now: demo.now() }),
  );
  demo.log.info({ clientId: tool.clientId, mode }, 'a tool registered at the demo LMS');
  return describeTool(tool, read.request);
}

/** The registration that the bearer token stands for, else 401. */
function requirePending(options: { demo: Demo; req: Request; mode: DemoMode }): {
  token: string;
  pending: PendingRegistration;
} {
  const { demo, req, mode } = options;
  const token = readBearer(req);
  const pending = token === null ? null : demo.registrations.peek(token);
  if (token === null || pending?.mode !== mode) throw unknownToken();
  return { token, pending };
}

function describePlatform(demo: Demo, mode: DemoMode) {
  const { url, registration } = demo;
  const endpoints = endpointsOf({ url, mode });
  const isMoodle = mode === 'moodle';
  const placements = ['ContentArea'];
  return {
    issuer: registration.issuer,
    authorization_endpoint: endpoints.authorizationEndpoint,
    token_endpoint: endpoints.tokenEndpoint,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    jwks_uri: endpoints.jwksUri,
    registration_endpoint: endpoints.registrationEndpoint,
    scopes_supported: isMoodle
      ? [BASIC_OUTCOME, ...KNOWN_SCOPES, TOOL_SETTING, 'openid']
      : ['openid', ...KNOWN_SCOPES],
    response_types_supported: ['id_token'],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['sub', 'iss', 'name', 'given_name', 'family_name', 'email'],
    'https://purl.imsglobal.org/spec/lti-platform-configuration': {
      product_family_code: isMoodle ? 'moodle' : 'demo-lms',
      version: isMoodle ? '4.5.6 (Build: 20250811)' : '1',
      // Moodle has given both through its releases, texts and objects: a tool has to read either.
      messages_supported: isMoodle
        ? ['LtiResourceLinkRequest', { type: 'LtiDeepLinkingRequest', placements }]
        : [
            { type: 'LtiResourceLinkRequest' },
            { type: 'LtiDeepLinkingRequest', placements },
            { type: 'LtiSubmissionReviewRequest' },
          ],
      variables: VARIABLES,
    },
  };
}

function answerPlain(res: Response, status: number, words: string): void {
  res.status(status).type('text/plain').send(words);
}

function unknownToken(): DemoError {
  return new DemoError({
    status: 401,
    code: 'invalid_token',
    message: 'A registration token of this platform is needed; each one counts once, for an hour.',
  });
}
