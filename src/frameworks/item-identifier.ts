// Identifiers that survive a re-import: derived from what is published, not from where or when it was read.
// CASE 1.0 calls them `identifier` (GUID) and asks for a `uri` beside them. Pure.
import { deriveUuid } from '../uuid-v5.js';

/** Fixed for ever: another value would give every competency of every installation another identity. */
const NAMESPACE = '6d0f7a3e-5f0c-5b6f-9c1e-2b8a4c7d9e10';

/** Identifier of a framework's CFDocument. */
export function documentIdentifier(framework: string): string {
  return deriveUuid({ namespace: NAMESPACE, parts: [framework] });
}

/** Identifier of a CFItem: `path` holds domain, subdomain and statement as far as the item has them. */
export function itemIdentifier(options: { framework: string; path: readonly string[] }): string {
  return deriveUuid({ namespace: NAMESPACE, parts: [options.framework, ...options.path] });
}

/** Identifier of a CFAssociation. */
export function associationIdentifier(options: {
  origin: string;
  associationType: string;
  destination: string;
}): string {
  const { origin, associationType, destination } = options;
  return deriveUuid({
    namespace: NAMESPACE,
    parts: ['association', origin, associationType, destination],
  });
}

/** A short name for addresses: `him` of "Health Information Management (HIM) Competency Framework". */
export function slugOf(title: string): string {
  const acronym = /\(([A-Z][A-Z0-9]{1,11})\)/.exec(title)?.[1];
  return slugify(acronym ?? title);
}

/** Lower-case words with hyphens, at most 80 characters; `untitled` where nothing is left. */
export function slugify(text: string): string {
  const slug = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'untitled' : slug;
}
