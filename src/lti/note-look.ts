// Notes that somebody saw records of named people on a page of its own kind: the log is kept by reports/, which stands downstream
// of the rooms with such pages. Once a page view, with everybody who stood on it.
import { hasRole, type CurrentLaunch } from './current-launch.js';

export type NoteLook = (look: {
  deployment: string;
  /** Null for a page of the administration. */
  course: string | null;
  /** Who looks; `operator` for whoever runs the instance. */
  user: string;
  roles: string[];
  subject:
    | 'sessions'
    | 'scores'
    | 'reviewers'
    | 'parked'
    | 'learners'
    | 'search'
    | 'statements'
    | 'grants';
  /** Ids of those who stood on the page. */
  people: readonly string[];
  /** `hidden` where the page tells them apart by a code alone. */
  names: 'shown' | 'hidden';
  at: Date;
}) => Promise<void>;

/** Whoever teaches the course does ordinary work there, and a page without anybody shows nobody. */
export async function noteCourseLook(options: {
  launch: CurrentLaunch;
  noteLook: NoteLook;
  subject: 'scores' | 'learners';
  people: readonly string[];
  now: Date;
}): Promise<void> {
  const { launch, noteLook, subject, people, now } = options;
  const others = people.filter((user) => user !== launch.user);
  if (others.length === 0 || hasRole(launch, 'Instructor', 'TeachingAssistant')) return;
  const { deployment, course, user, roles } = launch;
  await noteLook({
    ...{ deployment, course, user, roles },
    ...{ subject, people: others, names: 'shown', at: now },
  });
}
