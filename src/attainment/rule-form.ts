// The form of a completion rule: reads it, and fills it from a rule or from what was typed. Pure.
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import { parseInput } from '../http/parse-input.js';
import {
  ATTESTED_WORTHS,
  KEPT_SCORES,
  readParameters,
  type CompletionRule,
  type RuleParameters,
} from './completion-rule.js';
import { MASTERY_METHODS, type MasteryMethod } from './mastery-methods.js';

const KINDS = ['number', 'percent', 'all'] as const;
const METHODS = ['none', ...MASTERY_METHODS] as const;
const MOST = 100;
/** The newest score weighs something, and not alone. */
const MOST_WEIGHT = 99;
const DEFAULT_WEIGHT = 65;
const DEFAULT_THRESHOLD = 75;
const FAULTS = 'attainment:rules.faults';

export const wholeNumber = (fault: string, least: number, most = MOST) =>
  z.coerce
    .number(`${FAULTS}.${fault}`)
    .int(`${FAULTS}.${fault}`)
    .min(least, `${FAULTS}.${fault}`)
    .max(most, `${FAULTS}.${fault}`);

const Fields = z
  .object({
    required: z.enum(KINDS, `${FAULTS}.required`).default('number'),
    amount: z.unknown(),
    assessed: wholeNumber('assessed', 0).default(0),
    attested: z.enum(ATTESTED_WORTHS, `${FAULTS}.required`).default('piece'),
    keep: z.enum(KEPT_SCORES, `${FAULTS}.required`).default('highest'),
    pass: z
      .literal('')
      .transform(() => null)
      .or(wholeNumber('pass', 1))
      .default(null),
    method: z.enum(METHODS, `${FAULTS}.method`).default('none'),
    threshold: z.unknown(),
    weight: z.unknown(),
    count: z.unknown(),
  })
  .transform((fields, context): CompletionRule => {
    const fault = (field: string, reason: string) => {
      context.addIssue({ code: 'custom', path: [field], message: `${FAULTS}.${reason}` });
    };
    /** Of a field that only some choices ask for; the others leave in it what they will. */
    const read = (
      field: 'amount' | 'threshold' | 'weight' | 'count',
      otherwise: number,
    ): number => {
      const most = field === 'weight' ? MOST_WEIGHT : MOST;
      const { data } = wholeNumber(field, 1, most).default(otherwise).safeParse(fields[field]);
      if (data === undefined) fault(field, field);
      return data ?? otherwise;
    };
    const { required: kind, assessed, attested, keep, pass, method: name } = fields;
    const amount = kind === 'all' ? 1 : read('amount', 1);
    if (kind === 'number' && assessed > amount) fault('assessed', 'tooManyAssessed');
    const required =
      kind === 'all'
        ? { kind }
        : kind === 'percent'
          ? { kind, percent: amount }
          : { kind, n: amount };
    const mastery = name === 'none' ? null : readMastery(name, read);
    return { required, assessed, attested, keep, passPercent: pass, mastery };
  });

function readMastery(
  name: MasteryMethod['name'],
  read: (field: 'threshold' | 'weight' | 'count', otherwise: number) => number,
): RuleParameters['mastery'] {
  const thresholdPercent = read('threshold', DEFAULT_THRESHOLD);
  if (name === 'n-mastery') return { method: { name, count: read('count', 1) }, thresholdPercent };
  if (name === 'weighted-average' || name === 'decaying-average')
    return { method: { name, percent: read('weight', DEFAULT_WEIGHT) }, thresholdPercent };
  return { method: { name }, thresholdPercent };
}

export function readRuleFields(body: unknown): CompletionRule {
  return parseInput(Fields, body);
}

interface Choice {
  value: string;
  label: string;
  isChosen: boolean;
}

export interface RuleFormView {
  kinds: Choice[];
  attested: Choice[];
  keeps: Choice[];
  methods: Choice[];
  /** What stands in the fields of numbers, by name. */
  values: Record<'amount' | 'assessed' | 'pass' | 'threshold' | 'weight' | 'count', string>;
  /** Sentences by field. */
  faults: Record<string, string>;
  /** The part about scores and people's words says something of its own. */
  isMore: boolean;
}

const MORE = ['attested', 'keep', 'pass', 'method', 'threshold', 'weight', 'count'];

export function buildRuleForm(options: {
  rule: CompletionRule;
  /** What was typed and what is wrong with it, after a fault or a try. */
  typed: Readonly<Record<string, string>> | null;
  fields: Readonly<Record<string, string>>;
  words: Words;
}): RuleFormView {
  const { rule, typed, fields, words } = options;
  const { required, assessed, attested, passPercent, keep, mastery } = readParameters(rule);
  const method = mastery?.method;
  const choose = (field: string, values: readonly string[], chosen: string): Choice[] =>
    values.map((value) => ({
      value,
      label: words(`attainment:rules.choices.${field}.${value}`),
      isChosen: (typed?.[field] ?? chosen) === value,
    }));
  const number = (field: string, value: number | string) => typed?.[field] ?? String(value);
  const isOwn = attested !== 'piece' || keep !== 'highest' || passPercent !== null;
  return {
    kinds: choose('required', KINDS, required.kind),
    attested: choose('attested', ATTESTED_WORTHS, attested),
    keeps: choose('keep', KEPT_SCORES, keep),
    methods: choose('method', METHODS, method?.name ?? 'none'),
    values: {
      amount: number('amount', amountOf(required)),
      assessed: number('assessed', assessed),
      pass: number('pass', passPercent ?? ''),
      threshold: number('threshold', mastery?.thresholdPercent ?? DEFAULT_THRESHOLD),
      weight: number('weight', method && 'percent' in method ? method.percent : DEFAULT_WEIGHT),
      count: number('count', method && 'count' in method ? method.count : 1),
    },
    faults: Object.fromEntries(Object.entries(fields).map(([name, key]) => [name, words(key)])),
    isMore: isOwn || mastery !== null || typed !== null || MORE.some((field) => field in fields),
  };
}

function amountOf(required: CompletionRule['required']): number {
  if (required.kind === 'all') return 1;
  return required.kind === 'number' ? required.n : required.percent;
}
