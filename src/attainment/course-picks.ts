// What a course's shortlists do to the pages of a class: pinned and required ones stand first with the note and whose it is,
// hidden ones are neither shown nor counted. The course's staff see what is hidden, and that it is.
import { buildActivityDoing } from '../activities/activity-view.js';
import { opensElsewhere, type Activity } from '../activities/activity.model.js';
import { isLearner, type CourseLaunch } from '../activities/complete-object.js';
import { completionOf } from '../activities/completion-state.js';
import { evidenceObject } from '../activities/course-view.js';
import { readExtrasSetting } from '../activities/read-extras.js';
import { readNames } from '../activities/read-names.js';
import { buildResourceExtras, type ExtrasSetting } from '../activities/resource-extras.js';
import { currentShortlist, listPicked, placingOf } from '../activities/shortlist.js';
import {
  listSharedShortlists,
  listShortlists,
  type ShortlistContent,
  type ShortlistRecord,
} from '../activities/shortlist.model.js';
import type { Words } from '../http/catalogue.js';
import { listResources, type LearningResource } from '../library/learning-resource.model.js';
import { buildResult, type ResultView } from '../library/results-view.js';
import { visitAddress } from '../lti/visit-pass.js';
import type { Coverage } from './read-progress.js';

export interface CoursePicks {
  /** In the order in which they are shown. */
  picked: ResultView[];
  /** Objects that the list below leaves out, and those it marks as hidden (for staff). */
  without: string[];
  marked: ReadonlySet<string>;
  /** Resources that count for the competency and are not in the list below. */
  leftOut: number;
  isHidden: (objectId: string) => boolean;
}

interface PicksRequest {
  launch: CourseLaunch;
  framework: string;
  item: string;
  coverage: Coverage;
  /** Page that buttons come back to. */
  back: string;
  words: Words;
  language: string;
}

/** The shortlist of one competency for its page. At most four queries, one where nobody made a list. */
export async function readCoursePicks(request: PicksRequest): Promise<CoursePicks> {
  const { launch, framework, item } = request;
  const record = (await readShortlists(request)).find((one) => one.item === item);
  const content = currentShortlist(record ?? { history: [] });
  const named = [...listPicked(content), ...content.hidden];
  const found = await readResources({ launch, framework, ids: named });
  const serving = new Map(
    found.filter(({ items }) => items.includes(item)).map((one) => [one.resource.id, one.resource]),
  );
  const isHidden = (objectId: string) => content.hidden.includes(objectId);
  const leftOut = [...serving.keys()].filter((id) => !isHidden(id) || isLearner(launch));
  return {
    picked: await buildPicked({ ...request, content, serving }),
    without: leftOut,
    marked: new Set(isLearner(launch) ? [] : content.hidden),
    leftOut: leftOut.length,
    isHidden,
  };
}

/** What learners of the course are shown of each competency: the counts without what is hidden there. Staff see them whole. */
export async function countShownResources(options: {
  launch: CourseLaunch;
  framework: string;
  counts: ReadonlyMap<string, number>;
}): Promise<ReadonlyMap<string, number>> {
  const { launch, framework, counts } = options;
  if (!isLearner(launch)) return counts;
  const hidden = new Map(
    (await readShortlists(options)).map((one) => [one.item, currentShortlist(one).hidden]),
  );
  const found = await readResources({ launch, framework, ids: [...hidden.values()].flat() });
  if (found.length === 0) return counts;
  const less = (item: string) =>
    found.filter(
      ({ resource, items }) => items.includes(item) && hidden.get(item)?.includes(resource.id),
    ).length;
  return new Map([...counts].map(([item, count]) => [item, Math.max(0, count - less(item))]));
}

/** A class shares what is kept for two seconds; staff read what they just saved. */
function readShortlists(options: {
  launch: CourseLaunch;
  framework: string;
}): Promise<ShortlistRecord[]> {
  const { launch, framework } = options;
  const { deployment, course } = launch;
  const read = isLearner(launch) ? listSharedShortlists : listShortlists;
  return read({ deployment, course, framework });
}

/** Live resources of these ids with the competencies of the framework that they serve now. */
async function readResources(options: {
  launch: CourseLaunch;
  framework: string;
  ids: string[];
}): Promise<{ resource: LearningResource; items: string[] }[]> {
  const { launch, framework, ids } = options;
  if (ids.length === 0) return [];
  const found = await listResources({ ids, viewer: { deployment: launch.deployment } });
  return found
    .filter(({ status }) => status === 'live')
    .map((resource) => ({
      resource,
      items: resource.serves
        .filter((one) => one.framework === framework && one.until === null)
        .map(({ item }) => item),
    }));
}

async function buildPicked(
  request: PicksRequest & {
    content: ShortlistContent;
    serving: ReadonlyMap<string, LearningResource>;
  },
): Promise<ResultView[]> {
  const { launch, item, coverage, content, serving, words } = request;
  const covering = (coverage.byItem.get(item) ?? []).map(({ activity }) => activity);
  const activities = new Map(covering.map((activity) => [evidenceObject(activity), activity]));
  const objects = listPicked(content).filter((id) => serving.has(id) || activities.has(id));
  if (objects.length === 0) return [];
  const [names, setting] = await Promise.all([
    readNames(content.notes.map(({ by }) => by)),
    readExtrasSetting({ launch, resources: objects, back: request.back, words }),
  ]);
  return objects.flatMap((id) => {
    const resource = serving.get(id);
    const activity = activities.get(id);
    const result = resource
      ? buildResult(resource, {
          ...request,
          decorate: (one) => buildResourceExtras(one, setting),
        })
      : activity && buildActivityResult(activity, { ...request, setting });
    return result ? [{ ...result, pick: describePick({ id, content, names, words }) }] : [];
  });
}

function describePick(options: {
  id: string;
  content: ShortlistContent;
  names: ReadonlyMap<string, string>;
  words: Words;
}): NonNullable<ResultView['pick']> {
  const { id, content, names, words } = options;
  const note = content.notes.find(({ object }) => object === id);
  const name = names.get(note?.by ?? '');
  return {
    label: words(`shortlist:student.${placingOf(content, id)}`),
    note: note?.text ?? '',
    by: name === undefined ? words('shortlist:student.by') : words('shortlist:addedBy', { name }),
  };
}

function buildActivityResult(
  activity: Activity,
  options: PicksRequest & { setting: ExtrasSetting },
): ResultView {
  const { launch, setting, words, language } = options;
  const state = completionOf(setting.states, evidenceObject(activity));
  const doing = setting.isLearner
    ? buildActivityDoing({ activity, lesson: null, state, words, language })
    : { status: null, forms: [] };
  return {
    id: activity.id,
    href: `/activities/${activity.id}`,
    title: activity.title,
    url: activity.address,
    facts: [words('shortlist:ofCourse', { kind: words(`activities:kinds.${activity.kind}`) })],
    description: '',
    servesAlso: null,
    status: state.isDone ? doing.status : null,
    // One primary action a page, and this list has many.
    forms: doing.forms.map((form) => ({ ...form, isPrimary: false })),
    open: opensElsewhere(activity)
      ? {
          href: visitAddress({ launch, path: `/activities/${activity.id}/visit` }),
          label: words('activities:open'),
          isNewTab: true,
        }
      : null,
  };
}
