// Answers a deep linking request (Deep Linking 2.0, 4.5): checks the chosen items against what the platform takes, signs them
// once per launch. Where the answer goes comes from the verified launch, never from the form.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import type { CurrentLaunch } from './current-launch.js';
import { claimDeepLinkingAnswer } from './launch.model.js';
import type { LtiServices } from './lti-services.js';
import { createDeepLinkingMessage } from './ltijs-adapter.js';

const MAX_ITEMS = 100;
const MAX_BYTES = 64 * 1024;

const shortText = z.string().max(255);
const times = z.object({
  startDateTime: z.iso.datetime({ offset: true }).optional(),
  endDateTime: z.iso.datetime({ offset: true }).optional(),
});
const ContentItem = z.object({
  type: z.literal('ltiResourceLink'),
  url: z.url(),
  title: shortText.optional(),
  text: z.string().max(4_000).optional(),
  icon: z.object({ url: z.url(), width: z.number(), height: z.number() }).optional(),
  /** Flat texts without line ends: Moodle fails on nested values and takes a line end for a further parameter. */
  custom: z.record(z.string(), z.string().regex(/^[^\r\n]*$/)).optional(),
  lineItem: z
    .object({
      label: shortText.optional(),
      scoreMaximum: z.number().positive(),
      resourceId: shortText.optional(),
      tag: shortText.optional(),
    })
    .optional(),
  available: times.optional(),
  submission: times.optional(),
});
export type ContentItem = z.infer<typeof ContentItem>;

/**
 * The write that claims the answer is the fact: whoever comes second gets `lti.deep-linking-answered` (409). Throws
 * `lti.deep-linking-items` (422, 413) for items the platform does not take, `lti.role` (403) for another kind of launch.
 */
export async function buildDeepLinkingResponse(options: {
  services: LtiServices;
  launch: CurrentLaunch;
  contentItems: ContentItem[];
  /** Shown by the platform to the person. */
  message?: string;
}): Promise<{ returnUrl: string; jwt: string }> {
  const { services, launch, message = null } = options;
  const request = launch.deepLinking;
  if (!request) throw new AppError('lti.role', { status: 403 });
  const contentItems = checkItems({
    launch,
    items: options.contentItems,
    url: services.config.url,
  });
  const [platform, deployment] = await Promise.all([
    services.directory.platform(launch.platform),
    services.directory.deployment(launch.deployment),
  ]);
  if (!platform || !deployment) throw new AppError('session.missing', { status: 401 });
  const jwt = await createDeepLinkingMessage({
    platform,
    deploymentId: deployment.deploymentId,
    request,
    contentItems,
    message,
    signingKey: await services.keys.signingKey(),
  });
  const isFirst = await claimDeepLinkingAnswer({
    launch: launch.id,
    deployment: launch.deployment,
    now: services.now(),
  });
  if (!isFirst) throw new AppError('lti.deep-linking-answered', { status: 409 });
  return { returnUrl: request.returnUrl, jwt };
}

function checkItems(options: {
  launch: CurrentLaunch;
  items: ContentItem[];
  url: string;
}): ContentItem[] {
  const { launch, items, url } = options;
  const takes = launch.deepLinking;
  if (items.length > MAX_ITEMS || Buffer.byteLength(JSON.stringify(items)) > MAX_BYTES)
    throw badItems(413, 'too-many');
  if (items.length > 1 && !takes?.acceptMultiple) throw badItems(422, 'one-only');
  return items.map((item) => {
    const parsed = ContentItem.safeParse(item);
    if (!parsed.success) throw badItems(422, 'unreadable');
    if (!takes?.acceptTypes.includes(parsed.data.type)) throw badItems(422, 'type');
    if (new URL(parsed.data.url).origin !== new URL(url).origin) throw badItems(422, 'address');
    if (parsed.data.lineItem && !takes.acceptLineItem) throw badItems(422, 'grades');
    return parsed.data;
  });
}

function badItems(status: number, fault: string): AppError {
  return new AppError('lti.deep-linking-items', { status, values: { fault } });
}
