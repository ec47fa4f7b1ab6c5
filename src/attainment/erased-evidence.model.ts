// Takes out for good what rests on statements that were erased. The records belong to evidence.model.ts and attainment.model.ts;
// what is left of the person is computed anew from the evidence that stays.
import mongoose from 'mongoose';

interface PersonalRow {
  _id: string;
  deployment: string;
  user: string;
  course?: string;
  lineItemUrl?: string;
}

/** The person's evidence of these statements, and what was computed from it. Repeatable. */
export async function eraseEvidence(options: {
  deployment: string;
  user: string;
  statementIds: readonly string[];
}): Promise<void> {
  const { deployment, user, statementIds } = options;
  const person = { deployment, user };
  const evidence = rows('evidence');
  await evidence.deleteMany({ ...person, statementId: { $in: [...statementIds] } });
  await rows('attainments').deleteMany(person);
  await evidence.updateMany(person, { $set: { pending: true }, $inc: { change: 1 } });
}

/** When something that counts happened last in each of these courses; those without evidence are left out. */
export async function listLatestEvidenceOfCourses(options: {
  deployment: string;
  courses: readonly string[];
}): Promise<{ course: string; at: Date }[]> {
  const { deployment, courses } = options;
  if (courses.length === 0) return [];
  return rows('evidence')
    .aggregate<{ course: string; at: Date }>([
      { $match: { deployment, course: { $in: [...courses] } } },
      { $group: { _id: '$course', at: { $max: '$at' } } },
      { $project: { _id: 0, course: '$_id', at: 1 } },
    ])
    .toArray();
}

/** Gradebook columns of a course in which the person's attainment was sent. */
export async function listColumnsOf(options: {
  deployment: string;
  course: string;
  user: string;
}): Promise<string[]> {
  const { deployment, course, user } = options;
  const columns = await rows('columnValues').distinct('lineItemUrl', { deployment, course, user });
  return columns.map(String);
}

function rows(collection: string): mongoose.mongo.Collection<PersonalRow> {
  return mongoose.connection.collection<PersonalRow>(collection);
}
