// Articles beside a framework, in plain text sections: the page of a career pathway, the featured post. Seeds write them.
import { createHash } from 'node:crypto';
import mongoose from 'mongoose';
import { z } from 'zod';
import { defineModel } from '../db/models.js';
import { TextSections } from './text-sections.js';
import { ownerKeyOf, visibleOwnerKeys, type Owner, type Viewer } from './viewer.js';

const SCHEMA_VERSION = 1;
const MAX_LISTED = 500;

const line = z.string().trim().min(1);
export const ArticleContent = z.object({
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'is no short name of small letters, digits and hyphens'),
  title: line,
  summary: line,
  sections: TextSections,
  sources: z
    .array(z.object({ title: line, publisher: line, url: z.url({ protocol: /^https?$/ }) }))
    .default([]),
});

type ArticleKind = 'pathway' | 'post';
export type Article = z.infer<typeof ArticleContent> & {
  kind: ArticleKind;
  /** The framework it belongs to; null for none. */
  framework: string | null;
};

interface StoredArticle extends Article {
  _id: string;
  schemaVersion: number;
  ownerKey: string;
  contentHash: string;
  updatedAt: Date;
}

const mixed = mongoose.Schema.Types.Mixed;
const schema = new mongoose.Schema<StoredArticle>({
  _id: { type: String, required: true },
  schemaVersion: { type: Number, required: true },
  ownerKey: { type: String, required: true },
  kind: { type: String, required: true },
  slug: { type: String, required: true },
  framework: { type: String, default: null },
  title: { type: String, required: true },
  summary: { type: String, required: true },
  sections: { type: mixed, required: true },
  sources: { type: mixed, required: true },
  contentHash: { type: String, required: true },
  updatedAt: { type: Date, required: true },
});
schema.index({ ownerKey: 1, kind: 1, title: 1 });

const ArticleModel = defineModel({
  name: 'Article',
  collection: 'articles',
  schema,
  shardKey: ['_id'],
  scatter: ['listArticles'],
  people: 'nothing',
});

/** The article of this kind and short name that the viewer may see. */
export async function findArticle(options: {
  kind: ArticleKind;
  slug: string;
  viewer: Viewer;
}): Promise<Article | null> {
  const ids = visibleOwnerKeys(options.viewer).map((owner) => articleId({ ...options, owner }));
  const found = await ArticleModel.find({ _id: mongoose.trusted({ $in: ids }) }).lean();
  const first = ids
    .map((id) => found.find(({ _id }) => _id === id))
    .find((article) => article !== undefined);
  return first ? toArticle(first) : null;
}

/** All of a kind that the viewer may see, by title. */
export async function listArticles(options: {
  kind: ArticleKind;
  viewer: Viewer;
}): Promise<Article[]> {
  const found = await ArticleModel.find({
    ownerKey: mongoose.trusted({ $in: visibleOwnerKeys(options.viewer) }),
    kind: options.kind,
  })
    .sort({ title: 1 })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toArticle);
}

/** Writes an article; false where it already said just this. */
export async function saveArticle(options: {
  article: Article;
  owner: Owner;
  now: Date;
}): Promise<boolean> {
  const { article, now } = options;
  const ownerKey = ownerKeyOf(options.owner);
  const _id = articleId({ ...article, owner: ownerKey });
  const contentHash = createHash('sha256').update(JSON.stringify(article)).digest('hex');
  const before = await ArticleModel.findOne({ _id }).select({ contentHash: 1 }).lean();
  if (before?.contentHash === contentHash) return false;
  const stored = {
    ...article,
    schemaVersion: SCHEMA_VERSION,
    ownerKey,
    contentHash,
    updatedAt: now,
  };
  await ArticleModel.updateOne({ _id }, { $set: stored }, { upsert: true });
  return true;
}

function articleId(options: { kind: ArticleKind; slug: string; owner: string }): string {
  return `${options.owner}/${options.kind}/${options.slug}`;
}

function toArticle(stored: StoredArticle): Article {
  const { kind, slug, framework, title, summary, sections, sources } = stored;
  return { kind, slug, framework, title, summary, sections, sources };
}
