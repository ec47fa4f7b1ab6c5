// The document resources (Communication 2.2 to 2.7): /activities/state, /activities/profile and /agents/profile. One set of
// handlers; each resource says what its address is made of. The swap of a document is the fact; a change that somebody
// overtakes is looked at again, so that none is lost and no condition is checked against what is gone.
import { AppError } from '../http/errors.js';
import { agentKey } from '../xapi/actor.js';
import { JsonFault } from './json-text.js';
import {
  findDocument,
  listDocumentIds,
  removeDocument,
  removeDocuments,
  swapDocument,
  toContent,
  type DocumentAddress,
  type DocumentKind,
  type DocumentOwner,
  type LrsContent,
  type LrsDocumentRecord,
} from './lrs-document.model.js';
import { bodyLimit, overLimit, type LrsLimits } from './lrs-limits.js';
import { requireScope, type LrsAnswer, type LrsRequest, type LrsScope } from './lrs-request.js';
import { mergeJson, readObject } from './merge-json.js';
import { checkPreconditions, readPreconditions, refuseBlindChange } from './preconditions.js';
import {
  allowParameters,
  badParameter,
  readAgent,
  readIri,
  readMoment,
  readUuid,
  requireText,
} from './read-parameters.js';

const MOST_ID_CHARACTERS = 2_000;
const MOST_TRIES = 20;
const MS_US = 1_000;
const JSON_TYPE = 'application/json';
const BYTES_TYPE = 'application/octet-stream';

interface DocumentsDeps {
  now: () => Date;
  limits: LrsLimits;
}

type Handler = (deps: DocumentsDeps, request: LrsRequest) => Promise<LrsAnswer>;

interface Resource {
  kind: DocumentKind;
  scope: LrsScope;
  /** Name of the parameter that holds a document's id. */
  idName: 'stateId' | 'profileId';
  /** What else its address is made of; `registration` may be left out, the others not. */
  parts: ('activityId' | 'agent' | 'registration')[];
  /** A PUT over a document that is there must say which content it replaces. */
  asksForCondition: (request: LrsRequest) => boolean;
}

const STATE: Resource = {
  kind: 'state',
  scope: 'state',
  idName: 'stateId',
  parts: ['activityId', 'agent', 'registration'],
  // 1.0.3 leaves the state out, so that players which save without reading go on working; 2.0 does not.
  asksForCondition: ({ version }) => version === '2.0.0',
};
const ACTIVITY_PROFILE: Resource = {
  kind: 'activityProfile',
  scope: 'profile',
  idName: 'profileId',
  parts: ['activityId'],
  asksForCondition: () => true,
};
const AGENT_PROFILE: Resource = {
  kind: 'agentProfile',
  scope: 'profile',
  idName: 'profileId',
  parts: ['agent'],
  asksForCondition: () => true,
};

export const DOCUMENT_RESOURCES: [string, Record<string, Handler>][] = [
  ['/activities/state', handlersOf(STATE)],
  ['/activities/profile', handlersOf(ACTIVITY_PROFILE)],
  ['/agents/profile', handlersOf(AGENT_PROFILE)],
];

function handlersOf(resource: Resource): Record<string, Handler> {
  const get: Handler = (_deps, request) => getDocuments(resource, request);
  return {
    GET: get,
    HEAD: get,
    PUT: (deps, request) => putDocument(resource, deps, request),
    POST: (deps, request) => mergeDocument(resource, deps, request),
    DELETE: (_deps, request) => deleteDocuments(resource, request),
  };
}

/** A document with its media type and tag; without an id the ids of all there are. */
async function getDocuments(resource: Resource, request: LrsRequest): Promise<LrsAnswer> {
  const { params, caller } = request;
  requireScope(caller, resource.scope);
  if (params.has(resource.idName)) {
    const address = readAddress(resource, params);
    const found = await findDocument(address);
    if (!found) throw new AppError('lrs.no-document', { status: 404 });
    return documentAnswer(found);
  }
  allowParameters(params, [...resource.parts, 'since']);
  const sinceUs = readMoment(params, 'since');
  const ids = await listDocumentIds({
    owner: readOwner(resource, params),
    registration: readRegistration(resource, params),
    since: sinceUs === null ? null : new Date(Math.floor(sinceUs / MS_US)),
  });
  const content = Buffer.from(JSON.stringify(ids));
  return {
    status: 200,
    headers: contentHeaders(toContent({ content, contentType: JSON_TYPE })),
    body: content,
  };
}

/** Puts the body in place of what is there. */
async function putDocument(
  resource: Resource,
  deps: DocumentsDeps,
  request: LrsRequest,
): Promise<LrsAnswer> {
  const { address, body } = await readChange(resource, deps, request);
  const conditions = readPreconditions(request.headers);
  return change({
    address,
    deps,
    next: (current) => {
      checkPreconditions({ conditions, current });
      if (resource.asksForCondition(request))
        refuseBlindChange({ conditions, current, version: request.version });
      return body;
    },
  });
}

