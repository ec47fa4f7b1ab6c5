// Line items of a course (AGS 2.0, 3.2), read and made through ltijs on our guarded client. A tool sees its own columns only.
import { z } from 'zod';
import { callService, missingService, requireScope, type ServiceTarget } from './call-service.js';
import type { LtiServices } from './lti-services.js';
import { lineItemClient } from './ltijs-adapter.js';
import type { ServiceCall } from './ltijs-http.js';
import { requireNextPage } from './read-pages.js';
import { badAnswer, isRefusedWith, readNextLink, requireGoodAnswer } from './service-answer.js';
import { MEDIA_TYPE, SCOPE } from './vocabulary.js';

const TIMEOUT_MS = 15_000;
const MAX_PAGES = 50;
const MAX_LINE_ITEMS = 5_000;

const text = z.string().nullish();
const LineItemAnswer = z.looseObject({
  id: z.url(),
  label: z.string(),
  scoreMaximum: z.coerce.number().nonnegative(),
  resourceLinkId: text,
  resourceId: text,
  tag: text,
});

export interface LineItem {
  /** Its address, query included. */
  id: string;
  label: string;
  scoreMaximum: number;
  resourceLinkId: string | null;
  resourceId: string | null;
  tag: string | null;
}

export interface NewLineItem {
  label: string;
  scoreMaximum: number;
  /** Ours: what the column stands for. Looked up first, so that making it again finds it. */
  resourceId: string;
  tag: string;
  resourceLinkId?: string;
}

/**
 * All line items by all pages, narrowed by our own resource id and tag where given. Throws `lti.service-…`; a next page on
 * another host or one that was read before ends in `lti.service-answer` without a request.
 */
export async function listLineItems(options: {
  services: LtiServices;
  target: ServiceTarget;
  resourceId?: string;
  tag?: string;
}): Promise<LineItem[]> {
  const { services, target, resourceId, tag } = options;
  const first = target.services.lineItemsUrl;
  if (first === null) throw missingService('line items');
  const scope = requireScope(target, SCOPE.lineItem, SCOPE.lineItemReadOnly);
  const filters = {
    ...(resourceId === undefined ? {} : { resourceId }),
    ...(tag === undefined ? {} : { tag }),
  };
  const found: LineItem[] = [];
  const read = new Set<string>();
  let next: string | null = first;
  while (next !== null) {
    const url: string = next;
    requireNextPage({ url, first, read, most: MAX_PAGES });
    const call = newCall(services, {
      accept: MEDIA_TYPE.lineItemContainer,
      isNextPage: read.size > 0,
    });
    read.add(url);
    const page = await callService({
      services,
      target,
      url,
      scopes: [scope],
      send: (token) => lineItemClient.list({ call, token, url, ...filters }),
    });
    found.push(...readLineItems(page, url));
    if (found.length > MAX_LINE_ITEMS) throw badAnswer(url, 'too many line items');
    next = readNextLink(call.linkHeader, url);
  }
  return found;
}

/**
 * Makes a line item. The platform knows no idempotent way: the same again makes a second column (Moodle makes forty at
 * once), so callers go through `createLineItem` of claim-line-item.ts.
 */
export async function postLineItem(options: {
  services: LtiServices;
  target: ServiceTarget;
  lineItem: NewLineItem;
}): Promise<LineItem> {
  const { services, target, lineItem } = options;
  const scope = requireScope(target, SCOPE.lineItem);
  const url = target.services.lineItemsUrl;
  if (url === null) throw missingService('line items');
  const call = newCall(services, { accept: MEDIA_TYPE.lineItem, isNextPage: false });
  const made = await callService({
    services,
    target,
    url,
    scopes: [scope],
    send: (token) => lineItemClient.create({ call, token, url, item: lineItem }),
  });
  return readLineItem(made, url);
}

/** One line item by its address. */
export async function readLineItemAt(options: {
  services: LtiServices;
  target: ServiceTarget;
  url: string;
}): Promise<LineItem> {
  const { services, target, url } = options;
  const scope = requireScope(target, SCOPE.lineItem, SCOPE.lineItemReadOnly);
  const call = newCall(services, { accept: MEDIA_TYPE.lineItem, isNextPage: false });
  const found = await callService({
    services,
    target,
    url,
    scopes: [scope],
    send: (token) => lineItemClient.read({ call, token, url }),
  });
  return readLineItem(found, url);
}

/** Takes a line item out of the gradebook, with the scores in it. One that is gone already is no fault. */
export async function deleteLineItem(options: {
  services: LtiServices;
  target: ServiceTarget;
  url: string;
}): Promise<void> {
  const { services, target, url } = options;
  const scope = requireScope(target, SCOPE.lineItem);
  try {
    await callService({
      services,
      target,
      url,
      scopes: [scope],
      send: async (token) => {
        const headers = { Authorization: `Bearer ${token.access_token}` };
        requireGoodAnswer(
          await services.outgoing.request({
            url,
            method: 'DELETE',
            headers,
            timeoutMs: TIMEOUT_MS,
          }),
          url,
        );
      },
    });
  } catch (error) {
    if (!isRefusedWith(error, 404, 410)) throw error;
  }
}

function newCall(
  services: LtiServices,
  options: { accept: string; isNextPage: boolean },
): ServiceCall {
  return { outgoing: services.outgoing, linkHeader: null, ...options };
}

function readLineItems(value: unknown, url: string): LineItem[] {
  if (!Array.isArray(value)) throw badAnswer(url, 'not a list of line items');
  return value.map((one: unknown) => readLineItem(one, url));
}

function readLineItem(value: unknown, url: string): LineItem {
  const parsed = LineItemAnswer.safeParse(value);
  if (!parsed.success) throw badAnswer(url, 'not a line item');
  const { id, label, scoreMaximum, resourceLinkId, resourceId, tag } = parsed.data;
  return {
    id,
    label,
    scoreMaximum,
    resourceLinkId: resourceLinkId || null,
    resourceId: resourceId || null,
    tag: tag || null,
  };
}
