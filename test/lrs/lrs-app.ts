// An application that holds nothing but the LRS, and a client that speaks xAPI to it.
import express, { type Express } from 'express';
import request, { type Test } from 'supertest';
import { createLogger } from '../../src/logger.js';
import { addLrsKey } from '../../src/lrs/lrs-keys.js';
import type { LrsKeyTerms } from '../../src/lrs/lrs-key.model.js';
import type { LrsLimits } from '../../src/lrs/lrs-limits.js';
import { lrsRoutes } from '../../src/lrs/lrs.routes.js';
import type { Statement } from '../../src/xapi/statement.js';

export const LRS_URL = 'https://crosswalk.example';

const MB_BYTES = 1024 * 1024;
export const DEFAULT_LIMITS: LrsLimits = {
  statement: MB_BYTES,
  batch: 1_000,
  request: 16 * MB_BYTES,
  attachment: 25 * MB_BYTES,
  upload: 256 * MB_BYTES,
  document: 10 * MB_BYTES,
};
export const NO_TERMS: LrsKeyTerms = {
  origins: [],
  expiresAt: null,
  requestsPerMinute: null,
  statementsPerDay: null,
};

export interface LrsClient {
  app: Express;
  authorization: string;
  nudged: string[];
  /** A request with credentials and version, to be sent. */
  call(method: 'get' | 'post' | 'put' | 'head' | 'delete', path: string): Test;
  get(query: Record<string, string>): Test;
  post(statements: unknown): Test;
  /** The bytes as they are. */
  postBytes(body: string | Buffer): Test;
  put(statement: Statement, statementId?: string): Test;
  /** Ids found by a search, in the order of the answer. */
  find(query: Record<string, string>): Promise<(string | undefined)[]>;
}

export async function openLrs(
  options: {
    scopes?: string[];
    version?: string;
    limits?: Partial<LrsLimits>;
    terms?: Partial<LrsKeyTerms>;
    now?: () => Date;
  } = {},
): Promise<LrsClient> {
  const { scopes = ['all'], version = '1.0.3', now = () => new Date() } = options;
  const nudged: string[] = [];
  const app = express();
  app.use(
    '/xapi',
    lrsRoutes({
      config: {
        url: LRS_URL,
        secret: 's'.repeat(32),
        lrsLimits: { ...DEFAULT_LIMITS, ...options.limits },
      },
      log: createLogger({ level: 'silent' }),
      now,
      nudge: (job) => void nudged.push(job),
    }),
  );
  const key = await addLrsKey({
    name: 'Test',
    scopes,
    terms: { ...NO_TERMS, ...options.terms },
    now: now(),
  });
  const authorization = basic(key.key, key.secret);
  const call: LrsClient['call'] = (method, path) =>
    request(app)
      [method](`/xapi${path}`)
      .set('Authorization', authorization)
      .set('X-Experience-API-Version', version);
  const get = (query: Record<string, string>) =>
    call('get', `/statements?${new URLSearchParams(query).toString()}`);
  return {
    app,
    authorization,
    nudged,
    call,
    get,
    post: (statements) => call('post', '/statements').send(statements as object),
    postBytes: (body) =>
      call('post', '/statements')
        .set('Content-Type', 'application/json')
        .serialize((bytes: unknown) => bytes as string)
        .send(body as string),
    put: (statement, statementId = statement.id ?? '') =>
      call('put', `/statements?statementId=${statementId}`).send(statement),
    async find(query) {
      const { body } = await get(query).expect(200);
      return readStatements(body).map(({ id }) => id);
    },
  };
}

export function basic(key: string, secret: string): string {
  return `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
}

/** The statements of a page, as the LRS answered. */
export function readStatements(body: unknown): Statement[] {
  return (body as { statements: Statement[] }).statements;
}

/** A UUID that says its number. */
export function numbered(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
