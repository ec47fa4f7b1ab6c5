// Suggests competencies for an activity by the words its title and their text share; rare words weigh more. The matching
// words are part of the answer, so that a person can judge it. Pure.
import type { TreeItem } from '../frameworks/framework-tree.js';

export interface Suggestion {
  item: TreeItem;
  /** Words of the competency that matched, as they are written there. */
  words: string[];
}

const MIN_WORD_CHARACTERS = 3;
const MIN_PREFIX_CHARACTERS = 5;
const COMMON = new Set(
  'and the for with from into onto over that this these those their its are was were has have had not all any each per via between within about such use used using other more most including activity quiz assignment discussion page link case study practice week unit module chapter lesson part exercise introduction'.split(
    ' ',
  ),
);

/** The best matches first, at most `limit`; none without a shared word that says something. */
export function suggestCompetencies(options: {
  text: string;
  competencies: readonly TreeItem[];
  limit: number;
}): Suggestion[] {
  const { text, competencies, limit } = options;
  const typed = new Set(wordsOf(text).map(stem));
  if (typed.size === 0) return [];
  const known = competencies.map((item) => ({ item, words: wordsOf(item.fullStatement) }));
  const rarity = countWords(known.map(({ words }) => words));
  return known
    .map(({ item, words }) => ({ item, words: matching(words, typed) }))
    .filter(({ words }) => words.length > 0)
    .map((one) => ({ ...one, weight: weigh(one.words, rarity, competencies.length) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, limit)
    .map(({ item, words }) => ({ item, words }));
}

function weigh(words: string[], rarity: Map<string, number>, total: number): number {
  const stems = new Set(words.map(stem));
  return [...stems].reduce((sum, word) => sum + Math.log(1 + total / (rarity.get(word) ?? 1)), 0);
}

function matching(words: string[], typed: Set<string>): string[] {
  const found = new Map(
    words.filter((word) => typed.has(stem(word))).map((word) => [stem(word), word]),
  );
  return [...found.values()];
}

function countWords(lists: string[][]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of lists)
    for (const word of new Set(words.map(stem))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function wordsOf(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= MIN_WORD_CHARACTERS && !COMMON.has(word));
}

/** Enough of a stem that "coding" meets "codes" and "privacy" meets "private" does not. */
function stem(word: string): string {
  const short = word.replace(/(ations?|ings?|ies|ers?|es|ed|s|e)$/u, '');
  return short.length >= MIN_PREFIX_CHARACTERS - 2 ? short : word;
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
