// Which platform a registration would change, as far as it can be known before the platform is asked: the one the invitation
// names, or the one that Moodle's registration token names (its subject is the client id to be, or the tool that is updated).
import { AppError } from '../http/errors.js';
import { findDeployment } from './deployment.model.js';
import type { Invitation } from './invitation.model.js';
import type { PlatformConfiguration } from './openid-configuration.js';
import { findPlatform, listPlatformsOfIssuer, type Platform } from './platform.model.js';
import { deploymentRecordId, platformRecordId } from './record-ids.js';
import { isRecord } from './read-claims.js';

/**
 * Null where nothing says so. The token is not verified here: it decides nothing but what is shown and refused sooner.
 * Throws `registration.other-platform` or `registration.registered` (409).
 */
export async function findRegistered(options: {
  invitation: Invitation;
  configuration: PlatformConfiguration;
  registrationToken: string | null;
}): Promise<Platform | null> {
  const { invitation, configuration, registrationToken } = options;
  const { issuer } = configuration;
  const invited = invitation.platform && (await findPlatform({ platform: invitation.platform }));
  if (invited && invited.issuer !== issuer)
    throw new AppError('registration.other-platform', {
      status: 409,
      values: { platform: invited.name, issuer },
    });
  const found = await findNamedByToken({ issuer, registrationToken });
  if (found) requireSameEndpoints({ invitation, configuration, registered: found });
  return found ?? (invited || null);
}

/**
 * A platform that is there is changed only by its own invitation, or where its addresses stay at the same hosts. Throws
 * `registration.registered` (409).
 */
export function requireSameEndpoints(options: {
  invitation: Invitation;
  configuration: PlatformConfiguration;
  registered: Platform;
}): void {
  const { invitation, configuration, registered } = options;
  if (invitation.platform === registered._id) return;
  const isSame = (['authorizationUrl', 'tokenUrl', 'jwksUrl'] as const).every(
    (name) => new URL(configuration[name]).origin === new URL(registered[name]).origin,
  );
  if (isSame) return;
  throw new AppError('registration.registered', {
    status: 409,
    values: { platform: registered.name, issuer: registered.issuer },
  });
}

async function findNamedByToken(options: {
  issuer: string;
  registrationToken: string | null;
}): Promise<Platform | null> {
  const { issuer, registrationToken } = options;
  const { sub, scope } = readPayload(registrationToken);
  if (typeof sub !== 'string' || sub === '') return null;
  const named = await findPlatform({ platform: platformRecordId({ issuer, clientId: sub }) });
  if (named || scope !== 'reg-update') return named;
  const platforms = await listPlatformsOfIssuer({ issuer });
  const deployments = await Promise.all(
    platforms.map(({ _id }) =>
      findDeployment({ deployment: deploymentRecordId({ platform: _id, deploymentId: sub }) }),
    ),
  );
  const owner = deployments.find((one) => one !== null)?.platform;
  return platforms.find(({ _id }) => _id === owner) ?? null;
}

function readPayload(token: string | null): Record<string, unknown> {
  try {
    const text = Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8');
    const payload: unknown = JSON.parse(text);
    return isRecord(payload) ? payload : {};
  } catch {
    return {}; // The token is the platform's own affair; most say nothing to us.
  }
}
