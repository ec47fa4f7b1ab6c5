// The statements of our record store, for the operator alone, who answers for all deployments: a search, each found statement
// as a sentence with its JSON beneath. Whoever stands on a page learns of the look.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { listActors } from '../activities/actor-key.model.js';
import type { Words } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { requireOperatorOr } from '../lti/guards.js';
import type { NoteLook } from '../lti/note-look.js';
import { browseStatements, listVerbs, type BrowsedStatement } from '../lrs/browse-statements.js';
import { requireOperator } from './admin-scope.js';
import { noteAdminLook } from './note-admin-look.js';
import { tryForm } from './read-form.js';
import { adminWords, renderAdmin } from './render-admin.js';
import { statementSearchForm } from './statement-search-form.js';

const PATH = '/admin/stored-statements';
const FIELDS = ['id', 'agent', 'verb', 'activity', 'related', 'since', 'until'];
const PageQuery = z.object({ through: z.coerce.number().int().positive().nullable().catch(null) });

export interface StoredStatementsDeps {
  now: () => Date;
  noteLook: NoteLook;
  /** A statement in words, as reports say it. */
  writeSentence: (options: {
    statement: Record<string, unknown>;
    who: string;
    words: Words;
    language: string;
  }) => string;
}

export function storedStatementsRoutes(deps: StoredStatementsDeps): Router {
  const router = Router();
  router.get(PATH, requireOperatorOr('Administrator'), (req, res) => show(req, res, deps));
  return router;
}

async function show(req: Request, res: Response, deps: StoredStatementsDeps): Promise<void> {
  requireOperator(req);
  const { now, noteLook } = deps;
  const verbs = listVerbs();
  const form = statementSearchForm(verbs);
  const outcome = await tryForm(req.query, () => parseInput(form, req.query));
  const { through } = parseInput(PageQuery, req.query);
  const found = outcome.isDone
    ? await browseStatements({ criteria: outcome.value, throughUs: through, now: now() })
    : { statements: [], next: null };
  const agentKeys = [...new Set(found.statements.flatMap(({ agents }) => agents))];
  const shown = agentKeys.length === 0 ? [] : await listActors({ agentKeys });
  await noteAdminLook(req, {
    ...{ noteLook, subject: 'statements', names: 'shown', shown, now: now() },
  });
  const typed = readTyped(req.query);
  renderAdmin(req, res, {
    section: 'stored-statements',
    title: adminWords(req)('stored-statements:title'),
    status: outcome.isDone ? 200 : 400,
    data: {
      typed,
      isRelated: typed['related'] === 'yes',
      faults: outcome.isDone ? {} : outcome.faults.fields,
      isSearched: outcome.isDone,
      verbs: [...verbs.keys()].join(', '),
      count: found.statements.length,
      statements: found.statements.map((one) => describe(req, deps, one)),
      next: found.next,
    },
  });
}

function describe(req: Request, { writeSentence }: StoredStatementsDeps, one: BrowsedStatement) {
  const { id, json, stored, isVoided } = one;
  const { language } = pageShell(req);
  const { name, account, mbox, openid } = one.statement.actor;
  const who = name ?? account?.name ?? mbox?.replace(/^mailto:/, '') ?? openid ?? '?';
  const statement: Record<string, unknown> = { ...one.statement };
  return {
    id,
    sentence: writeSentence({ statement, who, words: adminWords(req), language }),
    authority: one.statement.authority?.name ?? one.statement.authority?.account?.name ?? '',
    json: JSON.stringify(JSON.parse(json), null, 2),
    stored,
    isVoided,
  };
}

function readTyped(query: Request['query']): Record<string, string> {
  return Object.fromEntries(
    FIELDS.map((name) => {
      const value = query[name];
      return [name, typeof value === 'string' ? value : ''];
    }),
  );
}
