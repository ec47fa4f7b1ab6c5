// The words of a framework's competencies in an index that answers while somebody types: whole words, beginnings, other
// forms of a word and typing errors. One index a publication of the tree, made at the first search and gone with the tree,
// of which few are kept. Also marks in a text the words that an answer rests on.
import MiniSearch, { type SearchOptions } from 'minisearch';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';

export interface CompetencyMatch {
  item: TreeItem;
  /** Stems of the words that matched. */
  stems: ReadonlySet<string>;
  /** Stems that matched in the statement itself. */
  ownStems: ReadonlySet<string>;
}

/** A piece of a text; `isMarked` where it is a word that matched. */
export interface MarkedPart {
  text: string;
  isMarked: boolean;
}

interface Entry {
  identifier: string;
  statement: string;
  above: string;
}

const STATEMENT_BOOST = 3;
const MIN_FUZZY_CHARACTERS = 4;
const FUZZY_SHARE = 0.2;
const MIN_STEM_CHARACTERS = 3;
const SAYS_NOTHING = new Set(
  'a an and are as at be by for from in into is it its of on or our such that the their these this to with within your'.split(
    ' ',
  ),
);

const indexes = new WeakMap<FrameworkTree, MiniSearch<Entry>>();

/** Competencies in force that have these words, best first; where none has all of them, those that have some. */
export function findCompetencies(options: {
  tree: FrameworkTree;
  text: string;
  limit: number;
}): CompetencyMatch[] {
  const { tree, text, limit } = options;
  const coded = findByCode(tree, text);
  const settings: SearchOptions = {
    prefix: true,
    fuzzy: (term) => (term.length >= MIN_FUZZY_CHARACTERS ? FUZZY_SHARE : false),
  };
  const all = searchTexts({ tree, text, settings: { ...settings, combineWith: 'AND' } });
  const found =
    all.length > 0
      ? all
      : searchTexts({ tree, text, settings: { ...settings, combineWith: 'OR' } });
  const codedIds = new Set(coded.map(({ item }) => item.identifier));
  return [...coded, ...found.filter(({ item }) => !codedIds.has(item.identifier))].slice(0, limit);
}

/** Matches by the tree's index, best first. */
export function searchTexts(options: {
  tree: FrameworkTree;
  text: string;
  settings: SearchOptions;
}): CompetencyMatch[] {
  const { tree, text, settings } = options;
  return indexOf(tree)
    .search(text, settings)
    .flatMap(({ id, match }) => {
      const item = tree.items.get(String(id));
      if (!item) return [];
      const stems = Object.keys(match);
      const ownStems = stems.filter((stem) => match[stem]?.includes('statement'));
      return [{ item, stems: new Set(stems), ownStems: new Set(ownStems) }];
    });
}

/** The text in pieces, in order: put together they are the text. */
export function markWords(text: string, stems: ReadonlySet<string>): MarkedPart[] {
  const parts: MarkedPart[] = [];
  for (const [piece] of text.matchAll(/[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+/gu)) {
    const isMarked = stems.has(stemOf(piece));
    const last = parts.at(-1);
    if (last && !last.isMarked && !isMarked) last.text += piece;
    else parts.push({ text: piece, isMarked });
  }
  return parts;
}

/** Enough of a stem that "coding" meets "codes" and "privacy" does not meet "private". */
function stemOf(word: string): string {
  const plain = word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const short = plain.replace(/(ations?|ings?|ies|ers?|es|ed|s|e)$/u, '');
  return short.length >= MIN_STEM_CHARACTERS ? short : plain;
}

function indexOf(tree: FrameworkTree): MiniSearch<Entry> {
  const known = indexes.get(tree);
  if (known) return known;
  const index = new MiniSearch<Entry>({
    idField: 'identifier',
    fields: ['statement', 'above'],
    tokenize: (text) => text.split(/[^\p{L}\p{N}\p{M}]+/u),
    processTerm: (term) => (SAYS_NOTHING.has(term.toLowerCase()) ? null : stemOf(term)),
    searchOptions: { boost: { statement: STATEMENT_BOOST } },
  });
  index.addAll(
    tree.competencies.map((item) => ({
      identifier: item.identifier,
      statement: item.fullStatement,
      above: tree
        .pathTo(item.identifier)
        .slice(0, -1)
        .map(({ fullStatement }) => fullStatement)
        .join(' '),
    })),
  );
  indexes.set(tree, index);
  return index;
}

/** People who know a framework's codes type them. */
function findByCode(tree: FrameworkTree, text: string): CompetencyMatch[] {
  const typed = text.trim().toLowerCase();
  if (typed === '') return [];
  return tree.competencies
    .filter(({ humanCodingScheme }) => humanCodingScheme?.toLowerCase().startsWith(typed) ?? false)
    .map((item) => ({ item, stems: new Set<string>(), ownStems: new Set<string>() }));
}
