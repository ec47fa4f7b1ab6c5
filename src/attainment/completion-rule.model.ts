// Completion rules as stored: one document a place (framework or item, in general or in a course) of one deployment, its
// history inside, since histories are inputs of every rebuild.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { forgetReads, shareReads } from '../db/shared-reads.js';
import type { RuleHistory, RuleRevision } from './completion-rule.js';

interface StoredRule extends RuleHistory {
  _id: string;
  schemaVersion: number;
  deployment: string;
  revision: number;
  changedAt: Date;
}

/** In place of a deployment: the rules of frameworks that belong to none, which hold in all. */
export const INSTANCE_RULES = '*';

const SCHEMA_VERSION = 1;
const MAX_LISTED = 20_000;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredRule>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  framework: required,
  item: { type: String, default: null },
  course: { type: String, default: null },
  revision: { type: Number, required: true },
  history: [
    new mongoose.Schema<RuleRevision>(
      {
        revision: { type: Number, required: true },
        at: { type: Date, required: true },
        by: required,
        // Rules are of two kinds and grow optional parts; their shape is checked where they come in.
        rule: { type: mongoose.Schema.Types.Mixed, default: null },
      },
      { _id: false },
    ),
  ],
  changedAt: { type: Date, required: true },
});
schema.index({ deployment: 1, framework: 1 });
schema.index({ changedAt: 1 });
const RuleModel = defineModel({
  name: 'CompletionRule',
  collection: 'completionRules',
  schema,
  shardKey: ['deployment'],
  scatter: ['listChangedRules'],
  people: { by: ['history.by'] },
});

/** Every rule that bears on a deployment for a framework; with `courses`, of courses only those. */
export async function listRuleHistories(options: {
  deployment: string;
  framework: string;
  courses?: readonly string[];
}): Promise<RuleHistory[]> {
  const { deployment, framework, courses } = options;
  const found = await RuleModel.find({
    deployment: mongoose.trusted({ $in: [deployment, INSTANCE_RULES] }),
    framework,
    ...(courses === undefined ? {} : { course: mongoose.trusted({ $in: [null, ...courses] }) }),
  })
    .limit(MAX_LISTED)
    .lean();
  return found.map(({ item, course, history }) => ({ framework, item, course, history }));
}

/** As listRuleHistories, for pages: up to two seconds old where another process wrote. Shared: do not change it. */
export const listSharedRuleHistories = shareReads({
  about: topicOf,
  read: listRuleHistories,
});

function topicOf({ deployment, framework }: { deployment: string; framework: string }): string {
  return `rules ${deployment} ${framework}`;
}

/** Rules changed at or after `since`, oldest change first. For the projection. */
export async function listChangedRules(options: { since: Date; limit: number }): Promise<
  {
    id: string;
    deployment: string;
    course: string | null;
    framework: string;
    item: string | null;
    revision: number;
    changedAt: Date;
  }[]
> {
  const found = await RuleModel.find({ changedAt: mongoose.trusted({ $gte: options.since }) })
    .sort({ changedAt: 1 })
    .limit(options.limit)
    .lean();
  return found.map(({ _id, deployment, course, framework, item, revision, changedAt }) => ({
    id: _id,
    deployment,
    course,
    framework,
    item,
    revision,
    changedAt,
  }));
}

/** Writes a new revision where `expectedRevision` is still the last one. False when somebody else changed it meanwhile. */
export async function replaceRule(change: RuleChange): Promise<boolean> {
  const concernsAll = change.deployment === INSTANCE_RULES;
  return writeRule(change).finally(() => forgetReads(concernsAll ? undefined : topicOf(change)));
}

interface RuleChange {
  deployment: string;
  framework: string;
  item: string | null;
  course: string | null;
  expectedRevision: number;
  rule: RuleRevision['rule'];
  by: string;
  now: Date;
}

async function writeRule(options: RuleChange): Promise<boolean> {
  const { deployment, framework, item, course, expectedRevision, rule, by, now } = options;
  const _id = `${deployment}/${framework}/${course ?? ''}/${item ?? ''}`;
  const revision: RuleRevision = { revision: expectedRevision + 1, at: now, by, rule };
  const change = {
    $set: { revision: revision.revision, changedAt: now },
    $push: { history: revision },
  };
  if (expectedRevision > 0) {
    const { matchedCount } = await RuleModel.updateOne(
      { _id, deployment, revision: expectedRevision },
      change,
    );
    return matchedCount === 1;
  }
  try {
    const fresh = { schemaVersion: SCHEMA_VERSION, framework, item, course };
    await RuleModel.updateOne(
      { _id, deployment, revision: 0 },
      { ...change, $setOnInsert: fresh },
      { upsert: true },
    );
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
