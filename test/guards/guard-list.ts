// The guards of the door (config/guards.json): what is taken out of which file, and which tests have to notice.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';

const Guards = z.object({
  guards: z.array(
    z.object({
      name: z.string(),
      /** Made together: a guard that stands in two places is removed in both. */
      edits: z
        .array(z.object({ file: z.string(), find: z.string().min(1), replace: z.string() }))
        .min(1),
      tests: z.array(z.string()).min(1),
      /** Only tests whose titles match. */
      grep: z.string().optional(),
    }),
  ),
});

export type Guard = z.infer<typeof Guards>['guards'][number];

export function listGuards(): Guard[] {
  const text = readFileSync(join(packageRoot(), 'config', 'guards.json'), 'utf8');
  return Guards.parse(JSON.parse(text)).guards;
}

/** The text without the guard. Throws where `find` does not stand in it exactly once. */
export function removeGuard(text: string, edit: { find: string; replace: string }): string {
  const [before, after, ...more] = text.split(edit.find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`stands ${text.split(edit.find).length - 1} times: ${edit.find}`);
  return `${before}${edit.replace}${after}`;
}
