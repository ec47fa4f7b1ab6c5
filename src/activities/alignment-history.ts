// The history of an alignment in words: what each change did, and what the activity counted for then. Also what a form says
// that was just saved, with what takes it back. Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import type { Activity } from './activity.model.js';
import type { AlignedItem, AlignmentRecord } from './alignment.model.js';
import type { StageWords } from './stage-words.js';

export interface HistoryRow {
  revision: number;
  at: Date;
  /** "added 2 competencies, took 1 away". */
  sentence: string;
  /** What it was then, in words. */
  items: string[];
  isCurrent: boolean;
}

/** Newest first. */
export function buildHistory(options: {
  alignment: AlignmentRecord;
  tree: FrameworkTree;
  words: Words;
  stageWords: StageWords;
}): HistoryRow[] {
  const { alignment, tree, words, stageWords } = options;
  const { history, revision } = alignment;
  return history
    .map((entry, index) => ({
      revision: entry.revision,
      at: entry.at,
      sentence: describeChange({
        before: history[index - 1]?.items ?? [],
        after: entry.items,
        words,
      }),
      items: entry.items.map(
        ({ item, stage }) =>
          `${tree.items.get(item)?.fullStatement ?? item} (${stageWords(stage)})`,
      ),
      isCurrent: entry.revision === revision,
    }))
    .reverse();
}

/** Says what a change did; empty where nothing differs. */
export function describeChange(options: {
  before: readonly AlignedItem[];
  after: readonly AlignedItem[];
  words: Words;
}): string {
  const { before, after, words } = options;
  const stages = new Map(before.map(({ item, stage }) => [item, stage]));
  const levels = new Map(before.map(({ item, bloomLevel }) => [item, bloomLevel]));
  const kept = new Set(after.map(({ item }) => item));
  const counts = {
    added: after.filter(({ item }) => !stages.has(item)).length,
    removed: before.filter(({ item }) => !kept.has(item)).length,
    staged: after.filter(({ item, stage }) => stages.has(item) && stages.get(item) !== stage)
      .length,
    levelled: after.filter((one) => levels.has(one.item) && levels.get(one.item) !== one.bloomLevel)
      .length,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => words(`activities:align.${name}`, { count }))
    .join(', ');
}

/** What was saved just now, as its address names it, and stands as it was written then; null for nothing. */
export function describeChanged(options: {
  /** `ID.REVISION` of activities that were aligned together. */
  named: readonly string[];
  activities: readonly Pick<Activity, 'id' | 'title'>[];
  alignments: readonly AlignmentRecord[];
  words: Words;
}): { sentence: string; undo: string[] } | null {
  const { activities, alignments, words } = options;
  const named = new Set(options.named);
  const changed = alignments.filter(({ activity, revision }) =>
    named.has(`${activity}.${revision}`),
  );
  const [first, ...others] = changed;
  if (!first) return null;
  const ids = new Set(changed.map(({ activity }) => activity));
  const titles = activities.filter(({ id }) => ids.has(id)).map(({ title }) => title);
  const sentence =
    others.length === 0
      ? words('align:changed', { title: titles.join(), change: describeLastChange(first, words) })
      : words('course:changed', { count: changed.length, titles: titles.join(', ') });
  return { sentence, undo: changed.map(({ activity, revision }) => `${activity}.${revision}`) };
}

/** What the newest change did. */
export function describeLastChange({ history }: AlignmentRecord, words: Words): string {
  const after = history.at(-1)?.items ?? [];
  const before = history.at(-2)?.items ?? [];
  return describeChange({ before, after, words });
}
