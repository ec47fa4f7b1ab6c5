// The alignment form as it is sent: activities, chosen competencies each with its stage beside it, and which button was
// pressed. Pure.
import { z } from 'zod';
import { HIGHEST_BLOOM_LEVEL, STAGES, type Stage } from './alignment.model.js';
import type { ChangedAlignment, ChosenItem } from './align-activity.js';

const MAX_CHOSEN = 200;

const id = z.string().max(100);
/** A field that may come once or several times. */
export const severalIds = z
  .union([id.transform((one) => [one]), z.array(id).max(MAX_CHOSEN)])
  .default([]);
const revision = z.coerce.number().int().min(0);

export const AlignForm = z.looseObject({
  item: severalIds,
  activity: severalIds,
  revision: revision.default(0),
  q: z.string().max(200).default(''),
  /** The button that searches. */
  find: z.string().optional(),
  /** Buttons of the suggestions: this one does not fit; all may be suggested again. */
  dismiss: id.optional(),
  undismiss: z.string().optional(),
  /** The revision that undo brings back. */
  restore: revision.optional(),
  /** `ID.REVISION` of activities that were aligned together, for taking it back. */
  undo: severalIds,
  /** Where saving leads: to the next activity that counts for nothing, or to the course. */
  then: z.enum(['next', 'course']).catch('course'),
});
export type AlignForm = z.infer<typeof AlignForm>;

/** What the form's boxes say. */
export function readChosen(form: AlignForm): ChosenItem[] {
  return [...new Set(form.item)].map((item) => ({
    item,
    stage: readStage(form[`stage-${item}`]),
    ...readLevel(form[`level-${item}`]),
  }));
}

const Level = z.coerce.number().int().min(1).max(HIGHEST_BLOOM_LEVEL);

/** Nothing where the form does not ask for it; null where the level is not stated. */
function readLevel(value: unknown): { bloomLevel?: number | null } {
  if (value === undefined) return {};
  const { data } = Level.safeParse(value);
  return { bloomLevel: data ?? null };
}

const Mark = z
  .string()
  .regex(/^[^.]+\.\d{1,9}$/)
  .transform((mark): ChangedAlignment => {
    const [activity = '', made] = mark.split('.');
    return { activity, revision: Number(made) };
  })
  .refine(({ revision: made }) => made > 0);

/** `ID.REVISION` of each; the names of a form's field in an error are those of the list. */
export const Marks = z.array(Mark).max(MAX_CHOSEN);

/** The other way round: for addresses and forms. */
export function writeMarks(changed: readonly ChangedAlignment[]): URLSearchParams {
  const marks = new URLSearchParams();
  for (const { activity, revision: made } of changed)
    marks.append('changed', `${activity}.${String(made)}`);
  return marks;
}

function readStage(value: unknown): Stage {
  return STAGES.find((stage) => stage === value) ?? 'introduced';
}
