// The only importer of ltijs: its token check as a second opinion, its deep linking messages, and its line item client, which
// gets our guarded HTTP client in place of its own. Its middleware, router and database never run (docs/decisions/ltijs.md).
import { createRequire, Module } from 'node:module';
import type { DeepLinkingRequest } from './current-launch.js';
import { hashSecret } from './cookies.js';
import type { PlatformKey } from './jwks-cache.js';
import { ltijsHttp, runServiceCall, type ServiceCall } from './ltijs-http.js';
import { createClosedStore, createLaunchStore, type LtijsStore } from './ltijs-store.js';
import type { Platform } from './platform.model.js';
import { refuseToken } from './refuse.js';
import { badAnswer } from './service-answer.js';
import { CLAIM, DEEP_LINKING_REQUEST, RESOURCE_LINK_REQUEST } from './vocabulary.js';

/** A platform as ltijs's code asks for it. */
interface LtijsPlatform {
  platformActive(): Promise<boolean>;
  platformClientId(): Promise<string>;
  platformKid(): Promise<string>;
  platformUrl(): Promise<string>;
  platformAuthConfig(): Promise<{ method: 'JWK_KEY'; key: object }>;
  platformPrivateKey(): Promise<string>;
}
type GetPlatform = (issuer: string, clientId: string) => Promise<LtijsPlatform>;

interface LtijsAuth {
  validateToken(
    token: string,
    devMode: false,
    parameters: { iss: string; maxAge: false; alg?: string },
    getPlatform: GetPlatform,
    key: '',
    store: LtijsStore,
  ): Promise<unknown>;
  oidcValidation(
    claims: object,
    platform: LtijsPlatform,
    parameters: { alg: string; maxAge: false },
    store: LtijsStore,
  ): Promise<unknown>;
  claimValidation(claims: object): Promise<unknown>;
}
interface LtijsDeepLinking {
  createDeepLinkingMessage(
    idToken: object,
    contentItems: object[],
    options: { message?: string },
  ): Promise<string>;
}
type LtijsDeepLinkingClass = new (
  getPlatform: GetPlatform,
  key: '',
  store: LtijsStore,
) => LtijsDeepLinking;

interface LtijsGrade {
  getLineItems(
    idToken: object,
    options: { resourceId?: string; tag?: string; url?: string },
    token: AccessToken,
  ): Promise<{ lineItems: unknown }>;
  getLineItemById(idToken: object, url: string, token: AccessToken): Promise<unknown>;
  createLineItem(
    idToken: object,
    item: object,
    options: object,
    token: AccessToken,
  ): Promise<unknown>;
}
type LtijsGradeClass = new (getPlatform: GetPlatform, key: '', store: LtijsStore) => LtijsGrade;

/** As the services write it into their Authorization header. */
export interface AccessToken {
  token_type: string;
  access_token: string;
}

const require = createRequire(import.meta.url);
/** ltijs knows these message types only. */
const KNOWN_MESSAGES: unknown[] = [RESOURCE_LINK_REQUEST, DEEP_LINKING_REQUEST];

/** Lets ltijs check a token that passed our checks. Throws `lti.token` (401) when it objects. */
export async function giveSecondOpinion(options: {
  token: string;
  claims: Record<string, unknown>;
  platform: Platform;
  key: PlatformKey;
  nonceHash: string;
}): Promise<void> {
  const { token, claims, platform, key, nonceHash } = options;
  if (!KNOWN_MESSAGES.includes(claims[CLAIM.messageType])) return;
  // The module exports this class; it has no types of its own.
  const auth = load('ltijs/dist/Utils/Auth.js') as LtijsAuth;
  const asPlatform = describePlatform({ platform, jwk: key.jwk });
  const newStore = () => createLaunchStore({ isNonce: (nonce) => hashSecret(nonce) === nonceHash });
  try {
    await auth.validateToken(
      token,
      false,
      { iss: platform.issuer, maxAge: false },
      async () => asPlatform,
      '',
      newStore(),
    );
  } catch (error) {
    if (!isAboutTime(error)) throw objection(error);
    // ltijs knows no skew and no other clock than the system's: times are our check, the rest is asked again.
    await Promise.all([
      auth.oidcValidation(claims, asPlatform, { alg: 'RS256', maxAge: false }, newStore()),
      auth.claimValidation(claims),
    ]).catch((again: unknown) => {
      throw objection(again);
    });
  }
}

