// The form of a completion rule: reads it, and fills it from a rule or from what was typed. Pure.
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import { parseInput } from '../http/parse-input.js';
import type { CompletionRule } from './completion-rule.js';

const KINDS = ['number', 'percent', 'all'] as const;
const MOST = 100;
const FAULTS = 'attainment:rules.faults';

const wholeNumber = (fault: string, least: number) =>
  z.coerce
    .number(`${FAULTS}.${fault}`)
    .int(`${FAULTS}.${fault}`)
    .min(least, `${FAULTS}.${fault}`)
    .max(MOST, `${FAULTS}.${fault}`);

const Fields = z
  .object({
    required: z.enum(KINDS, `${FAULTS}.required`).default('number'),
    amount: z.unknown(),
    assessed: wholeNumber('assessed', 0).default(0),
  })
  .transform(({ required, amount, assessed }, context) => {
    if (required === 'all') return { required: { kind: 'all' as const }, assessed };
    const fault = (field: string, reason: string) => {
      context.addIssue({ code: 'custom', path: [field], message: `${FAULTS}.${reason}` });
      return z.NEVER;
    };
    const { data: count } = wholeNumber('amount', 1).default(1).safeParse(amount);
    if (count === undefined) return fault('amount', 'amount');
    if (required === 'percent') return { required: { kind: required, percent: count }, assessed };
    if (assessed > count) return fault('assessed', 'tooManyAssessed');
    return { required: { kind: required, n: count }, assessed };
  });
const Revision = z.object({ revision: z.coerce.number().int().min(0) });
/** The button that goes back to the wider rule; the fields say nothing then. */
const Lift = z.object({ lift: z.string() });

/** The rule that a form asks for, or null to go back to the wider one. Throws `input.invalid` (400) with the faults. */
export function readRuleForm(body: unknown): { rule: CompletionRule | null; revision: number } {
  const { revision } = parseInput(Revision, body);
  return { revision, rule: Lift.safeParse(body).success ? null : parseInput(Fields, body) };
}

export interface RuleFormView {
  kinds: { value: string; label: string; isChosen: boolean }[];
  amount: string;
  assessed: string;
  /** Sentences by field. */
  faults: Record<string, string>;
}

export function buildRuleForm(options: {
  rule: CompletionRule;
  /** What was typed and what is wrong with it, after a fault. */
  typed: Readonly<Record<string, string>> | null;
  fields: Readonly<Record<string, string>>;
  words: Words;
}): RuleFormView {
  const { rule, typed, fields, words } = options;
  const { required } = rule;
  const chosen = typed?.['required'] ?? required.kind;
  return {
    kinds: KINDS.map((value) => ({
      value,
      label: words(`attainment:rules.${value}`),
      isChosen: chosen === value,
    })),
    amount: typed?.['amount'] ?? String(amountOf(required)),
    assessed: typed?.['assessed'] ?? String(rule.assessed),
    faults: Object.fromEntries(Object.entries(fields).map(([name, key]) => [name, words(key)])),
  };
}

function amountOf(required: CompletionRule['required']): number {
  if (required.kind === 'all') return 1;
  return required.kind === 'number' ? required.n : required.percent;
}
