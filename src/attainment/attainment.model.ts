// Stored attainment: learner x item x scope, as last computed. A projection: everything in it can be computed again from
// evidence and histories, so it is overwritten, never edited. The course's and the framework's answers are separate records.
import mongoose from 'mongoose';
import { defineModel } from '../db/models.js';
import { attainmentId } from './attainment-change.js';
import {
  attainmentSchema,
  type Attainment,
  type StoredAttainment,
} from './attainment-row.model.js';
import { readParameters, type RuleParameters } from './completion-rule.js';
import type { AttainmentScope } from './plan-attainment.js';

const MAX_LISTED = 200_000;

attainmentSchema.index({ deployment: 1, user: 1, 'scope.kind': 1, 'scope.id': 1, item: 1 });
attainmentSchema.index({ deployment: 1, 'scope.kind': 1, 'scope.id': 1, item: 1 });
attainmentSchema.index(
  { untold: 1 },
  { partialFilterExpression: { untold: true }, name: 'untold' },
);
const AttainmentModel = defineModel({
  name: 'Attainment',
  collection: 'attainments',
  schema: attainmentSchema,
  shardKey: ['deployment'],
  scatter: ['emptyAttainments', 'listUntold'],
  people: { about: ['user'], course: 'scope.id' },
});

/** Attainments in one scope, narrowed by items and people. Items nobody has evidence for have no record. */
export async function listAttainments(options: {
  deployment: string;
  scope: AttainmentScope;
  items?: readonly string[];
  users?: readonly string[];
}): Promise<Attainment[]> {
  const { deployment, scope, items, users } = options;
  const found = await AttainmentModel.find({
    deployment,
    'scope.kind': scope.kind,
    'scope.id': scope.id,
    ...(items === undefined ? {} : { item: mongoose.trusted({ $in: [...items] }) }),
    ...(users === undefined ? {} : { user: mongoose.trusted({ $in: [...users] }) }),
  })
    .limit(MAX_LISTED)
    .lean();
  return found.map(toAttainment);
}

/** What a page says of one learner in one item. */
export type Standing = Pick<
  Attainment,
  | 'item'
  | 'status'
  | 'n'
  | 'm'
  | 'required'
  | 'assessedRequired'
  | 'assessedDone'
  | 'selfReported'
  | 'mastery'
  | 'missing'
  | 'achievedAt'
  | 'withdrawnAt'
>;

const STANDING: Record<keyof Standing, 1> = {
  item: 1,
  status: 1,
  n: 1,
  m: 1,
  required: 1,
  assessedRequired: 1,
  assessedDone: 1,
  selfReported: 1,
  mastery: 1,
  missing: 1,
  achievedAt: 1,
  withdrawnAt: 1,
};

/** One learner's attainments in one scope, without what they rest on: the whole records are ten times as long. */
export async function listStandings(options: {
  deployment: string;
  scope: AttainmentScope;
  user: string;
  /** Only these. */
  items?: readonly string[];
}): Promise<Standing[]> {
  const { deployment, scope, user, items } = options;
  const ids = items?.map((item) => attainmentId({ deployment, user, scope, item }));
  return AttainmentModel.find(
    {
      deployment,
      user,
      'scope.kind': scope.kind,
      'scope.id': scope.id,
      ...(ids && { _id: mongoose.trusted({ $in: ids }) }),
    },
    { _id: 0, ...STANDING },
  )
    .limit(MAX_LISTED)
    .lean<Standing[]>();
}

/** One learner's attainments in one item, in these scopes. */
export async function listItemAttainments(options: {
  deployment: string;
  scopes: readonly AttainmentScope[];
  user: string;
  item: string;
}): Promise<Attainment[]> {
  const { deployment, scopes, user, item } = options;
  const ids = scopes.map((scope) => attainmentId({ deployment, user, scope, item }));
  const found = await AttainmentModel.find({
    _id: mongoose.trusted({ $in: ids }),
    deployment,
    user,
  }).lean();
  return found.map(toAttainment);
}

