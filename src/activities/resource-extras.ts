// What a signed-in page adds to a resource of a list: the learner's own state in words, and what can be done. Pure.
import type { Words } from '../http/catalogue.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import type { ResultExtras } from '../library/results-view.js';
import { visitAddress } from '../lti/visit-pass.js';
import type { CourseLaunch } from './complete-object.js';
import { completionOf, type CompletionState } from './completion-state.js';

export interface ExtrasSetting {
  /** Staff see no state and no buttons that count. */
  isLearner: boolean;
  states: Map<string, CompletionState>;
  /** Resources on the learner's own list. */
  chosen: ReadonlySet<string>;
  launch: Pick<CourseLaunch, 'course' | 'visitKey'>;
  /** Page that buttons come back to. */
  back: string;
  words: Words;
  language: string;
}

export function buildResourceExtras(
  resource: LearningResource,
  setting: ExtrasSetting,
): ResultExtras {
  const { isLearner, states } = setting;
  const opening = buildOpen(resource, setting);
  if (!isLearner) return { status: null, forms: [], open: opening };
  const state = completionOf(states, resource.id);
  const isAsked = opening.isNewTab && resource.completion === 'marked' && !state.isDone;
  const open = {
    ...opening,
    finish: isAsked ? { mark: state.nextMark, back: setting.back } : null,
  };
  return {
    status: describeState({ resource, state, setting }),
    forms: listForms(resource, state, setting),
    open,
  };
}

/** A lesson of ours opens here, where the session is; an address elsewhere in a new tab. */
function buildOpen(
  resource: LearningResource,
  setting: ExtrasSetting,
): NonNullable<ResultExtras['open']> {
  const { words, launch, back } = setting;
  const path = `/resources/${resource.id}`;
  if (resource.url !== null)
    return {
      href: visitAddress({ launch, path: `${path}/visit` }),
      label: words('activities:open'),
      isNewTab: true,
    };
  const query = new URLSearchParams({ course: launch.course, back });
  return {
    href: `${path}?${query.toString()}`,
    label: words('activities:openLesson'),
    isNewTab: false,
  };
}

/** "Done Mar 3, 2026", "Best score 80 %", "On your list". */
export function describeState(options: {
  resource: Pick<LearningResource, 'id'>;
  state: CompletionState;
  setting: Pick<ExtrasSetting, 'chosen' | 'words' | 'language'>;
}): ResultExtras['status'] {
  const { resource, state, setting } = options;
  const { words, language, chosen } = setting;
  const { best, marked, isDone } = state;
  if (best) {
    const score = new Intl.NumberFormat(language, {
      style: 'percent',
      maximumFractionDigits: 0,
    }).format(best.scaled ?? 0);
    const sentence = words(isDone ? 'activities:state.passed' : 'activities:state.failed', {
      score,
    });
    return { status: isDone ? 'achieved' : 'progress', sentence };
  }
  if (marked) {
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
      marked.at,
    );
    return { status: 'achieved', sentence: words('activities:state.marked', { date }) };
  }
  return chosen.has(resource.id)
    ? { status: 'open', sentence: words('activities:state.chosen') }
    : null;
}

function listForms(
  resource: LearningResource,
  state: CompletionState,
  setting: ExtrasSetting,
): ResultExtras['forms'] {
  const { words, chosen, back } = setting;
  const path = `/resources/${resource.id}`;
  const fieldsOf = (name: string, mark?: number) => [
    { name: 'state', value: name },
    ...(mark === undefined ? [] : [{ name: 'mark', value: String(mark) }]),
    { name: 'back', value: back },
  ];
  const forms: ResultExtras['forms'] = [];
  if (resource.completion === 'marked' && !state.isDone)
    forms.push({
      action: `${path}/completions`,
      label: words('activities:markDone'),
      isPrimary: false,
      fields: fieldsOf('done', state.nextMark),
    });
  if (state.marked)
    forms.push({
      action: `${path}/completions`,
      label: words('activities:undo'),
      isPrimary: false,
      fields: fieldsOf('undone', state.marked.attempt),
    });
  const isChosen = chosen.has(resource.id);
  forms.push({
    action: `${path}/choices`,
    label: words(isChosen ? 'activities:unchoose' : 'activities:choose'),
    isPrimary: false,
    fields: fieldsOf(isChosen ? 'removed' : 'added'),
  });
  return forms;
}
