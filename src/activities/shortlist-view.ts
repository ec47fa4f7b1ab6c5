// What the pages of a course's shortlists show its staff: each resource and activity of a competency with its place on the
// list, what was changed and by whom, and the overview of all lists of the course. Pure.
import type { Words } from '../http/catalogue.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { itemHref } from '../library/framework-view.js';
import { describeFacts } from '../library/results-view.js';
import type { ShortlistObject } from './list-shortlist-objects.js';
import { currentShortlist, listPicked, placingOf, PLACINGS, type Placing } from './shortlist.js';
import type { ShortlistContent, ShortlistRecord } from './shortlist.model.js';

const MAX_HISTORY = 20;

interface ShortlistRow {
  id: string;
  title: string;
  href: string;
  /** Publisher, kind and time, in words. */
  facts: string;
  placings: { value: Placing; label: string; isChosen: boolean }[];
  note: string;
  /** "Added by Ana Ruiz", or null. */
  by: string | null;
  /** What is wrong with the note, or null. */
  fault: string | null;
}

export interface ShortlistView {
  action: string;
  revision: number;
  /** Pinned, required and hidden ones. */
  chosen: ShortlistRow[];
  others: ShortlistRow[];
  /** "pinned 1, hid 2" of the last change, or null. */
  lastChange: string | null;
  previous: number;
  history: {
    revision: number;
    at: Date;
    by: string | null;
    sentence: string;
    isCurrent: boolean;
  }[];
}

/** Fields as they were typed and what is wrong with each, after a fault; empty before. */
export interface TypedShortlist {
  fields: Readonly<Record<string, string>>;
  faults: Readonly<Record<string, string>>;
}

export function buildShortlistView(options: {
  record: ShortlistRecord;
  item: string;
  objects: readonly ShortlistObject[];
  names: ReadonlyMap<string, string>;
  typed: TypedShortlist;
  words: Words;
  language: string;
}): ShortlistView {
  const { record, item, objects, words } = options;
  const content = currentShortlist(record);
  const rows = new Map(
    objects.map((object) => [object.id, buildRow({ object, content, ...options })]),
  );
  const chosenIds = new Set([...listPicked(content), ...content.hidden]);
  const history = buildHistory(options);
  return {
    action: `/shortlists/items/${item}`,
    revision: record.revision,
    chosen: [...chosenIds].flatMap((id) => rows.get(id) ?? []),
    others: objects.flatMap(({ id }) => (chosenIds.has(id) ? [] : (rows.get(id) ?? []))),
    lastChange: record.revision === 0 ? null : (history[0]?.sentence ?? words('shortlist:same')),
    previous: record.revision - 1,
    history: history.slice(0, MAX_HISTORY),
  };
}

/** Newest first. */
function buildHistory(options: {
  record: ShortlistRecord;
  names: ReadonlyMap<string, string>;
  words: Words;
}): ShortlistView['history'] {
  const { record, names, words } = options;
  return record.history
    .map((entry, index) => ({
      revision: entry.revision,
      at: entry.at,
      by: names.get(entry.by) ?? null,
      sentence: describeChange({ before: record.history[index - 1], after: entry, words }),
      isCurrent: entry.revision === record.revision,
    }))
    .reverse();
}

function buildRow(options: {
  object: ShortlistObject;
  content: ShortlistContent;
  names: ReadonlyMap<string, string>;
  typed: TypedShortlist;
  words: Words;
  language: string;
}): ShortlistRow {
  const { object, content, names, typed, words, language } = options;
  const { id, title, resource, activity } = object;
  const note = content.notes.find((one) => one.object === id);
  const name = note && names.get(note.by);
  const chosen = typed.fields[`placing-${id}`] ?? placingOf(content, id);
  const fault = typed.faults[`note-${id}`] ?? typed.faults[`placing-${id}`];
  return {
    id,
    title,
    href: resource ? `/resources/${id}` : `/activities/${activity.id}`,
    facts: resource
      ? describeFacts({ resource, words, language }).join(' · ')
      : words('shortlist:ofCourse', { kind: words(`activities:kinds.${activity.kind}`) }),
    placings: PLACINGS.map((value) => ({
      value,
      label: words(`shortlist:placings.${value}`),
      isChosen: value === chosen,
    })),
    note: typed.fields[`note-${id}`] ?? note?.text ?? '',
    by: name === undefined ? null : words('shortlist:addedBy', { name }),
    fault: fault === undefined ? null : words(fault),
  };
}

/** "pinned 2, hid 1": objects that came to each list, those that left all, and notes written anew. */
function describeChange(options: {
  before: ShortlistContent | undefined;
  after: ShortlistContent;
  words: Words;
}): string {
  const { after, words } = options;
  const before = options.before ?? { pinned: [], required: [], hidden: [], notes: [] };
  const came = (list: 'pinned' | 'required' | 'hidden') =>
    after[list].filter((object) => !before[list].includes(object)).length;
  const had = [...listPicked(before), ...before.hidden];
  const texts = new Map(before.notes.map(({ object, text }) => [object, text]));
  const counts = {
    pinned: came('pinned'),
    required: came('required'),
    hidden: came('hidden'),
    released: had.filter((object) => placingOf(after, object) === 'shown').length,
    lifted: before.required.filter((object) => placingOf(after, object) === 'pinned').length,
    noted: after.notes.filter(({ object, text }) => (texts.get(object) ?? '') !== text).length,
  };
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => words(`shortlist:change.${name}`, { count }));
  return parts.length === 0 ? words('shortlist:same') : parts.join(', ');
}

export interface OverviewGroup {
  title: string;
  rows: {
    statement: string;
    href: string;
    itemHref: string;
    /** "2 pinned, 1 hidden", or null where nobody made a list. */
    sentence: string | null;
  }[];
}

/** Competencies by their domains, with what each list holds. */
export function buildOverview(options: {
  tree: FrameworkTree;
  shortlists: readonly ShortlistRecord[];
  words: Words;
}): { groups: OverviewGroup[]; count: number } {
  const { tree, shortlists, words } = options;
  const byItem = new Map(shortlists.map((one) => [one.item, currentShortlist(one)]));
  const groups = new Map<string, OverviewGroup>();
  for (const competency of tree.competencies) {
    const [domain = competency] = tree.pathTo(competency.identifier);
    const group = groups.get(domain.identifier) ?? { title: domain.fullStatement, rows: [] };
    group.rows.push(
      buildOverviewRow({ competency, tree, content: byItem.get(competency.identifier), words }),
    );
    groups.set(domain.identifier, group);
  }
  const all = [...groups.values()];
  return {
    groups: all,
    count: all.flatMap(({ rows }) => rows).filter(({ sentence }) => sentence !== null).length,
  };
}

function buildOverviewRow(options: {
  competency: TreeItem;
  tree: FrameworkTree;
  content: ShortlistContent | undefined;
  words: Words;
}): OverviewGroup['rows'][number] {
  const { competency, tree, content, words } = options;
  const { identifier, fullStatement } = competency;
  const parts = (['pinned', 'required', 'hidden'] as const).flatMap((list) => {
    const count = content?.[list].length ?? 0;
    return count === 0 ? [] : [words(`shortlist:counts.${list}`, { count })];
  });
  return {
    statement: fullStatement,
    href: `/shortlists/items/${identifier}`,
    itemHref: itemHref(tree.framework.id, identifier),
    sentence: parts.length === 0 ? null : parts.join(', '),
  };
}
