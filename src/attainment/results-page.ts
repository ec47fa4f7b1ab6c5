// Results of a search for resources, with what the learner did with each and can do.
import type { Request } from 'express';
import type { CourseLaunch } from '../activities/complete-object.js';
import { readExtrasSetting } from '../activities/read-extras.js';
import { buildResourceExtras } from '../activities/resource-extras.js';
import { wordsOf } from '../activities/signed-in.js';
import { pageShell } from '../http/page-shell.js';
import { searchResources } from '../library/learning-resource.model.js';
import { buildResultsView, type ResultsView } from '../library/results-view.js';
import { readSearchQuery, writeSearchQuery } from '../library/search-query.js';

export interface ResultsPage extends ResultsView {
  /** Those of this page that are not on the learner's list; none for staff. */
  several: { id: string; title: string }[];
  /** Page that buttons come back to. */
  back: string;
}

/** Searches by the address's words and filters; buttons come back to the same results. */
export async function readResultsPage(options: {
  req: Request;
  launch: CourseLaunch;
  framework: string;
  /** Null searches the whole framework. */
  item: string | null;
  path: string;
  /** Resources that stand elsewhere on the page, and those that staff see though students do not. */
  without?: readonly string[];
  marked?: ReadonlySet<string>;
}): Promise<ResultsPage> {
  const { req, launch, framework, item, path, without = [], marked } = options;
  const { language, courseQuery } = pageShell(req);
  const words = wordsOf(req);
  const query = readSearchQuery(req.query);
  const search = await searchResources({
    framework,
    item,
    ...query,
    without,
    viewer: { deployment: launch.deployment },
  });
  const back = `${path}${writeSearchQuery(query)}#results`;
  const setting = await readExtrasSetting({
    launch,
    resources: search.results.map(({ id }) => id),
    back,
    words,
  });
  const view = buildResultsView({
    search,
    query,
    framework,
    path,
    courseQuery,
    words,
    language,
    decorate: (resource) => ({
      ...buildResourceExtras(resource, setting),
      ...(marked?.has(resource.id) && { caution: words('shortlist:hiddenHere') }),
    }),
  });
  const isAddable = ({ id }: { id: string }) => setting.isLearner && !setting.chosen.has(id);
  return { ...view, back, several: view.results.filter(isAddable) };
}
