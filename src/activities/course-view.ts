// What the page of a course shows its staff: each activity with what it is aligned to, what is new, what was changed last.
// Also the shorter list for everybody else. Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { itemHref } from '../library/framework-view.js';
import type { Activity } from './activity.model.js';
import type { AlignedItem, AlignmentRecord } from './alignment.model.js';
import type { StageWords } from './stage-words.js';

const NEW_FOR_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** By object id: what the learners of the course brought so far. */
export type EvidenceCounts = ReadonlyMap<
  string,
  { evidence: number; people: number; fresh: number }
>;

export interface AlignedChip {
  item: string;
  statement: string;
  href: string;
  /** "introduced", in words. */
  stage: string;
}

export interface CourseRow {
  id: string;
  title: string;
  kind: string;
  /** How the activity came to be known, in words. */
  source: string;
  isAssessed: boolean;
  isNew: boolean;
  /** Something about it is new to who looks. */
  isNews: boolean;
  aligned: AlignedChip[];
  /** "and 2 competencies of other frameworks", or null. */
  others: string | null;
  /** "3 completions by 2 learners", or null. */
  evidence: string | null;
  lastLaunchAt: Date | null;
}

export interface CourseView {
  rows: CourseRow[];
  /** "2 activities count for no competency yet.", or null. */
  unaligned: string | null;
}

/** Known to us for no more than two weeks. */
export function isNewActivity({ createdAt }: Pick<Activity, 'createdAt'>, now: Date): boolean {
  return createdAt.getTime() >= now.getTime() - NEW_FOR_DAYS * DAY_MS;
}

export function buildCourseView(options: {
  activities: readonly Activity[];
  alignments: readonly AlignmentRecord[];
  tree: FrameworkTree | null;
  evidence: EvidenceCounts;
  now: Date;
  words: Words;
  stageWords: StageWords;
  /** Ids of the activities about which something is new to who looks. */
  news?: ReadonlySet<string>;
}): CourseView {
  const { activities, alignments, tree, evidence, now, words, stageWords, news } = options;
  const byActivity = new Map(alignments.map((one) => [one.activity, one]));
  const rows = activities.map((activity): CourseRow => {
    const alignment = byActivity.get(activity.id);
    const current = alignment?.current ?? [];
    const others = current.filter(({ framework }) => framework !== tree?.framework.id).length;
    return {
      id: activity.id,
      title: activity.title,
      kind: words(`activities:kinds.${activity.kind}`),
      source: words(`align:sources.${activity.source}`),
      isAssessed: activity.assessed,
      isNew: alignment === undefined && isNewActivity(activity, now),
      isNews: news?.has(activity.id) ?? false,
      aligned: buildChips({ items: current, tree, stageWords }),
      others: others === 0 ? null : words('course:others', { count: others }),
      evidence: describeEvidence({ counts: evidence.get(evidenceObject(activity)), words }),
      lastLaunchAt: activity.lastLaunchAt,
    };
  });
  const unaligned = rows.filter((row) => row.aligned.length === 0 && row.others === null).length;
  return {
    rows,
    unaligned: unaligned === 0 ? null : words('course:unaligned', { count: unaligned }),
  };
}

/** The aligned competencies of this framework, in reading order as far as they are still in it. */
export function buildChips(options: {
  items: readonly AlignedItem[];
  tree: FrameworkTree | null;
  stageWords: StageWords;
}): AlignedChip[] {
  const { items, tree, stageWords } = options;
  if (tree === null) return [];
  const { framework } = tree;
  return items
    .filter((one) => one.framework === framework.id)
    .flatMap(({ item, stage }) => {
      const found = tree.items.get(item);
      return found
        ? [
            {
              item,
              statement: found.fullStatement,
              href: itemHref(framework.id, item),
              stage: stageWords(stage),
            },
          ]
        : [];
    });
}

/** What statements about the activity name: a hosted lesson is the same wherever it is placed. */
export function evidenceObject(activity: Pick<Activity, 'id' | 'lesson'>): string {
  return activity.lesson ?? activity.id;
}

function describeEvidence(options: {
  counts: { evidence: number; people: number } | undefined;
  words: Words;
}): string | null {
  const { counts, words } = options;
  if (!counts || counts.evidence === 0) return null;
  const completions = words('course:evidenceCount', { count: counts.evidence });
  return `${completions} ${words('course:evidencePeople', { count: counts.people })}`;
}
