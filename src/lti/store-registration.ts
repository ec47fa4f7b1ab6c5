// Writes what a platform answered: the platform's record first, which is the fact, then the deployment it named, then the
// invitation as used. Each can be repeated, so that a failure in between is mended by doing all of it again.
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { sealText } from '../secrets.js';
import { approveDeployment, recordPendingDeployment } from './deployment.model.js';
import { requireSameEndpoints } from './find-registered.js';
import { useInvitation, type Invitation } from './invitation.model.js';
import type { LtiServices } from './lti-services.js';
import {
  findPlatform,
  recordPlatform,
  REGISTRATION_TOKEN_PURPOSE,
  type Platform,
  type PlatformRegistration,
} from './platform.model.js';
import { platformRecordId } from './record-ids.js';
import type { RegistrationAnswer } from './registration-answer.js';
import { finishAttempt } from './registration-attempt.model.js';
import { listChanges, readGranted, type Change, type Granted } from './registration-changes.js';
import type { SealedAnswer } from './sealed-registration.js';

export interface StoredRegistration {
  platform: Platform;
  granted: Granted;
  /** Against the registration before. */
  changes: Change[];
  isNew: boolean;
}

/** The platform that an answer would change. Throws `registration.registered` (409) when it may not be changed by this. */
export async function findAnswered(options: {
  invitation: Invitation;
  given: Pick<SealedAnswer, 'configuration' | 'answer'>;
}): Promise<Platform | null> {
  const { invitation, given } = options;
  const { issuer } = given.configuration;
  const id = platformRecordId({ issuer, clientId: given.answer.clientId });
  const registered = await findPlatform({ platform: id });
  if (registered)
    requireSameEndpoints({ invitation, configuration: given.configuration, registered });
  return registered;
}

export async function storeRegistration(options: {
  services: LtiServices;
  invitation: Invitation;
  given: SealedAnswer;
}): Promise<StoredRegistration> {
  const { services, invitation, given } = options;
  const { config, outgoing } = services;
  const { configuration, asked, answer } = given;
  const now = services.now();
  const before = await findAnswered({ invitation, given });
  const granted = readGranted(asked, answer);
  const registration: PlatformRegistration = {
    registeredAt: now,
    version: configuration.version,
    ...granted,
    ...readAccess({ answer, configuration, outgoing, secret: config.secret }),
  };
  const { issuer, authorizationUrl, tokenUrl, jwksUrl, authorizationServer } = configuration;
  const platform = await recordPlatform(
    {
      name: invitation.name ?? before?.name ?? configuration.accountName ?? new URL(issuer).host,
      issuer,
      clientId: answer.clientId,
      authorizationUrl,
      tokenUrl,
      jwksUrl,
      authorizationServer,
      kind: before?.kind ?? invitation.kind,
      unknownDeployments: before?.unknownDeployments ?? invitation.unknownDeployments,
      serviceHosts: before?.serviceHosts ?? [],
      frameOrigins: before?.frameOrigins ?? [],
      registration,
    },
    now,
  );
  await recordDeployment({ platform, invitation, given, now });
  const { attempt } = given;
  await useInvitation({ invitation: invitation._id, attempt, platform: platform._id, now });
  await finishAttempt({ attempt, platform: platform._id });
  services.log.info({ platform: platform._id, isNew: before === null }, 'a platform registered');
  const changes = listChanges(before?.registration ?? null, granted);
  return { platform, granted, changes, isNew: before === null };
}

async function recordDeployment(options: {
  platform: Platform;
  invitation: Invitation;
  given: SealedAnswer;
  now: Date;
}): Promise<void> {
  const { platform, invitation, given, now } = options;
  const { deploymentId } = given.answer;
  if (deploymentId === null) return;
  const { accountName } = given.configuration;
  const deployment = { platform: platform._id, deploymentId, accountName, now };
  await (invitation.unknownDeployments === 'approve'
    ? approveDeployment(deployment)
    : recordPendingDeployment(deployment));
}

/** Only at the host that registered us; elsewhere the token would be given away. */
function readAccess(options: {
  answer: RegistrationAnswer;
  configuration: SealedAnswer['configuration'];
  outgoing: OutgoingClient;
  secret: string;
}): Pick<PlatformRegistration, 'clientUrl' | 'sealedAccessToken'> {
  const { answer, configuration, outgoing, secret } = options;
  const { clientUrl, accessToken } = answer;
  const { host } = new URL(configuration.registrationUrl);
  const isUsable =
    clientUrl !== null && outgoing.mayReach(clientUrl) && URL.parse(clientUrl)?.host === host;
  if (!isUsable) return { clientUrl: null, sealedAccessToken: null };
  const purpose = REGISTRATION_TOKEN_PURPOSE;
  return {
    clientUrl,
    sealedAccessToken:
      accessToken === null ? null : sealText({ secret, purpose, text: accessToken }),
  };
}
