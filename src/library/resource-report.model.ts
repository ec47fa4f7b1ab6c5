// That a resource did not work for somebody, with the reason: what the library's editors look at. One record a person and
// resource, so that saying it twice is one report. It is no evidence and counts for nothing.
import mongoose from 'mongoose';
import { repeatUpsert } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';

export const REPORT_REASONS = [
  'not-opening',
  'costs-money',
  'other-content',
  'not-accessible',
  'other',
] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

interface StoredReport {
  _id: string;
  schemaVersion: number;
  deployment: string;
  course: string;
  user: string;
  resource: string;
  /** As it was called when it was reported: the list is read without the library. */
  title: string;
  reason: ReportReason;
  note: string;
  status: 'open' | 'settled';
  at: Date;
}

/** A resource with its open reports in one deployment. */
export interface ReportedResource {
  deployment: string;
  resource: string;
  title: string;
  count: number;
  /** Newest first; who wrote them is not told. */
  reports: { reason: ReportReason; note: string; at: Date }[];
  lastAt: Date;
}

const SCHEMA_VERSION = 1;
const MOST_LISTED = 200;
const MOST_SHOWN = 20;
const MOST_IDS = 1_000;

const required = { type: String, required: true };
const schema = new mongoose.Schema<StoredReport>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  course: required,
  user: required,
  resource: required,
  title: required,
  reason: { ...required, enum: REPORT_REASONS },
  note: { type: String, default: '' },
  status: { ...required, enum: ['open', 'settled'] },
  at: { type: Date, required: true },
});
schema.index({ deployment: 1, status: 1, resource: 1 });
schema.index({ deployment: 1, course: 1, status: 1, at: -1 });
const ReportModel = defineModel({
  name: 'ResourceReport',
  collection: 'resourceReports',
  people: { about: ['user'], course: 'course' },
  schema,
  shardKey: ['deployment'],
  scatter: ['listReportedResources'],
});

/** The newest word of this person about this resource; opens a settled report again. */
export async function recordResourceReport(options: {
  deployment: string;
  course: string;
  user: string;
  resource: string;
  title: string;
  reason: ReportReason;
  note: string;
  now: Date;
}): Promise<void> {
  const { deployment, course, user, resource, title, reason, note, now } = options;
  const _id = `${deployment}/${user}/${resource}`;
  await repeatUpsert(() =>
    ReportModel.updateOne(
      { _id, deployment },
      {
        $set: { course, title, reason, note, status: 'open', at: now },
        $setOnInsert: { schemaVersion: SCHEMA_VERSION, user, resource },
      },
      { upsert: true },
    ),
  );
}

/** How many resources have an open report in this deployment. */
export async function countReportedResources(options: { deployment: string }): Promise<number> {
  const { deployment } = options;
  const [found] = await ReportModel.aggregate<{ count: number }>([
    { $match: { deployment, status: 'open' } },
    { $group: { _id: '$resource' } },
    { $count: 'count' },
  ]);
  return found?.count ?? 0;
}

/** Ids of the resources with an open report in this deployment, 1,000 at most, in no order. */
export async function listReportedIds(options: { deployment: string }): Promise<string[]> {
  const { deployment } = options;
  const found = await ReportModel.aggregate<{ _id: string }>([
    { $match: { deployment, status: 'open' } },
    { $group: { _id: '$resource' } },
    { $limit: MOST_IDS },
  ]);
  return found.map(({ _id }) => _id);
}

/**
 * Those with an open report, the newest report first, 200 at most; of every deployment where none is named (operator), of
 * one course's learners or of these resources alone where they are.
 */
export async function listReportedResources(
  options: { deployment?: string; course?: string; resources?: readonly string[] } = {},
): Promise<ReportedResource[]> {
  const { deployment, course, resources } = options;
  const rows = await ReportModel.aggregate<
    Omit<ReportedResource, 'deployment' | 'resource'> & {
      _id: { deployment: string; resource: string };
    }
  >([
    {
      $match: {
        ...(deployment !== undefined && { deployment }),
        ...(course !== undefined && { course }),
        ...(resources !== undefined && { resource: { $in: resources } }),
        status: 'open',
      },
    },
    { $sort: { at: -1 } },
    {
      $group: {
        _id: { deployment: '$deployment', resource: '$resource' },
        title: { $first: '$title' },
        lastAt: { $first: '$at' },
        count: { $sum: 1 },
        reports: { $push: { reason: '$reason', note: '$note', at: '$at' } },
      },
    },
    { $sort: { lastAt: -1, _id: 1 } },
    { $limit: MOST_LISTED },
    { $set: { reports: { $slice: ['$reports', MOST_SHOWN] } } },
  ]);
  return rows.map(({ _id, ...row }) => ({ ..._id, ...row }));
}

/** An editor has looked at a resource: what was reported of it in this deployment up to `upTo` waits no longer. */
export async function settleResourceReports(options: {
  deployment: string;
  resource: string;
  upTo: Date;
}): Promise<void> {
  const { deployment, resource, upTo } = options;
  await ReportModel.updateMany(
    { deployment, resource, status: 'open', at: mongoose.trusted({ $lte: upTo }) },
    { $set: { status: 'settled' } },
  );
}
