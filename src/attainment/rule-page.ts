// Draws the page of one completion rule: what holds now and where it comes from, what it means, the form, the competencies
// with a rule of their own, and the rules so far.
import type { Request, Response } from 'express';
import { wordsOf } from '../activities/signed-in.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { renderPage } from '../http/views.js';
import { findRuleInForce, type RuleHistory } from './completion-rule.js';
import { buildRuleForm } from './rule-form.js';
import { describeAnyRule, describeMeaning, describeRule } from './rule-words.js';
import { readRule, type RulePlace } from './set-rule.js';

export interface RulePage {
  place: RulePlace;
  tree: FrameworkTree;
  item: TreeItem | null;
  /** Address of the rule for all competencies of this course or framework; `/items/ID` follows for one of them. */
  path: string;
  /** Who changes rules here, for the history. */
  by: string;
  crumb: { href: string; key: string };
  /** What the rule asks of the competency as things are; null where that is different from course to course. */
  demand: { m: number; required: number; assessedRequired: number } | null;
}

export interface RuleFaults {
  status: number;
  typed: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, string>>;
  /** Key of what is wrong with the whole. */
  messageKey: string | null;
}

export function ruleAddress({ path, item }: Pick<RulePage, 'path' | 'item'>): string {
  return item === null ? path : `${path}/items/${item.identifier}`;
}

export async function sendRulePage(options: {
  req: Request;
  res: Response;
  page: RulePage;
  faults: RuleFaults | null;
  now: Date;
}): Promise<void> {
  const { req, res, page, faults, now } = options;
  const { place, tree, item, demand } = page;
  const words = wordsOf(req);
  const { own, all } = await readRule({ place });
  const { framework, course } = place;
  const inForce = findRuleInForce({
    histories: all,
    framework,
    item: place.item ?? '',
    course,
    at: now,
  });
  const kind = `${course === null ? 'framework' : 'course'}${item === null ? '' : 'Item'}`;
  renderPage(req, res, {
    view: 'attainment/rules',
    title: words(`attainment:rules.titles.${item === null ? 'all' : 'item'}`),
    status: faults?.status ?? 200,
    data: {
      crumbs: [
        { href: page.crumb.href, title: words(page.crumb.key) },
        ...(item === null
          ? []
          : [{ href: page.path, title: words('attainment:rules.titles.all') }]),
      ],
      subject: item === null ? tree.framework.title : item.fullStatement,
      lead: words(`attainment:rules.leads.${kind}`),
      current: describeRule(inForce.rule, words),
      source: words(`attainment:rules.sources.${inForce.source}`),
      meaning: demand && describeMeaning({ rule: inForce.rule, demand, words }),
      message: faults?.messageKey ?? null,
      form: {
        action: ruleAddress(page),
        revision: own.at(-1)?.revision ?? 0,
        mayLift: (own.at(-1)?.rule ?? null) !== null,
        ...buildRuleForm({
          rule: inForce.rule,
          typed: faults?.typed ?? null,
          fields: faults?.fields ?? {},
          words,
        }),
      },
      history: own.toReversed().map((one) => ({
        at: one.at,
        sentence: one.rule ? describeAnyRule(one.rule, words) : words('attainment:rules.lifted'),
      })),
      items: item === null ? listItems(page, all, words) : null,
    },
  });
}

/** Every competency with the address of its rule; first those that have one of their own in this place. */
function listItems({ place, tree, path }: RulePage, all: RuleHistory[], words: Words) {
  const own = new Map(
    all.flatMap(({ item, course, history }) => {
      const rule = history.at(-1)?.rule;
      return item !== null && course === place.course && rule ? [[item, rule] as const] : [];
    }),
  );
  const rows = tree.competencies.map(({ identifier, fullStatement }) => {
    const rule = own.get(identifier);
    return {
      href: `${path}/items/${identifier}`,
      title: fullStatement,
      rule: rule ? describeAnyRule(rule, words) : null,
    };
  });
  return { own: rows.filter(({ rule }) => rule !== null), all: rows };
}
