// Starts the demo LMS on a free port beside a small fake tool (its key set), and plays the
// browser and the tool towards it.
import { createPublicKey, generateKeyPairSync, randomUUID, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import {
  createDemoPlatform,
  type DemoPlatform,
  type DemoPlatformOptions,
} from '../../src/demo/create-demo-platform.js';

export const AGS_SCOPES = ['lineitem', 'lineitem.readonly', 'result.readonly', 'score'].map(
  (name) => `https://purl.imsglobal.org/spec/lti-ags/scope/${name}`,
);
export const NRPS_SCOPE =
  'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly';

// One pair for all tests of the room: making keys is the slow part.
const toolPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

interface FakeTool {
  url: string;
  keySetRequests: number;
  isDown: boolean;
  /** Where a login leads; null answers it with a page. */
  redirectLogin: ((login: Fields) => string) | null;
  /** Kids published; the key behind them is the same. */
  kids: string[];
  sign(claims: object | Buffer, kid?: string): string;
  stop(): Promise<void>;
}

async function startFakeTool(): Promise<FakeTool> {
  const jwk = toolPair.publicKey.export({ format: 'jwk' });
  const server = createServer((req, res) => {
    if (req.url === '/lti/login') return void answerLogin(tool, req, res);
    if (req.url !== '/lti/keys') return void res.writeHead(404).end();
    tool.keySetRequests += 1;
    if (tool.isDown) return void res.writeHead(500).end();
    const keys = tool.kids.map((kid) => ({ ...jwk, kid, alg: 'RS256', use: 'sig' }));
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  const tool: FakeTool = {
    url: await listen(server, 'localhost'),
    keySetRequests: 0,
    isDown: false,
    redirectLogin: null,
    kids: ['tool-key-1'],
    sign: (claims, kid = 'tool-key-1') =>
      jwt.sign(claims, toolPair.privateKey, { algorithm: 'RS256', keyid: kid }),
    stop: () => stop(server),
  };
  return tool;
}

async function answerLogin(
  tool: FakeTool,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const login = Object.fromEntries(new URLSearchParams(await text(req)));
  if (tool.redirectLogin === null) return void res.end('<!doctype html><p id="tool">The tool</p>');
  res.writeHead(302, { Location: tool.redirectLogin(login) }).end();
}

export interface RunningDemo {
  url: string;
  tool: FakeTool;
  platform: DemoPlatform;
  warnings: string[];
  clock: { now: Date };
  stop(): Promise<void>;
}

export async function startDemo({
  dataFolder = null,
  ...options
}: Partial<DemoPlatformOptions> = {}): Promise<RunningDemo> {
  const tool = await startFakeTool();
  const server = createServer();
  const url = await listen(server, '127.0.0.1');
  const warnings: string[] = [];
  const clock = { now: new Date() };
  const platform = await createDemoPlatform({
    url,
    toolUrl: tool.url,
    dataFolder,
    log: { info: () => undefined, warn: (_fields, message) => void warnings.push(message) },
    now: () => clock.now,
    ...options,
  });
  // An Express application is a request listener, but is typed with its own request.
  server.on('request', (req, res) => void platform.app(req, res));

  return {
    url,
    tool,
    platform,
    warnings,
    clock,
    async stop() {
      await platform.close();
      await stop(server);
      await tool.stop();
    },
  };
}

export type Browser = ReturnType<typeof request.agent>;

/** A browser in which this person is signed in. */
export async function signIn(demo: RunningDemo, person: string): Promise<Browser> {
  const browser = request.agent(demo.url);
  await browser.post('/session').type('form').send({ person }).expect(303);
  return browser;
}

export type Fields = Record<string, string>;

/** The hidden fields of the one form of a page. */
export function readFields(page: string): Fields {
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries(
    [...inputs].map(([, name = '', value = '']) => [name, unescape(value)]),
  );
}

export function readAction(page: string): string {
  return unescape(/<form[^>]* action="([^"]*)"/.exec(page)?.[1] ?? '');
}

/** What a well-behaved tool asks at the authorization endpoint for this login. */
export function buildAuthenticationRequest(demo: RunningDemo, login: Fields): Fields {
  return {
    scope: 'openid',
    response_type: 'id_token',
    response_mode: 'form_post',
    prompt: 'none',
    client_id: login.client_id ?? '',
    redirect_uri: `${demo.tool.url}/lti/launch`,
    login_hint: login.login_hint ?? '',
    lti_message_hint: login.lti_message_hint ?? '',
    state: randomUUID(),
    nonce: randomUUID(),
  };
}

/** Opens a launch page and goes on to the authorization endpoint; the fields that come back. */
export async function launch(
  demo: RunningDemo,
  { browser, path, changes = {} }: { browser: Browser; path: string; changes?: Fields },
): Promise<{ sent: Fields; login: Fields; status: number; fields: Fields; text: string }> {
  const login = readFields((await browser.get(path).expect(200)).text);
  const sent = { ...buildAuthenticationRequest(demo, login), ...changes };
  const answer = await browser.get('/lti/authorize').query(sent);
  return { sent, login, status: answer.status, fields: readFields(answer.text), text: answer.text };
}

/** Verifies an id_token by the platform's published key set, as a tool would. */
export async function verifyIdToken(
  demo: RunningDemo,
  token: string,
): Promise<Record<string, unknown>> {
  const { body } = await request(demo.url).get('/lti/jwks').expect(200);
  const kid = jwt.decode(token, { complete: true })?.header.kid;
  const jwk = (body as { keys: (JsonWebKey & { kid: string })[] }).keys.find(
    (candidate) => candidate.kid === kid,
  );
  if (!jwk) throw new Error('the id_token names no published key');
  const claims = jwt.verify(token, createPublicKey({ key: jwk, format: 'jwk' }), {
    algorithms: ['RS256'],
    issuer: demo.url,
    audience: 'crosswalk-demo',
    clockTimestamp: Math.floor(demo.clock.now.getTime() / 1000),
  });
  return claims as Record<string, unknown>;
}

export function buildAssertion(demo: RunningDemo, changes: object = {}): object {
  const iat = Math.floor(demo.clock.now.getTime() / 1000);
  const clientId = demo.platform.registration.clientId;
  return {
    iss: clientId,
    sub: clientId,
    aud: demo.platform.registration.tokenEndpoint,
    iat,
    exp: iat + 60,
    jti: randomUUID(),
    ...changes,
  };
}

export function postTokenRequest(demo: RunningDemo, fields: Fields) {
  return request(demo.url)
    .post('/lti/token')
    .type('form')
    .send({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      scope: AGS_SCOPES.join(' '),
      ...fields,
    });
}

export async function getAccessToken(demo: RunningDemo, scopes: string[]): Promise<string> {
  const assertion = demo.tool.sign(buildAssertion(demo));
  const answer = await postTokenRequest(demo, {
    client_assertion: assertion,
    scope: scopes.join(' '),
  }).expect(200);
  return (answer.body as { access_token: string }).access_token;
}

async function listen(server: Server, host: string): Promise<string> {
  server.listen(0, host);
  await once(server, 'listening');
  // A server that listens on a port has an AddressInfo.
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

const entities = new Map([
  ['&amp;', '&'],
  ['&quot;', '"'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&#x27;', "'"],
  ['&#x60;', '`'],
  ['&#x3D;', '='],
]);

function unescape(text: string): string {
  return text.replace(
    /&(?:amp|quot|lt|gt|#x27|#x60|#x3D);/g,
    (entity) => entities.get(entity) ?? '',
  );
}
