// Gathers what the overview tells, as far as the viewer's scope reaches.
import { listFailedScores } from '../activities/score-delivery.model.js';
import { listAllFrameworks, listFrameworks } from '../frameworks/cf-document.model.js';
import { listDeployments } from '../lti/deployment.model.js';
import { listPlatforms } from '../lti/platform.model.js';
import { listRefusals } from '../lti/refusal.model.js';
import { listParked } from '../outbox/parked-statements.js';
import type { AdminScope } from './admin-scope.js';
import { describeDestinations } from './describe-destinations.js';
import type { HealthFacts } from './health.js';

const DAY_MS = 86_400_000;
const MOST_REFUSALS = 1_000;

/** How many courses are soon emptied of what learners did, and when the first is; kept by a room this one does not know. */
export type ReadNextEmptyings = (options: {
  deployment?: string;
}) => Promise<{ courses: number; eraseAt: Date | null }>;

export async function readHealthFacts(options: {
  scope: AdminScope;
  now: Date;
  readNextEmptyings: ReadNextEmptyings;
}): Promise<HealthFacts> {
  const { scope, now } = options;
  const isOperator = scope.kind === 'operator';
  const parkedScope = isOperator ? {} : { deployment: scope.deployment };
  const [destinations, parked, failedScores, frameworks, emptyings, whole] = await Promise.all([
    describeDestinations({ scope }),
    listParked({ page: 1, ...parkedScope }),
    listFailedScores(parkedScope),
    isOperator ? listAllFrameworks() : listFrameworks({ viewer: { deployment: scope.deployment } }),
    options.readNextEmptyings(parkedScope),
    isOperator ? readWhole(now) : null,
  ]);
  const oldest = destinations.flatMap(({ oldestAt }) => (oldestAt ? [oldestAt.getTime()] : []));
  return {
    platforms: whole?.platforms ?? null,
    waitingDeployments: whole?.waitingDeployments ?? null,
    refusedLaunches: whole?.refusedLaunches ?? null,
    backlog: {
      count: destinations.reduce((sum, { backlog }) => sum + backlog, 0),
      oldestMs: oldest.length > 0 ? now.getTime() - Math.min(...oldest) : null,
      stopped: destinations.filter(({ status }) => status === 'stopped').length,
    },
    parked: parked.total,
    failedScores: failedScores.length,
    frameworks: frameworks.length,
    emptyings: {
      ...emptyings,
      path: isOperator ? '/admin/deployments' : `/admin/deployments/${scope.deployment}/retention`,
    },
  };
}

/** What only the operator sees. */
async function readWhole(now: Date) {
  const [platforms, deployments, refusals] = await Promise.all([
    listPlatforms(),
    listDeployments(),
    listRefusals({ now, limit: MOST_REFUSALS }),
  ]);
  const since = now.getTime() - DAY_MS;
  return {
    platforms: {
      count: platforms.length,
      paused: platforms.filter(({ status }) => status === 'paused').length,
    },
    waitingDeployments: deployments.filter(({ status }) => status === 'pending').length,
    refusedLaunches: refusals.filter(({ at }) => at.getTime() >= since).length,
  };
}
