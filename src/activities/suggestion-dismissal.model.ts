// Suggested competencies that somebody said do not fit an activity, so that they are not suggested for it again. One document
// an activity; it proves nothing and counts for nothing.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

interface StoredDismissals {
  _id: string;
  schemaVersion: number;
  deployment: string;
  course: string;
  activity: string;
  /** `FRAMEWORK/IDENTIFIER`. */
  items: string[];
}

interface Place {
  deployment: string;
  course: string;
}

const SCHEMA_VERSION = 1;
const MAX_ITEMS = 500;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredDismissals>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  activity: required,
  items: [String],
});
const DismissalModel = defineModel({
  name: 'SuggestionDismissals',
  collection: 'suggestionDismissals',
  people: 'nothing',
  schema,
  shardKey: ['deployment'],
});

/** Items of the framework that were dismissed for any of these activities. */
export async function listDismissedItems(
  options: Place & { activities: readonly string[]; framework: string },
): Promise<Set<string>> {
  const { deployment, course, activities, framework } = options;
  const found = await DismissalModel.find({
    _id: mongoose.trusted({ $in: activities.map((activity) => `${deployment}/${activity}`) }),
    deployment,
    course,
  }).lean();
  const prefix = `${framework}/`;
  return new Set(
    found
      .flatMap(({ items }) => items)
      .filter((entry) => entry.startsWith(prefix))
      .map((entry) => entry.slice(prefix.length)),
  );
}

/** The same again changes nothing. Beyond 500 the oldest may be suggested again. */
export async function dismissSuggestion(
  options: Place & { activity: string; framework: string; item: string },
): Promise<void> {
  const { deployment, course, activity, framework, item } = options;
  const _id = `${deployment}/${activity}`;
  const entry = `${framework}/${item}`;
  await repeatUpsert(() =>
    DismissalModel.updateOne(
      { _id, deployment },
      { $setOnInsert: { schemaVersion: SCHEMA_VERSION, course, activity, items: [] } },
      { upsert: true },
    ),
  );
  await DismissalModel.updateOne(
    { _id, deployment, course, items: mongoose.trusted({ $ne: entry }) },
    { $push: { items: { $each: [entry], $slice: -MAX_ITEMS } } },
  );
}

/** Lets everything be suggested for the activity again. */
export async function forgetDismissals(options: Place & { activity: string }): Promise<void> {
  const { deployment, course, activity } = options;
  await DismissalModel.updateOne(
    { _id: `${deployment}/${activity}`, deployment, course },
    { $set: { items: [] } },
  );
}
