// What a tool sends to register (OpenID Connect Dynamic Registration as profiled by LTI Dynamic Registration 1.0), how a
// platform of each kind checks it, and the answer. Pure but for the records it is given.
import { z } from 'zod';
import type { DemoMode } from './demo-addresses.js';
import type { DemoRecords, RegisteredTool } from './demo-records.js';

const TOOL_CONFIGURATION = 'https://purl.imsglobal.org/spec/lti-tool-configuration';
const AUTH_METHOD = 'private_key_jwt';
const MAX_TEXT = 4096;

const textSchema = z.string().min(1).max(MAX_TEXT);
const addressSchema = z.url({ protocol: /^https?$/ }).max(MAX_TEXT);

const messageSchema = z.object({
  type: textSchema,
  target_link_uri: addressSchema.optional(),
});

const requestSchema = z.object({
  application_type: z.literal('web').optional(),
  response_types: z.array(textSchema).refine((types) => types.includes('id_token')),
  grant_types: z.array(textSchema).optional(),
  initiate_login_uri: addressSchema,
  redirect_uris: z.array(addressSchema).min(1).max(20),
  client_name: textSchema,
  jwks_uri: addressSchema,
  token_endpoint_auth_method: z.literal(AUTH_METHOD),
  scope: z.string().max(MAX_TEXT).default(''),
  [TOOL_CONFIGURATION]: z.object({
    domain: textSchema,
    target_link_uri: addressSchema,
    custom_parameters: z.record(z.string(), z.string()).default({}),
    claims: z.array(textSchema).default([]),
    messages: z.array(messageSchema).default([]),
  }),
});

export type ToolRequest = z.infer<typeof requestSchema>;

/** The registration, or the first reason against it in the words of the family. */
export function readToolRequest(
  body: unknown,
  mode: DemoMode,
): { request: ToolRequest } | { fault: string; code: string } {
  const moodle = mode === 'moodle' ? findMoodleFault(body) : null;
  if (moodle !== null) return { fault: moodle, code: moodle };

  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) {
    const isRedirect = parsed.error.issues.some(({ path }) => path[0] === 'redirect_uris');
    const code = isRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    return { fault: z.prettifyError(parsed.error), code };
  }
  const { domain, target_link_uri: target } = parsed.data[TOOL_CONFIGURATION];
  if (new URL(target).host === domain) return { request: parsed.data };
  return {
    fault: `domain_targetlinkuri_mismatch: ${domain} is not the host of ${target}`,
    code: 'invalid_client_metadata',
  };
}

/** Moodle names one fault in plain text, in this order. */
function findMoodleFault(body: unknown): string | null {
  const given = z.record(z.string(), z.unknown()).safeParse(body);
  if (!given.success) return 'missing required attribute response_types';
  const fields = given.data;
  const required = [
    'response_types',
    'initiate_login_uri',
    'redirect_uris',
    'client_name',
    'jwks_uri',
    'token_endpoint_auth_method',
    TOOL_CONFIGURATION,
  ];
  const missing = required.find((name) => !fields[name]);
  if (missing !== undefined) return `missing required attribute ${missing}`;
  const types = fields['response_types'];
  if (!Array.isArray(types) || !types.includes('id_token')) return 'invalid_response_types';
  if (!Array.isArray(fields['redirect_uris'])) return 'invalid_redirect_uris';
  if (fields['token_endpoint_auth_method'] !== AUTH_METHOD)
    return 'invalid_token_endpoint_auth_method';
  const type = fields['application_type'];
  return type !== undefined && type !== 'web' ? 'invalid_application_type' : null;
}

/** Puts the tool among the records, in the place of the one that it renews. */
export function recordTool(
  draft: DemoRecords,
  options: {
    request: ToolRequest;
    mode: DemoMode;
    clientId: string;
    renews: string | null;
    knownScopes: readonly string[];
    now: Date;
  },
): RegisteredTool {
  const { request, mode, clientId, renews, knownScopes, now } = options;
  const configuration = request[TOOL_CONFIGURATION];
  const known = draft.tools.find((tool) => tool.clientId === renews);
  const deepLinking = configuration.messages.find(({ type }) => type === 'LtiDeepLinkingRequest');
  const tool: RegisteredTool = {
    clientId: known?.clientId ?? clientId,
    deploymentId: known?.deploymentId ?? String(draft.nextTool),
    mode,
    state: known?.state ?? (mode === 'moodle' ? 'pending' : 'active'),
    name: request.client_name,
    loginUrl: request.initiate_login_uri,
    redirectUris: request.redirect_uris,
    jwksUrl: request.jwks_uri,
    targetLinkUri: configuration.target_link_uri,
    deepLinkingUrl: deepLinking
      ? (deepLinking.target_link_uri ?? configuration.target_link_uri)
      : null,
    domain: configuration.domain,
    scopes: grantScopes({ asked: request.scope.split(' '), knownScopes, mode }),
    claims: configuration.claims,
    custom: configuration.custom_parameters,
    registeredAt: now.toISOString(),
  };
  if (!known) draft.nextTool += 1;
  draft.tools = [...draft.tools.filter((other) => other !== known), tool];
  return tool;
}

const AGS = 'https://purl.imsglobal.org/spec/lti-ags/scope/';

/** Moodle grants services, not scopes: any grade scope brings reading and scoring, `lineitem` the columns too. */
function grantScopes(options: {
  asked: string[];
  knownScopes: readonly string[];
  mode: DemoMode;
}): string[] {
  const { asked, knownScopes, mode } = options;
  const granted = knownScopes.filter((scope) => asked.includes(scope));
  const hasGrades = granted.some((scope) => scope.startsWith(AGS));
  if (mode === 'standard' || !hasGrades) return granted;
  const sync = ['lineitem.readonly', 'result.readonly', 'score'].map((name) => `${AGS}${name}`);
  return knownScopes.filter((scope) => granted.includes(scope) || sync.includes(scope));
}

/** The answer to the tool. Moodle cuts a custom value at "=" in it, and echoes no message but deep linking. */
export function describeTool(tool: RegisteredTool, request: ToolRequest) {
  const configuration = request[TOOL_CONFIGURATION];
  const isMoodle = tool.mode === 'moodle';
  const messages = isMoodle
    ? configuration.messages.filter(({ type }) => type === 'LtiDeepLinkingRequest')
    : configuration.messages;
  const custom = Object.entries(tool.custom).map(([name, value]) => [
    name,
    isMoodle ? (value.split('=')[0] ?? '') : value,
  ]);
  return {
    client_id: tool.clientId,
    application_type: 'web',
    response_types: ['id_token'],
    grant_types: ['implicit', 'client_credentials'],
    initiate_login_uri: tool.loginUrl,
    redirect_uris: tool.redirectUris,
    client_name: tool.name,
    jwks_uri: tool.jwksUrl,
    token_endpoint_auth_method: AUTH_METHOD,
    scope: tool.scopes.join(' '),
    ...(isMoodle ? { logo_uri: '' } : {}),
    [TOOL_CONFIGURATION]: {
      domain: tool.domain,
      target_link_uri: tool.targetLinkUri,
      deployment_id: tool.deploymentId,
      custom_parameters: Object.fromEntries(custom),
      claims: isMoodle ? ['sub', 'iss', ...tool.claims] : tool.claims,
      messages,
    },
  };
}
