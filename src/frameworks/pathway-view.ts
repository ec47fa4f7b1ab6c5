// What the pages of career pathways show. Pure.
import type { Article } from './article.model.js';
import type { FrameworkRecord } from './cf-document.model.js';
import type { FrameworkTree, TreeItem } from './framework-tree.js';

interface PathwayLink {
  title: string;
  summary: string | null;
  href: string;
  /** The framework of the pathway; null where it has none. */
  framework: { title: string; href: string } | null;
}

interface PathwayView {
  title: string;
  summary: string | null;
  sections: Article['sections'];
  sources: Article['sources'];
  framework: {
    title: string;
    href: string;
    numbers: { domains: number; subdomains: number; competencies: number };
    domains: { title: string; href: string; competencies: number }[];
  } | null;
}

/** Every pathway with a page, and every framework without one, which is a pathway of its own. */
export function buildPathwayList(options: {
  articles: Article[];
  frameworks: FrameworkRecord[];
}): PathwayLink[] {
  const { articles, frameworks } = options;
  const byId = new Map(frameworks.map((framework) => [framework.id, framework]));
  const described = new Set(articles.map(({ framework }) => framework));
  const written = articles.map((article) => ({
    title: article.title,
    summary: article.summary,
    href: `/pathways/${article.slug}`,
    framework: linkTo(article.framework === null ? undefined : byId.get(article.framework)),
  }));
  const bare = frameworks
    .filter(({ id }) => !described.has(id))
    .map((framework) => ({
      title: framework.title,
      summary: null,
      href: `/pathways/${framework.id}`,
      framework: linkTo(framework),
    }));
  return [...written, ...bare];
}

/** One pathway: its article where there is one, and how its framework is organised. */
export function buildPathwayView(options: {
  slug: string;
  article: Article | null;
  tree: FrameworkTree | null;
}): PathwayView {
  const { slug, article, tree } = options;
  return {
    title: article?.title ?? tree?.framework.title ?? slug,
    summary: article?.summary ?? null,
    sections: article?.sections ?? [],
    sources: article?.sources ?? [],
    framework: tree === null ? null : describeTree(tree),
  };
}

function describeTree(tree: FrameworkTree): PathwayView['framework'] {
  const href = `/frameworks/${tree.framework.id}`;
  const live = [...tree.items.values()].filter(({ isRetired }) => !isRetired);
  return {
    title: tree.framework.title,
    href,
    numbers: {
      domains: live.filter(({ CFItemType }) => CFItemType === 'Domain').length,
      subdomains: live.filter(({ CFItemType }) => CFItemType === 'Subdomain').length,
      competencies: tree.competencies.length,
    },
    domains: tree.roots.map((root) => ({
      title: root.fullStatement,
      href: `${href}#${anchorOf(root)}`,
      competencies: countCompetencies(root),
    })),
  };
}

/** The place of an item on its framework's page. */
export function anchorOf(item: TreeItem): string {
  return `i-${item.identifier.slice(0, 13)}`;
}

function countCompetencies(root: TreeItem): number {
  let count = 0;
  const stack = [root];
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (item.CFItemType === 'Competency') count += 1;
    stack.push(...item.children);
  }
  return count;
}

function linkTo(framework: FrameworkRecord | undefined): { title: string; href: string } | null {
  return framework ? { title: framework.title, href: `/frameworks/${framework.id}` } : null;
}
