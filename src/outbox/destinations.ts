// Setting up LRSs to tell: our own, made by itself and kept pointing at this process's port, and others by hand. The key of
// our own LRS is made by functions passed in, because the outbox knows it only as it knows any LRS: by its address.
import { AppError } from '../http/errors.js';
import { openSealedText, sealText, UnsealError } from '../secrets.js';
import {
  findDestination,
  findSealedPassword,
  insertDestination,
  moveDestination,
  OWN_DESTINATION,
  replaceCredentials,
  setDestinationStatus,
  type Destination,
} from './destination.model.js';

const PURPOSE = 'destination-password';
const OWN_NAME = 'Crosswalk';

export interface LrsKey {
  key: string;
  secret: string;
}

/**
 * Our own LRS as a destination. Idempotent: a key that `verifyKey` still knows stays, another is made by `makeKey`; an
 * endpoint that moved is followed. The insert is the fact; of two processes that start at once the first one's key stays.
 */
export async function ensureOwnDestination(options: {
  endpoint: string;
  secret: string;
  makeKey: () => Promise<LrsKey>;
  verifyKey: (key: LrsKey) => Promise<boolean>;
  now: Date;
}): Promise<Destination> {
  const { secret, makeKey, verifyKey, now } = options;
  const endpoint = trimEndpoint(options.endpoint);
  const known = await findDestination({ destination: OWN_DESTINATION });
  if (!known) {
    const made = await makeKey();
    await insertDestination({
      destination: OWN_DESTINATION,
      settings: { name: OWN_NAME, endpoint, key: made.key, version: '1.0.3', gzip: false },
      sealedPassword: sealPassword(secret, made.secret),
      status: 'active',
      now,
    });
  } else {
    if (known.endpoint !== endpoint)
      await moveDestination({ destination: OWN_DESTINATION, endpoint });
    const password = await openOwnPassword({ secret });
    const isGood = password !== null && (await verifyKey({ key: known.key, secret: password }));
    if (!isGood) await remakeOwnKey({ secret, makeKey });
  }
  const own = await findDestination({ destination: OWN_DESTINATION });
  if (!own) throw new Error('our own destination was removed while it was set up');
  return own;
}

/** Gives our own destination a new key; when it was stopped for the old one, it goes on. */
export async function remakeOwnKey(options: {
  secret: string;
  makeKey: () => Promise<LrsKey>;
}): Promise<void> {
  const made = await options.makeKey();
  await replaceCredentials({
    destination: OWN_DESTINATION,
    key: made.key,
    sealedPassword: sealPassword(options.secret, made.secret),
  });
}

/** Throws `outbox.no-such-destination` (404). */
export async function getDestination(options: { destination: string }): Promise<Destination> {
  const found = await findDestination(options);
  if (!found) throw noSuchDestination(options.destination);
  return found;
}

/** Goes on at once, also where the next attempt was far away. Throws `outbox.no-such-destination` (404). */
export async function resumeDestination(options: { destination: string }): Promise<void> {
  await setStatus({ ...options, status: 'active', reason: null });
}

/** Nothing is sent until somebody resumes. Throws `outbox.no-such-destination` (404). */
export async function stopDestination(options: {
  destination: string;
  reason: string;
}): Promise<void> {
  await setStatus({ ...options, status: 'stopped' });
}

/** As stopping, but by a person's choice and not for a fault. Throws `outbox.no-such-destination` (404). */
export async function pauseDestination(options: { destination: string }): Promise<void> {
  await setStatus({ ...options, status: 'paused', reason: null });
}

/** The password in clear, to open a connection. Throws UnsealError when the instance's secret is another one. */
export async function openPassword(options: {
  destination: string;
  secret: string;
}): Promise<string> {
  const { destination, secret } = options;
  const sealed = await findSealedPassword({ destination });
  if (sealed === null) throw noSuchDestination(destination);
  return openSealedText({ secret, purpose: PURPOSE, sealed });
}

/** Null where it was sealed under another secret: then a new key is made. */
async function openOwnPassword(options: { secret: string }): Promise<string | null> {
  try {
    return await openPassword({ destination: OWN_DESTINATION, secret: options.secret });
  } catch (error) {
    if (error instanceof UnsealError) return null;
    throw error;
  }
}

async function setStatus(options: Parameters<typeof setDestinationStatus>[0]): Promise<void> {
  const { isFound } = await setDestinationStatus(options);
  if (!isFound) throw noSuchDestination(options.destination);
}

/** The password as it is kept. */
export function sealPassword(secret: string, text: string): string {
  return sealText({ secret, purpose: PURPOSE, text });
}

/** Without a slash at the end. */
function trimEndpoint(endpoint: string): string {
  return endpoint.replace(/\/+$/, '');
}

/** `outbox.no-such-destination` (404). */
export function noSuchDestination(destination: string): AppError {
  return new AppError('outbox.no-such-destination', { status: 404, values: { destination } });
}
