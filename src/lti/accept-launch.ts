// A platform answers the login (LTI 1.3 core; Security Framework 1.1, 5.1.1.3): consumes the login's row, proves the token,
// and checks deployment, target and role. Stores nothing but, where the platform may, a deployment that waits for approval.
import { AppError } from '../http/errors.js';
import { hashSecret, isSecret } from './cookies.js';
import { approveDeployment, recordPendingDeployment, type Deployment } from './deployment.model.js';
import { readLaunchContext, type LaunchContext } from './launch-context.js';
import { readTargetPath } from './launch-target.js';
import { consumeLogin, type Login } from './login.model.js';
import { giveSecondOpinion } from './ltijs-adapter.js';
import type { LtiServices } from './lti-services.js';
import type { RefusalTrace } from './note-refusal.js';
import type { Platform } from './platform.model.js';
import { requireParameter, type Parameters } from './read-parameters.js';
import { deploymentRecordId } from './record-ids.js';
import { refuseParameter, refuseToken } from './refuse.js';
import { readRoles, type Role } from './roles.js';
import { requireActive, requireApproved } from './start-login.js';
import { readUncheckedToken, verifyIdToken } from './verify-id-token.js';
import { DEEP_LINKING_REQUEST, RESOURCE_LINK_REQUEST } from './vocabulary.js';

const MAX_SHOWN_CHARACTERS = 300;
const MAY_CHOOSE: Role[] = ['Instructor', 'TeachingAssistant', 'ContentDeveloper', 'Administrator'];

export interface AcceptedLaunch {
  platform: Platform;
  deployment: Deployment;
  context: LaunchContext;
  roles: Role[];
  /** Path and query of ours that the launch leads to. */
  targetPath: string;
  limitKey: string;
}

/**
 * Outcomes: the accepted launch, or one of `lti.parameter`, `lti.claim`, `lti.message-not-offered`, `lti.platform-error` (400),
 * `lti.state`, `lti.browser`, `lti.token` (401), `lti.platform-paused`, `lti.deployment-…`, `lti.role` (403),
 * `lti.keys-unreachable` (502, 504). The state is used up by each of them that had a well-formed one.
 */
export async function acceptLaunch(options: {
  form: Parameters;
  /** The secret of this browser's cookie for the login with that hash of a state. */
  loginSecret: (stateHash: string) => string | null;
  services: LtiServices;
  trace: RefusalTrace;
}): Promise<AcceptedLaunch> {
  const { form, loginSecret, services, trace } = options;
  const now = services.now();
  if (form['error'] !== undefined) throw await readPlatformError(form, now);
  const token = requireParameter(form, 'id_token');
  const state = readState(form);
  const unchecked = readUncheckedToken(token);
  trace.claimNames = Object.keys(unchecked.payload).slice(0, 60);

  const stateHash = hashSecret(state);
  const login = await consumeLogin({ stateHash, now });
  if (!login) throw new AppError('lti.state', { status: 401 });
  trace.platform = login.platform;
  const secret = loginSecret(stateHash);
  if (secret === null || hashSecret(secret) !== login.browserHash)
    throw new AppError('lti.browser', { status: 401 });
  const platform = await services.directory.platform(login.platform);
  if (!platform) throw new AppError('lti.state', { status: 401 });
  requireActive(platform);
  const { claims, key } = await verifyIdToken({
    token,
    unchecked,
    platform,
    nonceHash: login.nonceHash,
    jwks: services.jwks,
    launchMaxAgeMs: services.config.launchMaxAgeMs,
    now,
  });
  const context = readLaunchContext(claims, { mayReach: services.outgoing.mayReach });
  const targetPath = checkTarget({ context, login, url: services.config.url });
  if (login.deploymentId !== null && login.deploymentId !== context.deploymentId)
    throw refuseToken('deployment-hint', context.deploymentId);
  await giveSecondOpinion({ token, claims, platform, key, nonceHash: login.nonceHash });
  const deployment = await admitDeployment({ context, platform, services, now });
  const roles = readRoles({ uris: context.roleUris, reviewerRoles: deployment.reviewerRoles });
  checkMessage({ context, roles });
  return { platform, deployment, context, roles, targetPath, limitKey: login.limitKey };
}

/** The platform refused (Security Framework 1.1, 5.1.1.5). Its words are shown as text, and the state is used up. */
async function readPlatformError(form: Parameters, now: Date): Promise<AppError> {
  if (form['id_token'] !== undefined) return refuseParameter('id_token', 'comes with an error');
  const state = form['state'] ?? '';
  const login = isSecret(state) ? await consumeLogin({ stateHash: hashSecret(state), now }) : null;
  const shown = (text: string | undefined) => (text ?? '').slice(0, MAX_SHOWN_CHARACTERS);
  return new AppError('lti.platform-error', {
    status: 400,
    values: {
      error: shown(form['error']),
      description: shown(form['error_description']),
      known: login ? 'yes' : 'no',
    },
  });
}

function readState(form: Parameters): string {
  const state = requireParameter(form, 'state');
  if (!isSecret(state)) throw refuseParameter('state', 'not one of ours');
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

function checkMessage(options: { context: LaunchContext; roles: Role[] }): void {
  const { context, roles } = options;
  if (context.messageType === DEEP_LINKING_REQUEST) {
    if (!roles.some((role) => MAY_CHOOSE.includes(role)))
      throw new AppError('lti.role', { status: 403 });
    return;
  }
  if (context.messageType !== RESOURCE_LINK_REQUEST)
    throw new AppError('lti.message-not-offered', {
      status: 400,
      values: { message: context.messageType },
    });
}
