// A platform starts a login (Security Framework 1.1, 5.1.1.1): checks who asks and where it leads, seals what the launch has
// to know into the state, and says where the browser goes next. Nothing is stored.
import { AppError } from '../http/errors.js';
import { hashSecret, makeSecret } from './cookies.js';
import type { Deployment } from './deployment.model.js';
import { readTargetPath } from './launch-target.js';
import type { LtiServices } from './lti-services.js';
import { listPlatformsOfIssuer, type Platform } from './platform.model.js';
import { requireParameter, type Parameters } from './read-parameters.js';
import { deploymentRecordId, platformRecordId } from './record-ids.js';
import type { RefusalTrace } from './note-refusal.js';
import type { LoginStep } from './sealed-step.js';
import { refuseParameter } from './refuse.js';
import { requireSchoolItself } from './test-environments.js';
import { loginMark, loginNonce, makeLoginId, sealLogin, type Login } from './sealed-login.js';

export const LOGIN_LIFETIME_S = 600;
const STORAGE_TARGET = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_ID_CHARACTERS = 255;

/** A login that may go on: who asks, and where it leads. */
export interface CheckedLogin {
  /** Of the login and its launch: however often one of its steps is repeated, one launch comes of it. */
  id: string;
  platform: Platform;
  deploymentId: string | null;
  targetLinkUri: string;
  loginHint: string;
  messageHint: string | null;
  storageTarget: string | null;
  limitKey: string;
}

export interface StartedLogin {
  /** The platform's authorization endpoint with the authentication request. */
  address: string;
  /** Names the login's cookie. */
  mark: string;
  /** For the browser's login cookie, or the platform's storage. */
  browserSecret: string;
}

/**
 * `step` is an earlier step of the same login, which was counted then. Throws `lti.parameter`, `lti.platform-unknown`, `-ambiguous`,
 * `-paused`, `lti.deployment-…` or `lti.too-many-logins`.
 */
export async function checkLogin(options: {
  parameters: Parameters;
  from: { address: string } | { step: Pick<LoginStep, 'id' | 'limitKey'> };
  services: LtiServices;
  trace: RefusalTrace;
}): Promise<CheckedLogin> {
  const { parameters, from, services, trace } = options;
  const issuer = requireParameter(parameters, 'iss');
  const loginHint = requireParameter(parameters, 'login_hint');
  const targetLinkUri = requireParameter(parameters, 'target_link_uri');
  const clientId = parameters['client_id'] ?? null;
  const { id, limitKey } =
    'step' in from ? from.step : countLogin({ issuer, clientId, services, ...from });
  const platform = await findRegistration({ issuer, clientId, services });
  trace.platform = platform._id;
  requireActive(platform);
  requireSchoolItself({ platform, environment: parameters['canvas_environment'] });
  readTargetPath({ uri: targetLinkUri, url: services.config.url });
  const deploymentId = readDeploymentHint(parameters);
  if (deploymentId !== null)
    trace.deployment = deploymentRecordId({ platform: platform._id, deploymentId });
  if (deploymentId !== null) await checkDeploymentHint({ platform, deploymentId, services });
  return {
    id,
    platform,
    deploymentId,
    targetLinkUri,
    loginHint,
    messageHint: parameters['lti_message_hint'] ?? null,
    storageTarget: readStorageTarget(parameters['lti_storage_target']),
    limitKey,
  };
}

/** Seals a state for this browser: only now, when it is known how the browser will be recognised. */
export function startLogin(options: {
  checked: CheckedLogin;
  inWindow?: boolean;
  services: Pick<LtiServices, 'config' | 'now'>;
}): StartedLogin {
  const { checked, inWindow = false, services } = options;
  const { id, platform, deploymentId, targetLinkUri, storageTarget, limitKey } = checked;
  const { secret, url } = services.config;
  const browserSecret = makeSecret();
  const login: Login = {
    id,
    platform: platform._id,
    deploymentId,
    targetLinkUri,
    browserHash: hashSecret(browserSecret),
    storageTarget: inWindow ? null : storageTarget,
    limitKey,
    inWindow,
    expiresAt: new Date(services.now().getTime() + LOGIN_LIFETIME_S * 1_000),
  };
  return {
    address: buildAuthenticationRequest({
      platform,
      redirectUri: `${url}/lti/launch`,
      loginHint: checked.loginHint,
      messageHint: checked.messageHint,
      state: sealLogin(login, { secret }),
      nonce: loginNonce({ id: login.id, secret }),
    }),
    mark: loginMark(login.id),
    browserSecret,
  };
}

