// Which competencies of a framework a page shows: this course's, all, or those not yet achieved. Pure.
import type { Words } from '../http/catalogue.js';
import type { ItemProgress } from './progress-words.js';

export const SHOWN = ['course', 'all', 'open'] as const;
export type Shown = (typeof SHOWN)[number];

/** Null for the whole framework, also where the course has no competency of its own. */
export function chooseShown(options: {
  show: Shown;
  coverage: { byItem: ReadonlyMap<string, unknown> };
  progress: ReadonlyMap<string, ItemProgress> | null;
}): Set<string> | null {
  const { show, coverage, progress } = options;
  if (show === 'course' && coverage.byItem.size > 0) return new Set(coverage.byItem.keys());
  if (show !== 'open' || progress === null) return null;
  return new Set(
    [...progress].filter(([, one]) => one.status !== 'achieved').map(([item]) => item),
  );
}

/** Links between the ways to show; staff have nothing to achieve. */
export function buildShowLinks(options: {
  show: Shown;
  isLearner: boolean;
  path: string;
  words: Words;
}): { href: string; label: string; isCurrent: boolean }[] {
  const { show, isLearner, path, words } = options;
  const keys: Record<Shown, string> = { course: 'showCourse', all: 'showAll', open: 'showOpen' };
  return SHOWN.filter((one) => isLearner || one !== 'open').map((one) => ({
    href: `${path}?show=${one}`,
    label: words(`attainment:framework.${keys[one]}`),
    isCurrent: one === show,
  }));
}
