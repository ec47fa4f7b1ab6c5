// Makes a CASE package of what read-him-page.ts found: one item per domain, subdomain and competency, each a child of the
// one above in the page's order. Pure; the addresses are proposals that a first import fixes.
import type { CFAssociation, CFItem, CFPackage, LinkGenURI, PageFurniture } from './cf-package.js';
import {
  associationIdentifier,
  documentIdentifier,
  itemIdentifier,
  slugify,
} from './item-identifier.js';
import type { HimPage } from './read-him-page.js';

const LANGUAGE = 'en';

interface Build {
  framework: string;
  url: string;
  now: Date;
  items: CFItem[];
  associations: CFAssociation[];
}

/** `url` is our public base address; `framework` the short name in addresses. */
export function buildHimPackage(options: {
  page: HimPage;
  framework: string;
  url: string;
  now: Date;
}): CFPackage {
  const { page, framework, url, now } = options;
  const build: Build = { framework, url, now, items: [], associations: [] };
  const document = {
    framework,
    identifier: documentIdentifier(framework),
    uri: `${url}/frameworks/${framework}`,
    title: page.title,
    creator: 'Published page',
    language: LANGUAGE,
    page: furnitureOf(page, framework),
  };
  const root: LinkGenURI = {
    title: document.title,
    identifier: document.identifier,
    uri: document.uri,
  };
  page.domains.forEach((domain, domainAt) => {
    const domainNode = add(build, {
      type: 'Domain',
      path: [domain.title],
      parent: root,
      at: domainAt,
    });
    domain.subdomains.forEach((subdomain, at) => {
      const path = [domain.title, subdomain.title];
      const node = add(build, { type: 'Subdomain', path, parent: domainNode, at });
      subdomain.competencies.forEach(({ statement, count }, place) => {
        add(build, {
          type: 'Competency',
          path: [...path, statement],
          parent: node,
          at: place,
          count,
        });
      });
    });
  });
  return { document, items: build.items, associations: build.associations };
}

function furnitureOf(page: HimPage, framework: string): PageFurniture {
  return {
    backLabel: page.backLabel,
    backHref: '/pathways',
    readMoreLabel: page.readMoreLabel,
    readMoreHref: `/pathways/${framework}`,
    featuredPost:
      page.featuredPost === null
        ? null
        : { title: page.featuredPost, href: `/posts/${slugify(page.featuredPost)}` },
    shareText: page.shareText,
    note: page.note,
  };
}

function add(
  build: Build,
  entry: { type: string; path: string[]; parent: LinkGenURI; at: number; count?: number },
): LinkGenURI {
  const { framework, url, now } = build;
  const identifier = itemIdentifier({ framework, path: entry.path });
  const fullStatement = entry.path.at(-1) ?? '';
  const node = {
    title: fullStatement,
    identifier,
    uri: `${url}/frameworks/${framework}/items/${identifier}`,
  };
  build.items.push({
    identifier,
    uri: node.uri,
    fullStatement,
    CFItemType: entry.type,
    humanCodingScheme: null,
    notes: null,
    language: LANGUAGE,
    lastChangeDateTime: now,
    statusEndDate: null,
    bloomLevel: null,
    publishedResourceCount: entry.count ?? null,
  });
  const association = associationIdentifier({
    origin: identifier,
    associationType: 'isChildOf',
    destination: entry.parent.identifier,
  });
  build.associations.push({
    identifier: association,
    uri: `${url}/frameworks/${framework}/associations/${association}`,
    associationType: 'isChildOf',
    originNodeURI: node,
    destinationNodeURI: entry.parent,
    sequenceNumber: entry.at + 1,
    lastChangeDateTime: now,
  });
  return node;
}
