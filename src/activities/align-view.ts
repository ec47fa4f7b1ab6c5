// What the alignment form shows: chosen competencies first, then what was found, then suggestions with the words that
// matched; the last change with a way to undo it. Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { searchCompetencies } from '../library/search-competencies.js';
import type { Activity } from './activity.model.js';
import { STAGES, type AlignedItem, type AlignmentRecord, type Stage } from './alignment.model.js';
import type { ChosenItem } from './align-activity.js';
import type { StageWords } from './stage-words.js';
import { suggestCompetencies } from './suggest-competencies.js';

const MAX_FOUND = 30;
const MAX_SUGGESTED = 5;

interface AlignRow {
  identifier: string;
  statement: string;
  /** What is above it. */
  path: string;
  isChosen: boolean;
  /** "matching words: release, information", or null. */
  matching: string | null;
  stages: { value: Stage; label: string; isChosen: boolean }[];
}

export interface AlignView {
  action: string;
  /** The activities that the form is for. */
  activities: { id: string; title: string }[];
  isSingle: boolean;
  revision: number;
  text: string;
  chosen: AlignRow[];
  /** Null while nothing was searched. */
  found: AlignRow[] | null;
  isMore: boolean;
  maxFound: number;
  suggested: AlignRow[];
}

export function buildAlignView(options: {
  activities: Pick<Activity, 'id' | 'title'>[];
  revision: number;
  chosen: readonly ChosenItem[];
  text: string;
  tree: FrameworkTree;
  words: Words;
  stageWords: StageWords;
}): AlignView {
  const { activities, revision, chosen, text, tree, words, stageWords } = options;
  const [first] = activities;
  const isSingle = activities.length === 1;
  const chosenIds = new Set(chosen.map(({ item }) => item));
  const isFresh = (item: TreeItem) => !chosenIds.has(item.identifier) && !item.isRetired;
  const row = (
    item: TreeItem,
    more: { stage?: Stage; isChosen?: boolean; matching?: string[] } = {},
  ) => buildRow({ item, tree, words, stageWords, ...more });
  const matches = text.trim() === '' ? null : searchCompetencies({ tree, text }).filter(isFresh);
  const shown = matches?.slice(0, MAX_FOUND) ?? null;
  const shownIds = new Set(shown?.map(({ identifier }) => identifier));
  const suggestions = suggestCompetencies({
    text: activities.map(({ title }) => title).join(' '),
    competencies: tree.competencies,
    limit: MAX_SUGGESTED,
  });
  return {
    action: isSingle && first ? `/activities/${first.id}/alignments` : '/alignments',
    activities: activities.map(({ id, title }) => ({ id, title })),
    isSingle,
    revision,
    text,
    chosen: chosen.flatMap(({ item, stage }) => {
      const found = tree.items.get(item);
      return found ? [row(found, { stage, isChosen: true })] : [];
    }),
    found: shown?.map((item) => row(item)) ?? null,
    isMore: (matches?.length ?? 0) > MAX_FOUND,
    maxFound: MAX_FOUND,
    suggested: suggestions
      .filter(({ item }) => isFresh(item) && !shownIds.has(item.identifier))
      .map(({ item, words: matching }) => row(item, { matching })),
  };
}

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
function describeChange(options: {
  before: readonly AlignedItem[];
  after: readonly AlignedItem[];
  words: Words;
}): string {
  const { before, after, words } = options;
  const stages = new Map(before.map(({ item, stage }) => [item, stage]));
  const kept = new Set(after.map(({ item }) => item));
  const counts = {
    added: after.filter(({ item }) => !stages.has(item)).length,
    removed: before.filter(({ item }) => !kept.has(item)).length,
    staged: after.filter(({ item, stage }) => stages.has(item) && stages.get(item) !== stage)
      .length,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => words(`activities:align.${name}`, { count }))
    .join(', ');
}

function buildRow(options: {
  item: TreeItem;
  tree: FrameworkTree;
  words: Words;
  stageWords: StageWords;
  stage?: Stage;
  isChosen?: boolean;
  matching?: string[];
}): AlignRow {
  const {
    item,
    tree,
    words,
    stageWords,
    stage = 'introduced',
    isChosen = false,
    matching,
  } = options;
  const above = tree.pathTo(item.identifier).slice(0, -1);
  return {
    identifier: item.identifier,
    statement: item.fullStatement,
    path: above.map(({ fullStatement }) => fullStatement).join(' › '),
    isChosen,
    matching: matching ? words('activities:align.matching', { words: matching.join(', ') }) : null,
    stages: STAGES.map((value) => ({
      value,
      label: stageWords(value),
      isChosen: value === stage,
    })),
  };
}
