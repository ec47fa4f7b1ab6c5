// The parts of a request behind its statements (Communication 1.5.2): each is the content of a declared attachment, told by
// its hash, and is written while it comes in. Everything is checked before anything counts: contents that belong to no
// statement, or statements without their contents, refuse the whole request.
import { createHash } from 'node:crypto';
import { isSha2 } from '../xapi/formats.js';
import type { Attachment, Statement } from '../xapi/statement.js';
import { SIGNATURE_USAGE_TYPE } from '../xapi/vocabulary.js';
import { listDeclaredAttachments } from './declared-attachments.js';
import { dropUpload, keepUpload, uploadContent } from './lrs-attachment.model.js';
import { multipartFault, type Part } from './multipart-reader.js';
import { overLimit, type LrsLimits } from './lrs-limits.js';
import { statementFault } from './prepare-statements.js';
import { findSignatureFault } from './verify-signature.js';

const MOST_SIGNATURE_BYTES = 2 * 1024 * 1024;
const ALGORITHMS = new Map([
  [56, 'sha224'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

interface Declared {
  /** From 1, as refusals count them. */
  number: number;
  index: number;
  statement: Statement;
  attachment: Attachment;
}

interface Taken {
  upload: string;
  bytes: number;
  /** The text of a signature. */
  text: string | null;
}

/**
 * Takes all parts and keeps their contents; `keep` makes them the attachments'. Throws `lrs.multipart`, `lrs.statement`
 * (400) or `lrs.too-large` (413), and then nothing of the request is kept.
 */
export async function takeAttachments(options: {
  statements: Statement[];
  parts: AsyncIterable<Part>;
  limits: LrsLimits;
  now: Date;
}): Promise<{ keep: () => Promise<void> }> {
  const { statements, parts, limits, now } = options;
  const declared = listDeclared(statements);
  const taken = new Map<string, Taken>();
  try {
    for await (const part of parts) {
      const sha2 = readHash(part, declared);
      if (taken.has(sha2)) throw multipartFault('Two parts have the same hash');
      taken.set(sha2, await takePart({ part, sha2, declared, limits, now }));
    }
    requireContents(declared, taken);
  } catch (error) {
    for (const { upload } of taken.values()) await dropUpload({ upload });
    throw error;
  }
  return {
    async keep() {
      for (const [sha2, { upload, bytes }] of taken) await keepUpload({ sha2, upload, bytes });
    },
  };
}

/** Refuses attachments that have no content here and no address of it elsewhere. */
export function requireNoContents(statements: Statement[]): void {
  requireContents(listDeclared(statements), new Map());
}

function listDeclared(statements: Statement[]): Declared[] {
  return statements.flatMap((statement, at) =>
    listDeclaredAttachments(statement).map((attachment, index) => ({
      number: at + 1,
      index,
      statement,
      attachment,
    })),
  );
}

function readHash({ headers }: Part, declared: Declared[]): string {
  const sha2 = headers.get('x-experience-api-hash')?.toLowerCase() ?? '';
  if (!isSha2(sha2)) throw multipartFault('A part has no X-Experience-API-Hash');
  if (headers.get('content-transfer-encoding')?.toLowerCase() !== 'binary')
    throw multipartFault('A part has no Content-Transfer-Encoding: binary');
  if (!declared.some(({ attachment }) => attachment.sha2.toLowerCase() === sha2))
    throw multipartFault('A part belongs to no attachment of these statements');
  return sha2;
}

async function takePart(options: {
  part: Part;
  sha2: string;
  declared: Declared[];
  limits: LrsLimits;
  now: Date;
}): Promise<Taken> {
  const { part, sha2, declared, limits, now } = options;
  const isSignature = declared.some(
    ({ attachment }) =>
      attachment.sha2.toLowerCase() === sha2 && attachment.usageType === SIGNATURE_USAGE_TYPE,
  );
  const hash = createHash(ALGORITHMS.get(sha2.length) ?? 'sha256');
  const kept: Buffer[] = [];
  const content = async function* () {
    let bytes = 0;
    for await (const piece of part.content) {
      bytes += piece.length;
      if (bytes > limits.attachment)
        throw overLimit({ what: 'An attachment', limits, name: 'attachment' });
      if (isSignature && bytes > MOST_SIGNATURE_BYTES)
        throw multipartFault(`A signature has more than ${String(MOST_SIGNATURE_BYTES)} bytes`);
      hash.update(piece);
      // A copy: pieces are views of what the socket goes on writing into.
      if (isSignature) kept.push(Buffer.from(piece));
      yield piece;
    }
  };
  const stored = await uploadContent({ content: content(), now });
  if (hash.digest('hex') !== sha2) {
    await dropUpload(stored);
    throw multipartFault('The content of a part has another hash than it says');
  }
  return { ...stored, text: isSignature ? Buffer.concat(kept).toString('utf8') : null };
}

function requireContents(declared: Declared[], taken: ReadonlyMap<string, Taken>): void {
  for (const { number, index, statement, attachment } of declared) {
    const path = `attachments[${String(index)}]`;
    const found = taken.get(attachment.sha2.toLowerCase());
    const isSignature = attachment.usageType === SIGNATURE_USAGE_TYPE;
    if (!found && (isSignature || attachment.fileUrl === undefined))
      throw statementFault(number, path, 'has neither a fileUrl nor its content');
    const fault = isSignature && findSignatureFault({ jws: found?.text ?? '', statement });
    if (fault) throw statementFault(number, path, fault);
  }
}
