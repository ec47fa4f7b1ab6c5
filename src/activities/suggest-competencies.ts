// Suggests competencies for an activity by the words its title and their statement share; rare words weigh more (BM25). The
// matching words are part of the answer, so that a person can judge it. Pure.
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { markWords, searchTexts } from './competency-texts.js';

export interface Suggestion {
  item: TreeItem;
  /** Words of the statement that matched, as they are written there. */
  words: string[];
  stems: ReadonlySet<string>;
}

const MIN_WORD_CHARACTERS = 3;
/** Words of titles that say what kind of thing it is, not what it is about. */
const KIND_WORDS = new Set(
  'activity all any are assignment between case chapter discussion each exercise had has have including introduction lesson link module more most not other over page part per practice quiz study unit use used using via was week were'.split(
    ' ',
  ),
);

/** The best matches first, at most `limit`, none of `without`; none without a shared word that says something. */
export function suggestCompetencies(options: {
  text: string;
  tree: FrameworkTree;
  limit: number;
  without?: ReadonlySet<string>;
}): Suggestion[] {
  const { text, tree, limit, without = new Set() } = options;
  const telling = text
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word.length >= MIN_WORD_CHARACTERS && !KIND_WORDS.has(word.toLowerCase()))
    .join(' ');
  return searchTexts({ tree, text: telling, settings: { combineWith: 'OR' } })
    .filter(({ item, ownStems }) => ownStems.size > 0 && !without.has(item.identifier))
    .slice(0, limit)
    .map(({ item, ownStems }) => ({
      item,
      words: matchingWords(item.fullStatement, ownStems),
      stems: ownStems,
    }));
}

function matchingWords(statement: string, stems: ReadonlySet<string>): string[] {
  const marked = markWords(statement, stems).filter(({ isMarked }) => isMarked);
  return [...new Set(marked.map(({ text }) => text.toLowerCase()))];
}
