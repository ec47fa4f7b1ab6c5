// Reading multipart/mixed (RFC 2046, 5.1) as it comes in: the parts' headers, then their bytes in pieces, never a whole part
// in memory. A boundary counts only at the beginning of a line, so that bytes which resemble it are content.
import { AppError } from '../http/errors.js';

const MOST_HEADER_BYTES = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;

export interface Part {
  /** Names in lower case. */
  headers: Map<string, string>;
  /** Its bytes; must be read to the end before the next part is asked for. */
  content: AsyncIterable<Buffer>;
}

/** The boundary of a multipart/mixed media type; null for another type. Throws `lrs.multipart` (400) for a bad one. */
export function readBoundary(contentType: string | undefined): string | null {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((one) => one.trim());
  if (type.toLowerCase() !== 'multipart/mixed') return null;
  const parameter = parameters.find((one) => /^boundary=/i.test(one));
  const boundary = parameter?.slice('boundary='.length).replace(/^"(.*)"$/, '$1') ?? '';
  if (!/^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary))
    throw multipartFault('The content type names no boundary');
  return boundary;
}

/** `lrs.multipart` (400). */
export function multipartFault(fault: string): AppError {
  return new AppError('lrs.multipart', { status: 400, values: { fault } });
}

/** The parts of a body, one after another. Throws `lrs.multipart` (400) where it is none or ends too early. */
export async function* readParts(options: {
  body: AsyncIterable<Buffer>;
  boundary: string;
}): AsyncGenerator<Part> {
  const source = createSource(options.body);
  // Before the first boundary a line may stand that nobody reads; the boundary itself may begin the body.
  const delimiter = Buffer.from(`\r\n--${options.boundary}`);
  source.push(Buffer.from('\r\n'));
  try {
    for await (const ignored of readUntil(source, delimiter)) void ignored;
    while (!(await isLast(source))) {
      const headers = await readHeaders(source);
      let isRead = false;
      const content = readUntil(source, delimiter, () => {
        isRead = true;
      });
      yield { headers, content };
      if (!isRead) throw new Error('a part was not read to its end');
    }
  } finally {
    await source.close();
  }
}

interface Source {
  /** Bytes that are here and not taken. */
  buffered: () => Buffer;
  take: (bytes: number) => Buffer;
  push: (bytes: Buffer) => void;
  /** False at the end of the body. */
  more: () => Promise<boolean>;
  /** Says that no more is wanted. */
  close: () => Promise<void>;
}

function createSource(body: AsyncIterable<Buffer>): Source {
  const pieces = body[Symbol.asyncIterator]();
  let here = Buffer.alloc(0);
  return {
    buffered: () => here,
    take(bytes) {
      const taken = here.subarray(0, bytes);
      here = here.subarray(bytes);
      return taken;
    },
    push(bytes) {
      here = Buffer.concat([here, bytes]);
    },
    async more() {
      const next = await pieces.next();
      if (next.done === true) return false;
      here = Buffer.concat([here, next.value]);
      return true;
    },
    async close() {
      await pieces.return?.();
    },
  };
}

/** Yields what stands before the delimiter and takes the delimiter away. */
async function* readUntil(
  source: Source,
  delimiter: Buffer,
  atEnd: () => void = () => undefined,
): AsyncGenerator<Buffer> {
  for (;;) {
    const found = source.buffered().indexOf(delimiter);
    if (found >= 0) {
      if (found > 0) yield source.take(found);
      source.take(delimiter.length);
      return atEnd();
    }
    // The last bytes may be the beginning of the delimiter.
    const sure = source.buffered().length - delimiter.length + 1;
    if (sure > 0) yield source.take(sure);
    if (!(await source.more())) throw multipartFault('It ends before its last boundary');
  }
}

/** After a boundary: two hyphens end the body, a line break begins a part. Spaces between are padding. */
async function isLast(source: Source): Promise<boolean> {
  await atLeast(source, 2);
  if (source.buffered().subarray(0, 2).toString('latin1') === '--') return true;
  for (;;) {
    await atLeast(source, 2);
    const [first, second] = source.buffered();
    if (first === CR && second === LF) return (void source.take(2), false);
    if (first !== 0x20 && first !== 0x09) throw multipartFault('A boundary is followed by text');
    source.take(1);
  }
}

async function readHeaders(source: Source): Promise<Map<string, string>> {
  const headers = new Map<string, string>();
  let bytes = 0;
  for (;;) {
    const line = await readLine(source);
    bytes += line.length + 2;
    if (bytes > MOST_HEADER_BYTES) throw multipartFault('The headers of a part are too long');
    if (line === '') return headers;
    const colon = line.indexOf(':');
    if (colon < 1) throw multipartFault('A part has a header without a name');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (headers.has(name)) throw multipartFault(`A part has two headers ${name.slice(0, 60)}`);
    headers.set(name, line.slice(colon + 1).trim());
  }
}

async function readLine(source: Source): Promise<string> {
  for (;;) {
    const end = source.buffered().indexOf('\r\n');
    if (end >= 0) {
      const line = source.take(end).toString('utf8');
      source.take(2);
      return line;
    }
    if (source.buffered().length > MOST_HEADER_BYTES)
      throw multipartFault('The headers of a part are too long');
    if (!(await source.more())) throw multipartFault('It ends before its last boundary');
  }
}

async function atLeast(source: Source, bytes: number): Promise<void> {
  while (source.buffered().length < bytes)
    if (!(await source.more())) throw multipartFault('It ends before its last boundary');
}
