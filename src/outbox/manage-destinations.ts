// Adding, changing and removing the LRSs of others that statements are told to. Our own sets itself up (destinations.ts).
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import {
  deleteDestination,
  insertDestination,
  replaceSettings,
  type Destination,
} from './destination.model.js';
import { destinationForm, type DestinationInput } from './destination-form.js';
import { getDestination, noSuchDestination, sealPassword } from './destinations.js';
import { deleteCursors } from './outbox-cursor.model.js';
import { deleteParkedAt } from './parked-statement.model.js';

/**
 * Another LRS. It is told everything from the beginning, except what platforms' test users did, as soon as it is active.
 * Throws `input.invalid` (400) naming the fields.
 */
export async function addDestination(options: {
  input: unknown;
  status: 'active' | 'paused';
  mayReach: (url: string) => boolean;
  secret: string;
  now: Date;
}): Promise<Destination> {
  const { status, secret, now } = options;
  const { password, ...settings } = readInput(options);
  if (password === '') throw passwordMissing();
  const { destination } = await insertDestination({
    destination: null,
    settings,
    sealedPassword: sealPassword(secret, password),
    status,
    now,
  });
  return getDestination({ destination });
}

/**
 * Other settings; an empty password keeps the one there is, unless the address is another one: a password is not told to a
 * server that it was not given for. Throws `input.invalid` (400), `outbox.no-such-destination` (404),
 * `outbox.own-destination` (409).
 */
export async function changeDestination(options: {
  destination: string;
  input: unknown;
  mayReach: (url: string) => boolean;
  secret: string;
}): Promise<void> {
  const { destination, secret } = options;
  const known = await getOther(destination);
  const { password, ...settings } = readInput(options);
  const isElsewhere = URL.parse(settings.endpoint)?.origin !== URL.parse(known.endpoint)?.origin;
  if (password === '' && isElsewhere) throw passwordMissing();
  const sealedPassword = password === '' ? null : sealPassword(secret, password);
  if (!(await replaceSettings({ destination, settings, sealedPassword })))
    throw noSuchDestination(destination);
}

/**
 * Tells it nothing any more, and forgets how far it was told and what it refused; statements themselves stay. Throws
 * `outbox.no-such-destination` (404), `outbox.own-destination` (409). The first write is the fact.
 */
export async function removeDestination(options: { destination: string }): Promise<void> {
  const { destination } = options;
  await getOther(destination);
  if (!(await deleteDestination({ destination }))) throw noSuchDestination(destination);
  await deleteCursors({ destination });
  await deleteParkedAt({ destination });
}

/** Throws `outbox.own-destination` (409) for our own LRS, which sets itself up. */
export async function getOther(destination: string): Promise<Destination> {
  const found = await getDestination({ destination });
  if (found.isOwn) throw new AppError('outbox.own-destination', { status: 409 });
  return found;
}

function readInput(options: {
  input: unknown;
  mayReach: (url: string) => boolean;
}): DestinationInput {
  return parseInput(destinationForm(options), options.input);
}

function passwordMissing(): AppError {
  return new AppError('input.invalid', {
    status: 400,
    fields: { password: 'destinations:fault.password-missing' },
    values: { fields: 'password' },
  });
}
