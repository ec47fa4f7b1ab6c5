// Draws the page of one rule: what holds now and where it comes from, what it means, the form, what a tried rule would
// change, the competencies with a rule of their own by domain and subdomain, and the rules so far.
import type { Request, Response } from 'express';
import { wordsOf } from '../activities/signed-in.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { renderPage } from '../http/views.js';
import { findRuleInForce, isParentRule, type RuleHistory } from './completion-rule.js';
import { buildParentRuleForm, type RuleChild } from './parent-rule-form.js';
import { findParentRuleInForce } from './parent-rule.js';
import { buildRuleForm } from './rule-form.js';
import { describeAnyRule, describeMeaning } from './rule-words.js';
import { readRule, type RulePlace } from './set-rule.js';
import type { SimulationView } from './simulation-view.js';

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

/** What was typed and did not become the rule: because of faults, or because it was only tried. */
export interface RuleAttempt {
  status: number;
  typed: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, string>>;
  /** Key of what is wrong with the whole. */
  messageKey: string | null;
  simulation: SimulationView | null;
}

export function ruleAddress({ path, item }: Pick<RulePage, 'path' | 'item'>): string {
  return item === null ? path : `${path}/items/${item.identifier}`;
}

/** A domain or subdomain has a rule for its children, not for evidence. */
export function isParentItem(item: TreeItem | null): item is TreeItem {
  return item !== null && item.CFItemType !== 'Competency';
}

export function listChildren({ children }: TreeItem): RuleChild[] {
  return children.map(({ identifier, fullStatement }) => ({
    item: identifier,
    title: fullStatement,
  }));
}

export async function sendRulePage(options: {
  req: Request;
  res: Response;
  page: RulePage;
  attempt: RuleAttempt | null;
  now: Date;
}): Promise<void> {
  const { req, res, page, attempt, now } = options;
  const { place, tree, item, demand } = page;
  const words = wordsOf(req);
  const { own, all } = await readRule({ place });
  const { framework, course } = place;
  const asked = { histories: all, framework, item: place.item ?? '', course, at: now };
  const inForce = isParentItem(item) ? findParentRuleInForce(asked) : findRuleInForce(asked);
  const { rule, source } = inForce;
  const level = isParentItem(item) ? 'Parent' : item === null ? '' : 'Item';
  const typed = { typed: attempt?.typed ?? null, fields: attempt?.fields ?? {}, words };
  renderPage(req, res, {
    view: 'attainment/rules',
    title: words(`attainment:rules.titles.${level === '' ? 'all' : level.toLowerCase()}`),
    status: attempt?.status ?? 200,
    data: {
      crumbs: [
        { href: page.crumb.href, title: words(page.crumb.key) },
        ...(item === null
          ? []
          : [{ href: page.path, title: words('attainment:rules.titles.all') }]),
      ],
      subject: item === null ? tree.framework.title : item.fullStatement,
      lead: words(`attainment:rules.leads.${course === null ? 'framework' : 'course'}${level}`),
      current: describeAnyRule(rule, words),
      source: words(`attainment:rules.sources.${source}${level === 'Parent' ? 'Parent' : ''}`),
      meaning: demand && !isParentRule(rule) && describeMeaning({ rule, demand, words }),
      message: attempt?.messageKey ?? null,
      simulation: attempt?.simulation ?? null,
      form: {
        action: ruleAddress(page),
        revision: own.at(-1)?.revision ?? 0,
        mayLift: (own.at(-1)?.rule ?? null) !== null,
        ...(isParentRule(rule)
          ? {
              parent: buildParentRuleForm({
                rule,
                children: item === null ? [] : listChildren(item),
                ...typed,
              }),
            }
          : buildRuleForm({ rule, ...typed })),
      },
      history: own.toReversed().map((one) => ({
        at: one.at,
        sentence: one.rule ? describeAnyRule(one.rule, words) : words('attainment:rules.lifted'),
      })),
      items: item === null ? listItems(page, all, words) : null,
    },
  });
}

/** Every item with the address of its rule, below its domain and subdomain; first those that have one of their own here. */
function listItems({ place, tree, path }: RulePage, all: RuleHistory[], words: Words) {
  const own = new Map(
    all.flatMap(({ item, course, history }) => {
      const rule = history.at(-1)?.rule;
      return item !== null && course === place.course && rule ? [[item, rule] as const] : [];
    }),
  );
  const toRow = ({ identifier, fullStatement }: TreeItem) => {
    const rule = own.get(identifier);
    return {
      href: `${path}/items/${identifier}`,
      title: fullStatement,
      rule: rule ? describeAnyRule(rule, words) : null,
    };
  };
  const groups = new Map<string, { parent: TreeItem | null; items: TreeItem[] }>();
  for (const competency of tree.competencies) {
    const parents = tree.pathTo(competency.identifier).slice(0, -1);
    for (const parent of parents) {
      const group = groups.get(parent.identifier);
      if (!group) groups.set(parent.identifier, { parent, items: [] });
    }
    const last = parents.at(-1) ?? null;
    const group = groups.get(last?.identifier ?? '') ?? { parent: null, items: [] };
    group.items.push(competency);
    groups.set(last?.identifier ?? '', group);
  }
  return {
    own: [...tree.items.values()].map(toRow).filter(({ rule }) => rule !== null),
    groups: [...groups.values()].map(({ parent, items }) => ({
      title:
        parent &&
        tree
          .pathTo(parent.identifier)
          .map(({ fullStatement }) => fullStatement)
          .join(': '),
      itself: parent && toRow(parent),
      rows: items.map(toRow),
    })),
  };
}