/** A signed LtiDeepLinkingResponse (Deep Linking 2.0, 4.5), valid for a minute. Items are checked by the caller. */
export async function createDeepLinkingMessage(options: {
  platform: Platform;
  deploymentId: string;
  request: DeepLinkingRequest;
  contentItems: object[];
  message: string | null;
  signingKey: { kid: string; privateKeyPem: string };
}): Promise<string> {
  const { platform, deploymentId, request, contentItems, message, signingKey } = options;
  // The module exports this class; it has no types of its own.
  const DeepLinking = load('ltijs/dist/Provider/Services/DeepLinking.js') as LtijsDeepLinkingClass;
  const service = new DeepLinking(
    async () => describePlatform({ platform, signingKey }),
    '',
    createClosedStore(),
  );
  return service.createDeepLinkingMessage(
    {
      iss: platform.issuer,
      clientId: platform.clientId,
      deploymentId,
      platformContext: {
        deepLinkingSettings: {
          deep_link_return_url: request.returnUrl,
          accept_types: request.acceptTypes,
          accept_multiple: request.acceptMultiple,
          ...(request.data === null ? {} : { data: request.data }),
        },
      },
    },
    contentItems,
    message === null ? {} : { message },
  );
}

/** Line items (AGS 2.0, 3.2) through ltijs. `call` runs them with our client, see ltijs-http.ts. */
export const lineItemClient = {
  /** One page, as the platform sent it. */
  list(options: {
    call: ServiceCall;
    token: AccessToken;
    url: string;
    resourceId?: string;
    tag?: string;
  }): Promise<unknown> {
    const { call, token, url, ...filters } = options;
    const page = { ...filters, ...(call.isNextPage ? { url } : {}) };
    return withGrade(call, url, async (grade) => {
      const { lineItems } = await grade.getLineItems(describeCourse(url), page, token);
      return lineItems;
    });
  },
  read(options: { call: ServiceCall; token: AccessToken; url: string }): Promise<unknown> {
    const { call, token, url } = options;
    return withGrade(call, url, (grade) => grade.getLineItemById(describeCourse(url), url, token));
  },
  create(options: {
    call: ServiceCall;
    token: AccessToken;
    url: string;
    item: object;
  }): Promise<unknown> {
    const { call, token, url, item } = options;
    return withGrade(call, url, (grade) =>
      grade.createLineItem(describeCourse(url), { ...item }, {}, token),
    );
  },
};

async function withGrade<Result>(
  call: ServiceCall,
  url: string,
  run: (grade: LtijsGrade) => Promise<Result>,
): Promise<Result> {
  // The module exports this class; it has no types of its own.
  const Grade = load('ltijs/dist/Provider/Services/Grade.js') as LtijsGradeClass;
  const unused: GetPlatform = async () => {
    throw new Error('ltijs gets its access token from us');
  };
  return runServiceCall(call, () => run(new Grade(unused, '', createClosedStore()))).catch(
    (error: unknown) => {
      // ltijs parses whatever comes; an HTML error page with status 200 is the usual reason.
      throw error instanceof SyntaxError ? badAnswer(url, 'not JSON', error) : error;
    },
  );
}

function describeCourse(lineItemsUrl: string): object {
  return { iss: '', clientId: '', platformContext: { endpoint: { lineitems: lineItemsUrl } } };
}

/** Puts our client in the place of ltijs's own before anything of it is loaded: no time-out, no guard otherwise. */
function load(path: string): unknown {
  const http = require.resolve('ltijs/dist/Utils/Http.js');
  if (require.cache[http]?.exports !== ltijsHttp) {
    const stand = new Module(http);
    stand.exports = ltijsHttp;
    stand.loaded = true;
    require.cache[http] = stand;
  }
  return require(path);
}

function describePlatform(options: {
  platform: Platform;
  jwk?: object;
  signingKey?: { kid: string; privateKeyPem: string };
}): LtijsPlatform {
  const { platform, jwk = {}, signingKey = { kid: '', privateKeyPem: '' } } = options;
  return {
    platformActive: async () => platform.status === 'active',
    platformClientId: async () => platform.clientId,
    platformUrl: async () => platform.issuer,
    platformKid: async () => signingKey.kid,
    platformPrivateKey: async () => signingKey.privateKeyPem,
    platformAuthConfig: async () => ({ method: 'JWK_KEY', key: jwk }),
  };
}

function isAboutTime(error: unknown): boolean {
  return error instanceof Error && ['TokenExpiredError', 'NotBeforeError'].includes(error.name);
}

function objection(error: unknown): Error {
  return refuseToken('second-opinion', error instanceof Error ? error.message : 'unknown');
}
