// A statement as a plain sentence: who did what, with which result. Pure. Reads any tool's statement, so it takes nothing
// for granted: what is missing or of another shape is left out or called by a general word.
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import { VERBS } from '../xapi/vocabulary.js';
import type { StatementJson } from './statement-privacy.js';

const PERCENT = 100;
/** Sentence by verb; what was passed or failed is told as completed, with its result behind. */
const SENTENCES = [
  ['launched', 'launched'],
  ['initialized', 'initialized'],
  ['experienced', 'experienced'],
  ['completed', 'completed'],
  ['passed', 'completed'],
  ['failed', 'completed'],
  ['scored', 'scored'],
  ['achieved', 'achieved'],
  ['revoked', 'revoked'],
  ['aligned', 'aligned'],
  ['unaligned', 'unaligned'],
  ['evidenced', 'evidenced'],
  ['attested', 'attested'],
  ['withdrawn', 'withdrawn'],
  ['voided', 'voided'],
] as const;

/** What the verb says by itself. */
const SUCCESSES = new Map<string, boolean>([
  [VERBS.passed, true],
  [VERBS.failed, false],
]);

const languageMap = z.record(z.string(), z.string()).optional().catch(undefined);
const ReadableStatement = z.object({
  verb: z.object({ id: z.string(), display: languageMap }),
  object: z
    .object({
      id: z.string().optional().catch(undefined),
      definition: z.object({ name: languageMap }).optional().catch(undefined),
    })
    .catch({}),
  result: z
    .object({
      success: z.boolean().optional().catch(undefined),
      score: z
        .object({
          scaled: z.number().optional(),
          raw: z.number().optional(),
          max: z.number().optional(),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});
type ReadableStatement = z.infer<typeof ReadableStatement>;

/** `who` is the person as this reader may see them. */
export function writeSentence(options: {
  statement: StatementJson;
  who: string;
  words: Words;
  language: string;
}): string {
  const { who, language } = options;
  const words: Words = (key, values) => options.words(`reports:sentence.${key}`, values);
  const parsed = ReadableStatement.safeParse(options.statement);
  if (!parsed.success) return words('other', { who, verb: '?', what: words('something') });
  const { verb, object } = parsed.data;
  const what = pick(object.definition?.name, language) ?? object.id ?? words('something');
  const known = SENTENCES.find(([name]) => VERBS[name] === verb.id)?.[1];
  const display = pick(verb.display, language) ?? verb.id.split(/[/#]/).at(-1) ?? verb.id;
  const first = words(known ?? 'other', { who, what, verb: display });
  const { score, success = SUCCESSES.get(verb.id) } = parsed.data.result ?? {};
  return [first, ...describeResult({ score, success }, words, language)].join(' ');
}

function describeResult(
  result: NonNullable<ReadableStatement['result']>,
  words: Words,
  language: string,
): string[] {
  const score = describeScore(result.score, language);
  return [
    ...(score === null ? [] : [words('score', { score })]),
    ...(result.success === undefined ? [] : [words(result.success ? 'passed' : 'failed')]),
  ];
}

/** Raw of max where both are there, else the scaled score in per cent. */
function describeScore(
  score: NonNullable<ReadableStatement['result']>['score'],
  language: string,
): string | null {
  if (score === undefined) return null;
  const number = new Intl.NumberFormat(language);
  if (score.raw !== undefined && score.max !== undefined) {
    return `${number.format(score.raw)} / ${number.format(score.max)}`;
  }
  if (score.scaled === undefined) return null;
  return `${number.format(Math.round(score.scaled * PERCENT))} %`;
}

/** The text of the page's language, else of its main language, else any. */
function pick(texts: Record<string, string> | undefined, language: string): string | undefined {
  if (texts === undefined) return undefined;
  const [main = language] = language.split('-');
  const tags = Object.keys(texts);
  const tag =
    tags.find((one) => one === language) ??
    tags.find((one) => one.split('-')[0] === main) ??
    tags[0];
  return tag === undefined ? undefined : texts[tag];
}
