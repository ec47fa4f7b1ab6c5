// From the bytes of a request to statements ready to be stored: read, validated, given what the LRS sets. Every refusal
// that needs no other statement ends here, before anything is written. Pure but for ids of statements without one.
import { randomUUID } from 'node:crypto';
import { AppError } from '../http/errors.js';
import { isRecord } from '../xapi/shape.js';
import { findStatementFaults } from '../xapi/statement-rules.js';
import type { Statement, XapiVersion } from '../xapi/statement.js';
import { decodeUtf8, JsonFault, readJson, splitJson } from './json-text.js';
import { overLimit, type LrsLimits } from './lrs-limits.js';
import type { LrsCaller } from './lrs-request.js';
import { listSearchKeys, referredStatement, voidedStatement } from './statement-search.js';
import { openText } from './statement-text.js';

export interface PreparedStatement {
  /** In lower case: the id it is found by. */
  statementId: string;
  /** The id as it was sent or made. */
  id: string;
  /** False where the LRS made the id, which then nobody else can have. */
  hasOwnId: boolean;
  statement: Statement;
  text: { open: string; hasTimestamp: boolean };
  keys: string[];
  authorityKey: string;
  refersTo: string | null;
  voids: string | null;
}

/** Who vouches for the statements. */
type Voucher = Pick<LrsCaller, 'authority' | 'authorityKey'>;

/** One statement or an array of them. Throws `lrs.body`, `lrs.statement`, `lrs.same-id`, `lrs.too-large`. */
export function prepareStatements(options: {
  body: Uint8Array;
  version: XapiVersion;
  caller: Voucher;
  limits: LrsLimits;
  /** The id of the address, for PUT: the body is one statement and has this id or none. */
  statementId: string | null;
}): PreparedStatement[] {
  const { body, version, caller, limits, statementId } = options;
  const text = decodeBody(body);
  const value = parseBody(text);
  if (statementId !== null) refuseOtherId(value, statementId);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > limits.batch) throw overLimit({ what: 'A request', limits, name: 'batch' });
  const texts = Array.isArray(value) ? splitJson(text) : [text.trim()];
  const prepared = values.map((one, index) =>
    prepare({
      value: one,
      text: texts[index] ?? '',
      number: index + 1,
      version,
      caller,
      limits,
      statementId,
    }),
  );
  refuseSameIds(prepared);
  return prepared;
}

function prepare(options: {
  value: unknown;
  text: string;
  number: number;
  version: XapiVersion;
  caller: Voucher;
  limits: LrsLimits;
  statementId: string | null;
}): PreparedStatement {
  const { value, text, number, version, caller, limits, statementId } = options;
  if (Buffer.byteLength(text) > limits.statement)
    throw overLimit({ what: `Statement ${number}`, limits, name: 'statement' });
  const statement = readStatement({ value, number, version });
  const id = statement.id ?? statementId ?? randomUUID();
  const { authority, authorityKey } = caller;
  return {
    statementId: id.toLowerCase(),
    id,
    hasOwnId: statement.id !== undefined || statementId !== null,
    statement,
    text: openText({ text, statement, id, authority, version: DEFAULT_VERSIONS[version] }),
    keys: listSearchKeys(statement, authority),
    authorityKey,
    refersTo: referredStatement(statement),
    voids: voidedStatement(statement),
  };
}

/** What a statement without version says afterwards (Data 2.4.10). */
const DEFAULT_VERSIONS: Record<XapiVersion, string> = { '1.0.3': '1.0.0', '2.0.0': '2.0.0' };

function readStatement(options: {
  value: unknown;
  number: number;
  version: XapiVersion;
}): Statement {
  const { value, number, version } = options;
  const [fault] = findStatementFaults(value, { version });
  if (fault) throw statementFault(number, fault.path, fault.message);
  return value as Statement; // every rule of the standard holds, as just checked
}

/** Communication 2.1.1: the ids of address and body must match. */
function refuseOtherId(value: unknown, statementId: string): void {
  if (!isRecord(value)) throw statementFault(1, '', 'is not an object');
  const { id = statementId } = value;
  if (typeof id === 'string' && id.toLowerCase() !== statementId.toLowerCase())
    throw statementFault(1, 'id', 'is not the statementId of the address');
}

/** `lrs.statement` (400): which statement, counted from 1, where in it, and what is wrong. */
export function statementFault(number: number, path: string, fault: string): AppError {
  const shown = path === '' ? 'it' : path.slice(0, MOST_PATH_CHARACTERS);
  return new AppError('lrs.statement', { status: 400, values: { number, path: shown, fault } });
}

const MOST_PATH_CHARACTERS = 300;

function refuseSameIds(prepared: PreparedStatement[]): void {
  const seen = new Set<string>();
  for (const { statementId } of prepared) {
    if (seen.has(statementId))
      throw new AppError('lrs.same-id', { status: 400, values: { statement: statementId } });
    seen.add(statementId);
  }
}

function decodeBody(body: Uint8Array): string {
  return readOrRefuse(() => decodeUtf8(body));
}

function parseBody(text: string): unknown {
  return readOrRefuse(() => readJson(text));
}

function readOrRefuse<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof JsonFault)
      throw new AppError('lrs.body', {
        status: 400,
        values: { fault: error.message },
        cause: error,
      });
    throw error;
  }
}
