// Finds the line item of a resource id and tag, or makes it, safely for many callers at once (AGS 2.0, 3.2 has no idempotent
// way): looked up first, made under a claim of ours, and adopted from whoever was quicker. Killed after the platform made
// it, the next caller finds it by its resource id and tag.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../http/errors.js';
import { missingService, requireScope, type ServiceTarget } from './call-service.js';
import {
  claimLineItem,
  findLineItemClaim,
  lineItemClaimId,
  releaseLineItem,
} from './line-item-claim.model.js';
import {
  listLineItems,
  postLineItem,
  readLineItemAt,
  type LineItem,
  type NewLineItem,
} from './line-items.js';
import type { LtiServices } from './lti-services.js';
import { isRefusedWith } from './service-answer.js';
import { SCOPE } from './vocabulary.js';

/** Longer than a look-up and a making take with all their retries. */
const CLAIM_MS = 120_000;
const LOOK_AGAIN_MS = 200;
const MOST_LOOKS = 100;

interface Making {
  services: LtiServices;
  target: ServiceTarget;
  lineItem: NewLineItem;
  /** For tests: waits between two looks at what another caller makes. */
  pause?: (ms: number) => Promise<unknown>;
}

/** Throws `lti.line-item-busy` (503) when another caller takes longer than twenty seconds, and `lti.service-…`. */
export async function createLineItem(making: Making): Promise<LineItem> {
  const { services, target, lineItem, pause = wait } = making;
  const { lineItemsUrl } = target.services;
  if (lineItemsUrl === null) throw missingService('line items');
  requireScope(target, SCOPE.lineItem);
  const { resourceId, tag } = lineItem;
  const { deployment } = target;
  const claim = lineItemClaimId({ deployment, lineItemsUrl, resourceId, tag });
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const held = await findLineItemClaim({ claim, deployment, now: services.now() });
    if (held?.isHeld !== true) {
      const known = held?.lineItemUrl ? await readKnown(making, held.lineItemUrl) : null;
      if (known) return known;
      const made = await makeUnderClaim({ ...making, claim });
      if (made) return made;
    }
    await pause(LOOK_AGAIN_MS);
  }
  throw new AppError('lti.line-item-busy', { status: 503 });
}

/** Null where somebody else holds the claim. */
async function makeUnderClaim(making: Making & { claim: string }): Promise<LineItem | null> {
  const { services, target, lineItem, claim } = making;
  const { deployment } = target;
  const token = randomUUID();
  const now = services.now();
  const until = new Date(now.getTime() + CLAIM_MS);
  if (!(await claimLineItem({ claim, deployment, token, now, until }))) return null;
  let lineItemUrl: string | null = null;
  try {
    const found =
      (await findOnPlatform(making)) ?? (await postLineItem({ services, target, lineItem }));
    lineItemUrl = found.id;
    return found;
  } finally {
    await releaseLineItem({ claim, deployment, token, lineItemUrl, now: services.now() });
  }
}

async function findOnPlatform({ services, target, lineItem }: Making): Promise<LineItem | null> {
  const { resourceId, tag } = lineItem;
  const found = await listLineItems({ services, target, resourceId, tag });
  return found.find((one) => one.resourceId === resourceId && one.tag === tag) ?? null;
}

/** Null where it was deleted in the gradebook since. */
async function readKnown({ services, target }: Making, url: string): Promise<LineItem | null> {
  try {
    return await readLineItemAt({ services, target, url });
  } catch (error) {
    if (isRefusedWith(error, 404, 410)) return null;
    throw error;
  }
}
