// Whether an invitation still opens (pure), and what is said when it does not.
import { AppError } from '../http/errors.js';
import type { Invitation } from './invitation.model.js';

export type InvitationState = 'open' | 'used' | 'revoked' | 'expired';

export function invitationState(
  invitation: Pick<Invitation, 'usedAt' | 'revokedAt' | 'expiresAt'>,
  now: Date,
): InvitationState {
  if (invitation.usedAt !== null) return 'used';
  if (invitation.revokedAt !== null) return 'revoked';
  return invitation.expiresAt > now ? 'open' : 'expired';
}

/** Throws `registration.invitation-unknown` (403), or `-used`, `-revoked`, `-expired` (410). */
export function requireOpenInvitation(invitation: Invitation | null, now: Date): Invitation {
  if (invitation === null) throw unknownInvitation();
  const state = invitationState(invitation, now);
  if (state === 'open') return invitation;
  throw new AppError(`registration.invitation-${state}`, { status: 410 });
}

export function unknownInvitation(): AppError {
  return new AppError('registration.invitation-unknown', { status: 403 });
}
