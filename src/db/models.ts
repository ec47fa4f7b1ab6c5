// The register of all stored shapes. Every *.model.ts defines its model here, so that indexes are made at start, expired
// records are swept, backups know the collections, and a test can check shard keys. A model file looks like this:
//
//   const schema = new mongoose.Schema<Course>({ _id: String, deployment: { type: String, required: true }, … });
//   schema.index({ deployment: 1, contextId: 1 }, { unique: true });
//   const CourseModel = defineModel({ name: 'Course', collection: 'courses', schema, shardKey: ['deployment'] });
//   export async function findCourse(…): Promise<Course | null> { return CourseModel.findOne({ … }).lean(); }
//
// The model stays private to the file. Filters are sanitised: an operator in a filter must be said to be ours, as in
// `{ position: mongoose.trusted({ $gt: cursor }) }`; top-level `$or` and `$and` need nothing, what is in them does.
// A field that is no part of the schema throws, in a filter as in a record. A model of cursors says `backup: 'early'`. What it
// holds of people is told by `people`, and described in docs/privacy.md.
import mongoose from 'mongoose';

/**
 * What a collection holds of people, told where its shape is: an export, an erase and the learner's own page read it
 * (personal-rows.ts), and a test refuses a collection that says nothing.
 */
export type HeldOfPeople =
  /** Not even an id of a person. */
  | 'nothing'
  | {
      /** Paths of which one holds our id of the person whom a row is about: their row, deleted by an erase. */
      about?: readonly string[];
      /** `slashed`: the row is about the person whose id follows the deployment's in its own id, `DEPLOYMENT/USER/…`. */
      aboutInId?: 'slashed';
      /** Path of the course of such a row, where it has one. */
      course?: string;
      /** Lists in which the person is one of several: an erase takes them out of these. */
      among?: readonly string[];
      /** Paths that only tell who did something: an erase writes ERASED there. */
      by?: readonly string[];
      /** Found in no such way: which file of src/privacy/ asks the room for it, or why it goes by itself. */
      otherwise?: string;
    };

/** Stands where an erased person was named as who did something. */
export const ERASED = 'erased';

export type BackupTurn = 'early' | 'normal' | 'late' | 'never';

export interface ModelEntry {
  name: string;
  collection: string;
  /** Fields a sharded cluster would distribute this collection by; every unique index begins with or is them. */
  shardKey: readonly string[];
  /** Names of the exported query functions that read across shards on purpose. */
  scatter: readonly string[];
  /** Field that holds when a record expires; sweep-expired.ts deletes by it. */
  expires: string | null;
  /** When a backup of the running database reads it: cursors early, what they point at, number sequences late. */
  backup: BackupTurn;
  /** Fields of each unique index, in order. */
  uniqueIndexes: readonly (readonly string[])[];
  /** Fields that hold sealed texts, with the purpose each is sealed for: what a change of the secret seals anew. */
  sealed: Readonly<Record<string, string>>;
  /** Null where nobody said so: refused by a test. */
  people: HeldOfPeople | null;
}

const entries = new Map<string, ModelEntry>();

/** Compiles and registers a model, with the settings that all of ours share. */
export function defineModel<T>(options: {
  name: string;
  collection: string;
  schema: mongoose.Schema<T>;
  shardKey: readonly string[];
  scatter?: readonly string[];
  expires?: Extract<keyof T, string>;
  backup?: BackupTurn;
  /** Dotted path of each sealed text, and the purpose it is sealed for (secrets.ts); `reseal.ts` reads it. */
  sealed?: Readonly<Record<string, string>>;
  people?: HeldOfPeople;
}): mongoose.Model<T> {
  const { name, collection, schema, shardKey, scatter = [], expires, backup = 'normal' } = options;
  schema.set('versionKey', false);
  schema.set('minimize', false);
  schema.set('strict', 'throw');
  schema.set('strictQuery', 'throw');
  schema.set('autoIndex', false);
  schema.set('autoCreate', false);
  schema.set('id', false);
  const uniqueIndexes = schema
    .indexes()
    .filter(([, settings]) => settings.unique === true)
    .map(([fields]) => Object.keys(fields));
  entries.set(name, {
    name,
    collection,
    shardKey,
    scatter,
    expires: expires ?? null,
    backup,
    uniqueIndexes,
    sealed: options.sealed ?? {},
    people: options.people ?? null,
  });
  return mongoose.model<T>(name, schema, collection);
}

/** Everything that was defined by the model files imported so far, in order of name. */
export function listModels(): ModelEntry[] {
  return [...entries.values()].sort((a, b) => a.name.localeCompare(b.name));
}
