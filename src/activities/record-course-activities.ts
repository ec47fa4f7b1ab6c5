// A course's activities as launches and the gradebook tell of them: placed links that open /activities, deep-linked lessons
// and our own line items. Everything is recorded under derived ids, so that each telling may come again.
import type { LtiServices } from '../lti/lti-services.js';
import { listLineItems, type LineItem } from '../lti/line-items.js';
import {
  findResourceLink,
  listResourceLinks,
  type ResourceLink,
} from '../lti/resource-link.model.js';
import { listActivities, recordActivities, type ActivityFacts } from './activity.model.js';
import { applyPlacements } from './apply-placements.js';
import type { CourseLaunch } from './complete-object.js';
import { listOpenPlacements } from './placement.model.js';

/** Tag of the column that shows what is achieved: made of evidence, it must never become evidence again. */
export const ATTAINMENT_TAG = 'crosswalk-attainment';

const PAGE = 1_000;
const ACTIVITIES_PATH = '/activities';

interface Place {
  deployment: string;
  course: string;
}

/** Records every placed link of the course that is an activity. */
export async function recordLinkedActivities(
  options: Place & { url: string; now: Date },
): Promise<void> {
  const { deployment, course, url, now } = options;
  let after = '';
  for (;;) {
    const links = await listResourceLinks({ deployment, course, after });
    await recordLinks({ deployment, course, links, url, now });
    if (links.length < PAGE) return;
    after = links.at(-1)?.resourceLinkId ?? '';
  }
}

/** The activity of the link that this launch came through; null where the link opens something else. */
export async function recordLaunchedActivity(options: {
  launch: CourseLaunch;
  url: string;
  now: Date;
}): Promise<string | null> {
  const { launch, url, now } = options;
  const { deployment, course, resourceLinkId } = launch;
  const link =
    resourceLinkId === null ? null : await findResourceLink({ deployment, course, resourceLinkId });
  const links = link ? [link] : [];
  const [id] = await recordLinks({ deployment, course, links, url, now });
  return id ?? null;
}

/** Records the activities of the links, and aligns those that were aligned when they were placed. Returns their ids. */
async function recordLinks(
  options: Place & { links: readonly ResourceLink[]; url: string; now: Date },
): Promise<string[]> {
  const { deployment, course, links, url, now } = options;
  const told = links.flatMap((link) =>
    readLink({ deployment, course, link, url }).map((facts) => ({
      facts,
      placed: new URL(link.targetPath, url).searchParams.get('placed'),
    })),
  );
  const open = await listOpenPlacements({
    deployment,
    course,
    ids: told.flatMap(({ placed }) => placed ?? []),
  });
  const placements = new Map(open.map((placement) => [placement.id, placement]));
  const facts = told.map(({ facts: one, placed }) => ({
    ...one,
    address: placements.get(placed ?? '')?.address ?? one.address,
  }));
  const ids = await recordActivities({ facts, url, now });
  const placed = told.flatMap(({ placed: name }, index) => {
    const placement = placements.get(name ?? '');
    const activity = ids[index];
    return placement && activity !== undefined ? [{ activity, placement }] : [];
  });
  await applyPlacements({ placed, now });
  return ids;
}

/**
 * Reads the line items the platform shows us, which are our own only, and records those that belong to no placed link.
 * Returns how many were new to the course. Throws `lti.service-…` as the platform answers.
 */
export async function recordLineItems(options: {
  launch: CourseLaunch;
  services: LtiServices;
  now: Date;
}): Promise<number> {
  const { launch, services, now } = options;
  const { deployment, course } = launch;
  const lineItems = await listLineItems({ services, target: launch });
  const known = await listActivities({ deployment, course });
  const links = new Set(known.flatMap(({ resourceLinkId }) => resourceLinkId ?? []));
  const urls = new Set(known.flatMap(({ lineItemUrl }) => lineItemUrl ?? []));
  const facts = lineItems
    .filter(
      ({ id, resourceLinkId, tag }) =>
        tag !== ATTAINMENT_TAG &&
        !urls.has(id) &&
        (resourceLinkId === null || !links.has(resourceLinkId)),
    )
    .map((lineItem) => readLineItem({ deployment, course, lineItem }));
  await recordActivities({ facts, url: services.config.url, now });
  return facts.length;
}

/** What a link tells of its activity; nothing for a link that opens another page. */
export function readLink(options: Place & { link: ResourceLink; url: string }): ActivityFacts[] {
  const { deployment, course, link, url } = options;
  const { resourceLinkId, title, description, lineItemUrl, lastLaunchAt } = link;
  const target = new URL(link.targetPath, url);
  const base = new URL(url).pathname.replace(/\/$/, '');
  if (target.pathname !== `${base}${ACTIVITIES_PATH}`) return [];
  const lesson = target.searchParams.get('lesson');
  return [
    {
      deployment,
      course,
      key: ['resource-link', resourceLinkId],
      title: title ?? description ?? resourceLinkId,
      kind: lesson === null ? 'link' : 'lesson',
      source: lesson === null ? 'resource-link' : 'deep-link',
      address: null,
      resourceLinkId,
      lineItemUrl,
      lesson,
      assessed: lesson !== null || lineItemUrl !== null,
      lastLaunchAt,
    },
  ];
}

function readLineItem(options: Place & { lineItem: LineItem }): ActivityFacts {
  const { deployment, course, lineItem } = options;
  return {
    deployment,
    course,
    key: ['line-item', lineItem.id],
    title: lineItem.label,
    kind: 'assignment',
    source: 'line-item',
    address: null,
    resourceLinkId: lineItem.resourceLinkId,
    lineItemUrl: lineItem.id,
    lesson: null,
    assessed: true,
    lastLaunchAt: null,
  };
}
