// Opens every page of the tool that links lead a person to, one of each kind: pages are of one kind when the same route of
// config/routes.json draws them with the same names in the query. A page that comes new is found by its link.
import type { Page } from 'playwright-core';
import { readRouteTable } from './route-table.js';

/** Addresses that answer with a file, or that one opens elsewhere. */
const NO_PAGE = /\.(csv|xlsx|json|svg)$|\/(visit|document|export)$|^\/(files|assets|lti|xapi)\//;
/** In the query of every page of a course; says nothing of its kind. */
const COURSE = 'course';

export interface PageKind {
  /** `GET /class/learners/:user/items/:item`. */
  route: string;
  /** Fit for a file: `class-learners-user-items-item`, with the names of its query. */
  name: string;
}

/** Calls `see` on each kind once, the page being open. Returns the routes that were opened. */
export async function walkPages(options: {
  page: Page;
  see: (kind: PageKind) => Promise<void>;
}): Promise<Set<string>> {
  const { page, see } = options;
  const routes = readPageRoutes();
  const start = new URL(page.url());
  const queue = [start.href];
  const kinds = new Set<string>();
  const seen = new Set<string>();
  for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
    const kind = kindOf(new URL(address), routes);
    if (!kind || kinds.has(kind.name)) continue;
    kinds.add(kind.name);
    const answer = await page.goto(address);
    if (!answer?.headers()['content-type']?.startsWith('text/html')) continue;
    seen.add(kind.route);
    queue.push(...(await listLinks(page, start.origin)));
    await see(kind);
  }
  return seen;
}

/** The routes of the table that can be pages. */
export function listPageRoutes(): string[] {
  return readPageRoutes().map(({ route }) => route);
}

interface PageRoute {
  route: string;
  parts: string[];
}

function readPageRoutes(): PageRoute[] {
  return readRouteTable()
    .declared.filter((route) => route.startsWith('GET /'))
    .map((route) => ({ route, path: route.slice('GET '.length) }))
    .filter(({ path }) => !NO_PAGE.test(path))
    .map(({ route, path }) => ({ route, parts: path.split('/') }))
    .sort((one, other) => countNamed(other) - countNamed(one));
}

/** So that `/activities/new` is not taken for an activity. */
function countNamed({ parts }: PageRoute): number {
  return parts.filter((part) => !part.startsWith(':')).length;
}

function kindOf({ pathname, searchParams }: URL, routes: PageRoute[]): PageKind | null {
  if (NO_PAGE.test(pathname)) return null;
  const given = pathname.split('/');
  const found = routes.find(
    ({ parts }) =>
      parts.length === given.length &&
      parts.every((part, index) => part.startsWith(':') || part === given[index]),
  );
  if (!found) return null;
  const query = [...new Set(searchParams.keys())].filter((name) => name !== COURSE).sort();
  const words = [...found.parts, ...query].map((part) => part.replace(':', ''));
  return { route: found.route, name: words.filter((word) => word !== '').join('-') };
}

async function listLinks(page: Page, origin: string): Promise<string[]> {
  const links = await page
    .locator('a[href]:not([download])')
    .evaluateAll((anchors) =>
      anchors.map((anchor) => (anchor as unknown as { href: string }).href),
    );
  return links
    .filter((link) => link.startsWith(`${origin}/`))
    .map((link) => link.split('#')[0] ?? '');
}
