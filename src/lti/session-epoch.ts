// Ending all sessions of a platform or deployment without touching them (pure): each launch keeps the epochs that it began
// with, pausing draws new ones, and what began under another epoch opens nothing, also after everything goes on again.
import { AppError } from '../http/errors.js';
import type { Deployment } from './deployment.model.js';
import type { Platform } from './platform.model.js';
import type { SessionLaunch } from './session.model.js';

interface Records {
  platform: Pick<Platform, 'sessionEpoch'>;
  deployment: Pick<Deployment, 'sessionEpoch'>;
}

/** What a launch that begins now keeps. */
export function sessionEpochs({ platform, deployment }: Records): {
  platform: string;
  deployment: string;
} {
  return { platform: platform.sessionEpoch ?? '', deployment: deployment.sessionEpoch ?? '' };
}

/** True while neither its platform nor its deployment ended their sessions. */
export function isStanding(options: Records & { found: Pick<SessionLaunch, 'epochs'> }): boolean {
  const now = sessionEpochs(options);
  const then = options.found.epochs;
  return (then?.platform ?? '') === now.platform && (then?.deployment ?? '') === now.deployment;
}

/** Throws `session.ended` (401). */
export function requireStanding(options: Parameters<typeof isStanding>[0]): void {
  if (!isStanding(options)) throw new AppError('session.ended', { status: 401 });
}
