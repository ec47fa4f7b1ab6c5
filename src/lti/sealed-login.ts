// A login on its way (Security Framework 1.1, 5.1.1): state, nonce, platform, deployment hint, target link and browser in one
// record that travels sealed (AES-256-GCM) as the `state` itself. A login so stores nothing; that a state is used once is
// settled by the launch, whose record has an id derived from it (launch.model.ts). See docs/decisions/sealed-login.md.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { sealText, tryToOpenSealedJson } from '../secrets.js';
import { hashSecret } from './cookies.js';
import { takeRandomBytes } from './random-bytes.js';

const PURPOSE = 'login-state';
const ID_BYTES = 16;
const MARK_CHARACTERS = 16;
const WELL_FORMED = /^[A-Za-z0-9_.-]{20,10240}$/;

export interface Login {
  /** 128 random bits; what the launch's id and the nonce are derived from. Never shown. */
  id: string;
  platform: string;
  /** `lti_deployment_id` of the login, where it was given. */
  deploymentId: string | null;
  targetLinkUri: string;
  /** SHA-256 of the secret that this browser keeps. */
  browserHash: string;
  /** `lti_storage_target`, for browsers that keep no cookie. */
  storageTarget: string | null;
  /** Bucket of the rate limit that this login counts in until it ends well. */
  limitKey: string;
  /** The login goes on in a window of its own (way three of docs/decisions/getting-in.md). */
  inWindow: boolean;
  expiresAt: Date;
}

const SealedLogin = z.tuple([
  z.string(),
  z.string(),
  z.string().nullable(),
  z.string(),
  z.string(),
  z.string().nullable(),
  z.string(),
  z.boolean(),
  z.number(),
]);

export function makeLoginId(): string {
  return takeRandomBytes(ID_BYTES).toString('base64url');
}

/** The `state` of the authentication request: safe in addresses, a few hundred characters. */
export function sealLogin(login: Login, options: { secret: string }): string {
  const { id, platform, deploymentId, targetLinkUri, browserHash, storageTarget } = login;
  const record: z.infer<typeof SealedLogin> = [
    id,
    platform,
    deploymentId,
    targetLinkUri,
    browserHash,
    storageTarget,
    login.limitKey,
    login.inWindow,
    login.expiresAt.getTime(),
  ];
  return sealText({ secret: options.secret, purpose: PURPOSE, text: JSON.stringify(record) });
}

/** True for a text that could be a state of ours. */
export function isStateShaped(state: string): boolean {
  return WELL_FORMED.test(state);
}

/** Null for a state that we did not seal, that was altered, or that has expired. */
export function openLogin(options: { state: string; secret: string; now: Date }): Login | null {
  const { state, secret, now } = options;
  const read = SealedLogin.safeParse(
    tryToOpenSealedJson({ secret, purpose: PURPOSE, sealed: state }),
  );
  if (!read.success) return null;
  const [id, platform, deploymentId, targetLinkUri, browserHash, storageTarget] = read.data;
  const [, , , , , , limitKey, inWindow, ends] = read.data;
  const expiresAt = new Date(ends);
  if (expiresAt <= now) return null;
  return {
    id,
    platform,
    deploymentId,
    targetLinkUri,
    browserHash,
    storageTarget,
    limitKey,
    inWindow,
    expiresAt,
  };
}

/** The nonce of a login: nobody without our secret can tell it from its state. */
export function loginNonce(options: { id: string; secret: string }): string {
  return createHmac('sha256', options.secret)
    .update(`login-nonce ${options.id}`)
    .digest('base64url');
}

/** Names the login in a cookie's name or a storage key; says nothing about its state. */
export function loginMark(id: string): string {
  return hashSecret(id).slice(0, MARK_CHARACTERS);
}
