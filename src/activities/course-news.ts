// What is new in a course since somebody of its staff looked at it last: activities, alignments that others changed, evidence
// that was counted. Pure.
import type { Words } from '../http/catalogue.js';
import type { Activity } from './activity.model.js';
import { describeChange } from './alignment-history.js';
import type { AlignmentRecord } from './alignment.model.js';
import { evidenceObject, type EvidenceCounts } from './course-view.js';

const MAX_SHOWN = 5;

export interface CourseNews {
  since: Date;
  /** "3 activities were added.", and what was counted; empty where nothing is new. */
  sentences: string[];
  /** Alignments that others changed, newest first, five at most. */
  changes: { activity: string; title: string; by: string; at: Date; change: string }[];
  /** "and 4 more", or null. */
  more: string | null;
  /** Ids of the activities that any of it is about. */
  activities: ReadonlySet<string>;
}

/** Who changed alignments since, for reading their names. */
export function listChangers(options: {
  alignments: readonly AlignmentRecord[];
  user: string;
  since: Date | null;
}): string[] {
  return [...new Set(listChanges(options).map(({ last }) => last.by))];
}

/** Null in somebody's first visit: everything would be new. */
export function buildCourseNews(options: {
  activities: readonly Activity[];
  alignments: readonly AlignmentRecord[];
  evidence: EvidenceCounts;
  user: string;
  since: Date | null;
  /** By user id, as far as they are shared. */
  names: ReadonlyMap<string, string>;
  words: Words;
}): CourseNews | null {
  const { activities, evidence, since, names, words } = options;
  if (since === null) return null;
  const titles = new Map(activities.map(({ id, title }) => [id, title]));
  const added = activities.filter(({ createdAt }) => createdAt > since);
  const changes = listChanges(options);
  const counted = activities.filter((one) => (evidence.get(evidenceObject(one))?.fresh ?? 0) > 0);
  // A lesson's evidence counts once, though it may be placed twice.
  const objects = new Set(counted.map(evidenceObject));
  const fresh = [...objects].reduce((sum, id) => sum + (evidence.get(id)?.fresh ?? 0), 0);
  return {
    since,
    sentences: [
      ...(added.length > 0 ? [words('align:news.added', { count: added.length })] : []),
      ...(fresh > 0 ? [words('align:news.evidence', { count: fresh })] : []),
    ],
    changes: changes.slice(0, MAX_SHOWN).map(({ activity, last, before }) => ({
      activity,
      title: titles.get(activity) ?? '',
      by: names.get(last.by) ?? words('align:news.somebody'),
      at: last.at,
      change: describeChange({ before, after: last.items, words }),
    })),
    more:
      changes.length > MAX_SHOWN
        ? words('course:scores.more', { n: changes.length - MAX_SHOWN })
        : null,
    activities: new Set([
      ...added.map(({ id }) => id),
      ...changes.map(({ activity }) => activity),
      ...counted.map(({ id }) => id),
    ]),
  };
}

/** Newest first; one for each activity, against how it stood at the last visit. */
function listChanges(options: {
  alignments: readonly AlignmentRecord[];
  user: string;
  since: Date | null;
}) {
  const { alignments, user, since } = options;
  if (since === null) return [];
  return alignments
    .flatMap(({ activity, history }) => {
      const last = history.findLast(({ at, by }) => at > since && by !== user);
      const before = history.findLast(({ at }) => at <= since)?.items ?? [];
      return last ? [{ activity, last, before }] : [];
    })
    .sort((a, b) => b.last.at.getTime() - a.last.at.getTime());
}
