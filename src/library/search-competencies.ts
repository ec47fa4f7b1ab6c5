// Finds competencies by words, forgiving typing errors, in the tree that is in memory anyway. Pure.
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { isNearWord, readWords } from './search-words.js';

const MAX_FOUND = 50;
const OWN_POINTS = 3;
const ABOVE_POINTS = 1;
/** Up to this many words all must be there; of more, three in five. */
const ALL_MUST_MATCH = 2;
const MATCH_SHARE = 0.6;

/** Best first: words of the statement count more than those of what is above it, whole words more than near ones. */
export function searchCompetencies(options: { tree: FrameworkTree; text: string }): TreeItem[] {
  const { tree } = options;
  const wanted = readWords(options.text);
  if (wanted.length === 0) return [];
  const needed =
    wanted.length <= ALL_MUST_MATCH ? wanted.length : Math.ceil(wanted.length * MATCH_SHARE);
  return tree.competencies
    .map((item, at) => ({ item, at, ...scoreOf(tree, item, wanted) }))
    .filter(({ matched }) => matched >= needed)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, MAX_FOUND)
    .map(({ item }) => item);
}

function scoreOf(
  tree: FrameworkTree,
  item: TreeItem,
  wanted: string[],
): { matched: number; score: number } {
  const own = readWords(item.fullStatement);
  const above = tree
    .pathTo(item.identifier)
    .slice(0, -1)
    .flatMap(({ fullStatement }) => readWords(fullStatement));
  let matched = 0;
  let score = 0;
  for (const word of wanted) {
    const points = Math.max(likeness(word, own) * OWN_POINTS, likeness(word, above) * ABOVE_POINTS);
    if (points > 0) matched += 1;
    score += points;
  }
  return { matched, score };
}

/** 3 for the word itself, 2 for one that begins with it, 1 for one with a typing error between them. */
function likeness(word: string, among: string[]): number {
  if (among.includes(word)) return 3;
  if (word.length >= 3 && among.some((other) => other.startsWith(word))) return 2;
  return among.some((other) => isNearWord(word, other)) ? 1 : 0;
}
