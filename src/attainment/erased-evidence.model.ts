// Takes out for good what rests on statements that were erased. The records belong to evidence.model.ts and attainment.model.ts;
// what is left of the person is computed anew from the evidence that stays.
import mongoose from 'mongoose';

interface PersonalRow {
  _id: string;
  deployment: string;
  user: string;
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

function rows(collection: string): mongoose.mongo.Collection<PersonalRow> {
  return mongoose.connection.collection<PersonalRow>(collection);
}
