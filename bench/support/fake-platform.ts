// The platform's side of a launch, in the measuring process: a key set over HTTP (with a latency that can be set) and
// signed id_tokens for many people and courses. LTI 1.3 core claims as Canvas or Moodle send them; no services are called.
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { promisify } from 'node:util';

const signAsync = promisify(sign);
const KEY_BITS = 2_048;
const TOKEN_LIFE_S = 300;
const KEY_ID = 'bench-key';
const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim';
const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership';

export interface Seat {
  user: number;
  course: number;
  /** A student where it is not said. */
  role?: 'Learner' | 'Instructor';
}

export interface FakePlatform {
  issuer: string;
  clientId: string;
  deploymentId: string;
  authorizationUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  /** Time the key set takes to answer. */
  setLatency(milliseconds: number): void;
  /** Requests for the key set so far. */
  keySetReads(): number;
  signToken(options: { seat: Seat; nonce: string; targetLinkUri: string }): Promise<string>;
  close(): Promise<void>;
}

export const userSub = (seat: Seat): string => `user-${String(seat.user)}`;

export const courseContextId = (seat: Seat): string => `course-${String(seat.course)}`;

export async function startFakePlatform(options: { port: number }): Promise<FakePlatform> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
  const keySet = JSON.stringify({
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }],
  });
  let latencyMs = 0;
  let reads = 0;
  const server = createServer((_req, res) => {
    reads += 1;
    setTimeout(() => {
      res.setHeader('content-type', 'application/json');
      res.setHeader('cache-control', 'max-age=3600');
      res.end(keySet);
    }, latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${String(options.port)}`;
  const platform = { issuer: base, clientId: 'bench-client', deploymentId: 'bench-deployment' };
  return {
    ...platform,
    authorizationUrl: `${base}/authorize`,
    tokenUrl: `${base}/token`,
    jwksUrl: `${base}/jwks`,
    setLatency: (milliseconds) => void (latencyMs = milliseconds),
    keySetReads: () => reads,
    signToken: (launch) => signToken({ ...platform, ...launch, base, privateKey }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function signToken(options: {
  issuer: string;
  clientId: string;
  deploymentId: string;
  base: string;
  privateKey: KeyObject;
  seat: Seat;
  nonce: string;
  targetLinkUri: string;
}): Promise<string> {
  const { issuer, clientId, deploymentId, base, privateKey, seat, nonce, targetLinkUri } = options;
  const now = Math.floor(Date.now() / 1_000);
  const name = `Student ${String(seat.user)}`;
  const claims = {
    iss: issuer,
    aud: clientId,
    sub: userSub(seat),
    iat: now,
    exp: now + TOKEN_LIFE_S,
    nonce,
    given_name: 'Student',
    family_name: String(seat.user),
    name,
    email: `student-${String(seat.user)}@example.edu`,
    [`${CLAIM}/message_type`]: 'LtiResourceLinkRequest',
    [`${CLAIM}/version`]: '1.3.0',
    [`${CLAIM}/deployment_id`]: deploymentId,
    [`${CLAIM}/target_link_uri`]: targetLinkUri,
    [`${CLAIM}/roles`]: [`${MEMBERSHIP}#${seat.role ?? 'Learner'}`],
    [`${CLAIM}/resource_link`]: { id: `link-${String(seat.course)}`, title: 'Competencies' },
    [`${CLAIM}/context`]: {
      id: courseContextId(seat),
      label: `HIM ${String(seat.course)}`,
      title: `Health information, section ${String(seat.course)}`,
      type: ['http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection'],
    },
    [`${CLAIM}/tool_platform`]: { guid: 'bench', product_family_code: 'bench', name: 'Bench LMS' },
    [`${CLAIM}/launch_presentation`]: {
      locale: 'en',
      document_target: 'iframe',
      return_url: `${base}/courses/${String(seat.course)}`,
    },
    [`${CLAIM}/custom`]: {},
  };
  const head = encode({ alg: 'RS256', typ: 'JWT', kid: KEY_ID });
  const signed = `${head}.${encode(claims)}`;
  // Signed in the thread pool: the load generator's loop stays free.
  const signature = await signAsync('RSA-SHA256', Buffer.from(signed), privateKey);
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
