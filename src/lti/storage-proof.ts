// Whether a launch without our cookie may be proved by the platform's storage (LTI postMessage Storage 0.1): it answers a
// login of ours that named a storage frame. Nothing is used up and nothing believed here; the page asks, and its form proves.
import type { StorageFrame } from './entry-pages.js';
import type { LtiServices } from './lti-services.js';
import type { Parameters } from './read-parameters.js';
import { loginMark, openLogin } from './sealed-login.js';
import { readUncheckedToken } from './verify-id-token.js';

export function storageKey(mark: string): string {
  return `lti_state_${mark}`;
}

/** The frame to ask, or null where cookies or a refusal have to decide. Throws `lti.parameter` (400) for what is no token. */
export async function findStorageFrame(options: {
  form: Parameters;
  /** Whether the browser shows its cookie for the login of that mark. */
  hasCookie: (mark: string) => boolean;
  services: LtiServices;
}): Promise<{ frame: StorageFrame; idToken: string; state: string } | null> {
  const { form, hasCookie, services } = options;
  const { state, id_token: idToken, error } = form;
  if (state === undefined || idToken === undefined || error !== undefined) return null;
  const login = openLogin({ state, secret: services.config.secret, now: services.now() });
  if (!login || login.storageTarget === null) return null;
  const mark = loginMark(login.id);
  if (hasCookie(mark)) return null;
  readUncheckedToken(idToken);
  const platform = await services.directory.platform(login.platform);
  if (platform?.status !== 'active') return null;
  const { origin } = new URL(platform.authorizationUrl);
  return { frame: { target: login.storageTarget, origin, key: storageKey(mark) }, idToken, state };
}
