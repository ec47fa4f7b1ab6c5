// Sets how long a deployment keeps what learners did, and excepts courses from it. One write each is the fact; what follows is
// done by the job `retention`.
import { AppError } from '../http/errors.js';
import { findCourse } from '../lti/course.model.js';
import { listOpenEmptyings } from './course-emptying.model.js';
import { liftHold, setHold } from './retention-hold.model.js';
import { addNotice, changePeriod } from './retention-period.js';
import { findRetention, saveRetention, type KeptMonths, type Periods } from './retention.model.js';

/** Throws `retention.changed` (409) where somebody else changed it since `revision`. */
export async function setRetention(options: {
  deployment: string;
  months: KeptMonths;
  revision: number;
  by: string;
  now: Date;
}): Promise<void> {
  const { deployment, months, revision, by, now } = options;
  const before = await findRetention({ deployment });
  const change = (kind: keyof Periods) =>
    changePeriod({ before: before[kind], months: months[kind], now });
  const isSaved =
    before.revision === revision &&
    (await saveRetention({
      before,
      periods: {
        courses: change('courses'),
        accessLog: change('accessLog'),
        launches: change('launches'),
      },
      by,
      at: now,
    }));
  if (!isSaved) throw new AppError('retention.changed', { status: 409 });
}

interface HoldOf {
  deployment: string;
  course: string;
  by: string;
  now: Date;
}

/** Throws `retention.no-such-course` (404), or `retention.being-emptied` (409) where it is too late. */
export async function holdCourse(options: HoldOf & { reason: string }): Promise<void> {
  const { deployment, course, reason, by, now } = options;
  if ((await findCourse({ deployment, course })) === null)
    throw new AppError('retention.no-such-course', { status: 404 });
  const open = await listOpenEmptyings({ deployment });
  if (open.some((one) => one.course === course && one.state === 'erasing'))
    throw new AppError('retention.being-emptied', { status: 409 });
  await setHold({ deployment, course, reason, by, at: now });
}

/** The hold stands for the notice still. Throws `retention.no-such-course` (404) where none stood. */
export async function releaseCourse(options: HoldOf): Promise<void> {
  const { deployment, course, by, now } = options;
  if (!(await liftHold({ deployment, course, by, until: addNotice(now) })))
    throw new AppError('retention.no-such-course', { status: 404 });
}
