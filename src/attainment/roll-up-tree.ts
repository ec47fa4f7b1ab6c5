// Answers of the domains and subdomains of a framework from those of its competencies, in one scope. Pure.
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { RuleHistory } from './completion-rule.js';
import { rollUp, type ChildAnswer, type ParentAnswer } from './parent-rule.js';
import type { ItemProgress } from './progress-words.js';

/** By identifier, for every item that has children and is no competency. */
export function rollUpTree(options: {
  tree: FrameworkTree;
  progress: ReadonlyMap<string, ItemProgress>;
  /** Null asks for the framework's answer. */
  course: string | null;
  histories: readonly RuleHistory[];
  now: Date;
}): Map<string, ParentAnswer> {
  const { tree, progress, course, histories, now } = options;
  const answers = new Map<string, ParentAnswer>();
  const answerOf = (item: TreeItem): ChildAnswer => {
    if (item.CFItemType === 'Competency') return readCompetency(item, progress);
    const answer = rollUp({
      framework: tree.framework.id,
      item: item.identifier,
      course,
      children: item.children.map(answerOf),
      histories,
      now,
    });
    answers.set(item.identifier, answer);
    return { ...answer, item: item.identifier, counts: answer.m > 0 };
  };
  tree.roots.forEach(answerOf);
  return answers;
}

function readCompetency(
  { identifier }: TreeItem,
  progress: ReadonlyMap<string, ItemProgress>,
): ChildAnswer {
  const found = progress.get(identifier);
  return {
    item: identifier,
    status: found?.status ?? 'open',
    achievedAt: found?.achievedAt ?? null,
    selfReported: found?.selfReported ?? false,
    counts: (found?.m ?? 0) > 0,
  };
}
