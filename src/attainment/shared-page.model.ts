// The page that a learner shares with whom they like: one record a learner and framework, with its settings and addresses. One
// write turns it on, changes it or ends it. What the page shows is no part of it: that is read when the page is opened.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export interface SharedSettings {
  /** Competencies that the learner chose; shown while they are achieved. */
  items: string[];
  /** As typed; null for a page without a name. */
  name: string | null;
  /** Whether links of accepted work are shown. */
  showsLinks: boolean;
  /** Null for a page that stays until it is turned off. */
  expiresAt: Date | null;
}

export interface SharedPage extends SharedSettings {
  deployment: string;
  user: string;
  framework: string;
  /** The last part of the page's address; earlier ones have ended. */
  address: string;
  isOn: boolean;
  turnedOnAt: Date;
  /** How often this address was opened, by day (`2026-05-03`, UTC). */
  openings: Record<string, number>;
}

interface StoredPage extends Omit<SharedPage, 'address'> {
  _id: string;
  /** Newest first: the first one is the page's, the others answer that it has ended. */
  addresses: string[];
}

type PageKey = Pick<SharedPage, 'deployment' | 'user' | 'framework'>;

const MOST_ADDRESSES = 50;
const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredPage>({
  _id: required,
  deployment: required,
  user: required,
  framework: required,
  addresses: [String],
  isOn: { type: Boolean, required: true },
  turnedOnAt: { type: Date, required: true },
  items: [String],
  name: { type: String, default: null },
  showsLinks: { type: Boolean, required: true },
  expiresAt: { type: Date, default: null },
  openings: { type: Map, of: Number },
});
schema.index({ addresses: 1 });
const SharedPageModel = defineModel({
  name: 'SharedPage',
  collection: 'sharedPages',
  schema,
  shardKey: ['deployment'],
  scatter: ['findSharedPage'],
  people: { about: ['user'] },
});

export async function findOwnSharedPage(key: PageKey): Promise<SharedPage | null> {
  const found = await SharedPageModel.findOne({
    _id: keyOf(key),
    deployment: key.deployment,
  }).lean();
  return found && toPage(found);
}

/** The page that has or had this address; nobody is signed in who could name its deployment. */
export async function findSharedPage(options: { address: string }): Promise<SharedPage | null> {
  const found = await SharedPageModel.findOne({ addresses: options.address }).lean();
  return found && toPage(found);
}

/** True where it was off or had expired; a page that is on keeps its address and its settings. */
export async function turnSharedPageOn(options: {
  key: PageKey;
  address: string;
  settings: SharedSettings;
  now: Date;
}): Promise<boolean> {
  const { key, address, settings, now } = options;
  const { deployment, user, framework } = key;
  try {
    await SharedPageModel.updateOne(
      {
        _id: keyOf(key),
        deployment,
        $or: [{ isOn: false }, { expiresAt: mongoose.trusted({ $lte: now }) }],
      },
      {
        $set: { ...settings, user, framework, isOn: true, turnedOnAt: now, openings: {} },
        $push: { addresses: { $each: [address], $position: 0, $slice: MOST_ADDRESSES } },
      },
      { upsert: true },
    );
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** False where the page was turned off, or on anew, in between. */
export async function changeSharedPage(options: {
  key: PageKey;
  address: string;
  settings: SharedSettings;
}): Promise<boolean> {
  const { key, address, settings } = options;
  const { matchedCount } = await SharedPageModel.updateOne(
    { _id: keyOf(key), deployment: key.deployment, 'addresses.0': address, isOn: true },
    { $set: settings },
  );
  return matchedCount > 0;
}

/** Repeatable; ends only the page of this address. */
export async function turnSharedPageOff(options: { key: PageKey; address: string }): Promise<void> {
  const { key, address } = options;
  await SharedPageModel.updateOne(
    { _id: keyOf(key), deployment: key.deployment, 'addresses.0': address },
    { $set: { isOn: false } },
  );
}

/** Adds one opening to a day (`2026-05-03`). */
export async function countSharedOpening(options: {
  page: SharedPage;
  day: string;
}): Promise<void> {
  const { page, day } = options;
  await SharedPageModel.updateOne(
    { _id: keyOf(page), deployment: page.deployment, 'addresses.0': page.address },
    { $inc: { [`openings.${day}`]: 1 } },
  );
}

function keyOf({ deployment, user, framework }: PageKey): string {
  return `${deployment}/${user}/${framework}`;
}

function toPage({ _id, addresses, ...page }: StoredPage): SharedPage {
  void _id;
  return { ...page, address: addresses[0] ?? '', openings: page.openings ?? {} };
}
