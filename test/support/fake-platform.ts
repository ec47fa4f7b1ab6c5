// A complete LTI 1.3 platform in the test process: its keys on a real loopback port, id_tokens good and bad, a token endpoint,
// line items, scores and memberships. Shares no code with src/lti, so that both can be wrong only apart.
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';

export const LTI = 'https://purl.imsglobal.org/spec/lti/claim/';
export const DL = 'https://purl.imsglobal.org/spec/lti-dl/claim/';
export const AGS = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
export const NRPS = 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice';
const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership';

export const ROLE_URIS = {
  Learner: `${MEMBERSHIP}#Learner`,
  Instructor: `${MEMBERSHIP}#Instructor`,
  TeachingAssistant: `${MEMBERSHIP}/Instructor#TeachingAssistant`,
  ContentDeveloper: `${MEMBERSHIP}#ContentDeveloper`,
  Administrator: `${MEMBERSHIP}#Administrator`,
  Reviewer: `${MEMBERSHIP}#Officer`,
} as const;

export interface KeyPair {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const madeKeys = new Map<string, KeyPair>();

/** Key pairs are made once a test process: making them is slow. */
export function testKey(kid: string): KeyPair {
  const known = madeKeys.get(kid);
  if (known) return known;
  const pair = { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
  madeKeys.set(kid, pair);
  return pair;
}

export function publicJwk(pair: KeyPair, more: object = {}): object {
  return {
    ...pair.publicKey.export({ format: 'jwk' }),
    kid: pair.kid,
    alg: 'RS256',
    use: 'sig',
    ...more,
  };
}

export interface LaunchMessage {
  role?: keyof typeof ROLE_URIS | null;
  roleUris?: string[];
  user?: { sub: string; name?: string; email?: string };
  course?: { id: string; title?: string } | null;
  resourceLink?: { id: string; title?: string } | null;
  targetLinkUri: string;
  messageType?: string;
  nonce: string;
  /** Put over the claims; `undefined` takes one out. */
  claims?: Record<string, unknown>;
}

export interface SigningChoice {
  key?: KeyPair;
  header?: Record<string, unknown>;
}

interface ServiceCall {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Responder = (call: ServiceCall, res: ServerResponse) => void;

export interface FakePlatform {
  issuer: string;
  clientId: string;
  deploymentId: string;
  origin: string;
  authorizationUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  lineItemsUrl: string;
  membershipsUrl: string;
  key: KeyPair;
  /** What /jwks answers; change it to rotate, break or slow it. */
  jwks: {
    keys: object[];
    status: number;
    body: string | null;
    maxAgeS: number | null;
    hold: Promise<unknown> | null;
  };
  jwksRequests: number;
  calls: ServiceCall[];
  /** Answers a path of the platform's services in place of the default. */
  respond(path: string, responder: Responder): void;
  claims(message: LaunchMessage): Record<string, unknown>;
  idToken(message: LaunchMessage, choice?: SigningChoice): string;
  sign(claims: Record<string, unknown>, choice?: SigningChoice): string;
  close(): Promise<void>;
}

export async function startFakePlatform(
  options: {
    clientId?: string;
    deploymentId?: string;
    issuer?: string;
    kid?: string;
    now?: () => Date;
  } = {},
): Promise<FakePlatform> {
  const now = options.now ?? (() => new Date());
  const calls: ServiceCall[] = [];
  const responders = new Map<string, Responder>();
  const server = createServer((req, res) => {
    void readBody(req).then((body) => {
      const url = req.url ?? '';
      const call = { method: req.method ?? '', url, headers: req.headers, body };
      void answer({ call, res, platform, responders, calls });
    });
  });
  const origin = await listen(server);
  const key = testKey(options.kid ?? 'platform-1');
  const platform: FakePlatform = {
    issuer: options.issuer ?? origin,
    clientId: options.clientId ?? 'client-1',
    deploymentId: options.deploymentId ?? 'deployment-1',
    origin,
    authorizationUrl: `${origin}/auth?tenant=7`,
    tokenUrl: `${origin}/token`,
    jwksUrl: `${origin}/jwks`,
    lineItemsUrl: `${origin}/courses/1/lineitems?type_id=1`,
    membershipsUrl: `${origin}/courses/1/memberships`,
    key,
    jwks: { keys: [publicJwk(key)], status: 200, body: null, maxAgeS: null, hold: null },
    jwksRequests: 0,
    calls,
    respond: (path, responder) => void responders.set(path, responder),
    claims: (message) => buildClaims({ platform, message, now: now() }),
    idToken: (message, choice) => platform.sign(platform.claims(message), choice),
    sign(claims, choice = {}) {
      const pair = choice.key ?? platform.key;
      // The library types fewer headers than attackers send.
      const header = { alg: 'RS256', kid: pair.kid, ...choice.header } as jwt.JwtHeader;
      const kept = Object.fromEntries(
        Object.entries(claims).filter(([, value]) => value !== undefined),
      );
      return jwt.sign(JSON.stringify(kept), pair.privateKey, { algorithm: 'RS256', header });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return platform;
}

function buildClaims(options: {
  platform: FakePlatform;
  message: LaunchMessage;
  now: Date;
}): Record<string, unknown> {
  const { platform, message, now } = options;
  const nowS = Math.floor(now.getTime() / 1_000);
  const user = message.user ?? { sub: 'user-1', name: 'Ana Ruiz', email: 'ana@school.example' };
  const course =
    message.course === undefined ? { id: 'course-1', title: 'Health Records 101' } : message.course;
  const link =
    message.resourceLink === undefined
      ? { id: 'link-1', title: 'Crosswalk' }
      : message.resourceLink;
  const isDeepLinking = message.messageType === 'LtiDeepLinkingRequest';
  const claims: Record<string, unknown> = {
    iss: platform.issuer,
    aud: platform.clientId,
    sub: user.sub,
    exp: nowS + 60,
    iat: nowS,
    nonce: message.nonce,
    name: user.name,
    email: user.email,
    [`${LTI}message_type`]: message.messageType ?? 'LtiResourceLinkRequest',
    [`${LTI}version`]: '1.3.0',
    [`${LTI}deployment_id`]: platform.deploymentId,
    [`${LTI}target_link_uri`]: message.targetLinkUri,
    [`${LTI}roles`]:
      message.roleUris ?? (message.role === null ? [] : [ROLE_URIS[message.role ?? 'Learner']]),
    [`${LTI}context`]: course
      ? { type: ['CourseSection'], label: course.id.toUpperCase(), ...course }
      : undefined,
    [`${LTI}resource_link`]: link && !isDeepLinking ? link : undefined,
    [`${LTI}tool_platform`]: { guid: 'fake', name: 'Fake school', product_family_code: 'fake' },
    [`${LTI}launch_presentation`]: {
      document_target: 'iframe',
      locale: 'en',
      return_url: `${platform.origin}/return`,
    },
    [`${LTI}custom`]: { term_name: 'Autumn', unfilled: '$Canvas.user.id' },
    [AGS]: {
      scope: ['lineitem', 'lineitem.readonly', 'result.readonly', 'score'].map(
        (name) => `https://purl.imsglobal.org/spec/lti-ags/scope/${name}`,
      ),
      lineitems: platform.lineItemsUrl,
    },
    [NRPS]: { context_memberships_url: platform.membershipsUrl, service_versions: ['2.0'] },
    [`${DL}deep_linking_settings`]: isDeepLinking
      ? {
          deep_link_return_url: `${platform.origin}/deep-link-return?course=1`,
          accept_types: ['ltiResourceLink'],
          accept_presentation_document_targets: ['iframe', 'window'],
          accept_multiple: true,
          accept_lineitem: true,
          data: 'opaque "data" & <more>',
        }
      : undefined,
  };
  return { ...claims, ...message.claims };
}

async function answer(options: {
  call: ServiceCall;
  res: ServerResponse;
  platform: FakePlatform;
  responders: Map<string, Responder>;
  calls: ServiceCall[];
}): Promise<void> {
  const { call, res, platform, responders, calls } = options;
  const path = call.url.split('?')[0] ?? '';
  if (path === '/jwks' && !responders.has(path)) return answerKeys(platform, res);
  calls.push(call);
  const responder = responders.get(path);
  if (responder) return responder(call, res);
  if (path === '/token')
    return sendJson(res, 200, {
      access_token: randomUUID(),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: new URLSearchParams(call.body).get('scope'),
    });
  if (path.endsWith('/scores')) return sendEmpty(res, 200);
  if (path.endsWith('/lineitems') && call.method === 'GET') return sendJson(res, 200, []);
  if (path.endsWith('/lineitems') && call.method === 'POST')
    return sendJson(res, 201, {
      ...(JSON.parse(call.body) as object),
      id: `${platform.origin}/courses/1/lineitems/9/lineitem?type_id=1`,
    });
  if (path.endsWith('/memberships'))
    return sendJson(res, 200, {
      id: platform.membershipsUrl,
      context: { id: 'course-1' },
      members: [],
    });
  sendEmpty(res, 404);
}

async function answerKeys(platform: FakePlatform, res: ServerResponse): Promise<void> {
  platform.jwksRequests += 1;
  const { keys, status, body, maxAgeS, hold } = platform.jwks;
  if (hold) await hold;
  if (maxAgeS !== null) res.setHeader('Cache-Control', `max-age=${maxAgeS}`);
  res.writeHead(status, { 'Content-Type': 'application/json' });
  res.end(body ?? JSON.stringify({ keys }));
}

export function sendJson(
  res: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  res.end(JSON.stringify(value));
}

function sendEmpty(res: ServerResponse, status: number): void {
  res.writeHead(status);
  res.end();
}

async function readBody(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(Buffer.from(part as Buffer));
  return Buffer.concat(parts).toString('utf8');
}

/** At 127.0.0.1, while the tool is at localhost: two sites to a browser. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
