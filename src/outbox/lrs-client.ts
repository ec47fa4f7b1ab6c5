// Speaks xAPI 1.0.3 or 2.0.0 to one LRS: @xapi/xapi makes the requests, our guarded client carries them. The package's own carriers
// lose the status and Retry-After, follow redirects and have no time-out; why it is still here: docs/decisions/xapi-client.md.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import XapiModule from '@xapi/xapi';
import type { XapiVersion } from '../xapi/statement.js';
import type { OutgoingClient, OutgoingResponse } from '../outgoing/outgoing-client.js';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const XAPI = XapiModule.default;
const VERSION_HEADER = 'X-Experience-API-Version';
const compress = promisify(gzip);

/** Any status outside 3xx is an answer; what is none (unreachable, too late, redirect) throws `outgoing.*`. */
export type LrsAnswer = Pick<OutgoingResponse, 'status' | 'statusText' | 'headers' | 'text'>;

export interface LrsClient {
  /** Sends frozen JSON texts as one batch, byte for byte. */
  sendTexts(texts: readonly string[]): Promise<LrsAnswer>;
  /** Asks for a statement, voided or not. */
  askStatement(options: { statementId: string; kind: 'valid' | 'voided' }): Promise<LrsAnswer>;
  /** Asks which versions it speaks. */
  askAbout(): Promise<LrsAnswer>;
  /** Asks for one statement, whichever. */
  askAny(): Promise<LrsAnswer>;
}

export interface LrsConnection {
  endpoint: string;
  key: string;
  password: string;
  version: XapiVersion;
  gzip: boolean;
}

/** Holds no connection of its own; make one for each piece of work, with its signal. */
export function createLrsClient(options: {
  outgoing: Pick<OutgoingClient, 'request'>;
  connection: LrsConnection;
  timeoutMs: number;
  signal: AbortSignal;
}): LrsClient {
  const { outgoing, connection, timeoutMs, signal } = options;
  const { endpoint, key, password, version } = connection;
  const ask = async (request: CarriedRequest): Promise<CarriedAnswer> => {
    const { url, method, headers, data } = request;
    const isPacked = connection.gzip && typeof data === 'string';
    const answer = await outgoing.request({
      url,
      method: method === 'POST' ? 'POST' : 'GET',
      // The package knows 1.0 alone; of what we send, 2.0 asks for nothing but another version here.
      headers: {
        ...headers,
        [VERSION_HEADER]: version,
        ...(isPacked && { 'Content-Encoding': 'gzip' }),
      },
      ...(typeof data === 'string' && { body: isPacked ? await compress(data) : data }),
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    return { data: answer, headers: answer.headers, status: answer.status };
  };
  const xapi = new TextSender({
    endpoint,
    auth: `Basic ${Buffer.from(`${key}:${password}`).toString('base64')}`,
    // The package's type lets its caller name the answer's shape; ours is always the whole answer.
    adapter: ask as Adapter,
  });
  return {
    sendTexts: (texts) => xapi.sendTexts(texts),
    async askStatement({ statementId, kind }) {
      const { data }: { data: unknown } =
        kind === 'valid'
          ? await xapi.getStatement({ statementId })
          : await xapi.getVoidedStatement({ voidedStatementId: statementId });
      return data as LrsAnswer; // Made by `ask` above.
    },
    async askAbout() {
      const { data }: { data: unknown } = await xapi.getAbout({});
      return data as LrsAnswer;
    },
    async askAny() {
      const { data }: { data: unknown } = await xapi.getStatements({ limit: 1 });
      return data as LrsAnswer;
    },
  };
}

type Adapter = Exclude<ConstructorParameters<typeof XAPI>[0]['adapter'], string | undefined>;

interface CarriedRequest {
  url: string;
  method: string;
  headers?: Record<string, string>;
  data?: unknown;
}

interface CarriedAnswer {
  data: LrsAnswer;
  headers: Record<string, string>;
  status: number;
}

/** The package serialises objects; what is frozen is a text already. */
class TextSender extends XAPI {
  async sendTexts(texts: readonly string[]): Promise<LrsAnswer> {
    const { data } = await this.requestURL<LrsAnswer>(`${this.endpoint}statements`, {
      method: 'POST',
      data: `[${texts.join(',')}]`,
    });
    return data;
  }
}
