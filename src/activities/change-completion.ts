// The form by which a learner marks a resource or an activity as done, or takes that back; then to where they came from. A
// page that kept the mark while there was no connection (public/kept-completions.js) sends the same form later and is answered
// in JSON. Such a mark says in which launch it was made: the person of that launch must be the one who sends it.
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { findLaunch } from '../lti/launch.model.js';
import { completeObject, undoCompletion, type CompletionRequest } from './complete-object.js';
import { returnAddress } from './return-path.js';
import { wordsOf, type ActivityDeps } from './signed-in.js';

const MOST_MARKS = 100_000;

const CompletionForm = z.object({
  state: z.enum(['done', 'undone']),
  /** Number of the mark that the form was drawn for; forms without one mean whatever stands. */
  mark: z.coerce.number().int().min(1).max(MOST_MARKS).optional(),
  /** Our id of the launch in which it was marked, where that was an earlier one. */
  markedIn: z.string().max(100).optional(),
  back: z.string().max(2_000).optional(),
});
const OUTBOX_JOB = 'deliver-outbox';

/**
 * Throws `completion.needs-questions` (422) for what is completed by answering its questions, and
 * `completion.other-person` (409) where the mark was made by somebody else or in another course.
 */
export async function changeCompletion(
  req: Request,
  res: Response,
  options: {
    deps: Pick<ActivityDeps, 'nudge'>;
    request: CompletionRequest;
    /** The object's own page, for those who come from nowhere. */
    page: string;
    hasQuestions: boolean;
  },
): Promise<void> {
  const { deps, page, hasQuestions } = options;
  const { state, mark, markedIn, back } = parseInput(CompletionForm, req.body);
  if (hasQuestions) throw new AppError('completion.needs-questions', { status: 422 });
  const request = { ...options.request, ...(mark !== undefined && { mark }) };
  if (markedIn !== undefined) await requireOwnMark({ request, markedIn });
  const outcome = state === 'done' ? await completeObject(request) : await undoCompletion(request);
  deps.nudge(OUTBOX_JOB);
  const notice = `completion-${outcome}`;
  const location = returnAddress(req, { back, otherwise: page, notice });
  if (req.accepts(['html', 'json']) === 'json')
    res.json({ outcome, sentence: wordsOf(req)(`notices:${notice}`), location });
  else res.redirect(303, location);
}

async function requireOwnMark(options: {
  request: CompletionRequest;
  markedIn: string;
}): Promise<void> {
  const { launch } = options.request;
  if (options.markedIn === launch.id) return;
  const made = await findLaunch({ launch: options.markedIn });
  const isOwn =
    made?.user === launch.user &&
    made.course === launch.course &&
    made.deployment === launch.deployment;
  if (!isOwn)
    throw new AppError('completion.other-person', {
      status: 409,
      values: { now: launch.personName },
    });
}
