// The resource /statements (Communication 2.1): POST, PUT, GET, each answered with how far the log is consistent.
import { randomUUID } from 'node:crypto';
import { AppError } from '../http/errors.js';
import { isUuid } from '../xapi/formats.js';
import { consistentHeader } from './consistent-through.js';
import { findOneStatement, findPage } from './find-statements.js';
import { formatStatement, readLanguages } from './format-statement.js';
import { readHorizon } from './lrs-statement.model.js';
import { requireScope, type LrsAnswer, type LrsRequest } from './lrs-request.js';
import { readMoreToken, writeMoreToken, type MoreSearch } from './more-token.js';
import { prepareStatements, tooLarge, type PreparedStatement } from './prepare-statements.js';
import { badParameter, readStatementsQuery, type AnswerForm } from './statements-query.js';
import { storeStatements } from './store-statements.js';

/** A request's body. */
const MOST_BODY_BYTES = 16 * 1024 * 1024;
const JSON_TYPE = 'application/json';

export interface StatementsDeps {
  /** Signs the addresses of next pages. */
  secret: string;
  /** Path of the LRS as clients see it, for instance `/xapi`. */
  basePath: string;
  now: () => Date;
  /** Tells that there are new statements. */
  nudge: () => void;
}

/** POST: one or many statements; 200 with their ids in order. */
export async function postStatements(
  deps: StatementsDeps,
  request: LrsRequest,
): Promise<LrsAnswer> {
  requireScope(request.caller, 'statements/write');
  const [unknown] = request.params.keys();
  if (unknown !== undefined) throw badParameter(unknown, 'is not a parameter of this request');
  const prepared = await readStatements(request);
  const ids = await storeStatements({ prepared, now: deps.now() });
  deps.nudge();
  return jsonAnswer(JSON.stringify(ids));
}

/** PUT: one statement at the id of the address; 204. */
export async function putStatement(deps: StatementsDeps, request: LrsRequest): Promise<LrsAnswer> {
  requireScope(request.caller, 'statements/write');
  const statementId = readStatementId(request.params);
  const prepared = await readStatements(request, statementId);
  await storeStatements({ prepared, now: deps.now() });
  deps.nudge();
  return { status: 204 };
}

/** GET: a statement by id, a page of a search, or the page after one. */
export async function getStatements(deps: StatementsDeps, request: LrsRequest): Promise<LrsAnswer> {
  const { caller, params } = request;
  requireScope(caller, 'statements/read', 'statements/read/mine');
  const query = readStatementsQuery(params);
  const languages = readLanguages(request.headers['accept-language']);
  if (query.kind === 'one') {
    const { json, storedUs } = await findOneStatement({ ...query, caller });
    const text = formatStatement({ json, format: query.form.format, languages });
    const headers = { 'Last-Modified': new Date(storedUs / MS_US).toUTCString() };
    return statementsAnswer(text, query.form, headers);
  }
  const search = query.kind === 'many' ? query.search : readMore(deps, query.token);
  const horizon = await readHorizon({ now: deps.now() });
  const page = await findPage({ search, caller, horizon });
  const texts = page.statements.map(({ json }) =>
    formatStatement({ json, format: search.format, languages }),
  );
  const more = page.more === null ? '' : writeMore(deps, page.more);
  const text = `{"statements":[${texts.join(',')}],"more":${JSON.stringify(more)}}`;
  return statementsAnswer(text, search, consistentHeader(horizon));
}

const MS_US = 1_000;

async function readStatements(
  request: LrsRequest,
  statementId: string | null = null,
): Promise<PreparedStatement[]> {
  const { headers, version, caller } = request;
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== JSON_TYPE) throw new AppError('lrs.content-type', { status: 400 });
  const length = Number(headers['content-length'] ?? 0);
  if (length > MOST_BODY_BYTES) throw tooLarge('A request', `${MOST_BODY_BYTES} bytes`);
  const body = await request.readBody({ maxBytes: MOST_BODY_BYTES });
  return prepareStatements({ body, version, caller, statementId });
}

function readStatementId(params: URLSearchParams): string {
  for (const name of params.keys())
    if (name !== 'statementId') throw badParameter(name, 'is not a parameter of this request');
  const [id, another] = params.getAll('statementId');
  if (id === undefined) throw badParameter('statementId', 'is missing');
  if (another !== undefined) throw badParameter('statementId', 'stands more than once');
  if (!isUuid(id)) throw badParameter('statementId', 'is not a UUID');
  return id;
}

function readMore({ secret }: StatementsDeps, token: string): MoreSearch {
  const search = readMoreToken({ token, secret });
  if (search === null) throw badParameter('more', 'is not an address that this LRS gave');
  return search;
}

/** Relative to the host, as clients expect it (Communication 2.1.4). */
function writeMore({ secret, basePath }: StatementsDeps, search: MoreSearch): string {
  return `${basePath}/statements?more=${writeMoreToken({ search, secret })}`;
}

/** With `attachments=true` the JSON is the first of several parts (Communication 1.5.2); this LRS keeps no others. */
function statementsAnswer(
  text: string,
  { attachments }: AnswerForm,
  headers: Record<string, string>,
): LrsAnswer {
  if (!attachments) return jsonAnswer(text, headers);
  const boundary = randomUUID();
  const part = `--${boundary}\r\nContent-Type: ${JSON_TYPE}\r\n\r\n${text}\r\n`;
  return {
    status: 200,
    headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}`, ...headers },
    body: `${part}--${boundary}--\r\n`,
  };
}

function jsonAnswer(body: string, headers: Record<string, string> = {}): LrsAnswer {
  return { status: 200, headers: { 'Content-Type': JSON_TYPE, ...headers }, body };
}
