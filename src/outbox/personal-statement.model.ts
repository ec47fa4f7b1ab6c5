// The outbox's statements about one person, for an export and for an erase. The records belong to outbox-statement.model.ts;
// here they are read by person, and taken out: a place in the log stays, with the statement's id and nothing else, so that the
// same statement enqueued or delivered again finds its place taken.
import mongoose from 'mongoose';
import { OUTBOX_LOGS, outboxLogOf } from './outbox-partition.js';

const READ_AT_ONCE = 200;
const ID_CHARACTERS = 36;

export interface PersonalStatement {
  statementId: string;
  log: string;
  position: number;
  /** As it is told. */
  json: string;
  isTest: boolean;
}

interface Place {
  deployment: string;
  user: string;
  /** Only those about this course. */
  course?: string | null;
}

type OutboxRow = PersonalStatement & { _id: string; isGap?: boolean };

/** The first of those that are left, oldest first: erased ones are left out. */
export async function listPersonalStatements(
  options: Place & { limit: number },
): Promise<PersonalStatement[]> {
  return rows()
    .find(filterOf(options))
    .project<PersonalStatement>(FIELDS)
    .sort({ position: 1 })
    .limit(options.limit)
    .toArray();
}

/** All of them in order, a few at a time. */
export async function* readPersonalStatements(place: Place): AsyncGenerator<PersonalStatement> {
  yield* rows()
    .find(filterOf(place))
    .project<PersonalStatement>(FIELDS)
    .sort({ position: 1 })
    .batchSize(READ_AT_ONCE);
}

export async function countPersonalStatements(place: Place): Promise<number> {
  return rows().countDocuments(filterOf(place));
}

/** How many statements people have about courses, a row for each of both; one query for each part of the log. */
export async function countStatementsByPerson(options: {
  deployment: string;
  courses: readonly string[];
  users: readonly string[];
}): Promise<{ course: string; user: string; count: number }[]> {
  const { deployment, courses, users } = options;
  const usersOf = new Map<string, string[]>();
  for (const user of users) {
    const log = outboxLogOf(user);
    usersOf.set(log, [...(usersOf.get(log) ?? []), user]);
  }
  const counted = await Promise.all(
    [...usersOf].map(([log, own]) =>
      rows()
        .aggregate<{ course: string; user: string; count: number }>([
          {
            $match: {
              log,
              deployment,
              user: { $in: own },
              'about.course': { $in: [...courses] },
            },
          },
          { $group: { _id: { course: '$about.course', user: '$user' }, count: { $sum: 1 } } },
          { $project: { _id: 0, course: '$_id.course', user: '$_id.user', count: 1 } },
        ])
        .toArray(),
    ),
  );
  return counted.flat();
}

/** Leaves of each statement its place and its id. Repeatable. */
export async function eraseOutboxStatements(options: {
  deployment: string;
  user: string;
  statementIds: readonly string[];
}): Promise<void> {
  const { deployment, user, statementIds } = options;
  const log = outboxLogOf(user);
  await rows().updateMany(
    { _id: { $in: statementIds.map((id) => `${log}:${id}`) }, log, deployment, user },
    {
      $set: { isGap: true },
      $unset: {
        statementId: 1,
        deployment: 1,
        user: 1,
        about: 1,
        json: 1,
        isTest: 1,
        createdAt: 1,
      },
    },
  );
}

/** Those of the ids that the outbox has a place for, those told for another deployment, and those whose place an erase left. */
export async function sortStatementIds(options: {
  deployment: string;
  statementIds: readonly string[];
}): Promise<{ known: Set<string>; elsewhere: Set<string>; erased: Set<string> }> {
  const { deployment, statementIds } = options;
  const places = OUTBOX_LOGS.flatMap((log) => statementIds.map((id) => `${log}:${id}`));
  const found = await rows()
    .find({ _id: { $in: places } })
    .project<{ _id: string; deployment?: string; isGap?: boolean }>({ deployment: 1, isGap: 1 })
    .toArray();
  const idOf = ({ _id }: { _id: string }) => _id.slice(-ID_CHARACTERS);
  return {
    known: new Set(found.map(idOf)),
    elsewhere: new Set(
      found
        .filter((one) => one.deployment !== undefined && one.deployment !== deployment)
        .map(idOf),
    ),
    erased: new Set(found.filter(({ isGap }) => isGap === true).map(idOf)),
  };
}

const FIELDS = { _id: 0, statementId: 1, log: 1, position: 1, json: 1, isTest: 1 };

function filterOf({ deployment, user, course = null }: Place) {
  return {
    log: outboxLogOf(user),
    deployment,
    user,
    ...(course !== null && { 'about.course': course }),
  };
}

function rows(): mongoose.mongo.Collection<OutboxRow> {
  return mongoose.connection.collection<OutboxRow>('outboxStatements');
}
