// A learner's work about one competency or activity, for the page of that: what was sent and what became of it, and the link to
// send more.
import { isLearner, type CourseLaunch } from '../activities/complete-object.js';
import type { Words } from '../http/catalogue.js';
import { listWorkOf, type ReviewWork, type WorkState } from './review-work.model.js';
import { STATE_MARKS } from './work-view.js';

export interface WorkPanel {
  works: {
    href: string;
    status: string;
    stateWords: string;
    state: WorkState;
    changedAt: Date;
    comment: string | null;
  }[];
  /** Null while a piece of work is open: that one is replaced instead. */
  sendHref: string | null;
}

/** Null for staff, who have no work of their own. */
export async function readWorkPanel(options: {
  launch: CourseLaunch;
  about: ReviewWork['about'];
  words: Words;
}): Promise<WorkPanel | null> {
  const { launch, about, words } = options;
  if (!isLearner(launch)) return null;
  const { deployment, course, user } = launch;
  const works = await listWorkOf({ deployment, course, user, about });
  const { kind, ...named } = about;
  void kind;
  const isOpen = works.some(({ state }) => state === 'waiting' || state === 'returned');
  return {
    works: works.map((work) => ({
      href: `/work/${work.id}`,
      status: STATE_MARKS[work.state],
      state: work.state,
      stateWords: words(`work:states.${work.state}`),
      changedAt: work.changedAt,
      comment:
        work.history.at(-1)?.kind === 'returned' ? (work.history.at(-1)?.note ?? null) : null,
    })),
    sendHref: isOpen ? null : `/work/new?${new URLSearchParams(named).toString()}`,
  };
}