/** By their ids, in no order. For the projection. */
export async function listAttainmentsById(options: {
  deployment: string;
  ids: readonly string[];
}): Promise<Attainment[]> {
  const { deployment, ids } = options;
  if (ids.length === 0) return [];
  const found = await AttainmentModel.find({
    _id: mongoose.trusted({ $in: [...ids] }),
    deployment,
  }).lean();
  return found.map(toAttainment);
}

/**
 * Items in which people have a record: whoever has one in a course has one in the item's framework. For the projection, when
 * evidence or the library changes; read from the index alone.
 */
export async function listItemsOf(options: {
  deployment: string;
  users: readonly string[];
}): Promise<{ framework: string; item: string }[]> {
  const { deployment, users } = options;
  const found = await AttainmentModel.aggregate<{ _id: { framework: string; item: string } }>([
    { $match: { deployment, user: { $in: [...users] }, 'scope.kind': 'framework' } },
    { $group: { _id: { framework: '$scope.id', item: '$item' } } },
  ]);
  return found.map(({ _id }) => _id);
}

/**
 * For each item of a course: how many attempted it, achieved it, and achieved it by self-report alone; of everybody, or of
 * the people given, for instance those who are learners today.
 */
export async function countAttainmentsByItem(options: {
  deployment: string;
  course: string;
  users?: readonly string[];
}): Promise<{ item: string; attempted: number; achieved: number; achievedBySelfReport: number }[]> {
  const { deployment, course, users } = options;
  const isAchieved = { $eq: ['$status', 'achieved'] };
  const found = await AttainmentModel.aggregate<{
    _id: string;
    attempted: number;
    achieved: number;
    achievedBySelfReport: number;
  }>([
    {
      $match: {
        deployment,
        'scope.kind': 'course',
        'scope.id': course,
        ...(users === undefined ? {} : { user: { $in: [...users] } }),
      },
    },
    {
      $group: {
        _id: '$item',
        attempted: { $sum: { $cond: ['$attempted', 1, 0] } },
        achieved: { $sum: { $cond: [isAchieved, 1, 0] } },
        achievedBySelfReport: { $sum: { $cond: [{ $and: [isAchieved, '$selfReported'] }, 1, 0] } },
      },
    },
    { $sort: { _id: 1 } },
  ]);
  return found.map(({ _id, ...counts }) => ({ item: _id, ...counts }));
}

/** How many of the items each of some people has achieved in a scope; whoever has none is left out. */
export async function countAchievedByPerson(options: {
  deployment: string;
  scope: AttainmentScope;
  items: readonly string[];
  users: readonly string[];
}): Promise<Map<string, number>> {
  const { deployment, scope, items, users } = options;
  const found = await AttainmentModel.aggregate<{ _id: string; achieved: number }>([
    {
      $match: {
        deployment,
        'scope.kind': scope.kind,
        'scope.id': scope.id,
        item: { $in: [...items] },
        user: { $in: [...users] },
        status: 'achieved',
      },
    },
    { $group: { _id: '$user', achieved: { $sum: 1 } } },
  ]);
  return new Map(found.map(({ _id, achieved }) => [_id, achieved]));
}

/** What a map of a class says of one learner in one item. */
export type ClassCell = Pick<
  Attainment,
  'user' | 'item' | 'status' | 'attempted' | 'selfReported' | 'n' | 'required' | 'achievedAt'
>;

const CELL: Record<keyof ClassCell, 1> = {
  user: 1,
  item: 1,
  status: 1,
  attempted: 1,
  selfReported: 1,
  n: 1,
  required: 1,
  achievedAt: 1,
};

/** Attainments of some people in one scope, without what they rest on. */
export async function listClassCells(options: {
  deployment: string;
  scope: AttainmentScope;
  users: readonly string[];
}): Promise<ClassCell[]> {
  const { deployment, scope, users } = options;
  const found = await AttainmentModel.find(
    {
      deployment,
      user: mongoose.trusted({ $in: [...users] }),
      'scope.kind': scope.kind,
      'scope.id': scope.id,
    },
    { _id: 0, ...CELL },
  )
    .limit(MAX_LISTED)
    .batchSize(MAX_LISTED)
    .lean<ClassCell[]>();
  return found;
}

