// Links that open something in a new tab. A frame's session cookie is partitioned: the new tab does not send it. So such a
// link carries a pass that its session signed for one person, course and path (docs/decisions/visit-pass.md). It opens once,
// for some hours at most and never longer than its session; routes that take it (guards.ts, takeVisit) show no page.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { admitLaunch, namedCourse, pickLaunch, type ChosenLaunch } from './choose-launch.js';
import type { CurrentLaunch } from './current-launch.js';
import { NO_COURSE } from './launch-target.js';
import { requestServices } from './request-session.js';
import { findStandingSession } from './session.model.js';
import { deriveVisitKey } from './visit-key.js';
import { useVisitPass } from './visit-pass.model.js';

const PASS =
  /^(?<session>[0-9a-f]{64})\.(?<drawn>[0-9a-z]{8,9})\.(?<nonce>[A-Za-z0-9_-]{16})\.(?<given>[A-Za-z0-9_-]{43})$/;
const RADIX = 36;
export const PASS_LIFE_MS = 4 * 60 * 60 * 1_000;

/** The address of a link with `target="_blank"` to one of our routes. `path` has no query. */
export function visitAddress(options: {
  launch: Pick<CurrentLaunch, 'visitKey' | 'course'>;
  path: string;
}): string {
  const { launch, path } = options;
  const address = `${path}?course=${launch.course ?? NO_COURSE}`;
  if (launch.visitKey === null) return address;
  const { session, key, drawnAt, nonce } = launch.visitKey;
  const drawn = drawnAt.getTime().toString(RADIX);
  return `${address}&pass=${session}.${drawn}.${nonce}.${sign({ key, drawn, nonce, path })}`;
}

/**
 * Uses the request's pass up: the launch whose page held the link, or null where it carries none that still holds. Also
 * null for every use but the first. Throws as admitLaunch does.
 */
export async function takeVisitPass(req: Request): Promise<ChosenLaunch | null> {
  const read = PASS.exec(String(req.query['pass'] ?? ''))?.groups;
  if (!read || req.method !== 'GET') return null;
  const { session: id = '', drawn = '', nonce = '', given = '' } = read;
  const now = requestServices(req).now();
  const endsAt = new Date(Number.parseInt(drawn, RADIX) + PASS_LIFE_MS);
  if (endsAt <= now) return null;
  const session = await findStandingSession({ session: id, now });
  const found = session && pickLaunch(session, namedCourse(req) ?? NO_COURSE);
  if (!session || !found) return null;
  const key = deriveVisitKey({ session, launch: found });
  const expected = sign({ key, drawn, nonce, path: req.path });
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(given))) return null;
  const chosen = await admitLaunch(req, session, found);
  return (await useVisitPass({ pass: expected, endsAt })) ? chosen : null;
}

function sign(options: { key: string; drawn: string; nonce: string; path: string }): string {
  const { key, drawn, nonce, path } = options;
  return createHmac('sha256', key)
    .update(JSON.stringify([path, drawn, nonce]))
    .digest('base64url');
}
