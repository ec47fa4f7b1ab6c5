// Works off what is due of one kind of course reading (results, rosters): one course after the other, the next time planned
// by how lively the course is, a failure tried again more and more rarely. What is read, the caller says.
import { isAppError } from '../http/errors.js';
import type { AppLog } from '../logger.js';
import { findCourse, type Course } from './course.model.js';
import {
  claimDueReads,
  failCourseRead,
  finishCourseRead,
  type CourseRead,
  type CourseReadKind,
} from './course-read.model.js';
import type { LtiServices } from './lti-services.js';
import { describeServiceError, isPermanent } from './service-answer.js';
import { findServiceHold } from './service-hold.model.js';

const MINUTES_MS = 60_000;
const HOURS_MS = 60 * MINUTES_MS;
const DAYS_MS = 24 * HOURS_MS;
const BATCH = 20;
/** A reader that takes longer is taken for killed; its work may be done twice without harm. */
const CLAIM_MS = 30 * MINUTES_MS;
const FIRST_WAIT_MS = MINUTES_MS;
const LONGEST_WAIT_MS = 6 * HOURS_MS;
/** A course that was not launched for this long is not read any more until it is. */
const ASLEEP_AFTER_MS = 45 * DAYS_MS;

/** A course that offers what is read; a launch or a person can change what it offers. */
export interface CourseReading {
  kind: CourseReadKind;
  everyMs: number;
  services: LtiServices;
  now: () => Date;
  log: Pick<AppLog, 'warn'>;
  signal?: AbortSignal;
  readCourse: (course: Course) => Promise<void>;
}

/** Returns how many courses were read to the end. */
export async function readCourses(reading: CourseReading): Promise<number> {
  const { kind, now, signal } = reading;
  let count = 0;
  while (signal?.aborted !== true) {
    const at = now();
    const until = new Date(at.getTime() + CLAIM_MS);
    const due = await claimDueReads({ kind, now: at, until, limit: BATCH });
    for (const read of due) {
      if (signal?.aborted) break;
      if (await readOne({ ...reading, read })) count += 1;
    }
    if (due.length < BATCH) break;
  }
  return count;
}

async function readOne(options: CourseReading & { read: CourseRead }): Promise<boolean> {
  const { read, everyMs, now, log, readCourse } = options;
  const { kind, deployment } = read;
  const startedAt = now();
  const course = await findCourse({ deployment, course: read.course });
  if (!course) {
    await finishCourseRead({ ...read, startedAt, dueAt: null });
    return false;
  }
  try {
    await readCourse(course);
    const isAsleep = now().getTime() - read.lastLaunchAt.getTime() > ASLEEP_AFTER_MS;
    const dueAt = isAsleep ? null : new Date(now().getTime() + everyMs);
    await finishCourseRead({ ...read, startedAt, dueAt });
    return true;
  } catch (error) {
    const fault = describeServiceError(error);
    // Many platforms offer no roster, or no results: nothing that an operator should hear of each time.
    if (!isAppError(error) || error.code !== 'lti.service-missing')
      log.warn({ kind, course: course._id, fault }, 'a course could not be read from its platform');
    await failCourseRead({ ...read, fault, dueAt: await planAfterFault(options, course, error) });
    return false;
  }
}

/** What a person must change is asked again at the usual time; the rest sooner, but never before the platform allows. */
async function planAfterFault(
  { read, everyMs, now }: CourseReading & { read: CourseRead },
  { platform }: Course,
  error: unknown,
): Promise<Date> {
  const time = now().getTime();
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** read.tries);
  const planned = time + (isPermanent(error) ? everyMs : wait);
  const hold = await findServiceHold({ platform, now: now() });
  return new Date(Math.max(planned, hold?.getTime() ?? 0));
}
