// CASE 1.0 (Competencies and Academic Standards Exchange) as we store it: CFDocument, CFItem, CFAssociation with the
// standard's own field names, and beside them what the published page says and CASE has no field for. Types only.

/** CASE 1.0, LinkGenURI. */
export interface LinkGenURI {
  title: string;
  identifier: string;
  uri: string;
}

export interface CFItem {
  identifier: string;
  uri: string;
  fullStatement: string;
  CFItemType: string | null;
  humanCodingScheme: string | null;
  notes: string | null;
  language: string | null;
  lastChangeDateTime: Date;
  /** Set on the day an item left the framework; it is kept for what was aligned to it. */
  statusEndDate: Date | null;
  /** 1 to 6; not part of CASE. */
  bloomLevel: number | null;
  /** The number in parentheses on the published page; not part of CASE. */
  publishedResourceCount: number | null;
}

type AssociationType =
  | 'isChildOf'
  | 'isPeerOf'
  | 'isPartOf'
  | 'exactMatchOf'
  | 'precedes'
  | 'isRelatedTo'
  | 'replacedBy'
  | 'exemplar'
  | 'hasSkillLevel';

export interface CFAssociation {
  identifier: string;
  uri: string;
  associationType: AssociationType;
  originNodeURI: LinkGenURI;
  destinationNodeURI: LinkGenURI;
  sequenceNumber: number | null;
  lastChangeDateTime: Date;
}

/** What the public page shows around the tree. */
export interface PageFurniture {
  backLabel: string | null;
  backHref: string;
  readMoreLabel: string | null;
  readMoreHref: string;
  featuredPost: { title: string; href: string } | null;
  shareText: string | null;
  note: string | null;
}

export interface CFPackage {
  document: {
    framework: string;
    identifier: string;
    uri: string;
    title: string;
    creator: string;
    language: string;
    page: PageFurniture;
  };
  items: CFItem[];
  associations: CFAssociation[];
}
