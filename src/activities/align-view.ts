// What the alignment form shows: chosen competencies first, then what was found, then suggestions with the words that
// matched; and what the search tells while somebody types. Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { Activity } from './activity.model.js';
import { HIGHEST_BLOOM_LEVEL, STAGES, type Stage } from './alignment.model.js';
import type { ChosenItem } from './align-activity.js';
import { findCompetencies, markWords, type MarkedPart } from './competency-texts.js';
import type { StageWords } from './stage-words.js';
import { suggestCompetencies } from './suggest-competencies.js';

const MAX_FOUND = 30;
const MAX_OPTIONS = 8;
const MAX_SUGGESTED = 5;
const NO_STEMS: ReadonlySet<string> = new Set();

interface AlignRow {
  identifier: string;
  statement: string;
  /** The statement in pieces, for marking what matched. */
  parts: MarkedPart[];
  /** What is above it. */
  path: string;
  isChosen: boolean;
  /** "matching words: release, information", or null. */
  matching: string | null;
  stages: { value: Stage; label: string; isChosen: boolean }[];
  /** Bloom's levels to choose from, where the framework states one for the competency; else none. */
  levels: { value: number | ''; label: string; isChosen: boolean }[];
}

export interface AlignView {
  action: string;
  /** The activities that the form is for. */
  activities: { id: string; title: string }[];
  isSingle: boolean;
  revision: number;
  text: string;
  chosen: AlignRow[];
  /** A row without a competency, which the script fills. */
  blank: AlignRow;
  /** Null while nothing was searched. */
  found: AlignRow[] | null;
  isMore: boolean;
  maxFound: number;
  suggested: AlignRow[];
  /** How many suggestions were dismissed for these activities. */
  dismissed: number;
}

interface Setting {
  tree: FrameworkTree;
  words: Words;
  stageWords: StageWords;
}

export function buildAlignView(
  options: Setting & {
    activities: Pick<Activity, 'id' | 'title'>[];
    revision: number;
    chosen: readonly ChosenItem[];
    text: string;
    /** Competencies that were dismissed for these activities. */
    dismissed: ReadonlySet<string>;
    /** Where the form goes; the activity's own address where not given. */
    action?: string;
  },
): AlignView {
  const { activities, revision, chosen, text, tree, dismissed } = options;
  const [first] = activities;
  const isSingle = activities.length === 1;
  const chosenIds = new Set(chosen.map(({ item }) => item));
  const isFresh = (item: TreeItem) => !chosenIds.has(item.identifier);
  const matches =
    text.trim() === ''
      ? null
      : findCompetencies({ tree, text, limit: MAX_FOUND + chosen.length + 1 }).filter(({ item }) =>
          isFresh(item),
        );
  const shown = matches?.slice(0, MAX_FOUND) ?? null;
  const shownIds = shown?.map(({ item }) => item.identifier) ?? [];
  const suggestions = suggestCompetencies({
    text: activities.map(({ title }) => title).join(' '),
    tree,
    limit: MAX_SUGGESTED,
    without: new Set([...chosenIds, ...shownIds, ...dismissed]),
  });
  return {
    action:
      options.action ?? (isSingle && first ? `/activities/${first.id}/alignments` : '/alignments'),
    activities: activities.map(({ id, title }) => ({ id, title })),
    isSingle,
    revision,
    text,
    chosen: chosen.flatMap(({ item, stage, bloomLevel = null }) => {
      const found = tree.items.get(item);
      return found
        ? [buildRow({ ...options, item: found, stage, level: bloomLevel, isChosen: true })]
        : [];
    }),
    blank: buildBlankRow(options),
    found: shown?.map(({ item, stems }) => buildRow({ ...options, item, stems })) ?? null,
    isMore: (matches?.length ?? 0) > MAX_FOUND,
    maxFound: MAX_FOUND,
    suggested: suggestions.map(({ item, stems, words: matching }) =>
      buildRow({ ...options, item, stems, matching }),
    ),
    dismissed: dismissed.size,
  };
}

/** What the search answers while somebody types: a few, with the words for the row that choosing makes. */
export function buildSearchOptions(options: { tree: FrameworkTree; text: string; words: Words }): {
  announcement: string;
  options: { identifier: string; statement: string; parts: MarkedPart[]; path: string }[];
} {
  const { tree, text, words } = options;
  const found = findCompetencies({ tree, text, limit: MAX_OPTIONS });
  return {
    announcement:
      found.length === 0
        ? words('activities:align.foundNone')
        : words('align:search.announce', { count: found.length }),
    options: found.map(({ item, stems }) => ({
      identifier: item.identifier,
      statement: item.fullStatement,
      parts: markWords(item.fullStatement, stems),
      path: describePath(tree, item),
    })),
  };
}

function buildRow(
  options: Setting & {
    item: TreeItem;
    stage?: Stage;
    level?: number | null;
    isChosen?: boolean;
    matching?: string[];
    stems?: ReadonlySet<string>;
  },
): AlignRow {
  const { item, tree, words, stage = 'introduced', isChosen = false, matching } = options;
  return {
    identifier: item.identifier,
    statement: item.fullStatement,
    parts: markWords(item.fullStatement, options.stems ?? NO_STEMS),
    path: describePath(tree, item),
    isChosen,
    matching: matching ? words('activities:align.matching', { words: matching.join(', ') }) : null,
    stages: listStages({ ...options, stage }),
    levels: item.bloomLevel === null ? [] : listLevels({ words, level: options.level ?? null }),
  };
}

function buildBlankRow(options: { stageWords: StageWords }): AlignRow {
  return {
    identifier: '',
    statement: '',
    parts: [],
    path: '',
    isChosen: true,
    matching: null,
    stages: listStages({ ...options, stage: 'introduced' }),
    levels: [],
  };
}

function listStages(options: { stage: Stage; stageWords: StageWords }): AlignRow['stages'] {
  const { stage, stageWords } = options;
  return STAGES.map((value) => ({ value, label: stageWords(value), isChosen: value === stage }));
}

function listLevels(options: { words: Words; level: number | null }): AlignRow['levels'] {
  const { words, level } = options;
  const numbers = Array.from({ length: HIGHEST_BLOOM_LEVEL }, (_, index) => index + 1);
  return [
    { value: '', label: words('map:levels.none'), isChosen: level === null },
    ...numbers.map((value) => ({
      value,
      label: words(`map:levels.${String(value)}`),
      isChosen: value === level,
    })),
  ];
}

/** What is above it, and its code. */
function describePath(tree: FrameworkTree, item: TreeItem): string {
  const above = tree.pathTo(item.identifier).slice(0, -1);
  const path = above.map(({ fullStatement }) => fullStatement).join(' › ');
  return item.humanCodingScheme === null ? path : `${item.humanCodingScheme} · ${path}`;
}
