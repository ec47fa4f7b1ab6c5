// A person confirmed: sends the registration to the platform (LTI Dynamic Registration 1.0, section 3.5) and stores its
// answer. One confirmation carries out an invitation; a platform that refuses gives it back; a failure of ours after the
// platform's yes keeps the answer, sealed, in the page, so that trying again makes no second client.
import { AppError, isAppError } from '../http/errors.js';
import { wordsFor } from '../http/catalogue.js';
import { sealText } from '../secrets.js';
import { hashSecret, isSecret } from './cookies.js';
import { findRegistered } from './find-registered.js';
import { requireOpenInvitation, unknownInvitation } from './invitation-state.js';
import {
  claimInvitation,
  findInvitation,
  releaseInvitation,
  type Invitation,
} from './invitation.model.js';
import type { LtiServices } from './lti-services.js';
import { findFamily } from './platform-families.js';
import { findPlatform, type Platform } from './platform.model.js';
import { readRegistrationAnswer, type RegistrationAnswer } from './registration-answer.js';
import { deleteAttempt, findAttempt, takeAttempt } from './registration-attempt.model.js';
import { buildRegistration, chooseWishes } from './registration-request.js';
import {
  ANSWER_PURPOSE,
  openAnswer,
  openRequest,
  withoutConsent,
  type SealedAnswer,
  type SealedRequest,
} from './sealed-registration.js';
import { toolWords } from './tool-words.js';
import { findAnswered, storeRegistration, type StoredRegistration } from './store-registration.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;
const CLAIM_MS = 120_000;
const MAX_SHOWN_CHARACTERS = 300;

export type ConfirmOutcome =
  | { kind: 'registered'; given: SealedAnswer; stored: StoredRegistration }
  /** The same form, sent again. */
  | { kind: 'repeated'; platform: Platform }
  /** The platform said yes and we could not store it. */
  | { kind: 'unsaved'; given: SealedAnswer; sealedAnswer: string };

/** Refuses with `registration.consent` (403), `-in-progress`, `-registered` (409), `-refused`, `-answer` (502) and others. */
export async function confirmRegistration(options: {
  services: LtiServices;
  token: string;
  formSecret: string;
  /** The browser's registration cookie; null where the browser keeps none. */
  browserSecret: string | null;
}): Promise<ConfirmOutcome> {
  const { services, formSecret, browserSecret } = options;
  const now = services.now();
  const invitation = await getInvitation(options.token);
  const attempt = isSecret(formSecret)
    ? await findAttempt({ attempt: hashSecret(formSecret), invitation: invitation._id, now })
    : null;
  const isOtherBrowser =
    browserSecret !== null && hashSecret(browserSecret) !== attempt?.browserHash;
  if (attempt === null || isOtherBrowser) throw withoutConsent();
  const done = attempt.platform && (await findPlatform({ platform: attempt.platform }));
  if (done) return { kind: 'repeated', platform: done };
  requireOpenInvitation(invitation, now);
  const holder = { invitation: invitation._id, attempt: attempt._id };
  const until = new Date(now.getTime() + CLAIM_MS);
  const isMine =
    (await takeAttempt({ attempt: attempt._id, now })) &&
    (await claimInvitation({ ...holder, now, until }));
  if (!isMine) throw new AppError('registration.in-progress', { status: 409 });
  const { secret } = services.config;
  const request = openRequest({ secret, sealed: attempt.sealedRequest });
  const given = await askPlatform({ services, invitation, request, attempt: attempt._id }).catch(
    async (error: unknown) => {
      await releaseInvitation(holder);
      await deleteAttempt({ attempt: attempt._id });
      throw error;
    },
  );
  return store({ services, invitation, given });
}

