// Finds the competency that a file means: by identifier, by address, by "Domain / Subdomain / Statement", or by its
// statement alone where no other has the same; and names the nearest where it finds none. Pure.
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { normaliseLine } from '../frameworks/read-him-page.js';
import { readWords, trigramsOf } from './search-words.js';

export interface CompetencyIndex {
  /** Identifier of the item meant, or null. */
  find(words: string): string | null;
  /** Up to three paths of competencies that read alike, nearest first. */
  suggest(words: string): string[];
}

const PATH_SEPARATOR = ' / ';
const MAX_SUGGESTIONS = 3;
const MIN_SHARED = 0.25;

/** Knows all items in force; retired ones only by identifier. */
export function buildCompetencyIndex(tree: FrameworkTree): CompetencyIndex {
  const byName = new Map<string, string | null>();
  const statements: { path: string; trigrams: Set<string> }[] = [];
  for (const item of tree.items.values()) {
    byName.set(item.identifier.toLowerCase(), item.identifier);
    byName.set(item.uri.toLowerCase(), item.identifier);
  }
  for (const item of tree.competencies) {
    const path = tree.pathTo(item.identifier).map(({ fullStatement }) => fullStatement);
    byName.set(keyOf(path.join(PATH_SEPARATOR)), item.identifier);
    if (item.humanCodingScheme !== null) byName.set(keyOf(item.humanCodingScheme), item.identifier);
    const alone = keyOf(item.fullStatement);
    byName.set(alone, byName.has(alone) ? null : item.identifier);
    statements.push({ path: path.join(PATH_SEPARATOR), trigrams: trigramSet(item.fullStatement) });
  }
  return {
    find: (words) => byName.get(words.trim().toLowerCase()) ?? byName.get(keyOf(words)) ?? null,
    suggest: (words) => suggest(statements, words.split(PATH_SEPARATOR).at(-1) ?? words),
  };
}

/** Letter case, the count at the end and a final period do not matter. */
function keyOf(words: string): string {
  return normaliseLine(words)
    .replace(/\s*\(\s*[\d,]+\s*\)$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function suggest(statements: { path: string; trigrams: Set<string> }[], words: string): string[] {
  const wanted = trigramSet(words);
  return statements
    .map(({ path, trigrams }) => {
      const shared = [...wanted].filter((trigram) => trigrams.has(trigram)).length;
      return { path, likeness: shared / Math.max(1, wanted.size + trigrams.size - shared) };
    })
    .filter(({ likeness }) => likeness >= MIN_SHARED)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ path }) => path);
}

function trigramSet(text: string): Set<string> {
  return new Set(readWords(text).flatMap(trigramsOf));
}
