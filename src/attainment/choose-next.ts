// What next: the nearest thing to do for each of the competencies that are nearest to achieved. Pure.
import { opensElsewhere, type Activity } from '../activities/activity.model.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import type { ItemProgress } from './progress-words.js';

export interface NextStep {
  item: string;
  title: string;
  href: string;
  durationMinutes: number | null;
  /** It brings a score. */
  isScored: boolean;
  /** It has an address elsewhere, which its page's `/visit` leads to. */
  isElsewhere: boolean;
}

/** What choosing asks of a resource. */
type StepResource = Pick<
  LearningResource,
  'id' | 'title' | 'url' | 'durationMinutes' | 'completion' | 'status' | 'serves'
>;

const UNKNOWN_MINUTES = 60;

/** Items in the order in which a learner should look at them: begun ones first, least missing first. */
export function orderByNearness(progress: ReadonlyMap<string, ItemProgress>): string[] {
  const missingOf = ({ missing }: ItemProgress) => Math.max(missing.more, missing.assessed);
  return [...progress]
    .filter(([, one]) => one.status !== 'achieved' && one.m > 0)
    .sort(([, a], [, b]) => Number(b.n > 0) - Number(a.n > 0) || missingOf(a) - missingOf(b))
    .map(([item]) => item);
}

/** One step an item, no object twice; items without anything left to do are skipped. */
export function chooseNextSteps(options: {
  items: readonly string[];
  progress: ReadonlyMap<string, ItemProgress>;
  resources: readonly StepResource[];
  activities: ReadonlyMap<string, { activity: Activity }[]>;
  /** Ids of objects that are done already. */
  done: ReadonlySet<string>;
  limit: number;
}): NextStep[] {
  const { items, progress, done, limit } = options;
  const taken = new Set(done);
  const steps: NextStep[] = [];
  for (const item of items) {
    const needsScore = (progress.get(item)?.missing.assessed ?? 0) > 0;
    const candidates = listCandidates({ ...options, item }).filter(
      ({ objectId }) => !taken.has(objectId),
    );
    const [best] = candidates.sort((a, b) => rank(a, needsScore) - rank(b, needsScore));
    if (!best) continue;
    taken.add(best.objectId);
    steps.push(best.step);
    if (steps.length === limit) break;
  }
  return steps;
}

interface Candidate {
  objectId: string;
  isActivity: boolean;
  step: NextStep;
}

function listCandidates(options: {
  item: string;
  resources: readonly StepResource[];
  activities: ReadonlyMap<string, { activity: Activity }[]>;
}): Candidate[] {
  const { item, resources, activities } = options;
  const ofCourse = (activities.get(item) ?? []).map(({ activity }): Candidate => {
    const { id, title, lesson } = activity;
    const step = {
      item,
      title,
      href: `/activities/${id}`,
      durationMinutes: null,
      isScored: lesson !== null,
      isElsewhere: opensElsewhere(activity),
    };
    return { objectId: lesson ?? id, isActivity: true, step };
  });
  const ofLibrary = resources
    .filter(
      ({ status, serves }) =>
        status === 'live' && serves.some((link) => link.item === item && link.until === null),
    )
    .map(({ id, title, url, durationMinutes, completion }): Candidate => {
      const step = {
        item,
        title,
        href: `/resources/${id}`,
        durationMinutes,
        isScored: completion === 'question-set',
        isElsewhere: url !== null,
      };
      return { objectId: id, isActivity: false, step };
    });
  return [...ofCourse, ...ofLibrary];
}

/** What brings a missing score first, then the course's own, then the shortest. */
function rank({ isActivity, step }: Candidate, needsScore: boolean): number {
  const minutes = Math.min(step.durationMinutes ?? UNKNOWN_MINUTES, 1_000);
  return (needsScore && !step.isScored ? 10_000 : 0) + (isActivity ? 0 : 2_000) + minutes;
}
