// What a shared page shows: the chosen competencies that are achieved now, what each rests on, and links of accepted work where
// the learner shares them. Of other people it says their role and nothing else.
import { findFramework } from '../frameworks/cf-document.model.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import type { Words } from '../http/catalogue.js';
import { listAcceptedWork, type ReviewWork } from '../work/review-work.model.js';
import { lastSent } from '../work/send-work.js';
import { listAttainments } from './attainment.model.js';
import type { Attainment } from './attainment-row.model.js';
import { groupBy } from './group-by.js';
import type { SharedPage } from './shared-page.model.js';

export interface Achieved {
  competency: TreeItem;
  attainment: Attainment;
}

export interface SharedCompetency {
  code: string | null;
  statement: string;
  achievedAt: Date | null;
  isSelfReported: boolean;
  /** "2 with a score", by kind of evidence. */
  basis: string[];
  links: string[];
}

/** A learner's achieved competencies of a framework by the framework's own answer, in its order. */
export async function listAchieved(options: {
  deployment: string;
  user: string;
  tree: FrameworkTree;
  /** Only these. */
  items?: readonly string[];
}): Promise<Achieved[]> {
  const { deployment, user, tree, items } = options;
  const attainments = await listAttainments({
    deployment,
    users: [user],
    scope: { kind: 'framework', id: tree.framework.id },
    ...(items && { items }),
  });
  const byItem = new Map(attainments.map((one) => [one.item, one]));
  return tree.competencies.flatMap((competency) => {
    const attainment = byItem.get(competency.identifier);
    return attainment?.status === 'achieved' ? [{ competency, attainment }] : [];
  });
}

/** Null where the framework is no longer there for the page's deployment. */
export async function readSharedCompetencies(options: {
  page: SharedPage;
  words: Words;
}): Promise<{ tree: FrameworkTree; competencies: SharedCompetency[] } | null> {
  const { page, words } = options;
  const { deployment, user, items } = page;
  const framework = await findFramework({ framework: page.framework, viewer: { deployment } });
  if (!framework) return null;
  const tree = await readTree({ framework });
  const [achieved, works] = await Promise.all([
    listAchieved({ deployment, user, tree, items }),
    page.showsLinks ? listAcceptedWork({ deployment, user }) : [],
  ]);
  const competencies = achieved.map(({ competency, attainment }) => ({
    code: competency.humanCodingScheme,
    statement: competency.fullStatement,
    achievedAt: attainment.achievedAt,
    isSelfReported: attainment.selfReported,
    basis: describeBasis(attainment, words),
    links: listLinks({ works, framework: framework.id, item: competency.identifier }),
  }));
  return { tree, competencies };
}

/** What achieved it; where that was taken back and other evidence carries it now, that. */
function describeBasis({ contributing, achievedBy }: Attainment, words: Words): string[] {
  const pieces = contributing.length > 0 ? contributing : achievedBy;
  const byKind = groupBy(pieces, ({ kind }) => kind);
  return (['assessed', 'attested', 'observed', 'declared'] as const).flatMap((kind) => {
    const count = byKind.get(kind)?.length ?? 0;
    return count === 0 ? [] : [words(`shared:basis.${kind}`, { count })];
  });
}

function listLinks(options: {
  works: readonly ReviewWork[];
  framework: string;
  item: string;
}): string[] {
  const { works, framework, item } = options;
  const links = works
    .filter((work) =>
      work.history.at(-1)?.accepted.some((one) => one.framework === framework && one.item === item),
    )
    .flatMap((work) => lastSent(work)?.link ?? []);
  return [...new Set(links)];
}
