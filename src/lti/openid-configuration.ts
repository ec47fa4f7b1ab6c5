// Reads a platform's openid configuration (LTI Dynamic Registration 1.0, section 3.4), pure. Moodle's older versions list
// messages as strings, newer ones and Canvas as objects. What is not understood is left out; what is missing is refused.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { readText } from './read-claims.js';
import { PLATFORM_CONFIGURATION } from './vocabulary.js';

const MAX_LIST = 1_000;
const MAX_NAME_CHARACTERS = 255;
const MAX_SHOWN_CHARACTERS = 120;
const ACCOUNT_NAME = 'https://canvas.instructure.com/lti/account_name';

export interface PlatformConfiguration {
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  registrationUrl: string;
  /** Audience of our client assertions, where it is an address. */
  authorizationServer: string | null;
  scopes: string[];
  productFamily: string | null;
  version: string | null;
  accountName: string | null;
  messages: { type: string; placements: string[] }[];
  /** Without the leading `$`; null where the platform lists none. */
  variables: string[] | null;
}

const address = z.url({ protocol: /^https?$/ }).max(2_048);
const names = z.array(z.string().max(MAX_NAME_CHARACTERS)).max(MAX_LIST);
const Message = z.union([
  z
    .string()
    .max(MAX_NAME_CHARACTERS)
    .transform((type) => ({ type, placements: [] as string[] })),
  z.object({ type: z.string().max(MAX_NAME_CHARACTERS), placements: names.default([]) }),
]);

const OpenIdConfiguration = z.object({
  issuer: address,
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  registration_endpoint: address,
  authorization_server: z.unknown().optional(),
  token_endpoint_auth_methods_supported: names.default([]),
  id_token_signing_alg_values_supported: names.default([]),
  scopes_supported: names.default([]),
  [PLATFORM_CONFIGURATION]: z.object({
    product_family_code: z.unknown().optional(),
    version: z.unknown().optional(),
    messages_supported: z.array(Message).max(MAX_LIST).default([]),
    variables: names.nullish(),
    [ACCOUNT_NAME]: z.unknown().optional(),
  }),
});

/** Throws `registration.configuration` (502) for what is none, `registration.unsupported` (422) without RS256 or private_key_jwt. */
export function readOpenIdConfiguration(options: {
  text: string;
  host: string;
}): PlatformConfiguration {
  const { text, host } = options;
  const parsed = OpenIdConfiguration.safeParse(parseJson(text));
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.map(String).at(-1) ?? '';
    const fault = path === '' ? 'not JSON' : `nothing usable for ${path}`;
    throw new AppError('registration.configuration', { status: 502, values: { host, fault } });
  }
  const read = parsed.data;
  requireListed(read.id_token_signing_alg_values_supported, 'RS256', host);
  requireListed(read.token_endpoint_auth_methods_supported, 'private_key_jwt', host);
  const platform = read[PLATFORM_CONFIGURATION];
  const server = z.url({ protocol: /^https?$/ }).safeParse(read.authorization_server);
  return {
    issuer: read.issuer,
    authorizationUrl: read.authorization_endpoint,
    tokenUrl: read.token_endpoint,
    jwksUrl: read.jwks_uri,
    registrationUrl: read.registration_endpoint,
    // Canvas names a bare host here, and takes the token endpoint as audience.
    authorizationServer: server.success ? server.data : null,
    scopes: read.scopes_supported,
    productFamily: shown(platform.product_family_code),
    version: shown(platform.version),
    accountName: shown(platform[ACCOUNT_NAME]),
    messages: platform.messages_supported,
    variables: platform.variables?.map((name) => name.replace(/^\$/, '')) ?? null,
  };
}

function requireListed(list: string[], name: string, host: string): void {
  if (list.includes(name)) return;
  throw new AppError('registration.unsupported', { status: 422, values: { host, name } });
}

function shown(value: unknown): string | null {
  return readText(value)?.slice(0, MAX_SHOWN_CHARACTERS) ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // An HTML page, for instance a sign-in: the schema says so.
  }
}
