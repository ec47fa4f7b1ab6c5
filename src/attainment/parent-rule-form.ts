// The form of the rule of a domain or subdomain: reads it, and fills it from a rule or from what was typed. Pure.
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import { parseInput } from '../http/parse-input.js';
import type { ChildrenDemand, ParentRule } from './completion-rule.js';
import { wholeNumber } from './rule-form.js';

const KINDS = ['all', 'any', 'at-least', 'points'] as const;
const FAULTS = 'attainment:rules.faults';

export interface RuleChild {
  item: string;
  title: string;
}

/** Reads the rule for these children. Throws `input.invalid` (400) with the faults. */
export function readParentRuleFields(options: {
  body: unknown;
  children: readonly RuleChild[];
}): ParentRule {
  const { body, children } = options;
  const Fields = z.looseObject({ children: z.enum(KINDS, `${FAULTS}.required`) });
  const fields = parseInput(Fields, body);
  if (fields.children === 'all' || fields.children === 'any')
    return { children: { kind: fields.children } };
  if (fields.children === 'at-least') {
    const most = Math.max(1, children.length);
    const AtLeast = z.object({ n: wholeNumber('children', 1, most) });
    return { children: { kind: 'at-least', n: parseInput(AtLeast, body).n } };
  }
  return { children: readPoints(body, children) };
}

/** Moodle's conditions (`competency_rule_points::validate_config`): base at least 1, and no more than the children can bring. */
function readPoints(body: unknown, children: readonly RuleChild[]): ChildrenDemand {
  const shape = Object.fromEntries(
    children.flatMap(({ item }) => [
      [`points-${item}`, wholeNumber('points', 0).default(0)],
      [`needed-${item}`, z.literal('1').optional()],
    ]),
  );
  const Points = z
    .object({ ...shape, base: wholeNumber('base', 1, 10_000) })
    .transform((fields: Record<string, unknown>, context): ChildrenDemand => {
      const base = Number(fields['base']);
      const members = children.map(({ item }) => ({
        item,
        points: Number(fields[`points-${item}`]),
        required: fields[`needed-${item}`] === '1',
      }));
      const sum = members.reduce((total, { points }) => total + points, 0);
      if (sum < base)
        context.addIssue({ code: 'custom', path: ['base'], message: `${FAULTS}.tooManyPoints` });
      return { kind: 'points', base, members };
    });
  return parseInput(Points, body);
}

export interface ParentRuleFormView {
  kinds: { value: string; label: string; isChosen: boolean }[];
  n: string;
  base: string;
  members: {
    item: string;
    title: string;
    points: string;
    isNeeded: boolean;
    fault: string | null;
  }[];
  faults: Record<string, string>;
}

export function buildParentRuleForm(options: {
  rule: ParentRule;
  children: readonly RuleChild[];
  typed: Readonly<Record<string, string>> | null;
  fields: Readonly<Record<string, string>>;
  words: Words;
}): ParentRuleFormView {
  const { rule, children, typed, fields, words } = options;
  const { children: demand } = rule;
  const members = new Map(
    demand.kind === 'points' ? demand.members.map((one) => [one.item, one]) : [],
  );
  const faults = Object.fromEntries(
    Object.entries(fields).map(([name, key]) => [name, words(key)]),
  );
  return {
    kinds: KINDS.map((value) => ({
      value,
      label: words(`attainment:rules.choices.children.${value}`),
      isChosen: (typed?.['children'] ?? demand.kind) === value,
    })),
    n: typed?.['n'] ?? String(demand.kind === 'at-least' ? demand.n : 1),
    base: typed?.['base'] ?? String(demand.kind === 'points' ? demand.base : 1),
    members: children.map(({ item, title }) => ({
      item,
      title,
      points: typed?.[`points-${item}`] ?? String(members.get(item)?.points ?? 1),
      isNeeded: typed ? typed[`needed-${item}`] === '1' : (members.get(item)?.required ?? false),
      fault: faults[`points-${item}`] ?? null,
    })),
    faults,
  };
}
