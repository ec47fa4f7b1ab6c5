// Several resources at once onto a learner's own list, or off it.
import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { listResources } from '../library/learning-resource.model.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { addChoice, removeChoices } from './resource-choice.model.js';
import { redirectBack } from './return-path.js';
import { wordsOf, type ActivityDeps } from './signed-in.js';

/** As many as the list holds. */
const MOST_AT_ONCE = 300;

export function choicesRoutes({ now }: Pick<ActivityDeps, 'now'>): Router {
  const router = Router();
  router.post(
    '/choices',
    requireLaunch(),
    requireRole('Learner'),
    checkForm(),
    async (req, res) => {
      const { deployment, user, course } = getCourseLaunch(req);
      const words = wordsOf(req);
      const ChoicesForm = z.object({
        resource: z
          .union([z.string(), z.array(z.string())], { error: words('student:list.faults.none') })
          .transform((value) => [...new Set([value].flat())])
          .refine(
            ({ length }) => length <= MOST_AT_ONCE,
            words('student:list.faults.many', { count: MOST_AT_ONCE }),
          ),
        state: z.enum(['added', 'removed']),
        back: z.string().max(2_000).optional(),
      });
      const form = parseInput(ChoicesForm, req.body);
      const isAdding = form.state === 'added';
      if (isAdding) {
        const found = await listResources({ ids: form.resource, viewer: { deployment } });
        const known = new Set(found.map(({ id }) => id));
        // One after the other: each is a change of the same document, in the order of the page.
        for (const resource of form.resource.filter((id) => known.has(id)))
          await addChoice({ deployment, user, resource, course, now: now() });
      } else await removeChoices({ deployment, user, resources: form.resource });
      redirectBack(req, res, {
        back: form.back,
        otherwise: '/progress',
        notice: isAdding ? 'choices-added' : 'choices-removed',
      });
    },
  );
  return router;
}
