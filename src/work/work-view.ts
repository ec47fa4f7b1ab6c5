// A piece of work as pages show it: its state in a sentence, and everything that happened to it. Pure.
import type { Words } from '../http/catalogue.js';
import type { StoredFile } from '../files/stored-file.model.js';
import type { ReviewWork, WorkEvent, WorkState } from './review-work.model.js';

export interface WorkEventView {
  sentence: string;
  at: Date;
  note: string | null;
  link: { href: string; host: string } | null;
  /** `href` is null where the file was deleted. */
  file: { name: string; href: string | null; size: string | null } | null;
  score: string | null;
}

export interface WorkView {
  id: string;
  title: string;
  href: string;
  state: WorkState;
  status: string;
  stateWords: string;
  revision: number;
  changedAt: Date;
  /** Newest first. */
  events: WorkEventView[];
  isOpen: boolean;
}

/** Marks of the style sheet. */
export const STATE_MARKS: Record<WorkState, string> = {
  waiting: 'progress',
  returned: 'caution',
  accepted: 'achieved',
  'taken-back': 'off',
  withdrawn: 'caution',
};
const KB = 1_024;
const PERCENT = 100;

export function buildWorkView(options: {
  work: ReviewWork;
  files: ReadonlyMap<string, StoredFile>;
  /** Labels of people by user id. */
  people: ReadonlyMap<string, string>;
  words: Words;
  language: string;
}): WorkView {
  const { work, words } = options;
  const { id, title, state, revision, changedAt } = work;
  return {
    id,
    title,
    href: `/work/${id}`,
    state,
    status: STATE_MARKS[state],
    stateWords: words(`work:states.${state}`),
    revision,
    changedAt,
    events: work.history.map((event) => buildEventView({ ...options, event })).reverse(),
    isOpen: state === 'waiting' || state === 'returned',
  };
}

function buildEventView(options: {
  work: ReviewWork;
  event: WorkEvent;
  files: ReadonlyMap<string, StoredFile>;
  people: ReadonlyMap<string, string>;
  words: Words;
  language: string;
}): WorkEventView {
  const { work, event, files, people, words, language } = options;
  const { kind, at, note, link, file, score } = event;
  const stored = file && files.get(file.id);
  return {
    sentence: words(`work:events.${kind}`, { person: people.get(event.by) ?? '' }),
    at,
    note,
    link: link === null ? null : { href: link, host: new URL(link).host },
    file: file && {
      name: file.name,
      href: stored ? `/work/${work.id}/files/${file.id}` : null,
      size: stored ? sizeWords(stored.size, language) : null,
    },
    score:
      score === null
        ? null
        : new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(
            score / PERCENT,
          ),
  };
}

/** "240 kB" or "1.2 MB". */
function sizeWords(bytes: number, language: string): string {
  const isLarge = bytes >= KB * KB;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: isLarge ? 'megabyte' : 'kilobyte',
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(isLarge ? bytes / (KB * KB) : Math.max(1, bytes / KB));
}
