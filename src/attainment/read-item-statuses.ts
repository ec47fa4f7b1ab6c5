// How far a learner is with some competencies in the course, in words: what the page of an activity shows beside each. The
// composition hands it to activities/, which stands upstream.
import { isLearner, type CourseLaunch } from '../activities/complete-object.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { countLiveResources } from '../library/learning-resource.model.js';
import { listStandings } from './attainment.model.js';
import type { AttainmentScope } from './plan-attainment.js';
import { describeProgress } from './progress-words.js';
import { readPageCoverage, readProgress } from './read-progress.js';

/** By item; empty for whoever is no learner. */
export async function readItemStatuses(options: {
  launch: CourseLaunch;
  tree: FrameworkTree;
  items: readonly string[];
  now: Date;
  words: Words;
}): Promise<Map<string, { status: string; sentence: string }>> {
  const { launch, tree, items, now, words } = options;
  const wanted = new Set(items);
  if (wanted.size === 0 || !isLearner(launch)) return new Map();
  const { deployment, course, user, language } = launch;
  const framework = tree.framework.id;
  const scope: AttainmentScope = { kind: 'course', id: course };
  const [coverage, counts, standings] = await Promise.all([
    readPageCoverage({ launch, framework }),
    countLiveResources({ framework, viewer: { deployment } }),
    listStandings({ deployment, scope, user, items }),
  ]);
  const progress = await readProgress({
    launch,
    scope,
    tree: {
      ...tree,
      competencies: tree.competencies.filter(({ identifier }) => wanted.has(identifier)),
    },
    coverage,
    counts,
    now,
    standings,
  });
  return new Map(
    [...progress].map(([item, one]) => [
      item,
      { status: one.status, sentence: describeProgress({ progress: one, words, language }) },
    ]),
  );
}
