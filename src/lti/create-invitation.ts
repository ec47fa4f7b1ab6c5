// Makes a one-time, expiring invitation to register a platform: an address to paste into the platform's registration field.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { hashSecret, makeSecret } from './cookies.js';
import { insertInvitation, type Invitation } from './invitation.model.js';
import { findPlatform } from './platform.model.js';

const HOURS_MS = 60 * 60 * 1_000;
const KEPT_AFTERWARDS_MS = 30 * 24 * HOURS_MS;
export const DEFAULT_INVITATION_HOURS = 72;
const LONGEST_INVITATION_HOURS = 720;
const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$/;

const CreateInvitationInput = z.object({
  name: z.string().trim().max(200, 'is longer than 200 characters').default(''),
  kind: z.enum(['production', 'test'], { error: 'is neither production nor test' }),
  unknownDeployments: z.enum(['queue', 'approve'], { error: 'is neither queue nor approve' }),
  shareNames: z.boolean().default(false),
  hours: z
    .number({ error: 'is not a number' })
    .int('is not a whole number of hours')
    .min(1, 'is below 1 hour')
    .max(LONGEST_INVITATION_HOURS, `is above ${LONGEST_INVITATION_HOURS} hours (30 days)`)
    .default(DEFAULT_INVITATION_HOURS),
  furtherHosts: z
    .array(z.string().toLowerCase().regex(HOST, 'holds something that is no host name'))
    .max(10, 'holds more than 10 host names')
    .default([]),
  /** Our id of the platform that is to be registered again. */
  platform: z.string().max(100).nullable().default(null),
});
export type CreateInvitationInput = z.input<typeof CreateInvitationInput>;

/**
 * The write is the fact; the secret in the address is kept nowhere. Throws `input.invalid` (400) naming the field, or
 * `admin.not-found` (404) for a platform that is not there.
 */
export async function createInvitation(
  input: CreateInvitationInput,
  options: { url: string; now: Date },
): Promise<{ address: string; invitation: Invitation }> {
  const { url, now } = options;
  const { hours, name, ...rest } = parseInput(CreateInvitationInput, input);
  if (rest.platform !== null && !(await findPlatform({ platform: rest.platform })))
    throw new AppError('admin.not-found', { status: 404 });
  const secret = makeSecret();
  const expiresAt = new Date(now.getTime() + hours * HOURS_MS);
  const invitation: Invitation = {
    _id: hashSecret(secret),
    name: name === '' ? null : name,
    ...rest,
    createdAt: now,
    expiresAt,
    revokedAt: null,
    usedAt: null,
    usedBy: null,
    claimedBy: null,
    claimedUntil: null,
    keptUntil: new Date(expiresAt.getTime() + KEPT_AFTERWARDS_MS),
  };
  await insertInvitation(invitation);
  return { address: `${url}/lti/register/${secret}`, invitation };
}
