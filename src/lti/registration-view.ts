// The registration pages as plain data (pure): who asks, which hosts, what we ask for in words of the catalogue, what an
// earlier registration had, and what the platform granted. Names and texts of the platform stay text; the views escape them.
import type { ConfirmOutcome } from './confirm-registration.js';
import type { RegistrationOffer } from './offer-registration.js';
import type { PlatformConfiguration } from './openid-configuration.js';
import { findFamily, type PlatformFamily } from './platform-families.js';
import type { Asked } from './registration-request.js';
import {
  askedNames,
  GRANTED,
  listChanges,
  type Change,
  type Granted,
} from './registration-changes.js';
import { ENDPOINTS } from './registration-hosts.js';
import { isTestIssuer } from './test-environments.js';
import { SCOPE } from './vocabulary.js';

const KNOWN_MESSAGES = [
  'LtiResourceLinkRequest',
  'LtiDeepLinkingRequest',
  'LtiSubmissionReviewRequest',
  'DataPrivacyLaunchRequest',
];

export function describeOffer(
  offer: RegistrationOffer,
  options: { token: string; now: Date },
): Record<string, unknown> {
  const { invitation, configuration, family, asked, registered, formSecret } = offer;
  const changes = listChanges(registered?.registration ?? null, askedNames(asked));
  return {
    token: options.token,
    formSecret,
    ...describeWho(configuration, family),
    expiresAt: invitation.expiresAt,
    isTest: invitation.kind === 'test' || isTestIssuer(configuration.issuer),
    isApproved: (registered ?? invitation).unknownDeployments === 'approve',
    shareNames: invitation.shareNames,
    addresses: ENDPOINTS.map((name) => ({ name, host: new URL(configuration[name]).host })),
    ...describeAsked(asked, family),
    registered: registered && { name: registered.name, issuer: registered.issuer },
    hasHistory: Boolean(registered?.registration),
    changes: changes.map(describeChange),
    next: family.family,
  };
}

/** Who may show the page in a frame: the platform that asked. Canvas shows it at schools' own domains, which nobody told us. */
export function listOfferFrames(offer: RegistrationOffer): string[] {
  const { configuration, configurationUrl, family } = offer;
  if (family.framedBy === 'anyone') return ['*'];
  const { issuer, authorizationUrl, registrationUrl } = configuration;
  const addresses = [configurationUrl, issuer, authorizationUrl, registrationUrl];
  return [...new Set(addresses.map((address) => new URL(address).origin))];
}

export function describeOutcome(outcome: ConfirmOutcome): Record<string, unknown> {
  if (outcome.kind === 'repeated') {
    const { name, issuer, status } = outcome.platform;
    const host = URL.parse(issuer)?.host ?? issuer;
    return { name, product: host, next: 'other', isPaused: status === 'paused', closes: false };
  }
  const { configuration, asked, answer } = outcome.given;
  const family = findFamily(configuration.productFamily);
  const who = describeWho(configuration, family);
  if (outcome.kind === 'unsaved') return { ...who, sealedAnswer: outcome.sealedAnswer };
  const { platform, granted, changes, isNew } = outcome.stored;
  const missing = listMissing(askedNames(asked), granted);
  return {
    ...who,
    name: platform.name,
    isNew,
    isPaused: platform.status === 'paused',
    waits: platform.unknownDeployments !== 'approve',
    hasDeployment: answer.deploymentId !== null,
    missing: missing.map(describeChange),
    changes: changes.map(describeChange),
    next: family.family,
    // Where there is nothing to read that the page before did not say, the platform may go on at once.
    closes: isNew && missing.length === 0,
  };
}

function describeWho(
  configuration: PlatformConfiguration,
  family: PlatformFamily,
): Record<string, unknown> {
  const { issuer, version, accountName, productFamily } = configuration;
  const product = family.family === 'other' ? productFamily : family.name;
  return { product: product ?? new URL(issuer).host, issuer, version, accountName };
}

function describeAsked(asked: Asked, family: PlatformFamily): Record<string, unknown> {
  const topics = family.customParameters
    .filter(({ name }) => name in asked.customParameters)
    .map(({ topic }) => topic);
  return {
    scopes: asked.scopes.map((scope) => describeName('scopes', scope)),
    messages: asked.messages.map(({ type, placements }) => ({
      ...describeName('messages', type),
      placements: placements.join(', '),
    })),
    topics: [...new Set(topics)],
    parameters: Object.entries(asked.customParameters).map(([name, variable]) => ({
      name,
      variable,
    })),
  };
}

/** What was asked and is not in the answer. Messages are left out: platforms echo only some of them. */
function listMissing(asked: Granted, granted: Granted): Change[] {
  return GRANTED.filter((what) => what !== 'messages')
    .map((what) => ({
      what,
      added: [],
      removed: asked[what].filter((one) => !granted[what].includes(one)),
    }))
    .filter(({ removed }) => removed.length > 0);
}

function describeChange({ what, added, removed }: Change): Record<string, unknown> {
  return {
    what,
    added: added.map((name) => describeName(what, name)),
    removed: removed.map((name) => describeName(what, name)),
  };
}

/** `key` has words in the catalogue; what we do not know is shown as it is. */
function describeName(what: Change['what'], name: string): { key: string | null; name: string } {
  if (what === 'scopes') {
    const known = Object.entries(SCOPE).find(([, scope]) => scope === name);
    return { key: known ? `lti:register.scopes.${known[0]}` : null, name };
  }
  const isMessage = what === 'messages' && KNOWN_MESSAGES.includes(name);
  return { key: isMessage ? `lti:register.messages.${name}` : null, name };
}
