// A learner's own list of resources: one document a learner in a deployment, so that adding is one write. It proves
// nothing and counts for nothing.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from '../db/duplicate-key.js';

export interface ResourceChoice {
  resource: string;
  /** Course in which it was chosen. */
  course: string;
  addedAt: Date;
}

interface StoredChoices {
  _id: string;
  schemaVersion: number;
  deployment: string;
  user: string;
  choices: ResourceChoice[];
}

const SCHEMA_VERSION = 1;
const MAX_CHOICES = 300;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredChoices>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  user: required,
  choices: [
    { _id: false, resource: required, course: required, addedAt: { type: Date, required: true } },
  ],
});
const ChoiceModel = defineModel({
  name: 'ResourceChoices',
  collection: 'resourceChoices',
  schema,
  shardKey: ['deployment'],
  people: { about: ['user'] },
});

/** The learner's list, newest first. */
export async function listChoices(options: {
  deployment: string;
  user: string;
}): Promise<ResourceChoice[]> {
  const { deployment, user } = options;
  const found = await ChoiceModel.findOne({ _id: `${deployment}/${user}`, deployment }).lean();
  return [...(found?.choices ?? [])].reverse();
}

/** Adds a resource; the same again changes nothing. Beyond 300 the oldest leaves. */
export async function addChoice(options: {
  deployment: string;
  user: string;
  resource: string;
  course: string;
  now: Date;
}): Promise<void> {
  const { deployment, user, resource, course, now } = options;
  const _id = `${deployment}/${user}`;
  await repeatUpsert(() =>
    ChoiceModel.updateOne(
      { _id, deployment },
      { $setOnInsert: { schemaVersion: SCHEMA_VERSION, user, choices: [] } },
      { upsert: true },
    ),
  );
  await ChoiceModel.updateOne(
    { _id, deployment, 'choices.resource': mongoose.trusted({ $ne: resource }) },
    { $push: { choices: { $each: [{ resource, course, addedAt: now }], $slice: -MAX_CHOICES } } },
  );
}

/** Takes resources off the list, as far as they are on it. */
export async function removeChoices(options: {
  deployment: string;
  user: string;
  resources: readonly string[];
}): Promise<void> {
  const { deployment, user, resources } = options;
  await ChoiceModel.updateOne(
    { _id: `${deployment}/${user}`, deployment },
    { $pull: { choices: { resource: { $in: [...resources] } } } },
  );
}
