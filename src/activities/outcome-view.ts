// What the preview of a report of outcomes shows: each outcome with its competency and what would change, which course of the
// report is meant, what is left out and why. Pure.
import type { Words } from '../http/catalogue.js';
import type { UnmatchedRow } from './match-people.js';
import type { OutcomePlan } from './preview-outcomes.js';
import type { OutcomeChange, OutcomeChoice } from './plan-outcomes.js';

const MOST_UNMATCHED = 50;
const CHANGES: OutcomeChange[] = ['fresh', 'changed', 'same', 'kept'];

export function buildOutcomeView(options: { plan: OutcomePlan; left: number; words: Words }) {
  const { plan, left, words } = options;
  const { courses, reported, matched, unread, ratings, activities } = plan;
  const others = courses.filter(({ id }) => id !== reported);
  const leftRows = left + others.reduce((sum, { rows }) => sum + rows, 0);
  const isNew = (kind: OutcomeChange): boolean => kind === 'fresh' || kind === 'changed';
  return {
    courses: courses.map(({ id, sisId, name, rows }) => ({
      id,
      name: words('outcomes:course', { name: name || id, id: sisId || id, count: rows }),
      isChosen: id === reported,
    })),
    isCourseAsked: courses.length > 1 || reported === null,
    isKnown: reported !== null,
    outcomes: plan.choices.map((choice) => buildOutcome({ plan, choice, words })),
    competencies: plan.tree.competencies.map(
      ({ identifier, humanCodingScheme, fullStatement }) => ({
        identifier,
        name: [humanCodingScheme, fullStatement].filter(Boolean).join(' '),
      }),
    ),
    matched: words('outcomes:matched', {
      count: matched.people.length,
      all: matched.people.length + matched.unmatched.length,
    }),
    activities: activities.map(({ assessment, known }) =>
      words(known ? 'outcomes:activity.known' : 'outcomes:activity.new', {
        title: assessment.title,
        known: known?.title ?? '',
      }),
    ),
    isNothing: reported !== null && !ratings.some(({ change }) => isNew(change)),
    left: leftRows > 0 && reported !== null ? words('outcomes:left', { count: leftRows }) : null,
    unread: unread > 0 ? words('outcomes:unread', { count: unread }) : null,
    kept: ratings.some(({ change }) => change === 'kept'),
    ...buildUnmatched(matched.unmatched, words),
  };
}

function buildOutcome(options: { plan: OutcomePlan; choice: OutcomeChoice; words: Words }) {
  const { plan, choice, words } = options;
  const { outcome, item, because } = choice;
  const { id, name, friendlyName } = outcome;
  const rows = plan.rows.filter((row) => row.outcome === id).length;
  // Of two outcomes with one competency the results stand together, under each.
  const ratings = plan.ratings.filter((one) => one.item === item);
  const parts = CHANGES.flatMap((change) => {
    const count = ratings.filter((one) => one.change === change).length;
    return count > 0 ? [words(`outcomes:counts.${change}`, { count })] : [];
  });
  return {
    id,
    name: friendlyName && friendlyName !== name ? `${name} (${friendlyName})` : name,
    rows: words('outcomes:rows', { count: rows }),
    item,
    because: because && words(`outcomes:because.${because}`),
    changes: item === null ? words('outcomes:out') : parts.join(', ') || words('outcomes:none'),
  };
}

function buildUnmatched(unmatched: readonly UnmatchedRow[], words: Words) {
  const shown = unmatched.slice(0, MOST_UNMATCHED);
  const more = unmatched.length - shown.length;
  return {
    unmatched: shown.map(({ row, id, reason }) => ({
      row,
      id,
      reason: words(`gradebook:unmatched.${reason}`),
    })),
    unmatchedCount: unmatched.length,
    unmatchedMore: more > 0 ? words('gradebook:more', { count: more }) : null,
  };
}
