// Changes a course's shortlist of a competency: by a form, by going back to an earlier revision, or by adding a link or
// a file of the course's own. The one write to the shortlist's document is the fact; attainment sees the newer revision by itself.
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { deleteFile } from '../files/delete-file.js';
import type { StoredFile } from '../files/stored-file.model.js';
import { AppError } from '../http/errors.js';
import { activityRecordId, findActivity, recordActivities } from './activity.model.js';
import { findAlignment, replaceAlignments } from './alignment.model.js';
import type { CourseLaunch } from './complete-object.js';
import {
  applyChoices,
  currentShortlist,
  isSameShortlist,
  placingOf,
  type PlacingChoice,
} from './shortlist.js';
import {
  findShortlist,
  listShortlistHistories,
  replaceShortlist,
  type ShortlistContent,
  type ShortlistRecord,
} from './shortlist.model.js';

interface ShortlistRequest {
  launch: CourseLaunch;
  tree: FrameworkTree;
  /** A competency of the tree. */
  item: string;
  now: Date;
}

export type ShortlistOutcome = 'saved' | 'unchanged';

/** Outcomes: `saved`, `unchanged`; `shortlist.changed` (409) where somebody else was faster. */
export async function setShortlist(
  request: ShortlistRequest & {
    choices: ReadonlyMap<string, PlacingChoice>;
    expectedRevision: number;
  },
): Promise<ShortlistOutcome> {
  const { launch, choices, expectedRevision } = request;
  const record = await findShortlist(placeOf(request));
  if (record.revision !== expectedRevision) throw changedMeanwhile();
  const before = currentShortlist(record);
  return write(request, record, applyChoices({ before, choices, by: launch.user }));
}

/** Brings an earlier revision back as a new one; 0 is the time before the first. As setShortlist; `shortlist.no-revision` (404). */
export async function restoreShortlist(
  request: ShortlistRequest & { revision: number; expectedRevision: number },
): Promise<ShortlistOutcome> {
  const { item, revision, expectedRevision } = request;
  const place = placeOf(request);
  const record = await findShortlist(place);
  if (record.revision !== expectedRevision) throw changedMeanwhile();
  const [whole] = await listShortlistHistories({
    ...place,
    items: [item],
    courses: [place.course],
  });
  const wanted = whole?.history.find((one) => one.revision === revision);
  if (!wanted && revision !== 0) throw new AppError('shortlist.no-revision', { status: 404 });
  return write(request, record, currentShortlist({ history: wanted ? [wanted] : [] }));
}

/**
 * Makes a link of the course's own an activity, aligns it to the competency, and pins it with the note. Each step is one
 * write and does nothing where it was done before: the same address again finishes what a stop left undone, and takes the
 * new title and note. The pin is the fact that students see. `shortlist.changed` (409) where somebody else was faster.
 */
export async function addShortlistLink(
  request: ShortlistRequest & { title: string; address: string; note: string; url: string },
): Promise<ShortlistOutcome> {
  const { launch, title, address, note, url, now } = request;
  const facts = {
    ...ownFacts(launch),
    key: ['shortlist', address],
    title,
    kind: 'link' as const,
    address,
  };
  const [activity = ''] = await recordActivities({ facts: [facts], url, now });
  return pinOwn(request, { activity, note });
}

/**
 * As addShortlistLink, with a stored file in the place of the address. The same content again is the same activity: it takes
 * the newer file, and the one before goes.
 */
export async function addShortlistFile(
  request: ShortlistRequest & { title: string; file: StoredFile; note: string; url: string },
): Promise<ShortlistOutcome> {
  const { launch, title, file, note, url, now } = request;
  const { deployment } = launch;
  const facts = {
    ...ownFacts(launch),
    key: ['shortlist', `sha256:${file.sha256}`],
    title,
    kind: 'other' as const,
    address: null,
    file: file.id,
  };
  const before = await findActivity({ ...facts, activity: activityRecordId(facts) });
  const [activity = ''] = await recordActivities({ facts: [facts], url, now });
  if (before?.file) await deleteFile({ deployment, file: before.file });
  return pinOwn(request, { activity, note });
}

function ownFacts({ deployment, course }: CourseLaunch) {
  return {
    deployment,
    course,
    source: 'shortlist' as const,
    resourceLinkId: null,
    lineItemUrl: null,
    lesson: null,
    assessed: false,
    lastLaunchAt: null,
  };
}

async function pinOwn(
  request: ShortlistRequest,
  { activity, note }: { activity: string; note: string },
): Promise<ShortlistOutcome> {
  await alignOnce(request, activity);
  const record = await findShortlist(placeOf(request));
  const before = currentShortlist(record);
  const isRequired = placingOf(before, activity).endsWith('required');
  const placing = isRequired ? ('pinned-required' as const) : ('pinned' as const);
  const choices = new Map([[activity, { placing, note }]]);
  return write(request, record, applyChoices({ before, choices, by: request.launch.user }));
}

async function alignOnce(request: ShortlistRequest, activity: string): Promise<void> {
  const { launch, tree, item, now } = request;
  const { deployment, course, user } = launch;
  const framework = tree.framework.id;
  const { revision, current } = await findAlignment({ deployment, course, activity });
  if (current.some((one) => one.framework === framework && one.item === item)) return;
  const written = await replaceAlignments({
    deployment,
    course,
    activity,
    expectedRevision: revision,
    items: [...current, { framework, item, stage: 'introduced' }],
    by: user,
    now,
  });
  if (!written) throw changedMeanwhile();
}

async function write(
  request: ShortlistRequest,
  record: ShortlistRecord,
  content: ShortlistContent,
): Promise<ShortlistOutcome> {
  const { launch, now } = request;
  if (isSameShortlist(currentShortlist(record), content)) return 'unchanged';
  const written = await replaceShortlist({
    ...placeOf(request),
    ...content,
    expectedRevision: record.revision,
    by: launch.user,
    now,
  });
  if (!written) throw changedMeanwhile();
  return 'saved';
}

function placeOf({ launch, tree, item }: ShortlistRequest) {
  const { deployment, course } = launch;
  return { deployment, course, framework: tree.framework.id, item };
}

function changedMeanwhile(): AppError {
  return new AppError('shortlist.changed', { status: 409 });
}