/** Throws `lti.platform-paused` (403). */
export function requireActive(platform: Platform): void {
  if (platform.status === 'active') return;
  throw new AppError('lti.platform-paused', { status: 403, values: { platform: platform.name } });
}

/** Throws `lti.deployment-pending` or `lti.deployment-paused` (403) unless launches of it may be opened. */
export function requireApproved(deployment: Deployment): void {
  if (deployment.status === 'approved') return;
  throw new AppError(`lti.deployment-${deployment.status}`, {
    status: 403,
    values: { deployment: deployment.deploymentId },
  });
}

/** A new login. Failed and unfinished ones are limited; the key names the bucket that a launch takes this one out of. */
function countLogin(options: {
  issuer: string;
  clientId: string | null;
  address: string;
  services: LtiServices;
}): { id: string; limitKey: string } {
  const { issuer, clientId, address, services } = options;
  const limitKey = `${platformRecordId({ issuer, clientId: clientId ?? '' })} ${address}`;
  if (services.loginLimit.enter(limitKey)) return { id: makeLoginId(), limitKey };
  throw new AppError('lti.too-many-logins', { status: 429, headers: { 'Retry-After': '60' } });
}

async function findRegistration(options: {
  issuer: string;
  clientId: string | null;
  services: LtiServices;
}): Promise<Platform> {
  const { issuer, clientId, services } = options;
  const unknown = () =>
    new AppError('lti.platform-unknown', {
      status: 404,
      values: { issuer, clientId: clientId ?? '' },
    });
  if (clientId !== null) {
    const found = await services.directory.platform(platformRecordId({ issuer, clientId }));
    if (!found) throw unknown();
    return found;
  }
  const [first, second] = await listPlatformsOfIssuer({ issuer });
  if (second) throw new AppError('lti.platform-ambiguous', { status: 400, values: { issuer } });
  if (!first) throw unknown();
  return first;
}

/** Canvas documents the name without the prefix. */
function readDeploymentHint(parameters: Parameters): string | null {
  const hint = parameters['lti_deployment_id'] ?? parameters['deployment_id'] ?? '';
  if (hint.length > MAX_ID_CHARACTERS) throw refuseParameter('lti_deployment_id', 'too long');
  return hint === '' ? null : hint;
}

/** An unknown one goes on where the platform lets new ones wait or in: only the token proves that it exists. */
async function checkDeploymentHint(options: {
  platform: Platform;
  deploymentId: string;
  services: LtiServices;
}): Promise<void> {
  const { platform, deploymentId, services } = options;
  const id = deploymentRecordId({ platform: platform._id, deploymentId });
  const deployment = await services.directory.deployment(id);
  if (deployment) return requireApproved(deployment);
  if (platform.unknownDeployments === 'refuse')
    throw new AppError('lti.deployment-unknown', {
      status: 403,
      values: { deployment: deploymentId },
    });
}

/** What is no frame name is as good as none. */
function readStorageTarget(value: string | undefined): string | null {
  return value !== undefined && STORAGE_TARGET.test(value) ? value : null;
}

function buildAuthenticationRequest(options: {
  platform: Platform;
  redirectUri: string;
  loginHint: string;
  messageHint: string | null;
  state: string;
  nonce: string;
}): string {
  const { platform, redirectUri, loginHint, messageHint, state, nonce } = options;
  const address = new URL(platform.authorizationUrl);
  const request = {
    scope: 'openid',
    response_type: 'id_token',
    response_mode: 'form_post',
    prompt: 'none',
    client_id: platform.clientId,
    redirect_uri: redirectUri,
    login_hint: loginHint,
    state,
    nonce,
    ...(messageHint === null ? {} : { lti_message_hint: messageHint }),
  };
  for (const [name, value] of Object.entries(request)) address.searchParams.set(name, value);
  return address.href;
}
