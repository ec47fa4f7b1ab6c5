// Tries a connection to an LRS step by step, as the delivery would use it, and says exactly what is wrong: is somebody there,
// is it an LRS, does it speak our version, are the credentials right, may they read and write. Leaves nothing behind: what is
// written is an empty batch.
import { isAppError } from '../http/errors.js';
import { isRecord } from '../xapi/shape.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { readConnectionFault } from './connection-fault.js';
import { createLrsClient, type LrsAnswer, type LrsConnection } from './lrs-client.js';

const TIMEOUT_MS = 10_000;
const LONGEST_WORDS = 300;
const SERVER_FAULT = 500;

export interface ConnectionCheck {
  step: 'reach' | 'version' | 'credentials' | 'read' | 'write' | 'gzip';
  /** `doubtful` does not hinder the delivery; after `bad` nothing more is tried. */
  verdict: 'good' | 'doubtful' | 'bad';
  /** Words in the catalogue: destinations:test.CODE. */
  code: string;
  values: Record<string, string | number>;
}

/** The checks in their order, up to the first bad one. Throws only for faults of ours. */
export async function testConnection(options: {
  outgoing: Pick<OutgoingClient, 'request'>;
  connection: LrsConnection;
  signal: AbortSignal;
  timeoutMs?: number;
}): Promise<ConnectionCheck[]> {
  const { outgoing, connection, signal, timeoutMs = TIMEOUT_MS } = options;
  const plain = createLrsClient({
    outgoing,
    connection: { ...connection, gzip: false },
    timeoutMs,
    signal,
  });
  const steps: (() => Promise<ConnectionCheck[]>)[] = [
    async () => judgeAbout(await plain.askAbout(), connection.version),
    async () => judgeReading(await plain.askAny()),
    async () => [judgeWriting(await plain.sendTexts([]), 'write')],
  ];
  if (connection.gzip) {
    const packed = createLrsClient({ outgoing, connection, timeoutMs, signal });
    steps.push(async () => [judgeWriting(await packed.sendTexts([]), 'gzip')]);
  }
  const checks: ConnectionCheck[] = [];
  for (const step of steps) {
    checks.push(...(await step().catch((error: unknown) => [judgeSilence(error)])));
    if (checks.some(({ verdict }) => verdict === 'bad')) break;
  }
  return checks;
}

/** True when statements can be told to it. */
export function isConnectionGood(checks: readonly ConnectionCheck[]): boolean {
  return checks.every(({ verdict }) => verdict !== 'bad');
}

function judgeSilence(error: unknown): ConnectionCheck {
  if (!isAppError(error) || !error.code.startsWith('outgoing.')) throw error;
  const { fault, system } = readConnectionFault(error);
  const values = { host: error.values['host'] ?? '', system };
  return { step: 'reach', verdict: 'bad', code: fault, values };
}

function judgeAbout(answer: LrsAnswer, version: string): ConnectionCheck[] {
  const { status } = answer;
  const values = describe(answer);
  if (status === 401 || status === 403)
    return [{ step: 'credentials', verdict: 'bad', code: 'credentials', values }];
  if (status >= SERVER_FAULT || status === 429)
    return [{ step: 'reach', verdict: 'bad', code: 'unwell', values }];
  const spoken = status === 200 ? readVersions(answer.text) : null;
  if (spoken === null) return [{ step: 'reach', verdict: 'bad', code: 'no-lrs', values }];
  const reach: ConnectionCheck = { step: 'reach', verdict: 'good', code: 'reached', values };
  const about = { version, spoken: spoken.join(', ') };
  const isSpoken = spoken.some((one) => lineOf(one) === lineOf(version));
  return [
    reach,
    isSpoken
      ? { step: 'version', verdict: 'good', code: 'version', values: about }
      : { step: 'version', verdict: 'bad', code: 'no-version', values: about },
  ];
}

function judgeReading(answer: LrsAnswer): ConnectionCheck[] {
  const { status } = answer;
  const values = describe(answer);
  if (status === 401) return [{ step: 'credentials', verdict: 'bad', code: 'credentials', values }];
  // A key that may write alone is enough to deliver; a conflict then cannot be looked at.
  if (status === 403) return [{ step: 'read', verdict: 'doubtful', code: 'no-read', values }];
  if (status !== 200 || !isRecord(readJson(answer.text)))
    return [{ step: 'read', verdict: 'bad', code: 'odd', values }];
  return [
    { step: 'credentials', verdict: 'good', code: 'signed-in', values },
    { step: 'read', verdict: 'good', code: 'read', values },
  ];
}

/** An empty batch: taken, or refused for being empty, which only who may write is told. */
function judgeWriting(answer: LrsAnswer, step: 'write' | 'gzip'): ConnectionCheck {
  const { status } = answer;
  const values = describe(answer);
  if (status === 200 || status === 204) return { step, verdict: 'good', code: step, values };
  if (status === 401 || status === 403) return { step, verdict: 'bad', code: 'no-write', values };
  if (step === 'gzip') return { step, verdict: 'bad', code: 'no-gzip', values };
  if (status === 400) return { step, verdict: 'doubtful', code: 'write-unsure', values };
  return { step, verdict: 'bad', code: 'odd', values };
}

/** Null for what is no answer of an LRS (Communication 2.8). */
function readVersions(text: string): string[] | null {
  const value = readJson(text);
  if (!isRecord(value) || !Array.isArray(value['version'])) return null;
  const versions = value['version'].filter((one) => typeof one === 'string');
  return versions.length > 0 ? versions : null;
}

/** `1.0` of `1.0.3`: within it versions understand each other. */
function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function describe({ status, text, statusText }: LrsAnswer): { status: number; words: string } {
  const words = text.replace(/\s+/g, ' ').trim() || statusText;
  return { status, words: words.slice(0, LONGEST_WORDS) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // No JSON is as good as nothing.
  }
}
