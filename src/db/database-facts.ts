// What the connected database says of itself, for the doctor: its version and its clock.
import mongoose from 'mongoose';
import { z } from 'zod';

const Build = z.object({ version: z.string() });
const Hello = z.object({ localTime: z.date() });

/** `skewMs` is positive where its clock is ahead of ours; half the way there and back is taken off. */
export async function readDatabaseFacts(options: {
  now: () => Date;
}): Promise<{ version: string; skewMs: number }> {
  const { db } = mongoose.connection;
  if (db === undefined) throw new Error('not connected');
  const { version } = Build.parse(await db.command({ buildInfo: 1 }));
  const asked = options.now().getTime();
  const { localTime } = Hello.parse(await db.command({ hello: 1 }));
  const answered = options.now().getTime();
  return { version, skewMs: localTime.getTime() - (asked + answered) / 2 };
}
