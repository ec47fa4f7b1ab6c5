// What a shortlist says of each object of a competency, and what a form makes of it. Pure.
import type { ShortlistContent, ShortlistRecord } from './shortlist.model.js';

/** `shown` is what nobody decided about: offered with the others. */
export const PLACINGS = ['shown', 'pinned', 'required', 'pinned-required', 'hidden'] as const;
export type Placing = (typeof PLACINGS)[number];

export interface PlacingChoice {
  placing: Placing;
  /** Words to students; kept with what is pinned or required. */
  note: string;
}

const NOTHING: ShortlistContent = { pinned: [], required: [], hidden: [], notes: [] };

/** What is in force; nothing where nobody made a shortlist. */
export function currentShortlist({ history }: Pick<ShortlistRecord, 'history'>): ShortlistContent {
  const { pinned, required, hidden, notes } = history.at(-1) ?? NOTHING;
  return { pinned, required, hidden, notes };
}

export function placingOf(content: ShortlistContent, object: string): Placing {
  if (content.hidden.includes(object)) return 'hidden';
  const isRequired = content.required.includes(object);
  if (content.pinned.includes(object)) return isRequired ? 'pinned-required' : 'pinned';
  return isRequired ? 'required' : 'shown';
}

/** Pinned ones first, then what else is required: the order in which students see them. */
export function listPicked({ pinned, required }: ShortlistContent): string[] {
  return [...new Set([...pinned, ...required])];
}

/**
 * The shortlist after a form: objects that it does not name stay as they are, those pinned or required anew come last, and a
 * note is by whoever wrote it.
 */
export function applyChoices(options: {
  before: ShortlistContent;
  choices: ReadonlyMap<string, PlacingChoice>;
  by: string;
}): ShortlistContent {
  const { before, choices, by } = options;
  const objects = [...new Set([...listPicked(before), ...before.hidden, ...choices.keys()])];
  const placings = new Map(
    objects.map((object) => [object, choices.get(object)?.placing ?? placingOf(before, object)]),
  );
  const inOrder = (earlier: string[], placed: Placing[]) =>
    [...new Set([...earlier, ...objects])].filter((object) =>
      placed.includes(placings.get(object) ?? 'shown'),
    );
  const content = {
    pinned: inOrder(before.pinned, ['pinned', 'pinned-required']),
    required: inOrder(before.required, ['required', 'pinned-required']),
    hidden: inOrder(before.hidden, ['hidden']),
  };
  const known = new Map(before.notes.map((note) => [note.object, note]));
  const notes = listPicked({ ...content, notes: [] }).map((object) => {
    const note = known.get(object);
    const text = choices.get(object)?.note ?? note?.text ?? '';
    return note?.text === text ? note : { object, text, by };
  });
  return { ...content, notes };
}

export function isSameShortlist(one: ShortlistContent, other: ShortlistContent): boolean {
  return JSON.stringify(inKeyOrder(one)) === JSON.stringify(inKeyOrder(other));
}

function inKeyOrder({ pinned, required, hidden, notes }: ShortlistContent): unknown[] {
  return [pinned, required, hidden, notes.map(({ object, text, by }) => [object, text, by])];
}
