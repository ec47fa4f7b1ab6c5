// The dictionary of the library: every word that its resources use, with its trigrams, so that a word with a typing error
// finds the one that was meant. Words stay when their last resource goes; they only widen a search.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { visibleOwnerKeys, type Viewer } from '../frameworks/viewer.js';
import type { SearchTerm } from './resource-search.js';
import { allowedErrors, countErrors, readWords, trigramsOf } from './search-words.js';

const SCHEMA_VERSION = 1;
const MAX_PREFIXED = 40;
const MAX_CANDIDATES = 200;
const MAX_NEAR = 8;
const MIN_PREFIX_CHARACTERS = 3;
const BATCH = 2_000;
const MAX_TERMS = 12;

interface StoredWord {
  _id: string;
  schemaVersion: number;
  ownerKey: string;
  word: string;
  trigrams: string[];
}

const schema = new mongoose.Schema<StoredWord>({
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  ownerKey: { type: String, required: true },
  word: { type: String, required: true },
  trigrams: { type: [String], required: true },
});
schema.index({ ownerKey: 1, word: 1 }, { unique: true });
schema.index({ trigrams: 1, ownerKey: 1 });

const WordModel = defineModel({
  name: 'SearchWord',
  collection: 'searchWords',
  schema,
  shardKey: ['ownerKey'],
  people: 'nothing',
});

/** Adds the words that are not there yet. */
export async function recordSearchWords(options: {
  ownerKey: string;
  words: Iterable<string>;
}): Promise<void> {
  const { ownerKey } = options;
  const words = [...options.words];
  for (let at = 0; at < words.length; at += BATCH) {
    const batch = words.slice(at, at + BATCH);
    const known = await WordModel.find({ ownerKey, word: mongoose.trusted({ $in: batch }) })
      .select({ word: 1 })
      .lean();
    const seen = new Set(known.map(({ word }) => word));
    const fresh = batch.filter((word) => !seen.has(word));
    if (fresh.length > 0) await insertWords(ownerKey, fresh);
  }
}

/** The words of what was typed, each with what it may mean; `isExact` is false where only near words were found. */
export async function readTerms(options: {
  text: string;
  viewer: Viewer;
}): Promise<(SearchTerm & { isExact: boolean })[]> {
  const { viewer } = options;
  const words = readWords(options.text).slice(0, MAX_TERMS);
  return Promise.all(
    words.map(async (word) => ({ typed: word, ...(await expandWord(word, viewer)) })),
  );
}

/**
 * What a typed word may mean in this library: itself and words that begin with it; where there is none, the nearest
 * words. Empty where nothing is near.
 */
async function expandWord(
  word: string,
  viewer: Viewer,
): Promise<{ words: string[]; isExact: boolean }> {
  const ownerKeys = visibleOwnerKeys(viewer);
  const prefixed = await WordModel.find({
    ownerKey: mongoose.trusted({ $in: ownerKeys }),
    word:
      word.length < MIN_PREFIX_CHARACTERS
        ? word
        : mongoose.trusted({ $gte: word, $lt: `${word}\uffff` }),
  })
    .sort({ word: 1 })
    .limit(MAX_PREFIXED)
    .select({ word: 1 })
    .lean();
  if (prefixed.length > 0)
    return { words: [...new Set(prefixed.map((found) => found.word))], isExact: true };
  return { words: await findNear(word, ownerKeys), isExact: false };
}

async function findNear(word: string, ownerKeys: string[]): Promise<string[]> {
  const limit = allowedErrors(word);
  if (limit === 0) return [];
  const trigrams = trigramsOf(word);
  const candidates = await WordModel.aggregate<{ word: string }>([
    { $match: { trigrams: { $in: trigrams }, ownerKey: { $in: ownerKeys } } },
    {
      $project: {
        _id: 0,
        word: 1,
        shared: { $size: { $setIntersection: ['$trigrams', trigrams] } },
        size: { $size: '$trigrams' },
      },
    },
    { $sort: { shared: -1, size: 1, word: 1 } },
    { $limit: MAX_CANDIDATES },
  ]);
  const near = [...new Set(candidates.map((candidate) => candidate.word))]
    .map((candidate) => ({ candidate, errors: countErrors({ a: word, b: candidate, limit }) }))
    .filter(({ errors }) => errors <= limit);
  const least = Math.min(...near.map(({ errors }) => errors));
  return near
    .filter(({ errors }) => errors === least)
    .slice(0, MAX_NEAR)
    .map(({ candidate }) => candidate);
}

/** Words that another import added meanwhile are as good. */
async function insertWords(ownerKey: string, words: string[]): Promise<void> {
  const stored = words.map((word) => ({
    _id: `${ownerKey} ${word}`,
    schemaVersion: SCHEMA_VERSION,
    ownerKey,
    word,
    trigrams: trigramsOf(word),
  }));
  try {
    await WordModel.insertMany(stored, { ordered: false, lean: true });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}
