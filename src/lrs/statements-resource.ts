// The resource /statements (Communication 2.1): POST, PUT, GET, each answered with how far the log is consistent.
import { randomUUID } from 'node:crypto';
import { AppError } from '../http/errors.js';
import { isUuid } from '../xapi/formats.js';
import { consistentHeader } from './consistent-through.js';
import { findOneStatement, findPage } from './find-statements.js';
import { formatStatement, readLanguages } from './format-statement.js';
import { takeStatements } from './limit-lrs-key.js';
import { bodyLimit, overLimit, type LrsLimits } from './lrs-limits.js';
import { listContents, writeParts } from './write-attachments.js';
import { readHorizon, type StoredStatement } from './lrs-statement.model.js';
import { multipartFault, readBoundary, readParts } from './multipart-reader.js';
import { requireNoContents, takeAttachments } from './take-attachments.js';
import { requireScope, type LrsAnswer, type LrsRequest } from './lrs-request.js';
import { readMoreToken, writeMoreToken, type MoreSearch } from './more-token.js';
import { prepareStatements, type PreparedStatement } from './prepare-statements.js';
import { badParameter } from './read-parameters.js';
import { readStatementsQuery, type AnswerForm } from './statements-query.js';
import { storeStatements } from './store-statements.js';

const JSON_TYPE = 'application/json';

export interface StatementsDeps {
  /** Signs the addresses of next pages. */
  secret: string;
  /** Path of the LRS as clients see it, for instance `/xapi`. */
  basePath: string;
  limits: LrsLimits;
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
  const { prepared, keepContents } = await readStatements(deps, request);
  await keepContents();
  const ids = await storeStatements({ prepared, now: deps.now() });
  deps.nudge();
  return jsonAnswer(JSON.stringify(ids));
}

/** PUT: one statement at the id of the address; 204. */
export async function putStatement(deps: StatementsDeps, request: LrsRequest): Promise<LrsAnswer> {
  requireScope(request.caller, 'statements/write');
  const statementId = readStatementId(request.params);
  const { prepared, keepContents } = await readStatements(deps, request, statementId);
  await keepContents();
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
    const found = await findOneStatement({ ...query, caller });
    const text = formatStatement({ json: found.json, format: query.form.format, languages });
    const headers = { 'Last-Modified': new Date(found.storedUs / MS_US).toUTCString() };
    return statementsAnswer(text, [found], query.form, headers);
  }
  const search = query.kind === 'many' ? query.search : readMore(deps, query.token);
  const horizon = await readHorizon({ now: deps.now() });
  const page = await findPage({ search, caller, horizon });
  const texts = page.statements.map(({ json }) =>
    formatStatement({ json, format: search.format, languages }),
  );
  const more = page.more === null ? '' : writeMore(deps, page.more);
  const text = `{"statements":[${texts.join(',')}],"more":${JSON.stringify(more)}}`;
  return statementsAnswer(text, page.statements, search, consistentHeader(horizon));
}

const MS_US = 1_000;

/** What a request brings: statements, and contents of attachments that are kept before the statements are. */
interface Brought {
  prepared: PreparedStatement[];
  keepContents: () => Promise<void>;
}

async function readStatements(
  { now, limits }: StatementsDeps,
  request: LrsRequest,
  statementId: string | null = null,
): Promise<Brought> {
  const { headers, version, caller } = request;
  const boundary = readBoundary(headers['content-type']);
  const read = async (body: Uint8Array) => {
    const prepared = prepareStatements({ body, version, caller, limits, statementId });
    await takeStatements({ caller, count: prepared.length, now: now() });
    return prepared;
  };
  if (boundary !== null) return readMixed({ request, boundary, read, limits, now: now() });
  if (mediaTypeOf(headers['content-type']) !== JSON_TYPE)
    throw new AppError('lrs.content-type', { status: 400 });
  const limit = bodyLimit({ what: 'A request', limits, name: 'request' });
  if (Number(headers['content-length'] ?? 0) > limit.maxBytes) throw limit.refusal();
  const prepared = await read(await request.readBody(limit));
  requireNoContents(prepared.map(({ statement }) => statement));
  return { prepared, keepContents: () => Promise.resolve() };
}

/** The statements are the first part; the contents of their attachments follow (Communication 1.5.2). */
async function readMixed(options: {
  request: LrsRequest;
  boundary: string;
  read: (body: Uint8Array) => Promise<PreparedStatement[]>;
  limits: LrsLimits;
  now: Date;
}): Promise<Brought> {
  const { request, boundary, read, limits, now } = options;
  const whole = bodyLimit({ what: 'A request with attachments', limits, name: 'upload' });
  const parts = readParts({ body: request.openBody(whole), boundary });
  const first = await parts.next();
  if (first.done === true) throw multipartFault('It has no part');
  const { headers, content } = first.value;
  try {
    if (mediaTypeOf(headers.get('content-type')) !== JSON_TYPE)
      throw multipartFault('The first part is not application/json');
    const prepared = await read(await readWhole(content, limits));
    const statements = prepared.map(({ statement }) => statement);
    const { keep } = await takeAttachments({ statements, parts, limits, now });
    return { prepared, keepContents: keep };
  } finally {
    await parts.return(undefined);
  }
}

async function readWhole(content: AsyncIterable<Buffer>, limits: LrsLimits): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > limits.request)
      throw overLimit({ what: 'The statements of a request', limits, name: 'request' });
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

function mediaTypeOf(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
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

/** With `attachments=true` the JSON is the first of several parts (Communication 1.5.2), each content once. */
async function statementsAnswer(
  text: string,
  stored: StoredStatement[],
  { attachments }: AnswerForm,
  headers: Record<string, string>,
): Promise<LrsAnswer> {
  if (!attachments) return jsonAnswer(text, headers);
  const boundary = randomUUID();
  const contents = await listContents(stored);
  return {
    status: 200,
    headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}`, ...headers },
    body: writeParts({ text, contents, boundary }),
  };
}

function jsonAnswer(body: string, headers: Record<string, string> = {}): LrsAnswer {
  return { status: 200, headers: { 'Content-Type': JSON_TYPE, ...headers }, body };
}
