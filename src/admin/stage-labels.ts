// The form in which an administrator sets the words that pages show for the stages of an alignment. Empty means our word;
// two stages never share one, for people could not tell them apart. Pure.
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import { STAGES } from '../activities/alignment.model.js';
import type { StageLabels } from '../lti/deployment.model.js';

const MOST_CHARACTERS = 30;

const label = z.string().trim().max(MOST_CHARACTERS, 'align:labels.long').default('');

/** Gives only the stages that have a word of the school's own. */
export const StageLabelsInput = z
  .object({ introduced: label, reinforced: label, mastered: label })
  .superRefine((labels, refining) => {
    const named = STAGES.map((stage) => labels[stage].toLowerCase());
    for (const [index, stage] of STAGES.entries())
      if (named[index] !== '' && named.indexOf(named[index] ?? '') < index)
        refining.addIssue({ code: 'custom', path: [stage], message: 'align:labels.same' });
  })
  .transform((labels): StageLabels => {
    const own = STAGES.filter((stage) => labels[stage] !== '');
    return Object.fromEntries(own.map((stage) => [stage, labels[stage]]));
  });

/** The form's fields, as typed where it comes back with faults. */
export function buildStageFields(options: {
  labels: StageLabels;
  faults: { fields: Record<string, string>; typed: Record<string, string> } | null;
  words: Words;
}): { name: string; label: string; value: string; fault: string | null }[] {
  const { labels, faults, words } = options;
  return STAGES.map((stage) => {
    const fault = faults?.fields[stage];
    return {
      name: stage,
      label: words('align:labels.field', { stage: words(`activities:stages.${stage}`) }),
      value: faults?.typed[stage] ?? labels[stage] ?? '',
      fault: fault === undefined ? null : words(fault),
    };
  });
}
