// What the command line lists of frameworks and resources: numbers and names, for the operator who sees every owner's.
import { listAllFrameworks, type FrameworkRecord } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { INSTANCE_OWNER, ownerKeyOf, type Owner, type Viewer } from '../frameworks/viewer.js';
import {
  countFrameworkResources,
  countLiveResources,
  listOwnedResources,
} from './learning-resource.model.js';

export interface FrameworkNumbers {
  id: string;
  title: string;
  /** The edition in the publisher's words, or the day of its last change. */
  edition: string;
  domains: number;
  subdomains: number;
  competencies: number;
  /** Sum of the numbers in parentheses on the published page; a resource counts once for each competency. */
  publishedResources: number;
  /** The same sum over the live library. */
  liveResources: number;
  /** Different live resources. */
  distinctResources: number;
}

export interface ResourceLine {
  id: string;
  title: string;
  kind: string;
  url: string | null;
  status: string;
  /** Competencies it serves now. */
  serves: number;
  starterSet: boolean;
}

const PAGE = 500;

/** Every framework with its numbers. */
export async function listFrameworksWithNumbers(): Promise<FrameworkNumbers[]> {
  const numbers: FrameworkNumbers[] = [];
  for (const framework of await listAllFrameworks()) numbers.push(await readNumbers(framework));
  return numbers;
}

/** An owner's resources (the instance's by default), read in pages. */
export async function* listResourcesForCli(
  options: { owner?: Owner } = {},
): AsyncGenerator<ResourceLine> {
  const ownerKey = ownerKeyOf(options.owner ?? INSTANCE_OWNER);
  let after: string | null = null;
  do {
    const page = await listOwnedResources({ ownerKey, after, limit: PAGE });
    for (const { id, title, kind, url, status, serves, starterSet } of page)
      yield {
        id,
        title,
        kind,
        url,
        status,
        serves: serves.filter(({ until }) => until === null).length,
        starterSet,
      };
    after = page.length < PAGE ? null : (page.at(-1)?.id ?? null);
  } while (after !== null);
}

async function readNumbers(framework: FrameworkRecord): Promise<FrameworkNumbers> {
  const viewer: Viewer = {
    deployment: framework.owner.kind === 'deployment' ? framework.owner.id : null,
  };
  const tree = await readTree({ framework });
  const counts = await countLiveResources({ framework: framework.id, viewer });
  const live = [...tree.items.values()].filter(({ isRetired }) => !isRetired);
  const sum = (values: (number | null | undefined)[]): number =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    id: framework.id,
    title: framework.title,
    edition: framework.version ?? framework.lastChangeDateTime.toISOString().slice(0, 10),
    domains: live.filter(({ CFItemType }) => CFItemType === 'Domain').length,
    subdomains: live.filter(({ CFItemType }) => CFItemType === 'Subdomain').length,
    competencies: tree.competencies.length,
    publishedResources: sum(
      tree.competencies.map(({ publishedResourceCount }) => publishedResourceCount),
    ),
    liveResources: sum(tree.competencies.map(({ identifier }) => counts.get(identifier))),
    distinctResources: await countFrameworkResources({ framework: framework.id, viewer }),
  };
}
