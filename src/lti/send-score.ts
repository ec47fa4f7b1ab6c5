// Sends one score (AGS 2.0, 3.4), with the time stamp it is given: our own client, because ltijs stamps each score with now,
// so that nothing could be sent later in order. Whether and when to send is the caller's matter.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { callService, requireScope, type ServiceTarget } from './call-service.js';
import type { LtiServices } from './lti-services.js';
import { isRefusedWith, requireGoodAnswer } from './service-answer.js';
import { MEDIA_TYPE, SCOPE } from './vocabulary.js';

const TIMEOUT_MS = 15_000;

const Score = z
  .object({
    userId: z.string().min(1).max(255),
    timestamp: z.iso.datetime({ offset: true }),
    activityProgress: z.enum(['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed']),
    gradingProgress: z.enum(['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady']),
    scoreGiven: z.number().nonnegative().optional(),
    scoreMaximum: z.number().positive().optional(),
    comment: z.string().max(10_000).optional(),
  })
  .refine((score) => score.scoreGiven === undefined || score.scoreMaximum !== undefined, {
    message: 'scoreMaximum is missing',
  })
  // Moodle empties the grade at any other score, also one that a teacher gave.
  .refine((score) => score.gradingProgress === 'FullyGraded' && score.scoreGiven !== undefined, {
    message: 'it would clear the grade',
  });
export type Score = z.infer<typeof Score>;

/**
 * Outcomes: `sent`, or `superseded` when the platform holds a score as new or newer (409). Throws `lti.score` (422) for one
 * that no platform takes, `lti.service-missing` (403) without the scope, `lti.service-refused` with the platform's status.
 */
export async function sendScore(options: {
  services: LtiServices;
  target: ServiceTarget;
  lineItemUrl: string;
  score: Score;
}): Promise<'sent' | 'superseded'> {
  const { services, target, lineItemUrl } = options;
  const parsed = Score.safeParse(options.score);
  if (!parsed.success) throw badScore(parsed.error.issues[0]);
  const scope = requireScope(target, SCOPE.score);
  const url = insertBeforeQuery(lineItemUrl, 'scores');
  try {
    await callService({
      services,
      target,
      url,
      scopes: [scope],
      send: async (token) => {
        const answer = await services.outgoing.request({
          url,
          method: 'POST',
          headers: {
            Authorization: `Bearer ${token.access_token}`,
            'Content-Type': MEDIA_TYPE.score,
          },
          body: JSON.stringify(parsed.data),
          timeoutMs: TIMEOUT_MS,
        });
        requireGoodAnswer(answer, url);
      },
    });
    return 'sent';
  } catch (error) {
    if (isRefusedWith(error, 409)) return 'superseded';
    throw error;
  }
}

/** The sub-address goes before the query: Moodle's line items have one. */
export function insertBeforeQuery(lineItemUrl: string, part: 'scores' | 'results'): string {
  const url = new URL(lineItemUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${part}`;
  return url.href;
}

function badScore(issue: { path: PropertyKey[]; message: string } | undefined): AppError {
  const fault = issue ? `${issue.path.map(String).join('.')} ${issue.message}`.trim() : '';
  return new AppError('lti.score', { status: 422, values: { fault } });
}
