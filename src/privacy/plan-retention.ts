// Which courses of a deployment are to be emptied, and when, by what is known of their end and use. Pure: the same for the page,
// for the preview of a setting nobody made yet, and for the job.
import { addNotice, courseDueAt, latest, type Period } from './retention-period.js';

export interface EndedCourse {
  course: string;
  title: string | null;
  endedAt: Date;
  /** Whether the platform named the end; else it is the last activity. */
  isEndNamed: boolean;
  lastActivityAt: Date;
  /** Whoever is in it without being staff. */
  people: number;
}

/** What of a course stands already. */
export interface Announced {
  course: string;
  state: 'announced' | 'erasing' | 'done';
  announcedAt: Date;
}

export interface CourseOutlook extends EndedCourse {
  /** `kept` for ever, as it is in use or nothing is set; `held` by an exception; `planned` for a day further off. */
  standing: 'kept' | 'held' | 'planned' | 'due' | 'erasing';
  /** Null where it is kept or held. */
  eraseAt: Date | null;
}

/** `due` are those that go within the notice, and are to be announced; soonest first, then by their end. */
export function planRetention(options: {
  courses: readonly EndedCourse[];
  period: Period | null;
  held: ReadonlySet<string>;
  announced: readonly Announced[];
  now: Date;
}): CourseOutlook[] {
  const { courses, announced } = options;
  const open = new Map(announced.map((one) => [one.course, one]));
  return courses
    .map((course) => planCourse({ ...options, course, open: open.get(course.course) }))
    .sort((a, b) => sortTime(a) - sortTime(b) || a.endedAt.getTime() - b.endedAt.getTime());
}

function planCourse(options: {
  course: EndedCourse;
  period: Period | null;
  held: ReadonlySet<string>;
  open: Announced | undefined;
  now: Date;
}): CourseOutlook {
  const { course, period, held, open, now } = options;
  if (open?.state === 'erasing') return { ...course, standing: 'erasing', eraseAt: now };
  if (held.has(course.course)) return { ...course, standing: 'held', eraseAt: null };
  if (period === null || course.people === 0) return { ...course, standing: 'kept', eraseAt: null };
  const dueAt = courseDueAt({ ...course, period });
  const eraseAt = latest([dueAt, period.from, addNotice(open?.announcedAt ?? now)]);
  return { ...course, standing: dueAt <= addNotice(now) ? 'due' : 'planned', eraseAt };
}

function sortTime({ eraseAt }: CourseOutlook): number {
  return eraseAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
