// Takes out for good what was sent to a gradebook for statements that were erased: the deliveries, and the learner's lanes of
// their columns. The records belong to score-delivery.model.ts and score-lane.model.ts.
import mongoose from 'mongoose';

interface Row {
  _id: string;
  deployment: string;
  user?: string;
  statementId?: string;
  lineItemUrl?: string;
}

/** How many deliveries went. Repeatable: the lanes go first, as the deliveries tell which they are. */
export async function eraseScoresOf(options: {
  deployment: string;
  user: string;
  statementIds: readonly string[];
}): Promise<number> {
  const { deployment, user, statementIds } = options;
  const filter = { deployment, user, statementId: { $in: [...statementIds] } };
  const columns = await rows('scoreDeliveries').distinct('lineItemUrl', filter);
  return eraseScoresIn({ deployment, user, columns: columns.map(String) });
}

/** All that waits, was sent or was refused of the person in these columns. Returns how many deliveries; repeatable. */
export async function eraseScoresIn(options: {
  deployment: string;
  user: string;
  columns: readonly string[];
}): Promise<number> {
  const { deployment, user, columns } = options;
  if (columns.length === 0) return 0;
  const filter = { deployment, user, lineItemUrl: { $in: [...columns] } };
  const lanes = columns.map((column) => `${deployment}/${user}/${column}`);
  await rows('scoreLanes').deleteMany({ _id: { $in: lanes }, deployment });
  const { deletedCount } = await rows('scoreDeliveries').deleteMany(filter);
  return deletedCount;
}

function rows(collection: string): mongoose.mongo.Collection<Row> {
  return mongoose.connection.collection<Row>(collection);
}
