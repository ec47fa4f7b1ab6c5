// Templates of alignments: what the activities of a course code count for, kept for every section and the next terms. Each
// revision is a document of its own, so that its insert is the fact; the newest is in force, and one without activities
// says that the template was withdrawn.
import mongoose from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key.js';
import { defineModel } from '../db/models.js';
import { STAGES } from './alignment.model.js';
import type { SourceActivity } from './compare-alignments.js';

export interface AlignmentTemplate {
  deployment: string;
  /** "HIM101". */
  code: string;
  revision: number;
  at: Date;
  /** Our id of whoever saved it. */
  by: string;
  /** Our id of the course it was saved from. */
  course: string;
  activities: SourceActivity[];
}

interface StoredTemplate extends AlignmentTemplate {
  _id: string;
  schemaVersion: number;
  activityCount: number;
}

const SCHEMA_VERSION = 1;
const MAX_HISTORY = 50;

const required = { type: String, required: true };
const optional = { type: String, default: null };
const schema = new mongoose.Schema<StoredTemplate>({
  _id: required,
  schemaVersion: { type: Number, required: true },
  deployment: required,
  code: required,
  revision: { type: Number, required: true },
  at: { type: Date, required: true },
  by: required,
  course: required,
  activities: [
    {
      _id: false,
      id: required,
      title: required,
      address: optional,
      lesson: optional,
      resourceLinkId: optional,
      items: [
        {
          _id: false,
          framework: required,
          item: required,
          stage: { type: String, enum: STAGES, required: true },
          bloomLevel: Number,
        },
      ],
    },
  ],
  activityCount: { type: Number, required: true },
});
schema.index({ deployment: 1, code: 1, revision: -1 });
const TemplateModel = defineModel({
  name: 'AlignmentTemplate',
  collection: 'alignmentTemplates',
  people: { by: ['by'] },
  schema,
  shardKey: ['deployment'],
});

/** What is in force; null where none was saved. */
export async function findTemplate(options: {
  deployment: string;
  code: string;
}): Promise<AlignmentTemplate | null> {
  const { deployment, code } = options;
  const found = await TemplateModel.findOne({ deployment, code }).sort({ revision: -1 }).lean();
  if (!found) return null;
  const { _id, schemaVersion, activityCount, ...template } = found;
  void [_id, schemaVersion, activityCount];
  return template;
}

/** Who saved it when, newest first, at most fifty. */
export async function listTemplateHistory(options: {
  deployment: string;
  code: string;
}): Promise<Pick<StoredTemplate, 'revision' | 'at' | 'by' | 'activityCount'>[]> {
  const { deployment, code } = options;
  return TemplateModel.find({ deployment, code })
    .sort({ revision: -1 })
    .limit(MAX_HISTORY)
    .select({ _id: 0, revision: 1, at: 1, by: 1, activityCount: 1 })
    .lean();
}

/** False where somebody else saved this revision first. The insert is the fact. */
export async function insertTemplate(template: AlignmentTemplate): Promise<boolean> {
  const { deployment, code, revision, activities } = template;
  try {
    await TemplateModel.create({
      ...template,
      _id: `${deployment}/${code}/${revision}`,
      schemaVersion: SCHEMA_VERSION,
      activityCount: activities.length,
    });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