/** Items in which anybody has a record in this scope. */
export async function listItemsInScope(options: {
  deployment: string;
  scope: AttainmentScope;
}): Promise<string[]> {
  const { deployment, scope } = options;
  return AttainmentModel.distinct('item', {
    deployment,
    'scope.kind': scope.kind,
    'scope.id': scope.id,
  });
}

/** Something was tried or done, and it is not achieved: what a teacher may have to look at. */
export type Unachieved = Pick<
  Attainment,
  'user' | 'item' | 'n' | 'required' | 'missing' | 'withdrawnAt'
> & { failed: number };

/** Attempted and not achieved in one scope and framework. */
export interface UnachievedOfScope {
  /** Those that say something: attempts that were not passed, taken back, or one piece of evidence is missing. */
  telling: Unachieved[];
  /** By learner, how many there are of all kinds. */
  open: Map<string, number>;
}

/** One answer a learner, narrowed by the engine: most records that are begun say nothing beyond their number. */
export async function listUnachieved(options: {
  deployment: string;
  scope: AttainmentScope;
  framework: string;
  limit: number;
}): Promise<UnachievedOfScope> {
  const { deployment, scope, framework, limit } = options;
  const isTelling = {
    $or: [
      { $gt: ['$failed', 0] },
      { $ne: ['$withdrawnAt', null] },
      {
        $and: [{ $gt: ['$n', 0] }, { $eq: [{ $max: ['$missing.more', '$missing.assessed'] }, 1] }],
      },
    ],
  };
  const pieces = ['item', 'n', 'required', 'missing', 'withdrawnAt', 'failed'];
  const telling = Object.fromEntries(pieces.map((name) => [name, `$${name}`]));
  const found = await AttainmentModel.aggregate<{
    _id: string;
    open: number;
    telling: Omit<Unachieved, 'user'>[];
  }>([
    {
      $match: {
        deployment,
        'scope.kind': scope.kind,
        'scope.id': scope.id,
        framework,
        status: { $ne: 'achieved' },
        attempted: true,
      },
    },
    { $limit: limit },
    {
      $set: {
        failed: {
          $size: {
            $filter: { input: '$excluded', cond: { $eq: ['$$this.reason', 'not-passed'] } },
          },
        },
      },
    },
    {
      $group: {
        _id: '$user',
        open: { $sum: 1 },
        telling: { $push: { $cond: [isTelling, telling, '$$REMOVE'] } },
      },
    },
  ]).option({ batchSize: MAX_LISTED });
  return {
    telling: found.flatMap(({ _id: user, telling: own }) => own.map((one) => ({ user, ...one }))),
    open: new Map(found.map(({ _id, open }) => [_id, open])),
  };
}

/** Written with something to tell, and not marked as told since. */
export async function listUntold(options: { limit: number }): Promise<Attainment[]> {
  const found = await AttainmentModel.find({ untold: true })
    .limit(options.limit)
    .hint('untold')
    .lean();
  return found.map(toAttainment);
}

/** Takes the mark off what is still as it was told. */
export async function markTold(options: { attainments: readonly Attainment[] }): Promise<void> {
  if (options.attainments.length === 0) return;
  await AttainmentModel.bulkWrite(
    options.attainments.map((one) => ({
      updateOne: {
        filter: {
          _id: attainmentId(one),
          deployment: one.deployment,
          status: one.status,
          achievedAt: one.achievedAt,
        },
        update: { $unset: { untold: 1 } },
      },
    })),
    { ordered: false, throwOnValidationError: true },
  );
}

/** Forgets everything; it is computed again. */
export async function emptyAttainments(): Promise<void> {
  await AttainmentModel.deleteMany({});
}

/** Records of the first schema knew no method but counting, and kept only what that asked for. */
interface FirstAttainment extends Omit<StoredAttainment, 'mastery' | 'parameters'> {
  mastery?: Attainment['mastery'];
  parameters?: RuleParameters;
}

function toAttainment(stored: FirstAttainment): Attainment {
  const { _id, schemaVersion, untold, marks, ...attainment } = stored;
  void [_id, schemaVersion, untold, marks];
  const { required: n, assessedRequired: assessed } = attainment;
  return {
    ...attainment,
    mastery: attainment.mastery ?? null,
    parameters:
      attainment.parameters ?? readParameters({ required: { kind: 'number', n }, assessed }),
  };
}