/** Stores the answer that a page kept. Refuses with `registration.consent` (403) or `registration.in-progress` (409). */
export async function saveAnswer(options: {
  services: LtiServices;
  token: string;
  sealedAnswer: string;
}): Promise<ConfirmOutcome> {
  const { services, token, sealedAnswer } = options;
  const now = services.now();
  const invitation = await getInvitation(token);
  const given = openAnswer({ secret: services.config.secret, sealed: sealedAnswer });
  if (given.invitation !== invitation._id) throw withoutConsent();
  const done = invitation.usedBy && (await findPlatform({ platform: invitation.usedBy }));
  if (done && invitation.claimedBy === given.attempt) return { kind: 'repeated', platform: done };
  requireOpenInvitation(invitation, now);
  const until = new Date(now.getTime() + CLAIM_MS);
  const { attempt } = given;
  if (!(await claimInvitation({ invitation: invitation._id, attempt, now, until })))
    throw new AppError('registration.in-progress', { status: 409 });
  return store({ services, invitation, given });
}

async function store(options: {
  services: LtiServices;
  invitation: Invitation;
  given: SealedAnswer;
}): Promise<ConfirmOutcome> {
  const { services, given } = options;
  try {
    return { kind: 'registered', given, stored: await storeRegistration(options) };
  } catch (error) {
    services.log.error({ err: error }, 'a registration was confirmed and could not be stored');
    const { secret } = services.config;
    const sealedAnswer = sealText({ secret, purpose: ANSWER_PURPOSE, text: JSON.stringify(given) });
    return { kind: 'unsaved', given, sealedAnswer };
  }
}

async function getInvitation(token: string): Promise<Invitation> {
  const found = isSecret(token) && (await findInvitation({ invitation: hashSecret(token) }));
  if (!found) throw unknownInvitation();
  return found;
}

async function askPlatform(options: {
  services: LtiServices;
  invitation: Invitation;
  request: SealedRequest;
  attempt: string;
}): Promise<SealedAnswer> {
  const { services, invitation, request, attempt } = options;
  const { configuration, registrationToken } = request;
  const { shareNames } = invitation;
  await findRegistered({ invitation, configuration, registrationToken });
  const family = findFamily(configuration.productFamily);
  const asked = chooseWishes({ family, configuration, shareNames });
  const { url } = services.config;
  const body = buildRegistration({ asked, family, url, shareNames, words: toolWords() });
  const answer = await sendRegistration({ services, request, body });
  await findAnswered({ invitation, given: { configuration, answer } });
  // Of a long list of variables nothing is needed any more.
  const kept = { ...configuration, variables: null, messages: [], scopes: [] };
  return { invitation: invitation._id, attempt, configuration: kept, asked, answer };
}

async function sendRegistration(options: {
  services: LtiServices;
  request: SealedRequest;
  body: Record<string, unknown>;
}): Promise<RegistrationAnswer> {
  const { services, request, body } = options;
  const { registrationToken, configuration } = request;
  const url = configuration.registrationUrl;
  const { host } = new URL(url);
  const answer = await services.outgoing
    .request({
      url,
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...(registrationToken === null ? {} : { Authorization: `Bearer ${registrationToken}` }),
      },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    })
    .catch(sayUnanswered);
  if (answer.status === 200 || answer.status === 201)
    return readRegistrationAnswer({ text: answer.text, host });
  throw new AppError('registration.refused', {
    status: 502,
    values: { host, status: answer.status, words: readWords(answer.text) },
  });
}

/** Silence is no refusal: the platform may have registered us before the line went dead. */
function sayUnanswered(error: unknown): never {
  if (!isAppError(error) || !['outgoing.timeout', 'outgoing.unreachable'].includes(error.code))
    throw error;
  const { status, values } = error;
  throw new AppError('registration.unanswered', { status, values, cause: error });
}

/** What a refusing platform wrote: Moodle a plain sentence, others JSON, some a page, which says nothing here. */
function readWords(text: string): string {
  const plain = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  if (plain === '') return wordsFor('en')('lti:register.said.nothing');
  if (/^<(!doctype|html|\?xml)/i.test(plain)) return wordsFor('en')('lti:register.said.page');
  return `“${plain.slice(0, MAX_SHOWN_CHARACTERS)}”`;
}
