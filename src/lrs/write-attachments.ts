// Statements with the contents of their attachments as one multipart/mixed answer (Communication 1.5.2), piece by piece.
import type { Statement } from '../xapi/statement.js';
import { listDeclaredAttachments } from './declared-attachments.js';
import { listAttachments, readContent, type KeptAttachment } from './lrs-attachment.model.js';
import type { StoredStatement } from './lrs-statement.model.js';

interface Content extends KeptAttachment {
  contentType: string;
}

/** The contents that are kept of these statements' attachments, each once; those with only a fileUrl have none here. */
export async function listContents(stored: StoredStatement[]): Promise<Content[]> {
  const declared = new Map(
    stored
      // Most statements have none, and a text is quicker asked than read.
      .filter(({ json }) => json.includes('"attachments"'))
      .flatMap(({ json }) => listDeclaredAttachments(JSON.parse(json) as Statement))
      .map(({ sha2, contentType }) => [sha2.toLowerCase(), contentType]),
  );
  const kept = await listAttachments({ sha2s: [...declared.keys()] });
  return kept.map((one) => ({
    ...one,
    contentType: declared.get(one.sha2) ?? 'application/octet-stream',
  }));
}

/** The body: the statements first, then each content. */
export async function* writeParts(options: {
  text: string;
  contents: Content[];
  boundary: string;
}): AsyncGenerator<Buffer> {
  const { text, contents, boundary } = options;
  yield Buffer.from(`--${boundary}\r\nContent-Type: application/json\r\n\r\n${text}`);
  for (const content of contents) {
    const { sha2, contentType } = content;
    // What a sender declared could hold a line break of its own, and with it another header.
    const type = contentType.replace(/[\r\n]+/g, ' ');
    const headers = [
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: binary',
      `X-Experience-API-Hash: ${sha2}`,
    ];
    yield Buffer.from(`\r\n--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`);
    yield* readContent(content);
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}
