// A platform answers the login (LTI 1.3 core; Security Framework 1.1, 5.1.1.3): opens the sealed state, proves the token, and
// checks deployment, target and role. Stores nothing but, where the platform may, a deployment that waits for approval: the
// state is used up by the launch's record (record-launch.ts), or here by an error of the platform's.
import { AppError } from '../http/errors.js';
import { checkMessage } from './check-message.js';
import { hashSecret } from './cookies.js';
import { approveDeployment, recordPendingDeployment, type Deployment } from './deployment.model.js';
import { readLaunchContext, type LaunchContext } from './launch-context.js';
import { readTargetPath } from './launch-target.js';
import { findLaunch, insertRefusedState } from './launch.model.js';
import { giveSecondOpinion } from './ltijs-adapter.js';
import type { LtiServices } from './lti-services.js';
import type { RefusalTrace } from './note-refusal.js';
import type { Platform } from './platform.model.js';
import { platformError } from './platform-error.js';
import { requireParameter, type Parameters } from './read-parameters.js';
import { deploymentRecordId, launchRecordId } from './record-ids.js';
import { refuseParameter, refuseToken } from './refuse.js';
import { readRoles, type Role } from './roles.js';
import { isStateShaped, loginMark, loginNonce, openLogin, type Login } from './sealed-login.js';
import { requireActive, requireApproved } from './start-login.js';
import { requireSchoolItself } from './test-environments.js';
import { readUncheckedToken, verifyIdToken } from './verify-id-token.js';

export interface AcceptedLaunch {
  login: Login;
  platform: Platform;
  deployment: Deployment;
  context: LaunchContext;
  roles: Role[];
  /** Path and query of ours that the launch leads to. */
  targetPath: string;
}

/**
 * Outcomes: the accepted launch, or one of `lti.parameter`, `lti.claim`, `lti.message-not-offered`, `lti.platform-error` (400),
 * `lti.state`, `lti.browser`, `lti.token` (401), `lti.platform-paused`, `lti.deployment-…`, `lti.role` (403),
 * `lti.keys-unreachable` (502, 504). A launch that is refused stores nothing; its state is good for this browser until it expires.
 */
export async function acceptLaunch(options: {
  form: Parameters;
  /** The secret that this browser keeps for the login of that mark. */
  loginSecret: (mark: string) => string | null;
  services: LtiServices;
  trace: RefusalTrace;
}): Promise<AcceptedLaunch> {
  const { form, loginSecret, services, trace } = options;
  const now = services.now();
  if (form['error'] !== undefined) throw await readPlatformError({ form, services, trace, now });
  const token = requireParameter(form, 'id_token');
  const state = readState(form);
  const unchecked = readUncheckedToken(token);
  trace.claimNames = Object.keys(unchecked.payload).slice(0, 60);

  const { secret: ownSecret } = services.config;
  const login = openLogin({ state, secret: ownSecret, now });
  if (!login) throw new AppError('lti.state', { status: 401 });
  trace.platform = login.platform;
  trace.deployment = deploymentOf(login);
  const secret = loginSecret(loginMark(login.id));
  if (secret === null || hashSecret(secret) !== login.browserHash) {
    // A launch that went through takes its cookie away: who sends it again should read that, not of cookies.
    const wasUsed = (await findLaunch({ launch: launchRecordId({ login: login.id }) })) !== null;
    throw new AppError(wasUsed ? 'lti.state' : 'lti.browser', { status: 401 });
  }
  const platform = await services.directory.platform(login.platform);
  if (!platform) throw new AppError('lti.state', { status: 401 });
  requireActive(platform);
  const nonceHash = hashSecret(loginNonce({ id: login.id, secret: ownSecret }));
  const { claims, key } = await verifyIdToken({
    token,
    unchecked,
    platform,
    nonceHash,
    jwks: services.jwks,
    launchMaxAgeMs: services.config.launchMaxAgeMs,
    now,
  });
  const context = readLaunchContext(claims, { mayReach: services.outgoing.mayReach });
  trace.deployment = deploymentOf({ ...login, deploymentId: context.deploymentId });
  requireSchoolItself({ platform, hosts: hostsOf(context) });
  const targetPath = checkTarget({ context, login, url: services.config.url });
  if (login.deploymentId !== null && login.deploymentId !== context.deploymentId)
    throw refuseToken('deployment-hint', context.deploymentId);
  await giveSecondOpinion({ token, claims, platform, key, nonceHash });
  const deployment = await admitDeployment({ context, platform, services, now });
  const { roleUris: uris, outside } = context;
  const roles = readRoles({ uris, reviewerRoles: deployment.reviewerRoles, outside });
  checkMessage({ context, roles });
  return { login, platform, deployment, context, roles, targetPath };
}

/** The platform refused (Security Framework 1.1, 5.1.1.5). Its words are shown as text, and the state is used up. */
async function readPlatformError(options: {
  form: Parameters;
  services: LtiServices;
  trace: RefusalTrace;
  now: Date;
}): Promise<AppError> {
  const { form, services, trace, now } = options;
  if (form['id_token'] !== undefined) return refuseParameter('id_token', 'comes with an error');
  const state = form['state'] ?? '';
  const login = openLogin({ state, secret: services.config.secret, now });
  const isKnown = login !== null && (await useUp(login, now));
  trace.platform = login?.platform ?? null;
  trace.deployment = login && deploymentOf(login);
  const { error, error_description: description } = form;
  return platformError({ error, description, isOurs: isKnown });
}

/** Our id of the deployment that was named, or null. */
function deploymentOf(named: Pick<Login, 'platform' | 'deploymentId'>): string | null {
  const { platform, deploymentId } = named;
  return deploymentId === null ? null : deploymentRecordId({ platform, deploymentId });
}

function hostsOf({ serviceHosts, frameOrigins }: LaunchContext): string[] {
  return [...serviceHosts, ...frameOrigins.map((origin) => new URL(origin).host)];
}

function useUp(login: Login, now: Date): Promise<boolean> {
  const { id, platform, expiresAt } = login;
  return insertRefusedState({ launch: launchRecordId({ login: id }), platform, now, expiresAt });
}

function readState(form: Parameters): string {
  const state = requireParameter(form, 'state');
  if (!isStateShaped(state)) throw refuseParameter('state', 'not one of ours');
  return state;
}

function checkTarget(options: { context: LaunchContext; login: Login; url: string }): string {
  const { context, login, url } = options;
  const uri = context.targetLinkUri ?? login.targetLinkUri;
  const targetPath = readTargetPath({ uri, url });
  if (new URL(uri).href !== new URL(login.targetLinkUri).href)
    throw refuseParameter('target_link_uri', 'differs from the one at login');
  return targetPath;
}

async function admitDeployment(options: {
  context: LaunchContext;
  platform: Platform;
  services: LtiServices;
  now: Date;
}): Promise<Deployment> {
  const { context, platform, services, now } = options;
  const { deploymentId, accountName } = context;
  const id = deploymentRecordId({ platform: platform._id, deploymentId });
  const deployment = await services.directory.deployment(id);
  if (deployment) {
    requireApproved(deployment);
    return deployment;
  }
  const fresh = { platform: platform._id, deploymentId, accountName, now };
  if (platform.unknownDeployments === 'approve') return approveDeployment(fresh);
  if (platform.unknownDeployments === 'queue') await recordPendingDeployment(fresh);
  const reason = platform.unknownDeployments === 'queue' ? 'pending' : 'unknown';
  throw new AppError(`lti.deployment-${reason}`, {
    status: 403,
    values: { deployment: deploymentId },
  });
}
