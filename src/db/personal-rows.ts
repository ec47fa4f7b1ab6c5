// The rows that collections hold of a person, by what their models say (models.ts, `people`): counted, read for an export,
// deleted by an erase. Within one deployment, and one course where that is asked for. What is found in another way is asked of
// its room by src/privacy/.
import mongoose from 'mongoose';
import { ERASED, listModels } from './models.js';

const ROWS_AT_ONCE = 200;

export interface PersonPlace {
  deployment: string;
  user: string;
  /** Only what belongs to this course; collections that know no course are passed over. */
  course?: string | null;
}

interface Owned {
  name: string;
  collection: string;
  filter: mongoose.QueryFilter<unknown>;
}

/** By collection; those with nothing are left out. */
export async function countPersonalRows(place: PersonPlace): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, collection, filter } of listOwned(place)) {
    const count = await mongoose.model(name).countDocuments(filter);
    if (count > 0) counts[collection] = count;
  }
  return counts;
}

/** Every row as it is stored, a few at a time, collection after collection. */
export async function* readPersonalRows(
  place: PersonPlace,
): AsyncGenerator<{ collection: string; row: Record<string, unknown> }> {
  for (const { name, collection, filter } of listOwned(place)) {
    const cursor = mongoose
      .model(name)
      .find(filter)
      .lean<Record<string, unknown>>()
      .cursor({ batchSize: ROWS_AT_ONCE });
    for await (const row of cursor) yield { collection, row };
  }
}

/** How many rows went, by collection; `except` are left for later. Can be repeated. */
export async function deletePersonalRows(
  options: PersonPlace & { except?: readonly string[] },
): Promise<Record<string, number>> {
  const { except = [] } = options;
  const gone: Record<string, number> = {};
  for (const { name, collection, filter } of listOwned(options)) {
    if (except.includes(collection)) continue;
    const { deletedCount } = await mongoose.model(name).deleteMany(filter);
    if (deletedCount > 0) gone[collection] = deletedCount;
  }
  return gone;
}

/** Takes the person out of every list in which they are one of several. Can be repeated. */
export async function eraseAmong(options: { deployment: string; user: string }): Promise<void> {
  const { deployment, user } = options;
  for (const { name, people } of listModels()) {
    if (people === null || people === 'nothing') continue;
    const { collection } = mongoose.model(name);
    for (const path of people.among ?? [])
      await collection.updateMany(
        { deployment, [path]: user },
        { $pull: { [path]: user } as mongoose.mongo.PullOperator<mongoose.mongo.BSON.Document> },
      );
  }
}

/** Writes ERASED wherever the person is named as who did something in the deployment. Can be repeated. */
export async function eraseAuthor(options: { deployment: string; user: string }): Promise<number> {
  const { deployment, user } = options;
  let changed = 0;
  for (const { name, people } of listModels()) {
    if (people === null || people === 'nothing') continue;
    const { collection, schema } = mongoose.model(name);
    for (const path of people.by ?? []) {
      const [list = '', field = ''] = path.split('.');
      const isInList = schema.path(list)?.instance === 'Array';
      const { modifiedCount } = await collection.updateMany(
        { deployment, [path]: user },
        { $set: { [isInList ? `${list}.$[one].${field}` : path]: ERASED } },
        isInList ? { arrayFilters: [{ [`one.${field}`]: user }] } : {},
      );
      changed += modifiedCount;
    }
  }
  return changed;
}

function listOwned({ deployment, user, course = null }: PersonPlace): Owned[] {
  return listModels().flatMap(({ name, collection, people }) => {
    if (people === null || people === 'nothing') return [];
    const { about = [], aboutInId } = people;
    const inId = mongoose.trusted({
      $gte: `${deployment}/${user}/`,
      $lt: `${deployment}/${user}0`,
    });
    const choices = [
      ...about.map((path) => ({ [path]: user })),
      ...(aboutInId === undefined ? [] : [{ _id: inId }]),
    ];
    if (choices.length === 0 || (course !== null && people.course === undefined)) return [];
    const inCourse = course !== null && people.course !== undefined && { [people.course]: course };
    return [{ name, collection, filter: { deployment, ...inCourse, $or: choices } }];
  });
}
