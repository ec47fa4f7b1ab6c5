// Resource links: what a course holds of ours, as launches told of it (LTI 1.3 core, 5.3.5). The gradebook shows a tool no
// other columns, so this list is where a course's activities come from.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { repeatUpsert } from '../db/duplicate-key.js';

export interface ResourceLinkFacts {
  title: string | null;
  description: string | null;
  /** Path and query of ours that the link opens. */
  targetPath: string;
  lineItemUrl: string | null;
  /** Custom parameters that are about the link, as far as the platform filled them; others may be about the person. */
  custom: Record<string, string>;
}

export interface ResourceLink extends ResourceLinkFacts {
  _id: string;
  deployment: string;
  course: string | null;
  /** The platform's id of the link. */
  resourceLinkId: string;
  firstLaunchAt: Date;
  /** To the minute: a class that comes in at once writes it once. */
  lastLaunchAt: Date;
}

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<ResourceLink>({
  _id: required,
  deployment: required,
  course: optional,
  resourceLinkId: required,
  title: optional,
  description: optional,
  targetPath: required,
  lineItemUrl: optional,
  custom: { type: mongoose.Schema.Types.Mixed, required: true },
  firstLaunchAt: { type: Date, required: true },
  lastLaunchAt: { type: Date, required: true },
});
schema.index({ deployment: 1, course: 1, resourceLinkId: 1 }, { unique: true });
const ResourceLinkModel = defineModel({
  name: 'ResourceLink',
  collection: 'resourceLinks',
  schema,
  shardKey: ['deployment'],
  people: 'nothing',
});

/** Writes what the platform says of the link. Idempotent. */
export async function recordResourceLink(options: {
  resourceLink: string;
  deployment: string;
  course: string | null;
  resourceLinkId: string;
  facts: ResourceLinkFacts;
  now: Date;
}): Promise<void> {
  const { resourceLink, deployment, course, resourceLinkId, facts, now } = options;
  await repeatUpsert(() =>
    ResourceLinkModel.updateOne(
      { deployment, course, resourceLinkId },
      {
        $set: { ...facts, lastLaunchAt: now },
        $setOnInsert: { _id: resourceLink, firstLaunchAt: now },
      },
      { upsert: true },
    ),
  );
}

/** A course's links in order of id; up to 1,000, from `after` on. */
export async function listResourceLinks(options: {
  deployment: string;
  course: string;
  after?: string;
}): Promise<ResourceLink[]> {
  const { deployment, course, after = '' } = options;
  return ResourceLinkModel.find({
    deployment,
    course,
    resourceLinkId: mongoose.trusted({ $gt: after }),
  })
    .sort({ resourceLinkId: 1 })
    .limit(1_000)
    .lean();
}

export async function findResourceLink(options: {
  deployment: string;
  course: string;
  resourceLinkId: string;
}): Promise<ResourceLink | null> {
  const { deployment, course, resourceLinkId } = options;
  return ResourceLinkModel.findOne({ deployment, course, resourceLinkId }).lean();
}

/** Links of a deployment by our ids, in no order; ids that nothing has are left out. */
export async function listResourceLinksById(options: {
  deployment: string;
  resourceLinks: readonly string[];
}): Promise<ResourceLink[]> {
  const { deployment, resourceLinks } = options;
  const ids = mongoose.trusted({ $in: [...resourceLinks] });
  return ResourceLinkModel.find({ _id: ids, deployment }).lean();
}
