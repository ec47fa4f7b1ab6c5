// What a deployment's administrator sets for one framework, or for all that have nothing of their own: the scale on which work
// is rated, with its history, and the words for the stages of an alignment. One document each; a scale changes by a new
// revision, and ratings keep what they were worth when they were given.
import mongoose from 'mongoose';
import { isNextRevision } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { forgetReads, shareReads } from '../db/shared-reads.js';
import type { StageLabels } from '../lti/deployment.model.js';
import { DEFAULT_SCALE, toScale, type RatingScale, type ScaleLevel } from './rating-scale.js';

/** Stands for every framework that has no setting of its own. */
export const ANY_FRAMEWORK = 'default';

export interface ScaleRevision {
  revision: number;
  at: Date;
  by: string;
  /** Lowest first; null where the framework goes back to the wider scale. */
  levels: ScaleLevel[] | null;
  /** Id of the lowest level that counts as meeting it; null without levels. */
  meets: string | null;
}

export interface FrameworkSetting {
  /** Of the scale; 0 while nobody set one. */
  revision: number;
  /** Oldest first; the last one is in force. */
  history: ScaleRevision[];
  stageLabels: StageLabels;
}

interface StoredSetting extends FrameworkSetting {
  _id: string;
  schemaVersion: number;
  deployment: string;
  framework: string;
}

interface SettingOf {
  deployment: string;
  /** Our id of it, or ANY_FRAMEWORK. */
  framework: string;
}

const SCHEMA_VERSION = 1;
/** The oldest go first; what a rating was worth stands in the rating. */
const MAX_HISTORY = 200;

const required = { type: String, required: true };
const number = { type: Number, required: true };
const level = { _id: false, id: required, label: required, points: number };
const schema = new mongoose.Schema<StoredSetting>({
  _id: required,
  schemaVersion: number,
  deployment: required,
  framework: required,
  revision: number,
  history: [
    {
      _id: false,
      revision: number,
      at: { type: Date, required: true },
      by: required,
      levels: { type: [level], default: null },
      meets: { type: String, default: null },
    },
  ],
  stageLabels: {
    type: new mongoose.Schema(
      { introduced: String, reinforced: String, mastered: String },
      { _id: false },
    ),
    default: {},
  },
});
const SettingModel = defineModel({
  name: 'FrameworkSetting',
  collection: 'frameworkSettings',
  schema,
  shardKey: ['deployment'],
  people: { by: ['history.by'] },
});

export async function findFrameworkSetting(options: SettingOf): Promise<FrameworkSetting> {
  const { deployment, framework } = options;
  const found = await SettingModel.findOne({ _id: idOf(options), deployment, framework }).lean();
  const { revision = 0, history = [], stageLabels = {} } = found ?? {};
  return { revision, history, stageLabels };
}

/** The framework's own scale, else the deployment's, else ours. */
export async function readRatingScale(options: SettingOf): Promise<RatingScale> {
  const { deployment, framework } = options;
  const [own, general] = await Promise.all(
    [framework, ANY_FRAMEWORK].map((one) => findFrameworkSetting({ deployment, framework: one })),
  );
  return scaleOf(own) ?? scaleOf(general) ?? DEFAULT_SCALE;
}

/** The scale that the setting itself holds; null where it holds none. Pure. */
function scaleOf(setting: FrameworkSetting | undefined): RatingScale | null {
  const { levels = null, meets = null } = setting?.history.at(-1) ?? {};
  return levels === null || meets === null ? null : toScale({ levels, meets });
}

/** True when it follows the revision that is stored; false when somebody else changed the scale first. */
export async function writeScale(
  options: SettingOf & { expectedRevision: number; entry: Omit<ScaleRevision, 'revision'> },
): Promise<boolean> {
  const { deployment, framework, expectedRevision, entry } = options;
  const revision = expectedRevision + 1;
  return isNextRevision(() =>
    SettingModel.updateOne(
      { _id: idOf(options), deployment, framework, revision: expectedRevision },
      {
        $set: { revision },
        $push: { history: { $each: [{ revision, ...entry }], $slice: -MAX_HISTORY } },
        $setOnInsert: { schemaVersion: SCHEMA_VERSION },
      },
      { upsert: expectedRevision === 0 },
    ),
  );
}

/** The words for its stages; those that are left out are the deployment's. */
export async function writeFrameworkLabels(
  options: SettingOf & { labels: StageLabels },
): Promise<void> {
  const { deployment, framework, labels } = options;
  await SettingModel.updateOne(
    { _id: idOf(options), deployment, framework },
    { $set: { stageLabels: labels }, $setOnInsert: { schemaVersion: SCHEMA_VERSION, revision: 0 } },
    { upsert: true },
  );
  forgetReads(labelsTopic(options));
}

export const readFrameworkLabels = shareReads({
  about: labelsTopic,
  read: async (of: SettingOf): Promise<StageLabels> => (await findFrameworkSetting(of)).stageLabels,
});

function labelsTopic({ deployment, framework }: SettingOf): string {
  return `stage labels ${deployment} ${framework}`;
}

function idOf({ deployment, framework }: SettingOf): string {
  return `${deployment}/${framework}`;
}
