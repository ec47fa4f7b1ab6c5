// A platform opened an invitation (LTI Dynamic Registration 1.0, section 3.3): fetches and checks its configuration and keeps
// it, with the registration token, sealed, for the person's answer. Nothing is sent, and nothing stored when it is refused.
import { AppError, isAppError } from '../http/errors.js';
import { sealText } from '../secrets.js';
import { hashSecret, isSecret, makeSecret } from './cookies.js';
import { findRegistered } from './find-registered.js';
import { requireOpenInvitation, unknownInvitation } from './invitation-state.js';
import { findInvitation, type Invitation } from './invitation.model.js';
import type { LtiServices } from './lti-services.js';
import { readOpenIdConfiguration, type PlatformConfiguration } from './openid-configuration.js';
import { findFamily, type PlatformFamily } from './platform-families.js';
import type { Platform } from './platform.model.js';
import type { Parameters } from './read-parameters.js';
import { insertAttempt } from './registration-attempt.model.js';
import { checkRegistrationHosts } from './registration-hosts.js';
import { chooseWishes, type Asked } from './registration-request.js';
import { REQUEST_PURPOSE, type SealedRequest } from './sealed-registration.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024;
const ATTEMPT_LIFE_MS = 30 * 60 * 1_000;
const MAX_TOKEN_CHARACTERS = 8_192;

export interface RegistrationOffer {
  invitation: Invitation;
  configurationUrl: string;
  configuration: PlatformConfiguration;
  family: PlatformFamily;
  asked: Asked;
  /** What confirming would change. */
  registered: Platform | null;
  /** For the page's form: works once. */
  formSecret: string;
}

/**
 * `browserSecret` is the browser's registration cookie. Refuses with `registration.*` or `outgoing.*`: 400, 403, 409, 410,
 * 422, 429, 502 or 504.
 */
export async function offerRegistration(options: {
  services: LtiServices;
  token: string;
  parameters: Parameters;
  browserSecret: string;
}): Promise<RegistrationOffer> {
  const { services, token, parameters, browserSecret } = options;
  const { config, now, outgoing } = services;
  const invitation = await getOpenInvitation({ token, now: now() });
  const configurationUrl = parameters['openid_configuration'] ?? '';
  if (configurationUrl === '') throw new AppError('registration.no-configuration', { status: 400 });
  const registrationToken = readToken(parameters['registration_token']);
  if (!services.loginLimit.enter(`registration ${invitation._id}`)) throw tooMany();
  const configuration = await fetchConfiguration({ services, configurationUrl, registrationToken });
  const { furtherHosts } = invitation;
  const { mayReach } = outgoing;
  checkRegistrationHosts({ configuration, configurationUrl, furtherHosts, mayReach });
  const registered = await findRegistered({ invitation, configuration, registrationToken });

  const formSecret = makeSecret();
  const request: SealedRequest = { configuration, registrationToken };
  const sealedRequest = sealText({
    secret: config.secret,
    purpose: REQUEST_PURPOSE,
    text: JSON.stringify(request),
  });
  const isKept = await insertAttempt(
    {
      _id: hashSecret(formSecret),
      invitation: invitation._id,
      browserHash: hashSecret(browserSecret),
      sealedRequest,
      takenAt: null,
      platform: null,
      expiresAt: new Date(now().getTime() + ATTEMPT_LIFE_MS),
    },
    { now: now() },
  );
  if (!isKept) throw tooMany();
  const family = findFamily(configuration.productFamily);
  const asked = chooseWishes({ family, configuration, shareNames: invitation.shareNames });
  return { invitation, configurationUrl, configuration, family, asked, registered, formSecret };
}

async function getOpenInvitation(options: { token: string; now: Date }): Promise<Invitation> {
  const { token, now } = options;
  if (!isSecret(token)) throw unknownInvitation();
  return requireOpenInvitation(await findInvitation({ invitation: hashSecret(token) }), now);
}

/** A header of its own: nothing that could end it early. Platforms with open registration send none. */
function readToken(value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  if (value.length <= MAX_TOKEN_CHARACTERS && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new AppError('lti.parameter', {
    status: 400,
    values: { name: 'registration_token', fault: 'not a token' },
  });
}

async function fetchConfiguration(options: {
  services: LtiServices;
  configurationUrl: string;
  registrationToken: string | null;
}): Promise<PlatformConfiguration> {
  const { services, configurationUrl, registrationToken } = options;
  const answer = await services.outgoing
    .request({
      url: configurationUrl,
      headers: {
        Accept: 'application/json',
        ...(registrationToken === null ? {} : { Authorization: `Bearer ${registrationToken}` }),
      },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    })
    .catch((error: unknown) => {
      // Where the address leads is what the person gave us: theirs to mend, unlike a server that fails.
      if (isAppError(error) && error.code === 'outgoing.redirect')
        throw new AppError(error.code, { status: 400, values: error.values, cause: error });
      throw error;
    });
  const { host } = new URL(configurationUrl);
  if (answer.status !== 200)
    throw new AppError('registration.configuration', {
      status: 502,
      values: { host, fault: `status ${answer.status}` },
    });
  return readOpenIdConfiguration({ text: answer.text, host });
}

function tooMany(): AppError {
  return new AppError('registration.too-many', { status: 429, headers: { 'Retry-After': '60' } });
}
