// What the comparison with an earlier course or a template shows: for each activity what would come, what changes its stage,
// what is the same, and what is only on one side. Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import type { AlignmentDiff, ComparedActivity } from './compare-alignments.js';
import { buildChips, type AlignedChip } from './course-view.js';
import type { StageWords } from './stage-words.js';

export interface SourceView {
  rows: {
    id: string;
    title: string;
    by: string;
    adds: AlignedChip[];
    restaged: { statement: string; sentence: string }[];
    /** "2 are the same", "1 only here", "2 of another framework"; empty where there is none. */
    notes: string[];
  }[];
  /** Activities that are the same on both sides, in words; null where there are none. */
  same: string | null;
  onlyThere: string[];
  onlyHere: string[];
}

export function buildSourceView(options: {
  diff: AlignmentDiff;
  tree: FrameworkTree;
  words: Words;
  stageWords: StageWords;
}): SourceView {
  const { diff, words } = options;
  const differing = diff.pairs.filter(hasNews);
  const sameCount = diff.pairs.length - differing.length;
  return {
    rows: differing.map((pair) => buildRow({ ...options, pair })),
    same: sameCount === 0 ? null : words('template:same', { count: sameCount }),
    onlyThere: diff.onlyThere.map(({ title }) => title),
    onlyHere: diff.onlyHere.map(({ title }) => title),
  };
}

/** True where taking it over would change something. */
export function hasNews({ adds, restaged }: ComparedActivity): boolean {
  return adds.length + restaged.length > 0;
}

function buildRow(options: {
  pair: ComparedActivity;
  tree: FrameworkTree;
  words: Words;
  stageWords: StageWords;
}): SourceView['rows'][number] {
  const { pair, tree, words, stageWords } = options;
  const { activity, by, same, adds, restaged, onlyHere } = pair;
  const others = adds.filter(({ framework }) => framework !== tree.framework.id).length;
  const notes = { sameItems: same.length, onlyHereItems: onlyHere.length, others };
  return {
    id: activity.id,
    title: activity.title,
    by: words(`course:copy.by.${by}`),
    adds: buildChips({ items: adds, tree, stageWords }),
    restaged: restaged.flatMap(({ item, stageHere }) => {
      const found = tree.items.get(item.item);
      const stages = { here: stageWords(stageHere), there: stageWords(item.stage) };
      return found
        ? [{ statement: found.fullStatement, sentence: words('template:restaged', stages) }]
        : [];
    }),
    notes: Object.entries(notes).flatMap(([name, count]) =>
      count === 0 ? [] : [words(`template:${name}`, { count })],
    ),
  };
}
