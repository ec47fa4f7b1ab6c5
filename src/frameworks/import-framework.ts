// Imports a framework from a file's text. All of it is written under a reserved revision; the one write to the CFDocument
// (publishRevision) is the fact. A stop at any step before leaves the framework as it was; what was written is swept.
import { createHash } from 'node:crypto';
import { AppError } from '../http/errors.js';
import { buildHimPackage } from './build-him-package.js';
import { associationRows } from './cf-association.model.js';
import {
  findFrameworkState,
  publishRevision,
  reserveRevision,
  type FrameworkState,
} from './cf-document.model.js';
import { itemRows } from './cf-item.model.js';
import type { CFPackage } from './cf-package.js';
import { slugOf } from './item-identifier.js';
import { mergePackage, type PackageChange } from './merge-package.js';
import { readHimPage } from './read-him-page.js';
import { INSTANCE_OWNER, ownerKeyOf, type Owner } from './viewer.js';

interface ImportFrameworkInput {
  text: string | Uint8Array;
  format: 'him-page';
  now: Date;
  /** Our public base address. */
  url: string;
  /** Short name in addresses; by default from the title (`him`). */
  framework?: string;
  owner?: Owner;
  /** Name of the file, kept as source. */
  sourceName?: string;
  /** Said by a person who wants most of the framework retired. */
  confirmRetire?: boolean;
}

export interface ImportResult {
  framework: string;
  title: string;
  revision: number;
  /** False when the file says what is already there. */
  isChanged: boolean;
  domains: number;
  subdomains: number;
  competencies: number;
  /** Sum of the numbers in parentheses. */
  publishedResources: number;
  added: number;
  changed: number;
  retired: number;
}

const ORPHAN_AGE_MS = 60 * 60 * 1_000;
const RETIRED_SHARE = 0.5;

/**
 * Outcomes: imported (new revision); nothing changed (same revision); refused with the file's fault and its line;
 * `framework.taken` for another owner's name; `framework.many-retired` where more than half would go;
 * `framework.changed-meanwhile` where another import was faster.
 */
export async function importFramework(input: ImportFrameworkInput): Promise<ImportResult> {
  const { now, owner = INSTANCE_OWNER } = input;
  const next = readPackage(input);
  const { framework } = next.document;
  const contentHash = hashOf(next);
  const state = await findFrameworkState(framework);
  if (state && state.ownerKey !== ownerKeyOf(owner))
    throw new AppError('framework.taken', { status: 409, values: { framework } });
  if (state && state.revision > 0 && state.contentHash === contentHash)
    return resultOf({ next, revision: state.revision, change: null });

  const change = await prepareChange({ next, state, now });
  if (input.confirmRetire !== true) refuseManyRetired(change, framework);
  const revision = await writeRevision({ framework, owner, change, now });
  const { framework: _name, ...document } = next.document;
  const isPublished = await publishRevision({
    framework,
    base: state?.revision ?? 0,
    revision,
    content: {
      ...document,
      uri: state && state.revision > 0 ? state.uri : document.uri,
      sourceName: input.sourceName ?? null,
      contentHash,
      itemCount: change.items.length,
    },
    now,
  });
  if (!isPublished) return settleRace({ next, contentHash, framework });
  await sweepRevisions({ framework, now });
  return resultOf({ next, revision, change });
}

/** Step 1, pure: what the file says. */
export function readPackage(
  input: Pick<ImportFrameworkInput, 'text' | 'format' | 'framework' | 'url' | 'now'>,
): CFPackage {
  const page = readHimPage({ text: input.text });
  return buildHimPackage({
    page,
    framework: input.framework ?? slugOf(page.title),
    url: input.url,
    now: input.now,
  });
}

/** Step 2, reads only: what it changes. */
export async function prepareChange(options: {
  next: CFPackage;
  state: FrameworkState | null;
  now: Date;
}): Promise<PackageChange> {
  const { next, state, now } = options;
  const wanted = { framework: next.document.framework, revision: state?.revision ?? 0 };
  const [items, associations] = await Promise.all([
    itemRows.list(wanted),
    associationRows.list(wanted),
  ]);
  return mergePackage({ before: { items, associations }, next, now });
}

/** Step 3: written, and seen by nobody. */
export async function writeRevision(options: {
  framework: string;
  owner: Owner;
  change: PackageChange;
  now: Date;
}): Promise<number> {
  const { framework, owner, change, now } = options;
  const revision = await reserveRevision({ framework, owner });
  await itemRows.insert({ framework, revision, rows: change.items, now });
  await associationRows.insert({ framework, revision, rows: change.associations, now });
  return revision;
}

/** Removes revisions nobody reads: older than the one before the current, and what a stopped import left an hour ago. */
export async function sweepRevisions(options: { framework: string; now: Date }): Promise<number> {
  const { framework, now } = options;
  const state = await findFrameworkState(framework);
  if (!state) return 0;
  const bounds = {
    framework,
    current: state.revision,
    previous: state.previousRevision,
    staleBefore: new Date(now.getTime() - ORPHAN_AGE_MS),
  };
  return (await itemRows.sweep(bounds)) + (await associationRows.sweep(bounds));
}

/** Another import published first: the same content is no fault. */
async function settleRace(options: {
  next: CFPackage;
  contentHash: string;
  framework: string;
}): Promise<ImportResult> {
  const { next, contentHash, framework } = options;
  const state = await findFrameworkState(framework);
  if (state?.contentHash === contentHash)
    return resultOf({ next, revision: state.revision, change: null });
  throw new AppError('framework.changed-meanwhile', { status: 409, values: { framework } });
}

function refuseManyRetired(change: PackageChange, framework: string): void {
  const { retired, inForceBefore } = change;
  if (retired === 0 || retired <= inForceBefore * RETIRED_SHARE) return;
  throw new AppError('framework.many-retired', {
    status: 409,
    values: { framework, retired, before: inForceBefore },
  });
}

/** Of what is published, so that neither dates nor our address matter. */
function hashOf(next: CFPackage): string {
  const { title, page, language } = next.document;
  const items = next.items.map((item) => [
    item.identifier,
    item.fullStatement,
    item.CFItemType,
    item.publishedResourceCount,
  ]);
  const order = next.associations.map(({ identifier, sequenceNumber }) => [
    identifier,
    sequenceNumber,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([title, page, language, items, order]))
    .digest('hex');
}

function resultOf(options: {
  next: CFPackage;
  revision: number;
  change: PackageChange | null;
}): ImportResult {
  const { next, revision, change } = options;
  const count = (type: string): number =>
    next.items.filter(({ CFItemType }) => CFItemType === type).length;
  return {
    framework: next.document.framework,
    title: next.document.title,
    revision,
    isChanged: change !== null,
    domains: count('Domain'),
    subdomains: count('Subdomain'),
    competencies: count('Competency'),
    publishedResources: next.items.reduce(
      (sum, item) => sum + (item.publishedResourceCount ?? 0),
      0,
    ),
    added: change?.added ?? 0,
    changed: change?.changed ?? 0,
    retired: change?.retired ?? 0,
  };
}
