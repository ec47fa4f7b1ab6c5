// The form by which a learner marks a resource or an activity as done, or takes that back; then to where they came from.
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { completeObject, undoCompletion, type CompletionRequest } from './complete-object.js';
import { redirectBack } from './return-path.js';
import type { ActivityDeps } from './signed-in.js';

const CompletionForm = z.object({
  state: z.enum(['done', 'undone']),
  back: z.string().max(2_000).optional(),
});
const OUTBOX_JOB = 'deliver-outbox';

/** Throws `completion.needs-questions` (422) for what is completed by answering its questions. */
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
  const { deps, request, page, hasQuestions } = options;
  const form = parseInput(CompletionForm, req.body);
  if (hasQuestions) throw new AppError('completion.needs-questions', { status: 422 });
  const outcome =
    form.state === 'done' ? await completeObject(request) : await undoCompletion(request);
  deps.nudge(OUTBOX_JOB);
  redirectBack(req, res, {
    back: form.back,
    otherwise: page,
    notice: `completion-${outcome}`,
  });
}
