// What the connected database says of itself, for the doctor: its version and its clock.
import mongoose from 'mongoose';
import { z } from 'zod';

const Build = z.object({ version: z.string() });
const Clock = z.object({ time: z.date() });
/** Any collection that holds something from the first start on; the embedded engine tells its clock in queries alone. */
const FACTS = 'databaseFacts';

/** `skewMs` is positive where its clock is ahead of ours; half the way there and back is taken off. */
export async function readDatabaseFacts(options: {
  now: () => Date;
}): Promise<{ version: string; skewMs: number }> {
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('not connected');
  const { version } = Build.parse(await db.command({ buildInfo: 1 }));
  const stages = [{ $limit: 1 }, { $project: { _id: 0, time: '$$NOW' } }];
  const asked = options.now().getTime();
  const { time } = Clock.parse(await db.collection(FACTS).aggregate(stages).next());
  const answered = options.now().getTime();
  return { version, skewMs: time.getTime() - (asked + answered) / 2 };
}