/** Merges the body into the JSON object that is there, or puts it where nothing is. */
async function mergeDocument(
  resource: Resource,
  deps: DocumentsDeps,
  request: LrsRequest,
): Promise<LrsAnswer> {
  const { address, body } = await readChange(resource, deps, request);
  const conditions = readPreconditions(request.headers);
  if (isJson(body)) readOrRefuse(() => readObject(body.content));
  return change({
    address,
    deps,
    next: (current) => {
      checkPreconditions({ conditions, current });
      return current ? merge({ current, body, limits: deps.limits }) : body;
    },
  });
}

/** 204 also for what is not there. Many at once only of the state. */
async function deleteDocuments(resource: Resource, request: LrsRequest): Promise<LrsAnswer> {
  const { params, caller, headers } = request;
  requireScope(caller, resource.scope);
  const conditions = readPreconditions(headers);
  if (resource.kind === 'state' && !params.has(resource.idName)) {
    allowParameters(params, resource.parts);
    const owner = readOwner(resource, params);
    await removeDocuments({ owner, registration: readRegistration(resource, params) });
    return { status: 204 };
  }
  const address = readAddress(resource, params);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await findDocument(address);
    checkPreconditions({ conditions, current: before });
    if (!before || (await removeDocument({ address, before }))) return { status: 204 };
  }
  throw overtaken();
}

async function change(options: {
  address: DocumentAddress;
  deps: { now: () => Date };
  next: (current: LrsDocumentRecord | null) => LrsContent;
}): Promise<LrsAnswer> {
  const { address, deps, next } = options;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await findDocument(address);
    const content = next(before);
    if (await swapDocument({ address, before, next: content, now: deps.now() }))
      return { status: 204 };
  }
  throw overtaken();
}

function merge(options: { current: LrsContent; body: LrsContent; limits: LrsLimits }): LrsContent {
  const { current, body, limits } = options;
  for (const one of [current, body])
    if (!isJson(one))
      throw new AppError('lrs.body', {
        status: 400,
        values: { fault: 'A document that is no JSON cannot be merged' },
      });
  const text = readOrRefuse(() => mergeJson({ first: current.content, second: body.content }));
  if (Buffer.byteLength(text) > limits.document)
    throw overLimit({ what: 'A document', limits, name: 'document' });
  return toContent({ content: Buffer.from(text), contentType: body.contentType });
}

async function readChange(
  resource: Resource,
  { limits }: DocumentsDeps,
  request: LrsRequest,
): Promise<{ address: DocumentAddress; body: LrsContent }> {
  const { params, caller, headers } = request;
  requireScope(caller, resource.scope);
  const address = readAddress(resource, params);
  const content = await request.readBody(
    bodyLimit({ what: 'A document', limits, name: 'document' }),
  );
  const contentType = headers['content-type'] ?? BYTES_TYPE;
  return { address, body: toContent({ content, contentType }) };
}

function readAddress(resource: Resource, params: URLSearchParams): DocumentAddress {
  allowParameters(params, [...resource.parts, resource.idName]);
  const documentId = requireText(params, resource.idName);
  if (documentId.length > MOST_ID_CHARACTERS) throw badParameter(resource.idName, 'is too long');
  return {
    ...readOwner(resource, params),
    registration: readRegistration(resource, params),
    documentId,
  };
}

function readOwner({ kind, parts }: Resource, params: URLSearchParams): DocumentOwner {
  const activityId = parts.includes('activityId') ? readIri(params, 'activityId') : null;
  const agent = parts.includes('agent') ? readAgent(params) : null;
  if (parts.includes('activityId') && activityId === null)
    throw badParameter('activityId', 'is missing');
  if (parts.includes('agent') && agent === null) throw badParameter('agent', 'is missing');
  return { kind, activityId, agentKey: agent && agentKey(agent) };
}

function readRegistration({ parts }: Resource, params: URLSearchParams): string | null {
  return parts.includes('registration') ? readUuid(params, 'registration') : null;
}

function documentAnswer(found: LrsDocumentRecord): LrsAnswer {
  const headers = { ...contentHeaders(found), 'Last-Modified': found.updatedAt.toUTCString() };
  return { status: 200, headers, body: found.content };
}

/** Documents are other people's bytes: a browser shows and runs nothing of them. */
function contentHeaders({ contentType, etag }: LrsContent): Record<string, string> {
  return {
    'Content-Type': contentType,
    ETag: `"${etag}"`,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  };
}

function isJson({ contentType }: LrsContent): boolean {
  return contentType.split(';')[0]?.trim().toLowerCase() === JSON_TYPE;
}

function readOrRefuse(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const values = { fault: error.message };
    throw new AppError('lrs.body', { status: 400, values, cause: error });
  }
}

/** Twenty others were quicker: the sender may try again. */
function overtaken(): AppError {
  return new AppError('lrs.overtaken', { status: 503, headers: { 'Retry-After': '1' } });
}
