// Evidence sources of a deployment: which other tools' statements count in it, who their actors are, how the reading goes, and
// which actors are nobody. A key of our own record store names a source only by the operator's hand: keys are the instance's.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { listLrsKeys } from '../lrs/lrs-keys.js';
import { OWN_KEY_NAME } from '../lrs/lrs-key-terms.js';
import { checkForm } from '../lti/check-form.js';
import { isOperator } from '../lti/current-operator.js';
import { findDeployment } from '../lti/deployment.model.js';
import { requireOperatorOr } from '../lti/guards.js';
import { findPlatform } from '../lti/platform.model.js';
import { listSources, type EvidenceSource } from '../sources/evidence-source.model.js';
import {
  addKeySource,
  addStoreSource,
  getSource,
  readRules,
  setRules,
  setStatus,
} from '../sources/evidence-sources.js';
import { listUnmatched, tryUnmatchedAgain } from '../sources/unmatched-actor.model.js';
import { adminPath } from './admin-path.js';
import { readAdminScope, requireInScope, requireOperator } from './admin-scope.js';
import { tryForm, type FormFaults } from './read-form.js';
import { adminWords, renderAdmin } from './render-admin.js';

const SHOWN_ACTORS = 100;
const POLL_JOB = 'poll-sources';
const MATCH_JOB = 'match-actors';

const id = z.string().max(100);
const Place = z.object({ deployment: id });
const OnePlace = Place.extend({ source: id });
const Kind = z.object({ kind: z.enum(['store', 'key']).catch('store') });
const Status = z.object({ status: z.enum(['active', 'paused']) });

export interface SourcesAdminDeps {
  config: { secret: string };
  now: () => Date;
  /** Whether the guarded client may ask there at all. */
  mayReach: (url: string) => boolean;
  nudge: (job: string) => void;
}

export function sourcesRoutes(deps: SourcesAdminDeps): Router {
  const { config, now, mayReach, nudge } = deps;
  const router = Router();
  const mayEnter = requireOperatorOr('Administrator');
  const all = '/admin/deployments/:deployment/sources';

  router.get(all, mayEnter, (req, res) => showSources(req, res, null));

  router.post(all, mayEnter, checkForm(), async (req, res) => {
    const deployment = readDeployment(req);
    const { kind } = parseInput(Kind, req.body);
    if (kind === 'key') requireOperator(req);
    const place = { deployment, body: req.body as unknown, now: now() };
    const outcome = await tryForm(req.body, () =>
      kind === 'key'
        ? addKeySource({ ...place, isKey })
        : addStoreSource({ ...place, secret: config.secret, mayReach }),
    );
    if (!outcome.isDone) return showSources(req, res, outcome.faults);
    nudge(POLL_JOB);
    const path = `/admin/deployments/${deployment}/sources/${outcome.value}`;
    res.redirect(303, adminPath(req, path, 'source-added'));
  });

  router.get(`${all}/:source`, mayEnter, (req, res) => showSource(req, res, null));

  router.post(`${all}/:source/actors`, mayEnter, checkForm(), async (req, res) => {
    const place = readPlace(req);
    const outcome = await tryForm(req.body, async () => {
      await setRules({ ...place, rules: readRules(req.body) });
      await tryUnmatchedAgain(place);
    });
    if (!outcome.isDone) return showSource(req, res, outcome.faults);
    nudge(MATCH_JOB);
    res.redirect(303, adminPath(req, pathOf(place), 'saved'));
  });

  router.post(`${all}/:source/status`, mayEnter, checkForm(), async (req, res) => {
    const place = readPlace(req);
    const { status } = parseInput(Status, req.body);
    await setStatus({ ...place, status });
    nudge(POLL_JOB);
    res.redirect(303, adminPath(req, pathOf(place), `source-${status}`));
  });

  return router;
}

/** One that another tool may hold: not our own outbox's, and not revoked. */
async function isKey(key: string): Promise<boolean> {
  const keys = await listLrsKeys();
  return keys.some((one) => one.key === key && one.name !== OWN_KEY_NAME && one.revokedAt === null);
}

/** In the scope of whoever asks. Throws `admin.not-found` (404). */
function readDeployment(req: Request): string {
  return requireInScope(readAdminScope(req), parseInput(Place, req.params).deployment);
}

function readPlace(req: Request): { deployment: string; source: string } {
  const { source } = parseInput(OnePlace, req.params);
  return { deployment: readDeployment(req), source };
}

function pathOf({ deployment, source }: { deployment: string; source: string }): string {
  return `/admin/deployments/${deployment}/sources/${source}`;
}

async function showSources(req: Request, res: Response, faults: FormFaults | null): Promise<void> {
  const deployment = readDeployment(req);
  const sources = await listSources({ deployment });
  const keys = isOperator(req) ? await listLrsKeys() : [];
  renderAdmin(req, res, {
    section: 'deployments',
    view: 'sources',
    title: adminWords(req)('sources:title'),
    status: faults ? 400 : 200,
    data: {
      deployment,
      sources: sources.map(describeSource),
      keys: keys.filter(({ name, revokedAt }) => name !== OWN_KEY_NAME && revokedAt === null),
      typed: {
        accountName: 'sub',
        homePages: (await readIssuer(deployment)) ?? '',
        ...faults?.typed,
      },
      faults: faults?.fields ?? {},
      faultyKind: faults && (faults.typed['kind'] === 'key' ? 'key' : 'store'),
    },
  });
}

/** What most tools beside the platform take for the home page of its accounts. */
async function readIssuer(deployment: string): Promise<string | null> {
  const found = await findDeployment({ deployment });
  const platform = found && (await findPlatform({ platform: found.platform }));
  return platform?.issuer ?? null;
}

async function showSource(req: Request, res: Response, faults: FormFaults | null): Promise<void> {
  const place = readPlace(req);
  const source = await getSource(place);
  const { actors, total, statements } = await listUnmatched({ ...place, limit: SHOWN_ACTORS });
  const { accounts, mailboxes } = source.rules;
  const words = adminWords(req);
  renderAdmin(req, res, {
    section: 'deployments',
    view: 'source',
    title: words('sources:one.title', { name: source.name }),
    status: faults ? 400 : 200,
    data: {
      ...place,
      one: describeSource(source),
      error: source.lastError && describeError(source.lastError, words),
      typed: faults?.typed ?? {
        homePages: accounts.map(({ homePage }) => homePage).join('\n'),
        accountName: accounts[0]?.name ?? 'sub',
        ...(mailboxes && { mailboxes: 'yes' }),
      },
      faults: faults?.fields ?? {},
      unmatched: actors,
      unmatchedSentence: words('sources:unmatched.some', {
        count: total,
        statements: words('sources:unmatched.statements', { count: statements }),
      }),
      hasMore: total > actors.length,
    },
  });
}

function describeSource(source: EvidenceSource) {
  return {
    ...source,
    isStore: source.endpoint !== null,
    isActive: source.status === 'active',
    stateClass: source.status === 'active' ? 'status-achieved' : 'status-bad',
  };
}

/** What most causes it; a code that has no words of its own is the other side's trouble. */
function describeError(code: string, words: (key: string) => string): string {
  const known = ['credentials', 'no-page', 'other-host', 'same-page', 'answer'];
  const name = code.startsWith('source.') ? code.slice('source.'.length) : '';
  return words(`sources:error.${known.includes(name) ? name : 'unreachable'}`);
}
