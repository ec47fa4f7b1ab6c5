// What the page of an activity shows its learners: what it counts for, how far they are, what they can do. Pure.
import type { Words } from '../http/catalogue.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import type { Lesson } from '../library/lesson.js';
import type { ResultExtras } from '../library/results-view.js';
import type { CurrentLaunch } from '../lti/current-launch.js';
import { visitAddress } from '../lti/visit-pass.js';
import { opensElsewhere, type Activity } from './activity.model.js';
import type { CompletionState } from './completion-state.js';
import { buildLessonForm, type LessonForm } from './lesson-view.js';
import { describeState } from './resource-extras.js';

export interface ActivityDoing {
  /** For views/partials/object-state.hbs. */
  status: NonNullable<ResultExtras['status']>;
  forms: ResultExtras['forms'];
  /** What marking means, where it can be marked. */
  note: string | null;
}

export interface ActivityContent {
  openHref: string | null;
  lesson: Pick<Lesson, 'sections'> | null;
  lessonForm: (LessonForm & { back: string }) | null;
  isLessonGone: boolean;
}

/** A learner's own status and forms. A lesson with questions is completed by them, never by a mark. */
export function buildActivityDoing(options: {
  activity: Activity;
  lesson: Lesson | null;
  state: CompletionState;
  words: Words;
  language: string;
}): ActivityDoing {
  const { activity, lesson, state, words, language } = options;
  const status = describeState({
    resource: activity,
    state,
    setting: { chosen: new Set(), words, language },
  }) ?? { status: 'open', sentence: words('course:page.notDone') };
  const action = `/activities/${activity.id}/completions`;
  const form = (value: string, label: string, options: { isPrimary: boolean; mark: number }) => ({
    action,
    label: words(label),
    isPrimary: options.isPrimary,
    fields: [
      { name: 'state', value },
      { name: 'mark', value: String(options.mark) },
    ],
  });
  if (lesson !== null || activity.lesson !== null) return { status, forms: [], note: null };
  if (state.marked) {
    const undo = { isPrimary: false, mark: state.marked.attempt };
    return { status, forms: [form('undone', 'course:page.undo', undo)], note: null };
  }
  return {
    status,
    forms: [form('done', 'course:page.markDone', { isPrimary: true, mark: state.nextMark })],
    note: words(noteOf(activity)),
  };
}

function noteOf({ lineItemUrl, assessed }: Activity): string {
  if (lineItemUrl !== null) return 'course:page.gradeNote';
  return assessed ? 'course:page.scoreNote' : 'course:page.declared';
}

/** What there is to read and answer; the questions are for learners only. */
export function buildActivityContent(options: {
  launch: Pick<CurrentLaunch, 'course' | 'visitKey'>;
  activity: Activity;
  resource: LearningResource | null;
  lesson: Lesson | null;
  /** Null for whoever answers no questions. */
  state: CompletionState | null;
  words: Words;
  language: string;
}): ActivityContent {
  const { launch, activity, resource, lesson, state, words, language } = options;
  return {
    openHref: opensElsewhere(activity)
      ? visitAddress({ launch, path: `/activities/${activity.id}/visit` })
      : null,
    lesson,
    lessonForm:
      lesson && state
        ? {
            ...buildLessonForm({ lesson, state, words, language }),
            back: `/activities/${activity.id}`,
          }
        : null,
    isLessonGone: activity.lesson !== null && (resource === null || lesson === null),
  };
}
